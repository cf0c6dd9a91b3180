"""The short sounds of Etoile."""

from functools import cache

from etoile.domain.effects import Earcon
from etoile.resources import resource
from etoile.speech.clip import Clip, read_wav


@cache
def clip_of(earcon: Earcon) -> Clip:
    """Return the sound of `earcon`."""
    return read_wav(resource(f"sounds/{earcon}.wav").read_bytes())
