"""Composition: the rooms are built from a configuration here, joined, and told what to do.

`open_rooms` is what the tray app and the command line share; the tray app adds ears, voice, talk key, GPU monitor,
notifications and the samples by `desktop=True`.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from etoile.actions.runner import Actions
from etoile.aliases import AliasFile
from etoile.cared import load_anywhere, measure_loaded, unload_everywhere
from etoile.caring import Care
from etoile.clock import AlarmClock
from etoile.config import FOLDERS, Config, Node
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.gpus import HOT, GpuReading, Thermal
from etoile.domain.history import CardHistory, Span
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.state import State
from etoile.domain.turn import Speaking, Turn
from etoile.errors import NvmlUnavailable, StoreError
from etoile.gpu.far import FarGpus
from etoile.gpu.gathering import Everything, Gathering, read_everything
from etoile.gpu.joined import JoinedSource, local_source
from etoile.gpu.monitor import GpuMonitor, read_once, reader_of
from etoile.gpu.place import exporters
from etoile.gpu.processor import ProcessorCard
from etoile.gpu.source import GpuSource
from etoile.interpreter import Interpreter
from etoile.learner import Learner, Objections
from etoile.llm.guide import Guide
from etoile.llm.keys import secret
from etoile.llm.router import Router
from etoile.store import benches, conversations, fits, learning, sample_tables
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.fits import FitRatios
from etoile.store.learning import Memory
from etoile.store.samples import Samples
from etoile.text import Message, desktop_language, message, render

if TYPE_CHECKING:
    from etoile.llm.described import Described
    from etoile.speech.downloads import Downloads
    from etoile.speech.ears import Ears
    from etoile.speech.placed import PlacedWhisper
    from etoile.speech.voice import Voice

log = logging.getLogger(__name__)

TICK_S = 5.0
"""How often the state hears of time: what is held, waits or is snoozed is that exact where no GPU is read."""

ECHO_S = 2.5
"""For so long after Etoile spoke, what was heard before the key went down is not the user's: the longest pre-roll, and
what a room adds to it."""

Publish = Callable[[Event], None]
MIGRATIONS = [
    conversations.MIGRATION,
    conversations.HOW_IT_WAS_UNDERSTOOD,
    learning.MIGRATION,
    fits.MIGRATION,
    benches.MIGRATION,
]
"""Of `etoile.db`, in the order in which they came."""

ReportTo = Callable[[do.ReportText | do.ReportStep | do.ReportQuestion | do.ReportOutcome], None]


def interface_language(config: Config) -> str:
    """Return the language of window and command line: the configured one, else the desktop's, else English."""
    return desktop_language() if config.window.language == "auto" else config.window.language


def first_state(config: Config) -> State:
    """Return what is known before anything has happened."""
    language = interface_language(config)
    turn = Turn(
        language=language,
        home_language=language,
        speaking=Speaking(config.speech.speak),
        confirm_s=config.commands.confirm_s,
        shown_s=config.commands.shown_s,
        longest_s=config.speech.longest_s,
    )
    return State(turn=turn, limits=config.thermal, alerts=config.alerts, samples_every_s=config.store.samples_every_s)


