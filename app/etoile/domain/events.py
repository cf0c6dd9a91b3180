"""What happened: facts in the past tense, reported by workers and by the interface.

Events of a conversation carry the number of their turn; `step` drops those of another turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from etoile.config import Config
from etoile.domain.alerting.scope import EVERYTHING, Scope
from etoile.domain.commander.units import TaskUnit
from etoile.domain.exchange import Exchange
from etoile.domain.gpus import GpuReading
from etoile.domain.history import CardHistory, Span, Stretch
from etoile.domain.learning.offers import Offer
from etoile.domain.match import Match, Slots
from etoile.domain.nodes import Attribution, NodeLoad, NodeStatus
from etoile.domain.past import Past
from etoile.domain.placement import Placement
from etoile.domain.routing.standing import Standing
from etoile.domain.tasks.kinds import Classification
from etoile.text import Message


class Origin(StrEnum):
    """Where a request came from."""

    VOICE = "voice"
    """Push to talk: a hand was on the key."""
    WINDOW = "window"
    LINE = "line"
    """The command line, perhaps without anybody at it."""
    WAKE = "wake"
    """The wake word: anybody in the room, or a loudspeaker."""
    SKILL = "skill"
    """A step of a skill."""
    PROPOSAL = "proposal"
    """A language model proposes it: no person has asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a request is to be taken."""

    origin: Origin = Origin.WINDOW
    ticket: str | None = None
    """Names the caller to whom the outcome is reported; None when only the window looks on."""
    can_confirm: bool = True
    """Whether somebody is there to answer a question; where nobody is, what would ask is refused."""
    dry_run: bool = False
    """Decide, but carry out and ask nothing."""
    node: str | None = None
    """Ask this node alone."""
    plan: str | None = None
    """Hand it to the nodes by this plan: it is no command, then."""
    why: bool = False
    """Tell how each node stands, too."""
    fresh: bool = False
    """Ask a node even where an answer is remembered."""
    nodes: tuple[str, ...] = ()
    """Only these nodes may take it; empty for all."""
    aloud: bool = False
    """Speak the reply at the command line, too."""


# The talk key and the keyboard


@dataclass(frozen=True, slots=True)
class TalkPressed:
    """The talk key went down (or `etoile talk --press`)."""

    at_s: float
    """Monotonic clock."""


@dataclass(frozen=True, slots=True)
class TalkReleased:
    """The talk key went up."""

    at_s: float


@dataclass(frozen=True, slots=True)
class TalkToggled:
    """Talk or stop talking, whichever it is not: a click, or a key that has no release."""

    at_s: float


@dataclass(frozen=True, slots=True)
class WakeWordHeard:
    """Somebody said the wake word; the request follows it, or stood behind it already."""

    at_s: float


@dataclass(frozen=True, slots=True)
class WakeWordWanted:
    """The user wants the wake word listened for, or no longer."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class WakeWordWatched:
    """The microphone is open, and this word is listened for; for none where it is empty."""

    word: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A request arrived as text."""

    text: str
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The user wants whatever is going on to end: Esc, "cancel", Ctrl+C."""

    turn: int | None = None
    """Only this turn; None for whichever is going on."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The user wants silence; the answer itself goes on."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The user chose option `index` of the question `question`."""

    turn: int
    question: int
    index: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The user wants none of the options of the question `question`."""

    turn: int
    question: int


@dataclass(frozen=True, slots=True)
class NewConversationWanted:
    """The user wants to begin anew: what comes next has nothing to do with what was said so far."""


@dataclass(frozen=True, slots=True)
class UndoWanted:
    """The user wants the last action of Etoile's taken back: a click."""

    shown: int | None = None
    """The turn whose action it was shown for; None for whatever was done last."""


@dataclass(frozen=True, slots=True)
class VoiceMuted:
    """The user switched the spoken replies off (or on again)."""

    muted: bool


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The user wants replies in this language ("fr", "en") where a request does not tell its own."""

    language: str


@dataclass(frozen=True, slots=True)
class AlertsSnoozed:
    """The user wants no alert until `until_s` (monotonic clock; infinity for no end); 0 ends the snooze."""

    until_s: float
    scope: Scope = EVERYTHING
    until_over: bool = False
    """Whether it also ends once there is nothing left to be silent about: the GPU has cooled."""


# Speech


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The first sample arrived: from here on no word is lost."""

    turn: int


