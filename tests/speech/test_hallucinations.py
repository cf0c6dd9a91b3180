"""What Whisper invents on silence is dropped, and what people say is not."""

import pytest

from etoile.speech.hallucinations import is_invented


@pytest.mark.parametrize(
    ("text", "speech_s", "probability", "invented"),
    [
        pytest.param("Thanks for watching!", 0.2, 0.6, True, id="on a noise"),
        pytest.param(
            "Sous-titres réalisés par la communauté d'Amara.org", 0.8, 0.95, True, id="faster than can be said"
        ),
        pytest.param("Sous-titrage Société Radio-Canada", 0.3, 0.55, True, id="french, on a noise"),
        pytest.param(" Merci d’avoir regardé cette vidéo ! ", 0.4, 0.6, True, id="punctuation and accents"),
        pytest.param("you", 0.12, 0.55, True, id="the shortest of all"),
        pytest.param("Merci.", 0.5, 0.95, False, id="said, and heard clearly"),
        pytest.param("Thank you.", 0.6, 0.9, False, id="thanks are thanks"),
        pytest.param("Quelle heure est-il ?", 0.3, 0.55, False, id="a request is never in the list"),
        pytest.param("Thank you, now turn up the volume.", 0.3, 0.55, False, id="more than the invention"),
        pytest.param("", 0.0, 0.0, False, id="nothing"),
    ],
)
def test_inventions(text: str, speech_s: float, probability: float, invented: bool) -> None:
    assert is_invented(text, speech_s, probability) is invented