class Live:
    """What rooms may ask of the app's newest state: the desk of the actions, the live state of the guide.

    `state` is asked anew each time; `read_gpus` stands in where no monitor runs.  Any thread.
    """

    def __init__(
        self,
        state: Callable[[], State],
        publish: Publish,
        history: Conversations | None,
        read_gpus: Callable[[], tuple[GpuReading, ...]] | None,
        config: Config,
    ) -> None:
        self._state = state
        self._publish = publish
        self._history = history
        self._speed_test_url = config.commands.speed_test_url
        self._read_gpus = read_gpus
        self.voice: Voice | None = None
        """What speaks here, once it is there."""
        self._care = Care(config, self.nodes, history.database if history else None)

    def gpus(self) -> tuple[GpuReading, ...]:
        """Return the last reading of every GPU."""
        return self._read_gpus() if self._read_gpus else self._state().gpus

    def gpus_if_known(self) -> tuple[GpuReading, ...] | None:
        """Return the last reading of every GPU; None while the app has just begun, and knows of none."""
        gpus = self.gpus()
        return gpus if gpus or "gpu" in self._state().missing else None

    def thermal(self, uuid: str) -> Thermal:
        """Return how hot the GPU `uuid` is."""
        return self._state().thermal(uuid)

    def nodes(self) -> tuple[NodeStatus, ...]:
        """Return what is known of every node."""
        return self._state().nodes

    def missing(self) -> tuple[on.PartMissing, ...]:
        """Return the parts that are off."""
        return tuple(self._state().missing.values())

    def history(self, count: int) -> tuple[str, ...]:
        """Return the last requests, newest first; empty where no history is kept."""
        return tuple(kept.request for kept in self._history.latest(count)) if self._history else ()

    def spoken_language(self) -> str:
        """Return the language that is spoken where a request does not tell its own."""
        return self._state().turn.home_language

    def set_language(self, code: str) -> None:
        """Speak `code` from now on."""
        self._publish(on.LanguageChosen(code))

    def voices(self) -> tuple[str, ...]:
        """Return what the voices that can be chosen are called; empty where nothing is spoken."""
        return self.voice.voices() if self.voice else ()

    def use_voice(self, name: str) -> str | None:
        """Speak with the voice called `name`; return the former one's name, None when none is called so."""
        return self.voice.use(name) if self.voice else None

    def speaking_rate_wpm(self) -> int | None:
        """Return how fast is spoken; None where nothing is."""
        return self.voice.rate_wpm if self.voice else None

    def speak_at(self, rate_wpm: int) -> None:
        """Speak so fast from the next sentence on."""
        if self.voice:
            self.voice.rate_wpm = rate_wpm

    def speed_test_url(self) -> str:
        """Return what the settings name to measure the network's speed against; empty for nothing."""
        return self._speed_test_url

    def load_model(self, model: str, check: Callable[[], None]) -> Message:
        """Bring `model` into the memory of a node, and tell which."""
        return load_anywhere(self._care, model, check)

    def unload_model(self, model: str, check: Callable[[], None]) -> Message:
        """Take `model` out of memory, and tell where."""
        return unload_everywhere(self._care, model, check)

    def measure_models(self, check: Callable[[], None]) -> Message:
        """Measure the models in memory, and tell what came of it."""
        return measure_loaded(self._care, check)