@dataclass(frozen=True, slots=True)
class LevelMeasured:
    """How loud the microphone is: 0 (silence) to 1."""

    turn: int
    level: float


@dataclass(frozen=True, slots=True)
class MicrophoneOpened:
    """The microphone was opened, or closed again; it may stay open while nobody listens."""

    is_open: bool
    name: str = ""
    """What the desktop calls it; empty for the one that is used where none is chosen."""


@dataclass(frozen=True, slots=True)
class ScreenLocked:
    """The screen was locked, or unlocked: what is shown then may be seen by anybody."""

    locked: bool


@dataclass(frozen=True, slots=True)
class MotionReduced:
    """The desktop wants things to stand still, or to move again."""

    reduced: bool


@dataclass(frozen=True, slots=True)
class MicrophoneNoted:
    """What is to be known of the microphone while it is spoken into: it is waited for, or it is mute."""

    turn: int
    said: Message | None
    """None once that is over."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """Nobody has spoken for a while into a microphone that no held key keeps open."""

    turn: int
    at_s: float | None = field(default=None, compare=False)
    """Monotonic clock; None where nobody tells."""


@dataclass(frozen=True, slots=True)
class PartlyHeard:
    """What was said so far, while the key is still held."""

    turn: int
    stable: str
    """The beginning, which two looks at it agree on."""
    tentative: str
    """The rest, which may still change."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What was said, as text."""

    turn: int
    text: str
    language: str
    """"fr" or "en"."""
    alternatives: tuple[str, ...] = ()
    """What else it may have been, the likeliest first."""
    rivals: int = 0
    """How many of these are about as likely as `text` itself."""


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """The recording holds no speech."""

    turn: int


@dataclass(frozen=True, slots=True)
class SpeechPlaced:
    """The speech model was loaded, on a GPU or on the CPU."""

    placement: Placement


@dataclass(frozen=True, slots=True)
class Spoken:
    """Everything that was to be said in this turn has been played."""

    turn: int


# Commands


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What the request means as a command."""

    turn: int
    match: Match
    classified: Classification | None = None
    """Which kind of task it is for the nodes."""
    reworded: str = ""
    """The request in the words that the user's dictionary has for what was heard, where these are others."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a node takes for what was said; empty where it could not tell."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class ActionDone:
    """A command was carried out; `said` tells its result."""

    turn: int
    command: str
    slots: Slots
    said: Message
    undoable: bool = False


# Answers of the nodes


@dataclass(frozen=True, slots=True)
class NodePassedOver:
    """A node could not take the request, or broke off half-way; the next one is asked."""

    turn: int
    node: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits: for a node, at `position` of the queue, from 1; or, at 0, for what `said` tells."""

    turn: int
    position: int
    said: Message


@dataclass(frozen=True, slots=True)
class AnswerReused:
    """What comes is no new answer: it was given `age_s` seconds ago."""

    turn: int
    age_s: float


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """The first text is about to come from this node and model."""

    turn: int
    attribution: Attribution
    notes: tuple[Message, ...] = ()
    """What is to be known of this answer: who had to be passed over, what it lacks."""
    continues: bool = False
    """Whether it goes on where the node before it broke off; else it begins afresh."""


@dataclass(frozen=True, slots=True)
class KindTold:
    """A node has said which kind of task the request is."""

    turn: int
    kind: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """How each node stands for the request: the best first, last those that may not take it."""

    turn: int
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class AnswerText:
    """A piece of the answer."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerEnded:
    """The answer is whole."""

    turn: int
    first_token_ms: float | None = None
    elapsed_ms: float | None = None
    output_tokens: int | None = None
    score: float | None = None
    """What reviewers gave it, or how far several nodes agree: 0 to 1."""
    notes: tuple[Message, ...] = ()
    """What is to be known of it: who reviewed it, what is missing."""
    private: bool = False
    """Whether the history was read for it: it stays in this house like that."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A model of `node` would have this command run: nothing is, unless the user says so by hand."""

    turn: int
    command: str
    slots: Slots
    node: str


