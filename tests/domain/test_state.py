"""What Etoile knows: events that are no part of a conversation."""

from etoile.config import Thermal as Limits
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import message

CARD = GpuReading(uuid="GPU-1", index=0, name="RTX 3080", host="box", temperature_c=60)
NO_GPU = on.PartMissing("gpu", message("No driver."), message("Install one."))


def after(state: State, *events: Event) -> tuple[State, list[Effect]]:
    """Return the state after `events`, and everything they asked for."""
    asked: list[Effect] = []
    for event in events:
        state, effects = advance(state, event)
        asked += effects
    return state, asked


def heated(temperature_c: int, start_s: int, seconds: int) -> list[Event]:
    """Return a reading a second at one temperature."""
    hot = GpuReading(uuid="GPU-1", index=0, name="RTX 3080", host="box", temperature_c=temperature_c)
    return [on.GpusRead((hot,), float(start_s + second)) for second in range(seconds)]


def test_a_card_that_heats_is_notified_once_and_the_notification_goes_when_it_is_over() -> None:
    state, asked = after(State(limits=Limits(hold_s=3.0)), *heated(60, 0, 5), *heated(78, 5, 30), *heated(60, 35, 30))
    notify, withdraw = (effect for effect in asked if isinstance(effect, do.Notify | do.Withdraw))
    assert isinstance(notify, do.Notify)
    assert (notify.urgency, withdraw) == (do.Urgency.NORMAL, do.Withdraw(notify.key))
    assert state.thermal("GPU-1") is Thermal.NORMAL


def test_no_alert_while_snoozed_but_the_state_is_known() -> None:
    state, asked = after(State(limits=Limits(hold_s=3.0)), on.AlertsSnoozed(1000.0), *heated(78, 5, 30))
    assert not any(isinstance(effect, do.Notify) for effect in asked)
    assert state.thermal("GPU-1") is Thermal.WARNING


def test_samples_are_kept_now_and_then() -> None:
    _, asked = after(State(samples_every_s=10.0), *heated(60, 0, 25))
    assert asked == [do.KeepSamples((CARD,))] * 3


def test_what_is_missing_is_known_until_it_is_there() -> None:
    state, _ = after(State(), NO_GPU)
    assert state.missing == {"gpu": NO_GPU}
    state, _ = after(state, on.PartReady("gpu"), on.PartReady("gpu"))
    assert state.missing == {}


def test_a_download_shows_until_it_ends() -> None:
    state, asked = after(State(), on.DownloadWanted("base"), on.ModelDownloading("base", 5, 100))
    assert asked == [do.DownloadModel("base")]
    assert state.downloading == on.ModelDownloading("base", 5, 100)
    state, asked = after(state, on.DownloadStopped(), on.DownloadEnded())
    assert asked == [do.StopDownload()]
    assert state.downloading is None


def test_a_notification_that_is_clicked_shows_the_window_and_one_that_is_acknowledged_goes() -> None:
    _, asked = after(
        State(), on.NotificationActed("gpu:1", "default", 1.0), on.NotificationActed("gpu:1", "acknowledge", 1.0)
    )
    assert asked == [do.ShowWindow(), do.Withdraw("gpu:1")]


def test_a_timer_is_shown_and_spoken_but_does_not_talk_into_a_conversation() -> None:
    rang = on.Rang(message("The timer is over."))
    _, asked = after(State(), rang)
    assert [type(effect) for effect in asked] == [do.Notify, do.Say]
    for turn in (Turn(phase=Phase.LISTENING), Turn(muted=True), Turn(speaking=Speaking.NEVER)):
        _, asked = after(State(turn=turn), rang)
        assert [type(effect) for effect in asked] == [do.Notify]


def test_the_nodes_are_what_was_seen_last() -> None:
    node = NodeStatus(name="M1", dialect="openai", url="http://x", state=NodeState.UP)
    state, _ = after(State(), on.NodesSeen(()), on.NodesSeen((node,)))
    assert state.nodes == (node,)


def test_a_second_start_asks_for_the_window() -> None:
    assert after(State(), on.WindowWanted())[1] == [do.ShowWindow()]


def test_everything_else_is_the_conversations() -> None:
    state, asked = after(State(), on.Typed("hello"))
    assert state.turn.phase is Phase.THINKING
    assert isinstance(asked[0], do.Interpret)