class Notifier(Protocol):
    """Shows notifications; both methods return at once."""

    def notify(self, key: str, title: str, body: str, urgency: do.Urgency, actions: Mapping[str, str]) -> None:
        """Show a notification in place of the former one with the same `key`; `actions` are labels by action."""

    def withdraw(self, key: str) -> None:
        """Take the notification `key` away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms that are open, and how each effect reaches its room."""

    publish: Publish
    language: str
    """Of the interface: what is written."""
    clock: AlarmClock
    interpreter: Interpreter
    router: Router
    actions: Actions
    history: Conversations | None
    learner: Learner | None
    """None where nobody looks on: on the command line."""
    samples: Samples | None
    ears: "Ears | None"
    voice: "Voice | None"
    downloads: "Downloads | None"
    notifier: Notifier | None
    report: ReportTo
    """Tells callers what becomes of their requests."""

    def perform(self, effect: Effect) -> None:
        """Hand `effect` to the room that carries it out.  Returns at once."""
        match effect:
            case do.Record() | do.Transcribe() | do.DiscardRecording():
                self._listen(effect)
            case do.Say() | do.Hush() | do.Cue():
                self._speak(effect)
            case do.DownloadModel() | do.StopDownload():
                self._download(effect)
            case do.Interpret():
                self.interpreter.interpret(effect)
            case do.Ask():
                self.router.ask(effect)
            case do.Run():
                self.actions.run(effect)
            case do.StopWork(turn):
                self.router.stop(turn)
                self.actions.stop(turn)
            case do.Deadline(turn, stage, after_s, progress):
                passed = on.DeadlinePassed(turn, stage, progress)
                self.clock.after(after_s, lambda: self.publish(passed))
            case do.ReportText() | do.ReportStep() | do.ReportQuestion() | do.ReportOutcome():
                self.report(effect)
            case do.Notify() | do.Withdraw():
                self._notify(effect)
            case do.Remember(outcome, origin, match):
                if self.history:
                    self.history.remember(outcome, origin, match)
                if self.learner:
                    self.learner.reconsider()
            case do.MarkUndone(turn):
                if self.history:
                    self.history.mark_undone(turn)
            case do.TakeOffer() | do.RefuseOffer() | do.OfferDeadline():
                self._learn(effect)
            case do.KeepSamples(readings):
                if self.samples:
                    self.samples.keep(readings)
            case do.ReadHistory(uuid, span):
                self._read_history(uuid, span)
            case do.ShowWindow():
                pass  # the window's own: see gui.bridge

    def _read_history(self, uuid: str, span: Span) -> None:
        if self.samples is None:
            self.publish(on.HistoryRead(uuid, span, None))
            return

        def tell(read: "Future[CardHistory]") -> None:
            self.publish(on.HistoryRead(uuid, span, None if read.exception() else read.result()))

        self.samples.read(uuid, span).add_done_callback(tell)

    def _listen(self, effect: do.Record | do.Transcribe | do.DiscardRecording) -> None:
        if self.ears is None:
            return
        match effect:
            case do.Record(turn, hands_free, broke_in):
                self.ears.record(turn, hands_free=hands_free, broke_in=broke_in or self._hears_itself())
            case do.Transcribe(turn):
                self.ears.transcribe(turn)
            case do.DiscardRecording(turn):
                self.ears.discard(turn)

    def _hears_itself(self) -> bool:
        """Whether what the microphone heard until now may be Etoile's own voice: an answer, an alert, a timer."""
        return self.voice is not None and self.voice.silent_s < ECHO_S

    def _speak(self, effect: do.Say | do.Hush | do.Cue) -> None:
        match effect:
            case do.Say(turn, said, language, last) if self.voice:
                self.voice.say(turn, render(said, language), language, last)
            case do.Say(turn):
                self.publish(on.Spoken(turn))
            case do.Hush() if self.voice:
                self.voice.hush()
            case do.Cue(earcon) if self.voice:
                self.voice.cue(earcon)

    def _learn(self, effect: do.TakeOffer | do.RefuseOffer | do.OfferDeadline) -> None:
        if self.learner is None:
            return
        match effect:
            case do.TakeOffer():
                self.learner.take(effect)
            case do.RefuseOffer():
                self.learner.refuse(effect)
            case do.OfferDeadline(key, after_s):
                self.clock.after(after_s, lambda: self.publish(on.OfferAged(key)))

    def _download(self, effect: do.DownloadModel | do.StopDownload) -> None:
        if self.downloads is None:
            return
        match effect:
            case do.DownloadModel(model):
                self.downloads.start(model)
            case do.StopDownload():
                self.downloads.stop()

    def _notify(self, effect: do.Notify | do.Withdraw) -> None:
        if self.notifier is None:
            return
        match effect:
            case do.Notify(key, title, body, urgency, actions):
                labels = {action: render(label, self.language) for action, label in actions.items()}
                self.notifier.notify(key, render(title, self.language), render(body, self.language), urgency, labels)
            case do.Withdraw(key):
                self.notifier.withdraw(key)


@contextmanager
def open_rooms(
    config: Config,
    publish: Publish,
    state: Callable[[], State],
    *,
    simulate: str | None,
    desktop: bool,
    report: ReportTo,
    balloons: Notifier | None = None,
) -> Iterator[Rooms]:
    """Open the rooms; leaving closes them in the opposite order, producers first.

    `balloons` shows notifications where the system has no service for them.
    """
    language = interface_language(config)
    with ExitStack() as stack:
        clock = stack.enter_context(AlarmClock())
        history = open_history(stack, config, language, publish, wait=not desktop)
        source = local_source(simulate)
        read_gpus = None if desktop else lambda: read_quietly(source)
        live = Live(state, publish, history, read_gpus, config)
        voice = notifier = ears = downloads = kept = learner = None
        if desktop:
            notifier = _open_notifier(stack, publish) if sys.platform == "linux" else balloons
            voice = live.voice = _open_voice(stack, config, publish)
            kept = _open_samples(stack, publish)
        router = stack.enter_context(_router(config, publish, history, live, watch=desktop))
        actions = stack.enter_context(Actions(publish, live, clock, lasting=desktop))
        interpreter = stack.enter_context(
            Interpreter(
                publish,
                actions.slot_values,
                enabled=config.commands.enabled,
                name_in_front=actions.name_in_front,
                processes=actions.processes,
            )
        )
        if desktop:
            clock.every(TICK_S, lambda: publish(on.ClockTicked(time.monotonic(), datetime.now().astimezone())))
            learner = stack.enter_context(
                open_learner(publish, history, interpreter.aliases, interpreter.objections, clock)
            )
            downloads = _open_downloads(stack, publish, offline=config.speech.offline)
            ears = _open_ears(stack, config, publish, live)
            _watch_gpus(stack, config, source, router, publish)
        if history:
            # The first to go: rooms that wait for the history would wait until a large file is checked.
            stack.callback(history.database.skip_check)
        yield Rooms(
            publish=publish,
            language=language,
            clock=clock,
            interpreter=interpreter,
            router=router,
            actions=actions,
            history=history,
            learner=learner,
            samples=kept,
            ears=ears,
            voice=voice,
            downloads=downloads,
            notifier=notifier,
            report=report,
        )


