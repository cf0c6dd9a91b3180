"""What each key does in each phase: the table of `turn/talking.py`, line by line."""

from dataclasses import replace

import pytest

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event, Origin
from etoile.domain.match import Match, Reason
from etoile.domain.turn import Phase, Speaking, Turn, step
from etoile.text import verbatim

SHUTDOWN = Match(text="shut down", language="en", command="power.shutdown", confidence=0.99, reason=Reason.EXACT)
MUTE = Match(text="mute", language="en", command="audio.mute", confidence=0.99, reason=Reason.EXACT)
CHAT = Match(text="why", language="en", reason=Reason.NONE)


def play(turn: Turn, *events: Event) -> tuple[Turn, list[Effect]]:
    """Return the turn after `events`, and what they asked for."""
    asked: list[Effect] = []
    for event in events:
        turn, effects = step(turn, event)
        asked += effects
    return turn, asked


TYPED_WHY = (on.Typed("why"), on.Interpreted(1, CHAT))
AT: dict[str, tuple[Turn, tuple[Event, ...]]] = {
    "idle": (Turn(), ()),
    "held": (Turn(), (on.TalkPressed(1.0), on.RecordingStarted(1))),
    "toggled": (Turn(), (on.TalkToggled(1.0), on.RecordingStarted(1))),
    "woken, nobody seen": (Turn(), (on.WakeWordHeard(1.0), on.RecordingStarted(1))),
    "woken, talk heard": (Turn(), (on.WakeWordHeard(1.0), on.PartlyHeard(1, "Travis is", "going"))),
    "woken, called": (Turn(), (on.WakeWordHeard(1.0), on.PartlyHeard(1, "Jarvis, open", "Firef"))),
    "transcribing": (Turn(), (on.TalkPressed(1.0), on.TalkReleased(3.0))),
    "transcribing, ended by itself at 9.7": (Turn(), (on.TalkToggled(1.0), on.TalkEnded(1, 9.7))),
    "transcribing, ended by itself at 9": (Turn(), (on.TalkToggled(1.0), on.TalkEnded(1, 9.0))),
    "transcribing, too long by 9.7": (Turn(longest_s=8.7), (on.TalkToggled(1.0), on.DeadlinePassed(1, 1, 0))),
    "transcribing, woken": (Turn(), (on.WakeWordHeard(1.0), on.TalkEnded(1, 9.7))),
    "thinking": (Turn(), TYPED_WHY),
    "thinking, ended by itself at 9.7": (
        Turn(),
        (on.TalkToggled(1.0), on.TalkEnded(1, 9.7), on.Transcribed(1, "why", "en")),
    ),
    "speaking": (
        Turn(),
        (on.Typed("mute"), on.Interpreted(1, MUTE), on.ActionDone(1, "audio.mute", {}, verbatim("."))),
    ),
    "read aloud": (Turn(), (on.Typed("shut down"), on.Interpreted(1, SHUTDOWN))),
    "asked": (Turn(speaking=Speaking.NEVER), (on.Typed("shut down"), on.Interpreted(1, SHUTDOWN))),
}
"""Where a conversation may be ten seconds after its beginning."""

KEYS: dict[str, Event] = {
    "press": on.TalkPressed(10.0),
    "release": on.TalkReleased(10.0),
    "toggle": on.TalkToggled(10.0),
    "cancel": on.Cancelled(),
    "wake word": on.WakeWordHeard(10.0),
}
SAME = "nothing"
TABLE: dict[str, tuple[str, str, str, str, str]] = {
    #                        press            release       toggle           cancel    wake word
    "idle":                 ("listen 1",      SAME,         "listen 1",      SAME,     "listen 1"),
    "held":                 (SAME,            "transcribe", "transcribe",    "forget", SAME),
    "toggled":              (SAME,            "transcribe", "transcribe",    "forget", SAME),
    "woken, nobody seen":   ("take over",     SAME,         "take over",     "forget", SAME),
    "woken, talk heard":    ("take over",     SAME,         "take over",     "forget", SAME),
    "woken, called":        ("take over",     SAME,         "transcribe",    "forget", SAME),
    "transcribing":         ("listen 2",      SAME,         "listen 2",      "forget", SAME),
    "transcribing, ended by itself at 9.7":
                            ("listen 2",      SAME,         SAME,            "forget", SAME),
    "transcribing, ended by itself at 9":
                            ("listen 2",      SAME,         "listen 2",      "forget", SAME),
    "transcribing, too long by 9.7":
                            ("listen 2",      SAME,         SAME,            "forget", SAME),
    "transcribing, woken":  ("listen 2",      SAME,         "listen 2",      "forget", SAME),
    "thinking":             ("stop, listen 2", SAME,        "stop, listen 2", "stop",  SAME),
    "thinking, ended by itself at 9.7":
                            ("stop, listen 2", SAME,        SAME,            "stop",   SAME),
    "speaking":             ("listen 2",      SAME,         "listen 2",      "hush",   SAME),
    "read aloud":           ("listen 1",      SAME,         "listen 1",      "stop",   SAME),
    "asked":                ("listen 1",      SAME,         "listen 1",      "stop",   "listen 1"),
}  # fmt: skip


