"""Trying the microphone and the keys, as `etoile doctor` does: what works, in which way, or why it is dead."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from etoile.errors import HotkeyUnavailable
from etoile.speech.capture import Capture, loudness_db
from etoile.speech.hotkeys import chords_of, watch
from etoile.speech.keys import Chord, Chords, Key
from etoile.speech.microphone import Microphone
from etoile.speech.recording import DIGITAL_SILENCE_DB
from etoile.speech.sources import Source, default_source, find, sources
from etoile.speech.ways import Way, by_hand, way
from etoile.text import Message, message

LISTEN_S = 0.5
"""How long is listened at most: some devices begin with digital silence; the first sound is enough."""
_READ_S = 0.1
QUIET_PERCENT = 15
"""A microphone turned down below this hears little."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying."""

    ok: bool | None
    """None: it works as far as can be told, and something about it should be known."""
    said: Message
    remedy: Message | None = None


def try_microphone(
    device: str | None,
    *,
    make: Callable[[str | None], Microphone] = Microphone,
    known: Callable[[], tuple[Source, ...]] = sources,
    default: Callable[[], str | None] = default_source,
) -> Trial:
    """Listen until there is something to hear, half a second at most, and return it; nothing of it is kept.

    Raises MicrophoneUnavailable where there is nothing to listen to.  Blocks, at worst for some seconds.
    """
    microphone = make(device)
    source = find(device or default() or "", known()) if device or default() else None
    started_s = time.monotonic()
    try:
        blocks = list(_blocks(microphone.open(), started_s + LISTEN_S))
        astray = microphone.astray()
    finally:
        microphone.close()
    if astray is not None:
        return Trial(False, astray.said, astray.remedy)
    return _judged(device, source, max(map(loudness_db, blocks), default=DIGITAL_SILENCE_DB))


def _blocks(capture: Capture, until_s: float) -> Iterator[bytes]:
    """Yield what comes until then or until something is heard, one block in any case.  Raises MicrophoneUnavailable."""
    first = True
    while first or time.monotonic() < until_s:
        if (block := capture.read(_READ_S)) is not None:
            first = False
            yield block
            if loudness_db(block) > DIGITAL_SILENCE_DB:
                return


def _judged(device: str | None, source: Source | None, loudness: float) -> Trial:
    name = source.description if source else device or message("The default microphone")
    if source is not None and (source.muted or source.volume_percent == 0):
        remedy = message(
            "Unmute it: pactl set-source-mute {source} 0 && pactl set-source-volume {source} 0.8", source=source.name
        )
        return Trial(False, message("{name} is muted in the sound settings.", name=name), remedy)
    if loudness <= DIGITAL_SILENCE_DB:
        said = message("{name} delivers nothing but digital silence.", name=name)
        return Trial(None, said, _silent_remedy(sys.platform))
    said = message("{name} hears: {loudness:.0f} dB.", name=name, loudness=loudness)
    if source is not None and source.volume_percent < QUIET_PERCENT:
        low = message("It is turned down to {percent} %; more makes words clearer.", percent=source.volume_percent)
        return Trial(None, said, low)
    return Trial(True, said)


def _silent_remedy(platform: str) -> Message:
    if platform == "darwin":
        return message(
            "Allow it: System Settings, Privacy & Security, Microphone; and look at the switch of the device."
        )
    if platform == "win32":
        return message("Allow it: Settings, Privacy & security, Microphone; and look at the switch of the device.")
    return message(
        "Look at the switch of the device, and whether the sound settings name the right one; some headsets deliver "
        "nothing until you speak."
    )


_HOW = {
    Way.X11: message("{keys}: taken from the X server; no other program hears it while Etoile runs."),
    Way.WAYLAND: message("{keys}: by the desktop's portal for global shortcuts, which may have given another key."),
    Way.WINDOWS: message("{keys}: registered with Windows; no other program hears it while Etoile runs."),
    Way.MACOS: message("{keys}: listened to; other programs hear it too."),
}


def try_keys(
    names: Mapping[Key, str], environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> Trial:
    """Take the keys and let them go again; return in which way that went.

    The portal of Wayland is only asked whether it is there: taking a key may open a dialog.  Raises HotkeyUnavailable.
    """
    chords = chords_of(names)
    if (here := way(platform, environment)) is Way.WAYLAND:
        _ask_portal(environment, chords[Key.TALK])
    else:
        watch(chords).close()
    return Trial(True, how(here, chords))


def watched(names: Mapping[Key, str]) -> Message:
    """Return in which way another process of this desktop watches the keys.  Raises HotkeyUnavailable."""
    return how(way(sys.platform, os.environ), chords_of(names))


def how(here: Way | None, chords: Chords) -> Message:
    """Return in which way the keys are watched."""
    keys = [str(chord) for chord in chords.values()]
    return replace(_HOW[here], values={"keys": keys}) if here else message("{keys}", keys=keys)


def _ask_portal(environment: Mapping[str, str], chord: Chord) -> None:
    from etoile.speech.portal_key import portal_version

    try:
        portal_version()
    except HotkeyUnavailable as error:
        raise HotkeyUnavailable(error.said, by_hand(environment, chord)) from error
