"""What a click asks of a node's models, and of the history of requests."""

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.past import Past
from etoile.domain.state import State, advance
from etoile.text import message

LOAD = on.ModelCareWanted("M1", "qwen3", loaded=True, at_s=5.0)
FULL = message("{node} has no room.", node="M1")


def _after(*events: Event) -> tuple[State, list[Effect]]:
    state, asked = State(), list[Effect]()
    for event in events:
        state, effects = advance(state, event)
        asked += effects
    return state, asked


def test_a_node_does_one_thing_at_a_time() -> None:
    other = on.ModelCareWanted("M2", "qwen3", loaded=False, at_s=6.0)
    state, asked = _after(LOAD, on.ModelCareWanted("M1", "llama", loaded=True, at_s=6.0), other)
    assert asked == [do.CareForModel("M1", "qwen3", loaded=True), do.CareForModel("M2", "qwen3", loaded=False)]
    assert {node: one.model for node, one in state.cared.items()} == {"M1": "qwen3", "M2": "qwen3"}
    assert state.cared["M1"].going_on


def test_what_is_done_is_no_longer_shown() -> None:
    state, _ = _after(LOAD, on.ModelCareEnded("M1"))
    assert state.cared == {}


def test_a_failure_stands_until_something_else_is_asked() -> None:
    state, _ = _after(LOAD, on.ModelCareEnded("M1", FULL))
    assert (state.cared["M1"].failed, state.cared["M1"].going_on) == (FULL, False)
    state, asked = _after(LOAD, on.ModelCareEnded("M1", FULL), LOAD)
    assert len(asked) == 2
    assert state.cared["M1"].failed is None


def test_the_end_of_what_nobody_asked_for_changes_nothing() -> None:
    assert _after(on.ModelCareEnded("M1", FULL))[0] == State()


def test_nodes_are_asked_now_when_the_user_wants_it() -> None:
    assert _after(on.NodesCheckWanted())[1] == [do.CheckNodes()]


def test_what_was_found_stands_until_something_is_forgotten() -> None:
    found = on.PastRead("heat", 50, Past())
    state, asked = _after(on.PastWanted("heat", 50), found)
    assert (asked, state.past) == ([do.ReadPast("heat", 50)], found)
    state, asked = _after(found, on.ForgetWanted((3,)), on.Forgotten())
    assert (asked, state.past) == ([do.Forget((3,), (), everything=False)], None)


def test_what_cannot_be_forgotten_is_told_and_still_shown() -> None:
    found = on.PastRead("", 50, Past())
    state, _ = _after(found, on.ForgetWanted((3,)), on.Forgotten(FULL))
    assert (state.past, state.forget_failed) == (found, FULL)
    assert advance(state, on.ForgetWanted((3,)))[0].forget_failed is None


def test_a_recording_is_played() -> None:
    assert _after(on.RecordingPlayWanted("a.wav"))[1] == [do.PlayRecording("a.wav")]