@dataclass(frozen=True, slots=True)
class UnitsShown:
    """How far the units of a request are that takes several."""

    turn: int
    units: tuple[TaskUnit, ...]


# The conversation


@dataclass(frozen=True, slots=True)
class ConversationResumed:
    """The conversation of an earlier run was read: it goes on."""

    exchanges: tuple[Exchange, ...]
    """Oldest first."""
    summary: str = ""
    """What came before these, in short."""
    summarised: int = 0
    """The number of the last exchange that the summary holds."""
    private: bool = False
    """Whether the history was read for any of it."""


@dataclass(frozen=True, slots=True)
class Summarised:
    """The beginning of conversation `conversation` of this run, up to exchange number `upto`, in short."""

    conversation: int
    summary: str
    upto: int


# Either


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn cannot go on."""

    turn: int
    said: Message
    remedy: Message | None = None


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The time set by `Deadline` is over; `stage` and `progress` are the ones it was set with."""

    turn: int
    stage: int
    progress: int


# The machine and the nodes


@dataclass(frozen=True, slots=True)
class GpusRead:
    """Every GPU, of this machine and of others, and the processor of a machine without one; told at `at_s`.

    `at_s` is of the monotonic clock, and so is that of each reading: far ones are some seconds older.
    """

    readings: tuple[GpuReading, ...]
    at_s: float


@dataclass(frozen=True, slots=True)
class NodesSeen:
    """Every node, as it is now."""

    nodes: tuple[NodeStatus, ...]


@dataclass(frozen=True, slots=True)
class NodeLoadsRead:
    """How busy the nodes say that they are, by name; one that does not tell, or not lately, is not among them."""

    loads: Mapping[str, NodeLoad]


@dataclass(frozen=True, slots=True)
class PartMissing:
    """A part of Etoile is off; it is said once."""

    part: str
    """"gpu", "microphone", "speech_model", "voice", "loudspeaker", "talk_key", "notifications", "nodes", "tray" or
    "store"."""
    said: Message
    remedy: Message | None = None
    downloadable: str | None = None
    """The speech model whose download mends it, if the user wants that."""


@dataclass(frozen=True, slots=True)
class PartReady:
    """A part that was missing works."""

    part: str


@dataclass(frozen=True, slots=True)
class NotificationActed:
    """The user pressed a button of a notification ("snooze 600"), or the notification itself ("default")."""

    key: str
    action: str
    at_s: float
    """Monotonic clock."""


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Some seconds have passed; comes whether or not there is a GPU."""

    at_s: float
    """Monotonic clock: it stands still while the computer sleeps, on some systems."""
    local: datetime
    """Time of day where the user is: it goes on meanwhile, and may be set."""


@dataclass(frozen=True, slots=True)
class Rang:
    """A timer or an alarm of the user came due."""

    said: Message
    number: int = 0
    """Which one: each is shown beside the others."""


@dataclass(frozen=True, slots=True)
class TrialWanted:
    """The user tries microphone and talk key, or has ended that: meanwhile what is heard is shown, and not done."""

    wanted: bool
    words: bool = True
    """Whether there is a speech model; without one the level alone is shown."""


@dataclass(frozen=True, slots=True)
class UnfinishedWanted:
    """The user wants the recordings without text tried again; what they say goes into the history, and runs nothing."""


@dataclass(frozen=True, slots=True)
class DownloadWanted:
    """The user wants the speech model `model` downloaded."""

    model: str


@dataclass(frozen=True, slots=True)
class DownloadStopped:
    """The user no longer wants the download."""


@dataclass(frozen=True, slots=True)
class ModelDownloading:
    """The speech model is on its way."""

    model: str
    received_bytes: int
    total_bytes: int | None


@dataclass(frozen=True, slots=True)
class DownloadEnded:
    """The speech model is there, or its download was given up."""


@dataclass(frozen=True, slots=True)
class HistoryWanted:
    """Somebody looks at the history of the card `uuid`."""

    uuid: str
    span: Span | Stretch


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """What `HistoryWanted` asked for is here."""

    uuid: str
    span: Span | Stretch
    history: CardHistory | None
    """None where no history can be read."""


@dataclass(frozen=True, slots=True)
class NodesCheckWanted:
    """The user wants every node asked now how it is: a click."""


@dataclass(frozen=True, slots=True)
class ModelCareWanted:
    """The user wants a model brought into the memory of a node, or out of it: a click."""

    node: str
    model: str
    loaded: bool
    """Whether it is to be in memory."""
    at_s: float
    """Monotonic clock."""


@dataclass(frozen=True, slots=True)
class ModelCareEnded:
    """What was wanted of a model on `node` is done, or failed."""

    node: str
    failed: Message | None = None
    remedy: Message | None = None


@dataclass(frozen=True, slots=True)
class PastWanted:
    """Somebody looks at what was asked before: the `count` latest that hold all of `words`, in any order."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class PastRead:
    """What `PastWanted` asked for is here."""

    words: str
    count: int
    past: Past | None
    """None where no history is kept, or it cannot be read."""


