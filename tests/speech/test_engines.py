"""Which voice speaks, and which engine it belongs to."""

import pytest

from etoile.config import Speech
from etoile.speech.engines import SpeechVoice, called, choose, engine_of, known_here, spoken_names
from etoile.speech.program import Program
from etoile.speech.synthesiser import Synthesiser


def voice(id: str, *languages: str, name: str = "") -> SpeechVoice:
    return SpeechVoice(id, name or id, languages)


FR, BE, CA = voice("fr", "fr-fr"), voice("be", "fr-be"), voice("ca", "fr-ca")
US, GB = voice("us", "en-us"), voice("gb", "en-gb")
HORTENSE = voice("HKEY\\TTS_MS_FR-FR_HORTENSE", "fr-fr", name="Microsoft Hortense Desktop - French")
DANIEL_FR, DANIEL_EN = voice("d1", "fr-fr", name="Daniel"), voice("d2", "en-gb", name="Daniel")


@pytest.mark.parametrize(
    ("voices", "language", "name", "chosen"),
    [
        pytest.param([GB, FR], "fr", None, FR, id="of the language"),
        pytest.param([BE, FR], "fr", None, FR, id="the language's own country"),
        pytest.param([BE, CA], "fr", None, BE, id="or another one"),
        pytest.param([GB, US], "en", None, US, id="english"),
        pytest.param([GB], "fr", None, None, id="none"),
        pytest.param([voice("frisian", "fry")], "fr", None, None, id="not by its first letters"),
        pytest.param([voice("mute")], "fr", None, None, id="without languages"),
        pytest.param([FR, BE], "fr", "be", BE, id="by its id"),
        pytest.param([FR, HORTENSE], "fr", "hortense", HORTENSE, id="by a part of its name"),
        pytest.param([DANIEL_FR, DANIEL_EN], "en", "Daniel", DANIEL_EN, id="the namesake of the language"),
        pytest.param([FR, GB], "fr", "gb", GB, id="whoever wants that gets it"),
        pytest.param([FR, GB], "fr", "Nobody", FR, id="a name that is not there"),
        pytest.param([FR, GB], "fr", " ", FR, id="no name"),
    ],
)
def test_the_voice_of_a_sentence(
    voices: list[SpeechVoice], language: str, name: str | None, chosen: SpeechVoice | None
) -> None:
    assert choose(voices, language, name) == chosen


def test_a_whole_name_goes_before_a_part() -> None:
    thomas, thomas_enhanced = voice("1", "fr-fr", name="Thomas"), voice("2", "fr-fr", name="Thomas (Enhanced)")
    assert called([thomas_enhanced, thomas], "thomas") == [thomas]
    assert called([thomas_enhanced, thomas], "enhanced") == [thomas_enhanced]


def test_the_settings_name_the_engine() -> None:
    assert isinstance(engine_of(Speech()), Synthesiser)
    assert isinstance(engine_of(Speech(engine="piper")), Program)
    assert isinstance(engine_of(Speech(engine="mimic", engine_command=("mimic", "--stdout"))), Program)


def test_people_call_a_voice_by_its_own_name() -> None:
    zira = voice("z", "en-us", name="Microsoft Zira Desktop - English (United States)")
    assert spoken_names([HORTENSE, zira, FR]) == (HORTENSE.name, "Hortense", zira.name, "Zira", "fr")


def test_a_name_that_several_share_is_none() -> None:
    france, belgium = voice("1", "fr-fr", name="French (France)"), voice("2", "fr-be", name="French (Belgium)")
    assert spoken_names([france, belgium]) == ("French (France)", "French (Belgium)")


def test_voices_of_languages_that_etoile_does_not_speak_are_left_out() -> None:
    assert known_here([FR, voice("de", "de-de"), US]) == (FR, US)
