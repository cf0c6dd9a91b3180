"""What is heard of a turn, told as stories: who speaks without looking learns when to begin and how it ended."""

import pytest

from etoile.domain import events as on
from etoile.domain.effects import Cue, Earcon
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Match
from etoile.domain.state import State, advance
from etoile.domain.turn import Speaking, Turn
from etoile.text import message

START, END, DONE, ERROR = Earcon
PRESS, RELEASE = on.TalkPressed(10.0), on.TalkReleased(12.0)
HEARING = on.RecordingStarted(1)
TRANSCRIBED = on.Transcribed(1, "mets le volume à 40", "fr")
RUNS = on.Interpreted(
    1, Match(text="mets le volume à 40", command="audio.volume.set", slots={"level": 40}, confidence=1.0)
)
QUIT = on.Interpreted(1, Match(text="ferme firefox", command="app.close", slots={"app": "firefox"}, confidence=1.0))
DID = on.ActionDone(1, "audio.volume.set", {}, message("Done."))
FAILED = on.Failed(1, message("It failed."))
TYPED = on.Typed("volume 40", Asking(origin=Origin.WINDOW))
SPOKEN_TO = (PRESS, HEARING, RELEASE, TRANSCRIBED)
HEARD_AGAIN = (on.Spoken(1), on.TalkPressed(20.0), HEARING, on.TalkReleased(22.0))


def heard(turn: Turn, *events: Event) -> list[Earcon]:
    state, sounds = State(turn=turn), []
    for event in events:
        state, effects = advance(state, event)
        sounds += [effect.earcon for effect in effects if isinstance(effect, Cue)]
    return sounds


QUIET = Turn(speaking=Speaking.NEVER)


@pytest.mark.parametrize(
    ("turn", "events", "sounds"),
    [
        pytest.param(Turn(), (PRESS,), [], id="nothing before the first sample"),
        pytest.param(Turn(), (PRESS, HEARING, HEARING), [START], id="once it listens"),
        pytest.param(Turn(), (PRESS, HEARING, RELEASE), [START, END], id="once it has heard"),
        pytest.param(Turn(), (PRESS, HEARING, on.TalkEnded(1)), [START, END], id="or it ended by itself"),
        pytest.param(Turn(), (*SPOKEN_TO, RUNS, DID), [START, END], id="a reply is heard as it is"),
        pytest.param(QUIET, (*SPOKEN_TO, RUNS, DID), [START, END, DONE], id="where nothing is said, that it is done"),
        pytest.param(Turn(), (*SPOKEN_TO, RUNS, FAILED), [START, END, ERROR], id="a failure"),
        pytest.param(Turn(), (PRESS, HEARING, RELEASE, on.NothingHeard(1)), [START, END, ERROR], id="nothing heard"),
        pytest.param(Turn(), (PRESS, FAILED), [ERROR], id="no microphone"),
        pytest.param(Turn(), (PRESS, HEARING, on.Cancelled()), [START], id="who cancels knows"),
        pytest.param(Turn(), (*SPOKEN_TO, QUIT), [START, END], id="a question is read"),
        pytest.param(
            Turn(), (*SPOKEN_TO, QUIT, *HEARD_AGAIN, on.Transcribed(1, "non", "fr")), [START, END, START, END], id="no"
        ),
        pytest.param(
            Turn(), (*SPOKEN_TO, QUIT, *HEARD_AGAIN, on.NothingHeard(1)), [START, END, START, END, ERROR], id="unheard"
        ),
        pytest.param(QUIET, (TYPED, RUNS, DID), [], id="typed requests are silent"),
        pytest.param(Turn(), (TYPED, FAILED), [], id="when they fail too"),
        pytest.param(Turn(muted=True), (*SPOKEN_TO, RUNS, FAILED), [], id="muted is quiet"),
        pytest.param(Turn(), (*SPOKEN_TO, RUNS, on.SpeechStopped(), DID), [START, END], id="so is hushed"),
    ],
)
def test_what_is_heard(turn: Turn, events: tuple[Event, ...], sounds: list[Earcon]) -> None:
    assert heard(turn, *events) == sounds


def test_the_cue_comes_before_what_is_said() -> None:
    state = State(turn=Turn())
    for event in (*SPOKEN_TO, RUNS):
        state, _ = advance(state, event)
    _, effects = advance(state, FAILED)
    assert effects[0] == Cue(ERROR)