def check_nodes(config: Config) -> tuple[NodeStatus, ...]:
    """Ask every node how it is, and return what they said.  Blocks for about two seconds at most."""
    with ExitStack() as stack:
        history = open_history(stack, config, interface_language(config), _log_event)
        live = Live(lambda: first_state(config), _log_event, history, None, config)
        return stack.enter_context(_router(config, _log_event, history, live, watch=False)).check()


def describe_model(config: Config, name: str) -> "Described | None":
    """Return the model `name` as a node of the settings, or one found here, tells it; None where none has it.

    Blocks for some seconds at most.  Raises NodeError and UnreadableModel.
    """
    from etoile.llm.described import describe

    configured = {node.name: node for node in config.nodes}
    nodes = [
        configured.get(status.name)
        or msgspec.convert({"name": status.name, "url": status.url, "dialect": status.dialect}, Node)
        for status in check_nodes(config)
        if status.state not in (NodeState.DOWN, NodeState.UNCONFIRMED)
    ]
    return describe(nodes, name, config.routing.connect_s, secret)


def _router(config: Config, publish: Publish, history: Conversations | None, live: Live, *, watch: bool) -> Router:
    return Router(
        config.nodes,
        config.routing,
        publish,
        guide=Guide(live),
        secret=secret,
        confirmed=history.confirmed_servers if history else frozenset,
        keep_confirmed=history.confirm_server if history else _forget,
        watch=watch,
    )


def _forget(url: str) -> None:
    """Without a history a confirmation lasts as long as the app."""
    log.info("%s is used until Etoile ends: no history is kept", url)


def _watch_gpus(stack: ExitStack, config: Config, source: GpuSource, router: Router, publish: Publish) -> None:
    """Watch the GPUs of this machine and of others; the router's loop fetches what the latter tell."""
    period_s = config.gpu.period_s
    far = stack.enter_context(FarGpus(config.nodes, router.metrics, publish, period_s=config.gpu.far_period_s))
    failure = (lambda: source.failure) if isinstance(source, JoinedSource) else lambda: None
    gathering = stack.enter_context(
        Gathering(publish, far.readings, ProcessorCard(), period_s=period_s, failure=failure)
    )
    stack.enter_context(
        GpuMonitor(source, gathering.take, period_s=period_s, processes_every=config.gpu.processes_every)
    )


def speech_model(config: Config, simulate: str | None) -> "PlacedWhisper":
    """Return the speech model of the settings, to be loaded where it belongs now."""
    from etoile.speech.placed import placed_once

    return placed_once(config.speech, read_quietly(local_source(simulate)), config.thermal, config.alerts.gpus)


@contextmanager
def gpu_reader(config: Config, simulate: str | None) -> Iterator[Callable[[], Everything]]:
    """Yield what reads every GPU once, of this machine and of others, without the app."""
    processor = ProcessorCard()
    with ExitStack() as stack:
        read_local = stack.enter_context(reader_of(local_source(simulate)))
        far: FarGpus | None = None
        if any(exporters(node) for node in config.nodes):
            live = Live(lambda: first_state(config), _log_event, None, None, config)
            router = stack.enter_context(_router(config, _log_event, None, live, watch=False))
            far = FarGpus(config.nodes, router.metrics, _log_event)
        yield lambda: read_everything(read_local, far, processor)


