"""How each effect reaches the room that carries it out."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from etoile import logs
from etoile.clock import AlarmClock
from etoile.config import Config
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.history import CardHistory, Span, Stretch
from etoile.errors import WENT_WRONG
from etoile.parts.later import Later
from etoile.store.answers import Answers
from etoile.store.conversations import Conversations
from etoile.store.retention import Bounds, Retention
from etoile.store.samples import Samples
from etoile.text import render

if TYPE_CHECKING:
    from etoile.actions.runner import Actions
    from etoile.interpreter import Interpreter
    from etoile.learner import Learner
    from etoile.llm.router import Router
    from etoile.parts.errands import Errands
    from etoile.parts.hearing import Hearing
    from etoile.parts.live import Live
    from etoile.parts.renewed import Renewed
    from etoile.speech.downloads import Downloads
    from etoile.speech.voice import Voice

ECHO_S = 2.5
"""For so long after Etoile spoke, what was heard before the key went down is not the user's: the longest pre-roll, and
what a room adds to it."""

Publish = Callable[[Event], None]
ReportTo = Callable[[do.Report], None]


class Notifier(Protocol):
    """Shows notifications; both methods return at once."""

    def notify(self, key: str, title: str, body: str, urgency: do.Urgency, actions: Mapping[str, str]) -> None:
        """Show a notification in place of the former one with the same `key`; `actions` are labels by action."""

    def withdraw(self, key: str) -> None:
        """Take the notification `key` away."""


def bounds_of(config: Config) -> Bounds:
    """Return how much of the history the settings keep."""
    return Bounds(config.store.history_days, config.store.history_mb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms that are open, and how each effect reaches its room."""

    publish: Publish
    language: str
    """Of the interface at the start: what is written where no settings are followed."""
    clock: AlarmClock
    interpreter: "Later[Interpreter]"
    router: "Later[Router]"
    actions: "Later[Actions]"
    history: Conversations | None
    learner: "Later[Learner] | None"
    """None where nobody looks on: on the command line."""
    samples: Samples | None
    ears: "Hearing | None"
    voice: "Voice | None"
    downloads: "Downloads | None"
    notifier: Notifier | None
    report: ReportTo
    """Tells callers what becomes of their requests."""
    errands: "Errands | None"
    """None where no window asks for any."""
    answers: Answers | None = None
    renewed: "tuple[Renewed[Any], ...]" = ()
    """Rooms that are opened anew when their settings change."""
    retention: Retention | None = None
    """None where no history is kept."""
    live: "Live | None" = None
    """What rooms ask of the state."""

    def expect(self) -> None:
        """Get ready for a request before it is there.  Returns at once."""
        self.interpreter.soon(lambda commands: commands.prepare())
        if self.ears:
            self.ears.expect()
        if self.voice:
            self.voice.prepare()  # what its voices are called can be said in the very first request

    def perform(self, effect: Effect) -> None:
        """Hand `effect` to the room that carries it out.  Returns at once."""
        match effect:
            case do.Record() | do.Transcribe() | do.DiscardRecording() | do.WatchWakeWord():
                self._listen(effect)
            case do.RetryUnfinished():
                if self.ears:
                    self.ears.retry_unfinished()
            case do.Say() | do.Hush() | do.Cue():
                self._speak(effect)
            case do.DownloadModel() | do.StopDownload():
                self._download(effect)
            case do.Interpret(turn, text, language):
                if self.history and not (effect.dry_run or effect.dictated):
                    self.history.drafts.begin(turn, text, language)
                self.interpreter.soon(lambda commands: commands.interpret(effect), self._end_of(turn))
            case do.Correct(turn):
                self.router.soon(lambda router: router.correct(effect), lambda: self.publish(on.Corrected(turn, "")))
            case do.Ask(turn, text, language):
                if self.history:
                    self.history.drafts.begin(turn, text, language)
                self.router.soon(lambda router: router.ask(effect), self._end_of(turn))
            case do.Weigh(ask):
                self.router.soon(lambda router: router.weigh(ask), self._end_of(ask.turn))
            case do.Run(turn):
                self.actions.soon(lambda actions: actions.run(effect), self._end_of(turn))
            case do.StopWork(turn):
                if self.router.wanted:
                    self.router.soon(lambda router: router.stop(turn))
                if self.actions.wanted:
                    self.actions.soon(lambda actions: actions.stop(turn))
            case do.Deadline(turn, stage, after_s, progress):
                passed = on.DeadlinePassed(turn, stage, progress)
                self.clock.after(after_s, lambda: self.publish(passed))
            case do.ReportText() | do.ReportStep() | do.ReportUnits() | do.ReportQuestion() | do.ReportOutcome():
                self.report(effect)
            case do.Notify() | do.Withdraw():
                self._notify(effect)
            case do.Remember(outcome, origin, match):
                if self.history:
                    self.history.remember(outcome, origin, match)
                if self.learner:
                    self.learner.soon(lambda learner: learner.reconsider())
            case do.MarkUndone() | do.BeginConversation() | do.KeepSummary():
                self._take_down(effect)
            case do.TakeOffer() | do.RefuseOffer() | do.OfferDeadline():
                self._learn(effect)
            case do.KeepSamples(readings):
                if self.samples:
                    self.samples.keep(readings)
            case do.ReadHistory(uuid, span):
                self._read_history(uuid, span)
            case do.ReadPast() | do.Forget() | do.PlayRecording() | do.CheckNodes() | do.CareForModel():
                if self.errands:
                    self.errands.run(effect)
            case do.Configure(config):
                self._configure(config)
            case do.ShowWindow():
                pass  # the window's own: see gui.bridge

    def _end_of(self, turn: int) -> Callable[[], None]:
        """Return what ends `turn` where the room that was to work on it cannot be had, or fails."""
        return lambda: self.publish(on.Failed(turn, WENT_WRONG))

    def _configure(self, config: Config) -> None:
        """Go by changed settings as far as rooms can while they are open: their rows in the settings tell which."""
        if self.voice:
            self.voice.configure(config.speech)
        if self.live:
            self.live.configure(config)
        if self.ears:
            self.ears.configure(config)
            self.ears.listen_for(config.speech.language)
        if self.downloads:
            self.downloads.offline = config.speech.offline
        for room in self.renewed or ():
            room.configure(config)
        self._keep(config)
        if config.nodes or self.router.wanted:
            self.router.soon(lambda router: router.use(config.nodes, config.routing))

    def _keep(self, config: Config) -> None:
        """Keep what `config` wants kept; what was not opened at the start stays closed."""
        logs.rest(config.store.private)
        if self.samples:
            self.samples.database.rests = config.store.private
        if self.history:
            self.history.language = self._written_in
            self.history.database.rests = config.store.private or not config.store.history
            if self.history.database.rests:
                self.history.drafts.drop()
        if self.retention:
            self.retention.bounds = bounds_of(config)
        if self.answers:
            self.answers.configure(days=config.store.answers_days, most=config.store.answers_most)

    @property
    def _written_in(self) -> str:
        return self.live.language if self.live else self.language

    def _take_down(self, effect: do.MarkUndone | do.BeginConversation | do.KeepSummary) -> None:
        if self.history is None:
            return
        match effect:
            case do.MarkUndone(turn):
                self.history.mark_undone(turn)
            case do.BeginConversation():
                self.history.begin_conversation()
            case do.KeepSummary(summary, upto):
                self.history.keep_summary(summary, upto)

    def _read_history(self, uuid: str, span: Span | Stretch) -> None:
        if self.samples is None:
            self.publish(on.HistoryRead(uuid, span, None))
            return

        def tell(read: "Future[CardHistory]") -> None:
            self.publish(on.HistoryRead(uuid, span, None if read.exception() else read.result()))

        self.samples.read(uuid, span).add_done_callback(tell)

    def _listen(self, effect: do.Record | do.Transcribe | do.DiscardRecording | do.WatchWakeWord) -> None:
        if self.ears is None:
            return
        match effect:
            case do.Record(turn, hands_free, broke_in, woken, level_only):
                broke_in = broke_in or self._hears_itself()
                self.ears.record(turn, hands_free=hands_free, broke_in=broke_in, woken=woken, level_only=level_only)
            case do.WatchWakeWord(word):
                self.ears.watch(word)
            case do.Transcribe(turn):
                self.ears.transcribe(turn)
                # Not while somebody speaks: reading the commands would hold up the microphone's thread.
                self.expect()
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
                self.learner.soon(lambda learner: learner.take(effect))
            case do.RefuseOffer():
                self.learner.soon(lambda learner: learner.refuse(effect))
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
                language = self._written_in
                labels = {action: render(label, language) for action, label in actions.items()}
                self.notifier.notify(key, render(title, language), render(body, language), urgency, labels)
            case do.Withdraw(key):
                self.notifier.withdraw(key)
