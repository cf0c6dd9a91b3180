"""What a spoken request means, where the likeliest reading of it is not the right one."""

import pytest

from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.readings import heard

MEANS = {
    "mets le son": Match(text="mets le son", command="audio.unmute", confidence=0.95, reason=Reason.TEMPLATE),
    "coupe le son": Match(text="coupe le son", command="audio.mute", confidence=1.0, reason=Reason.EXACT),
    "coupe le son.": Match(text="coupe le son.", command="audio.mute", confidence=1.0, reason=Reason.EXACT),
    "ne coupe pas le son": Match(text="ne coupe pas le son", reason=Reason.REFUSED),
    "ferme ça": Match(text="ferme ça", reason=Reason.AMBIGUOUS, choices=(Candidate(command="window.close"),)),
}


@pytest.mark.parametrize(
    ("readings", "command", "choices"),
    [
        pytest.param(["coupe le son", "mets le son"], "audio.mute", [], id="the likeliest is a command"),
        pytest.param(["mais le son", "mets le son"], None, ["audio.unmute"], id="the next one is: proposed, not run"),
        pytest.param(["coupe le sang", "coupe le son.", "coupe le son"], None, ["audio.mute"], id="they agree"),
        pytest.param(["ce", "mets le son", "coupe le son"], None, ["audio.unmute", "audio.mute"], id="they do not"),
        pytest.param(["ne coupe pas le son", "coupe le son"], None, [], id="a refusal stands"),
        pytest.param(["ferme ça", "coupe le son"], None, ["window.close"], id="a proposal stands"),
        pytest.param(["bonjour", "bon jour"], None, [], id="none is"),
        pytest.param(["bonjour"], None, [], id="there is only one"),
        pytest.param(["a", "b", "c", "d", "e", "coupe le son"], None, [], id="too far down the list"),
    ],
)
def test_readings(readings: list[str], command: str | None, choices: list[str]) -> None:
    found = heard(readings, lambda reading: MEANS.get(reading, Match(text=reading)))
    assert (found.text, found.command) == (readings[0], command)
    assert [choice.command for choice in found.choices] == choices