def at(where: str) -> Turn:
    """Return the turn that is `where`."""
    turn, events = AT[where]
    return play(turn, *events)[0]


def told(effects: list[Effect]) -> str:
    """Return in a word or two what is done."""
    words: list[str] = []
    for effect in effects:
        match effect:
            case do.StopWork():
                words.append("stop")
            case do.Transcribe():
                words.append("transcribe")
            case do.DiscardRecording():
                words.append("forget")
            case do.Record(number):
                words.append(f"listen {number}")
    whole = ", ".join(words) or ("hush" if any(isinstance(effect, do.Hush) for effect in effects) else SAME)
    return "take over" if whole == "forget, listen 2" else whole


@pytest.mark.parametrize("where", TABLE)
def test_table(where: str) -> None:
    turn = at(where)
    found = {key: told(play(turn, event)[1]) for key, event in KEYS.items()}
    assert found == dict(zip(KEYS, TABLE[where], strict=True))


@pytest.mark.parametrize("key", ["press", "toggle"])
def test_what_a_hand_takes_over_is_its_own(key: str) -> None:
    turn, asked = play(at("woken, talk heard"), KEYS[key])
    assert (turn.phase, turn.heard_by, turn.asking.origin) == (Phase.LISTENING, Origin.VOICE, Origin.VOICE)
    assert [effect.hands_free for effect in asked if isinstance(effect, do.Record)][-1] is (key == "toggle")
    turn, asked = play(turn, on.TalkEnded(1), on.Transcribed(1, "Travis is going home", "en"))
    assert turn.phase is Phase.LISTENING, "what is late of the former ends nothing"
    assert not [effect for effect in asked if isinstance(effect, do.Remember)]
    turn, asked = play(turn, on.TalkToggled(14.0), on.Transcribed(turn.number, "open Firefox", "en"))
    assert [effect.text for effect in asked if isinstance(effect, do.Interpret)] == ["open Firefox"]


def test_a_double_toggle_is_one() -> None:
    turn, _ = play(Turn(), on.TalkToggled(1.0))
    assert play(turn, on.TalkToggled(1.15)) == (turn, [])
    assert play(turn, on.TalkToggled(1.25))[0].phase is Phase.TRANSCRIBING


def test_a_sentence_that_ended_as_it_was_toggled_off_is_carried_out_and_not_broken_into() -> None:
    at_the_end = (on.TalkEnded(1, 9.7), on.TalkToggled(9.8), on.Transcribed(1, "mute", "en"), on.TalkToggled(10.1))
    turn, asked = play(Turn(), on.TalkToggled(1.0), *at_the_end, on.Interpreted(1, MUTE))
    assert (turn.number, [effect.command for effect in asked if isinstance(effect, do.Run)]) == (1, ["audio.mute"])
    other_way_round = (on.TalkToggled(9.7), on.TalkEnded(1, 9.8), on.Transcribed(1, "mute", "en"))
    turn, asked = play(Turn(), on.TalkToggled(1.0), *other_way_round, on.Interpreted(1, MUTE))
    assert (turn.number, [effect.command for effect in asked if isinstance(effect, do.Run)]) == (1, ["audio.mute"])


def test_a_key_that_comes_up_late_does_not_cut_off_who_called() -> None:
    held = (on.TalkPressed(1.0), on.DeadlinePassed(1, 1, 0), on.NothingHeard(1))
    turn, _ = play(replace(Turn(), speaking=Speaking.NEVER), *held, on.WakeWordHeard(70.0))
    assert play(turn, on.TalkReleased(71.0)) == (turn, [])


@pytest.mark.parametrize(
    ("text", "kept"), [("Travis is going home", []), ("Jarvis, open Firefox.", ["open Firefox."]), ("Jarvis.", [])]
)
def test_what_was_only_overheard_is_not_kept_when_a_hand_breaks_in(text: str, kept: list[str]) -> None:
    turn, _ = play(at("transcribing, woken"), on.TalkPressed(10.0))
    _, asked = play(turn, on.Transcribed(1, text, "en"))
    assert [effect.outcome.text for effect in asked if isinstance(effect, do.Remember)] == kept
    turn, _ = play(turn, on.TalkReleased(12.0), on.TalkPressed(12.1))
    _, asked = play(turn, on.Transcribed(2, text, "en"))
    assert [effect.outcome.text for effect in asked if isinstance(effect, do.Remember)] == [text], "a hand said that"
