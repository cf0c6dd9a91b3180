"""How the rooms are joined: damaged databases are told, the history of a card comes back, ears know of the voice."""

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from etoile.config import FOLDERS, Config, Node, Speech, Store, Window
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Effect, Outcome
from etoile.domain.events import Event
from etoile.domain.history import Measure, Span
from etoile.domain.state import State
from etoile.errors import WENT_WRONG
from etoile.parts import Rooms, open_history
from etoile.parts.later import Later
from etoile.parts.live import Live
from etoile.parts.once import open_care, open_fit_ratios
from etoile.parts.opening import hotwords, resume
from etoile.parts.stores import Recordings, open_recordings, open_samples
from etoile.store.conversations import Conversations
from etoile.store.samples import Samples
from etoile.text import Message, message, render
from tests.opened import opened
from tests.store.sampling import open_database, reading
from tests.waiting import wait_until


def _rooms(publish: Callable[[Event], None], samples: Samples | None) -> Rooms:
    """Return rooms of which only the samples are open."""
    nothing: dict[str, Any] = dict.fromkeys(Rooms.__dataclass_fields__)
    return Rooms(**nothing | {"publish": publish, "samples": samples, "language": "en"})


@pytest.mark.parametrize("wait", [True, False])
def test_a_damaged_history_is_told_and_a_new_one_begun(
    own_home: Path, wait: bool, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(FOLDERS.user_data_dir) / "etoile.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this was a database once" * 400)
    events: list[Event] = []
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", events.append, wait=wait)
        wait_until(lambda: events, what="the damage is told")
        assert history
        assert not history.latest(5)
    [missing] = events
    assert isinstance(missing, on.PartMissing)
    assert missing.part == "store etoile.db"
    assert render(missing.said, "en") == "etoile.db was damaged, and a new one was begun."
    assert isinstance(missing.remedy, Message)
    assert "etoile.db.corrupt-" in render(missing.remedy, "en")
    caplog.clear()


