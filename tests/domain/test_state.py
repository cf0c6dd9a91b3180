"""What Etoile knows: events that are no part of a conversation."""

from dataclasses import replace

from etoile.config import Thermal as Limits
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, Kind, Thermal
from etoile.domain.history import CardHistory, Span
from etoile.domain.nodes import NodeLoad, NodeState, NodeStatus
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import message, render

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


def test_a_sample_a_second_is_kept_though_readings_come_early_and_late() -> None:
    times_s = [0.0, 1.02, 1.99, 3.0, 3.95, 5.01]
    _, asked = after(State(), *[on.GpusRead((CARD,), at_s) for at_s in times_s])
    assert asked == [do.KeepSamples((CARD,))] * 6


def test_a_history_that_is_wanted_is_read_and_then_known() -> None:
    state, asked = after(State(), on.HistoryWanted("GPU-1", Span.DAY))
    assert asked == [do.ReadHistory("GPU-1", Span.DAY)]
    read = on.HistoryRead("GPU-1", Span.DAY, CardHistory(uuid="GPU-1", span=Span.DAY, until_s=7, series={}))
    state, asked = after(state, read)
    assert (state.history, asked) == (read, [])


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
    assert state.turn.has_nodes
    assert state.nodes == (node,)


def test_a_node_is_as_hot_as_the_hottest_gpu_it_uses_and_as_busy_as_it_says() -> None:
    node = NodeStatus(name="M1", dialect="openai", url="http://x", state=NodeState.UP)
    gpus = tuple(
        replace(CARD, uuid=f"GPU-{place}", host="M1", far=True, temperature_c=temperature_c, at_s=1.0)
        for place, temperature_c in enumerate((60, 90))
    )
    load = NodeLoad(running=2, waiting=5, kv_cache_percent=80)
    state, _ = after(
        State(limits=Limits(hold_s=0.0)), on.NodesSeen((node,)), on.GpusRead(gpus, 1.0), on.NodeLoadsRead({"M1": load})
    )
    assert state.nodes == (replace(node, thermal=Thermal.CRITICAL, temperature_c=90, load=load),)
    state, _ = after(state, on.NodesSeen((node, replace(node, name="M2"))), on.NodeLoadsRead({}))
    assert [(one.thermal, one.load) for one in state.nodes] == [(Thermal.CRITICAL, None), (Thermal.UNKNOWN, None)]


def test_a_processor_is_watched_like_a_gpu_and_is_none() -> None:
    processor = replace(CARD, uuid="CPU-box", kind=Kind.PROCESSOR)
    far = replace(CARD, uuid="GPU-2", host="M1", far=True)
    state, _ = after(State(), on.GpusRead((far, processor), 1.0))
    assert (state.gpus, state.processors) == ((far,), (processor,))
    assert state.watched == (processor, far), "this machine comes first"
    events = [on.GpusRead((replace(processor, temperature_c=99, at_s=float(at_s)),), float(at_s)) for at_s in range(30)]
    state, asked = after(State(), *events)
    assert state.thermal("CPU-box") is Thermal.CRITICAL
    [told, *_] = [effect for effect in asked if isinstance(effect, do.Notify)]
    assert render(told.title, "en") in ("CPU is hot on box", "CPU critical on box")


def test_a_second_start_asks_for_the_window() -> None:
    assert after(State(), on.WindowWanted())[1] == [do.ShowWindow()]


def test_everything_else_is_the_conversations() -> None:
    state, asked = after(State(), on.Typed("hello"))
    assert state.turn.phase is Phase.THINKING
    assert isinstance(asked[0], do.Interpret)


def test_a_microphone_that_is_open_is_known_for_as_long_as_it_is() -> None:
    state, effects = advance(State(), on.MicrophoneOpened(True, "Blue Yeti"))
    assert (state.microphone_open, state.microphone, effects) == (True, "Blue Yeti", ())
    closed, _ = advance(state, on.MicrophoneOpened(is_open=False))
    assert (closed.microphone_open, closed.microphone) == (False, "Blue Yeti")