@dataclass(frozen=True, slots=True)
class ForgetWanted:
    """The user wants these exchanges and recordings gone for good: a click."""

    exchanges: tuple[int, ...] = ()
    recordings: tuple[str, ...] = ()
    everything: bool = False
    """Whether all of it, with what was learned from it."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `ForgetWanted` asked for is done, or failed."""

    failed: Message | None = None


@dataclass(frozen=True, slots=True)
class RecordingPlayWanted:
    """The user wants to hear a recording that has no text yet."""

    path: str


@dataclass(frozen=True, slots=True)
class WindowWanted:
    """Somebody asked for the window: a second start, a notification, the command line."""


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """The settings file was changed, and is valid: by the settings window, or by hand."""

    config: Config


# Learning


@dataclass(frozen=True, slots=True)
class Offered:
    """Something was learned that the user may want: another wording of a command, or a habit."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferTaken:
    """The user wants what is offered."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """The user wants this offered never again."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class OfferWithdrawn:
    """What was offered no longer stands: it was taken or forgotten elsewhere."""

    key: str


@dataclass(frozen=True, slots=True)
class OfferAged:
    """An offer has been shown for the time set by `OfferDeadline`."""

    key: str


Event = (
    TalkPressed
    | TalkReleased
    | TalkToggled
    | WakeWordHeard
    | WakeWordWanted
    | WakeWordWatched
    | Typed
    | Cancelled
    | SpeechStopped
    | Chosen
    | Declined
    | NewConversationWanted
    | UndoWanted
    | VoiceMuted
    | LanguageChosen
    | AlertsSnoozed
    | RecordingStarted
    | LevelMeasured
    | MicrophoneOpened
    | ScreenLocked
    | MotionReduced
    | MicrophoneNoted
    | TalkEnded
    | PartlyHeard
    | Transcribed
    | NothingHeard
    | SpeechPlaced
    | Spoken
    | Interpreted
    | Corrected
    | ActionDone
    | NodePassedOver
    | Queued
    | AnswerReused
    | AnswerStarted
    | KindTold
    | Weighed
    | AnswerText
    | AnswerEnded
    | Proposed
    | UnitsShown
    | ConversationResumed
    | Summarised
    | Failed
    | DeadlinePassed
    | GpusRead
    | NodesSeen
    | NodeLoadsRead
    | PartMissing
    | PartReady
    | NotificationActed
    | ClockTicked
    | Rang
    | TrialWanted
    | UnfinishedWanted
    | DownloadWanted
    | DownloadStopped
    | ModelDownloading
    | DownloadEnded
    | HistoryWanted
    | HistoryRead
    | NodesCheckWanted
    | ModelCareWanted
    | ModelCareEnded
    | PastWanted
    | PastRead
    | ForgetWanted
    | Forgotten
    | RecordingPlayWanted
    | WindowWanted
    | ConfigChanged
    | Offered
    | OfferTaken
    | OfferRefused
    | OfferWithdrawn
    | OfferAged
)