def _log_event(event: Event) -> None:
    log.debug("%s", event)


def read_quietly(source: GpuSource) -> tuple[GpuReading, ...]:
    """Return every GPU of this machine; empty where there is no driver."""
    try:
        return read_once(source)
    except NvmlUnavailable:
        return ()


def open_history(
    stack: ExitStack, config: Config, language: str, publish: Publish, *, wait: bool = True
) -> Conversations | None:
    """Open the history of requests; None where none is kept, or where one waits for it and it cannot be opened."""
    if not config.store.history:
        return None
    database = _open_database(stack, "etoile.db", MIGRATIONS, publish)
    return None if wait and database.opened.exception() else Conversations(database, language)


@contextmanager
def open_care(config: Config, statuses: Callable[[], Sequence[NodeStatus]]) -> Iterator[Care]:
    """Open what looks after the models of the nodes that `statuses` tells of; measurements are kept."""
    with ExitStack() as stack:
        database = _open_database(stack, "etoile.db", MIGRATIONS, lambda event: log.warning("%s", event))
        yield Care(config, statuses, None if database.opened.exception() else database)


@contextmanager
def open_fit_ratios() -> Iterator[FitRatios | None]:
    """Open what engines were seen to take for their models; None where the database cannot be opened."""
    with ExitStack() as stack:
        database = _open_database(stack, "etoile.db", MIGRATIONS, lambda event: log.warning("%s", event))
        yield None if database.opened.exception() else FitRatios(database)


def open_learner(
    publish: Publish,
    history: Conversations | None,
    aliases: AliasFile,
    objections: Objections,
    clock: AlarmClock | None = None,
) -> Learner:
    """Return what learns from `history`; without a clock it suggests nothing by itself."""
    memory = Memory(history.database) if history else None
    return Learner(publish, memory, aliases, objections, clock=clock)


def _open_samples(stack: ExitStack, publish: Publish) -> Samples:
    return stack.enter_context(Samples(_open_database(stack, "metrics.db", sample_tables.MIGRATIONS, publish)))


def _open_database(stack: ExitStack, name: str, migrations: list[str], publish: Publish) -> Database:
    """Open a database of the data folder, in the background; without it Etoile goes on, and says what is missing."""
    database = stack.enter_context(Database(Path(FOLDERS.user_data_dir) / name, migrations))
    database.opened.add_done_callback(lambda opened: _tell_opened(name, opened, publish))
    return database


def _tell_opened(name: str, opened: "Future[Path | None]", publish: Publish) -> None:
    """Publish what is missing when a database could not be opened, or was damaged."""
    error = opened.exception()
    if isinstance(error, StoreError):
        publish(on.PartMissing(f"store {name}", error.said, error.remedy))
    elif error:
        log.error("%s cannot be opened", name, exc_info=error)
    elif path := opened.result():
        publish(
            on.PartMissing(
                f"store {name}",
                message("{name} was damaged, and a new one was begun.", name=name),
                message("The damaged file is kept as {path}.", path=str(path)),
            )
        )


def _open_notifier(stack: ExitStack, publish: Publish) -> Notifier:
    from etoile.notify.desktop import DesktopNotifier

    return stack.enter_context(DesktopNotifier(publish))


def _open_voice(stack: ExitStack, config: Config, publish: Publish) -> "Voice":
    from etoile.speech.voice import Voice

    return stack.enter_context(Voice(config.speech, publish))


def _open_downloads(stack: ExitStack, publish: Publish, *, offline: bool) -> "Downloads":
    from etoile.speech.downloads import Downloads

    return stack.enter_context(Downloads(publish, offline=offline))


def _open_ears(stack: ExitStack, config: Config, publish: Publish, live: Live) -> "Ears":
    from etoile.speech.ears import Ears
    from etoile.speech.hotkeys import TalkKey
    from etoile.speech.placed import PlacedWhisper

    model = PlacedWhisper(config.speech, live.gpus_if_known, lambda uuid: live.thermal(uuid) in HOT)
    recordings = Path(FOLDERS.user_state_dir) / "recordings"
    ears = stack.enter_context(Ears(config.speech, publish, recordings=recordings, model=model))
    stack.enter_context(TalkKey(config.speech.talk_key, publish, hands_free=config.speech.hands_free_key))
    return ears