def test_a_history_that_cannot_be_opened_is_told_and_whoever_waits_has_none(own_home: Path) -> None:
    folder = Path(FOLDERS.user_data_dir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()
    events: list[Event] = []
    with ExitStack() as stack:
        assert open_history(stack, Config(), "en", events.append) is None
        wait_until(lambda: events, what="it is told")
    assert isinstance(events[0], on.PartMissing)
    assert "cannot be opened" in render(events[0].said, "en")


def test_a_conversation_goes_on_behind_a_restart_and_is_summarised_and_ended_in_the_history(own_home: Path) -> None:
    def run(*effects: Effect) -> list[Event]:
        """Open the history as the app does, carry `effects` out, and close it; return what was told."""
        events: list[Event] = []
        with ExitStack() as stack:
            history = open_history(stack, Config(), "en", events.append)
            assert history
            resume(history, 3600.0, events.append)
            rooms = replace(_rooms(events.append, None), history=history)
            for effect in effects:
                rooms.perform(effect)
            history.latest(1)  # everything so far is written
        return events

    def remember(place: int) -> Effect:
        said = message("Because.")
        return do.Remember(Outcome(turn=1, text="why", decision=Decision.ROUTE, ok=True, answer=said, place=place))

    assert run(remember(1), remember(2), do.KeepSummary("They asked why.", 1)) == []
    [resumed] = run(do.BeginConversation())
    assert isinstance(resumed, on.ConversationResumed)
    assert (resumed.summary, resumed.summarised) == ("They asked why.", 1)
    assert [exchange.number for exchange in resumed.exchanges] == [2]
    assert run() == []


def test_the_history_of_a_card_comes_back_as_an_event(tmp_path: Path) -> None:
    events: list[Event] = []
    with open_database(tmp_path) as database, Samples(database) as samples:
        rooms = _rooms(events.append, samples)
        rooms.perform(do.KeepSamples((reading(temperature_c=71),)))
        rooms.perform(do.ReadHistory("GPU-0", Span.DAY))
        wait_until(lambda: events, what="the history is read")
    [read] = events
    assert isinstance(read, on.HistoryRead)
    assert read.history
    assert [point.mean for point in read.history.series[Measure.TEMPERATURE]] == [71.0]


def test_a_history_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    events: list[Event] = []
    _rooms(events.append, None).perform(do.ReadHistory("GPU-0", Span.HOUR))
    (tmp_path / "metrics.db").mkdir()
    with open_database(tmp_path) as database, Samples(database) as samples:
        _rooms(events.append, samples).perform(do.ReadHistory("GPU-0", Span.HOUR))
        wait_until(lambda: len(events) == 2, what="both are answered")
    assert events == [on.HistoryRead("GPU-0", Span.HOUR, None)] * 2


@dataclass
class _Mouth:
    """A voice that tells since when it is silent, and notes what it is to do."""

    silent_s: float = math.inf
    cues: list[do.Earcon] = field(default_factory=list)
    prepared: int = 0

    def prepare(self) -> None:
        self.prepared += 1

    def cue(self, earcon: do.Earcon) -> None:
        self.cues.append(earcon)


class _Ears:
    """Ears that note whether they may look back."""

    def __init__(self) -> None:
        self.broke_in: list[bool] = []
        self.expected = 0

    def expect(self) -> None:
        self.expected += 1

    def record(self, turn: int, *, hands_free: bool, broke_in: bool, woken: bool, level_only: bool) -> None:
        self.broke_in.append(broke_in)

    def transcribe(self, turn: int) -> None:
        pass


@pytest.mark.parametrize(
    ("silent_s", "told", "broke_in"),
    [(math.inf, False, False), (math.inf, True, True), (0.0, False, True), (2.0, False, True), (3.0, False, False)],
)
def test_what_was_heard_while_etoile_spoke_is_not_the_users(silent_s: float, told: bool, broke_in: bool) -> None:
    """An alert or a timer is spoken outside of any turn: the voice knows best."""
    ears: Any = _Ears()
    voice: Any = _Mouth(silent_s)
    replace(_rooms(list[Event]().append, None), ears=ears, voice=voice).perform(do.Record(1, broke_in=told))
    assert ears.broke_in == [broke_in]


def test_when_the_user_has_spoken_the_commands_are_read_and_the_voice_gets_ready() -> None:
    ears: Any = _Ears()
    voice: Any = _Mouth()
    commands: Any = _Mouth()
    rooms = replace(_rooms(list[Event]().append, None), ears=ears, voice=voice, interpreter=opened(commands))
    rooms.perform(do.Record(1))
    assert (voice.prepared, commands.prepared) == (0, 0)
    rooms.perform(do.Transcribe(1))
    assert (voice.prepared, commands.prepared) == (1, 1)


def test_a_command_that_cannot_be_begun_ends_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    events: list[Event] = []
    with Later[Any]("actions", nullcontext) as actions:
        replace(_rooms(events.append, None), actions=actions).perform(do.Run(3, "audio.mute", {}, "en"))
        wait_until(lambda: on.Failed(3, WENT_WRONG) in events)
    assert "what was wanted of a room failed" in caplog.text
    caplog.clear()


def test_where_a_request_is_to_be_typed_the_names_of_the_voices_are_known_as_well() -> None:
    ears: Any = _Ears()
    voice: Any = _Mouth()
    commands: Any = _Mouth()
    replace(_rooms(list[Event]().append, None), ears=ears, voice=voice, interpreter=opened(commands)).expect()
    assert (ears.expected, voice.prepared, commands.prepared) == (1, 1, 1)


def test_short_sounds_go_to_the_voice_if_there_is_one() -> None:
    voice: Any = _Mouth()
    rooms = _rooms(list[Event]().append, None)
    for open_rooms in (rooms, replace(rooms, voice=voice)):
        open_rooms.perform(do.Cue(do.Earcon.START))
    assert voice.cues == [do.Earcon.START]


def test_the_speech_model_expects_the_names_that_the_settings_tell() -> None:
    node = Node(name="athena", url="http://127.0.0.1:1", model="qwen3", models={"code": "coder", "review": "qwen3"})
    assert hotwords(Config(nodes=(node,), speech=Speech(hotwords=("Etoile",)))) == ("Etoile",)
    named = hotwords(Config(nodes=(node,), speech=Speech(hotwords=("Etoile", "nodes"))))
    assert named == ("Etoile", "athena", "qwen3", "coder")
    assert hotwords(Config(nodes=(node,))) == ()


def test_in_private_mode_a_command_line_keeps_nothing(own_home: Path) -> None:
    private = Config(store=Store(private=True))
    with open_care(private, lambda: ()), open_fit_ratios(private) as ratios:
        assert ratios is None
    assert not list(own_home.rglob("*.db"))


def test_in_private_mode_nothing_is_opened_to_be_written(own_home: Path) -> None:
    private = Config(store=Store(private=True))
    with ExitStack() as stack:
        assert open_history(stack, private, "en", lambda event: None) is None
        assert open_samples(stack, private, lambda event: None) is None
        recordings = open_recordings(stack, private)
        assert recordings.is_dir()
        (recordings / "one.wav").touch()
    assert not recordings.exists()
    assert not Path(FOLDERS.user_data_dir).exists()
    assert not Path(FOLDERS.user_state_dir).exists()


def test_recordings_of_each_mode_have_one_folder_however_often_it_is_asked_for(own_home: Path) -> None:
    with ExitStack() as stack:
        recordings = Recordings(stack)
        private = [recordings.folder(Config(store=Store(private=True))) for _ in range(2)]
        kept = recordings.folder(Config())
        assert private[0] == private[1] != kept
        assert recordings.folders() == (private[0], kept)
    assert not private[0].exists()


def test_recordings_stay_where_they_may(own_home: Path) -> None:
    with ExitStack() as stack:
        assert open_recordings(stack, Config()) == Path(FOLDERS.user_state_dir) / "recordings"


@pytest.mark.parametrize("wanted", [Store(private=True), Store(history=False)], ids=["private", "no history"])
def test_what_is_to_be_kept_no_more_is_not_from_that_moment_on(own_home: Path, wanted: Store) -> None:
    def remember(turn: int) -> Effect:
        return do.Remember(Outcome(turn=turn, text=f"request {turn}", decision=Decision.RUN, ok=True))

    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", lambda event: None)
        samples = open_samples(stack, Config(), lambda event: None)
        assert history
        assert samples
        rooms = replace(_rooms(lambda event: None, samples), history=history, router=opened(_Router()))
        rooms.perform(remember(1))
        rooms.perform(do.Configure(Config(store=wanted)))
        rooms.perform(remember(2))
        rooms.perform(do.KeepSamples((reading(0),)))
        samples.flush()
        assert [kept.request for kept in history.latest(9)] == ["request 1"]
        [(count,)] = samples.database.read(lambda it: it.execute("SELECT count(*) FROM seconds").fetchall())
        assert count == (0 if wanted.private else 1)
        rooms.perform(do.Configure(Config()))
        rooms.perform(remember(3))
        assert [kept.request for kept in history.latest(9)] == ["request 3", "request 1"]


@pytest.mark.parametrize("wanted", [Store(private=True), Store(history=False)], ids=["private", "no history"])
def test_what_is_being_asked_when_nothing_is_to_be_kept_any_more_is_kept_no_longer(
    own_home: Path, wanted: Store
) -> None:
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", lambda event: None)
        assert history
        rooms = replace(_asked(history), router=opened(_Router()))
        rooms.perform(do.Interpret(1, "request 1", "en"))
        rooms.perform(do.Configure(Config(store=wanted)))
        assert _drafts(history) == []


def test_what_is_dictated_is_not_taken_down(own_home: Path) -> None:
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", lambda event: None)
        assert history
        rooms = _asked(history)
        rooms.perform(do.Interpret(1, "dear aunt", "en", dictated=True))
        rooms.perform(do.Interpret(2, "mute", "en"))
        assert _drafts(history) == ["mute"]


def _asked(history: Conversations) -> Rooms:
    """Return rooms that can be asked, and answer nothing."""
    return replace(_rooms(lambda event: None, None), history=history, interpreter=opened(_Interpreter()))


def _drafts(history: Conversations) -> list[str]:
    rows = history.database.read(lambda it: it.execute("SELECT request FROM drafts").fetchall())
    return [request for (request,) in rows]


class _Interpreter:
    """Finds nothing out."""

    def interpret(self, effect: do.Interpret) -> None:
        """Do nothing."""


class _Router:
    """Takes settings, and does nothing."""

    def use(self, nodes: object, routing: object) -> None:
        """Take them."""


class _Shown:
    """Notifications as they were shown, and a router that takes any nodes."""

    def __init__(self) -> None:
        self.said: list[tuple[str, list[str]]] = []

    def notify(self, key: str, title: str, body: str, urgency: do.Urgency, actions: Mapping[str, str]) -> None:
        self.said.append((title, list(actions.values())))

    def withdraw(self, key: str) -> None:
        """Nothing is taken away here."""

    def use(self, *settings: object) -> None:
        """Any nodes will do."""


def test_notifications_are_written_in_the_language_that_the_settings_name_now(own_home: Path) -> None:
    shown = _Shown()
    live = Live(State, lambda event: None, None, tuple, Config(window=Window(language="fr")))
    rooms = replace(_rooms(lambda event: None, None), live=live, notifier=shown, router=opened(shown))
    note = do.Notify("hot", message("Settings"), message("Nodes"), do.Urgency.NORMAL, {"show": message("Show")})
    for language in ("fr", "pt", "en"):
        rooms.perform(do.Configure(Config(window=Window(language=language))))
        rooms.perform(note)
    assert shown.said == [
        ("Réglages", ["Afficher"]),
        ("Configurações", ["Mostrar"]),
        ("Settings", ["Show"]),
    ]
