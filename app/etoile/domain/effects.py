"""What is to be done: imperatives, carried out by the rooms.

None of them waits: each hands its work to the thread that owns it, and the result comes back as an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from etoile.config import Config
from etoile.domain.commander.units import TaskUnit
from etoile.domain.events import Origin
from etoile.domain.exchange import Exchange
from etoile.domain.gpus import GpuReading
from etoile.domain.history import Span, Stretch
from etoile.domain.learning.offers import Offer
from etoile.domain.match import Candidate, Match, Slots
from etoile.domain.nodes import Attribution
from etoile.domain.routing.standing import Standing
from etoile.text import Message

# Speech


@dataclass(frozen=True, slots=True)
class Record:
    """Start to record."""

    turn: int
    hands_free: bool = False
    """No key is held: report `TalkEnded` once nobody speaks any more."""
    broke_in: bool = False
    """Etoile itself was speaking until now: what was heard before is its own voice."""
    woken: bool = False
    """It begins with the wake word, which was heard already."""
    level_only: bool = False
    """Only the level is to be seen: no speech model is needed, and nothing will be made of it."""


@dataclass(frozen=True, slots=True)
class WatchWakeWord:
    """Listen for this word while nothing is recorded; for none where it is empty."""

    word: str


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Stop recording and turn it into text."""

    turn: int


@dataclass(frozen=True, slots=True)
class DiscardRecording:
    """Stop recording and forget it, or stop transcribing it."""

    turn: int


@dataclass(frozen=True, slots=True)
class RetryUnfinished:
    """Turn recordings that have no text yet into text, for the history."""


@dataclass(frozen=True, slots=True)
class Say:
    """Speak `said` after what is being spoken; `last` asks for `Spoken` once it has been played."""

    turn: int
    said: Message
    language: str
    last: bool


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent at once, and forget what was still to be spoken."""


class Earcon(StrEnum):
    """A short sound; its file in `resources/sounds` is called so."""

    START = "start"
    """The first real sample has arrived: speak."""
    END = "end"
    """What was said is being understood."""
    DONE = "done"
    """It was done; only where nothing is said about it."""
    ERROR = "error"
    """Nothing was heard, or it failed."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Play a short sound, before what is still to be spoken."""

    earcon: Earcon


@dataclass(frozen=True, slots=True)
class DownloadModel:
    """Download a speech model."""

    model: str


@dataclass(frozen=True, slots=True)
class StopDownload:
    """Give the download up; what has arrived is kept for the next try."""


# Work


@dataclass(frozen=True, slots=True)
class Interpret:
    """Find out which command `text` means."""

    turn: int
    text: str
    language: str | None
    alternatives: tuple[str, ...] = ()
    """What else may have been said, the likeliest first."""
    spoken: bool = False
    """Whether it was heard rather than typed: words may be others."""
    rivals: int = 0
    """How many of the alternatives are about as likely as `text`."""
    dry_run: bool = False
    """Whether it is to leave no trace."""
    dictated: bool = False
    """Whether it is typed into the window in front: no request, and kept nowhere."""


@dataclass(frozen=True, slots=True)
class Correct:
    """Have the model `model` of a node correct what was heard, and report `Corrected`."""

    turn: int
    text: str
    language: str
    model: str
    """"NODE/MODEL"."""


@dataclass(frozen=True, slots=True)
class Run:
    """Carry out a command."""

    turn: int
    command: str
    slots: Slots
    language: str


class Priority(IntEnum):
    """Who goes first where requests wait for a node; the lowest does."""

    PERSON = 0
    """Somebody holds the key, or sits at the window."""
    LINE = 1
    """A command line, a skill: perhaps nobody looks on."""
    BACKGROUND = 2
    """Nobody waits: summaries, measurements."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Hand the request to the node that can best take it; `before` are the exchanges it follows."""

    turn: int
    text: str
    language: str
    before: tuple[Exchange, ...] = ()
    node: str | None = None
    kind: str | None = None
    """What kind of task it is, where that is known already ("code", "analyse"…)."""
    fresh: bool = False
    """Ask a node even where an answer is remembered."""
    nodes: tuple[str, ...] = ()
    """Only these nodes may take it, and a consensus asks them all; empty for every node."""
    plan: str | None = None
    """The plan that it takes; None for the one of its kind."""
    summary: str = ""
    """What came before `before`, in short."""
    conversation: int = 0
    """Which conversation of this run it belongs to; 0 for none."""
    private: bool = False
    """Whether the history was read for any of `before` or `summary`."""
    priority: Priority = Priority.PERSON
    sure: bool = True
    """Whether its kind is beyond doubt."""
    why: bool = False
    """Report `Weighed` as well."""


@dataclass(frozen=True, slots=True)
class Weigh:
    """Find out how each node stands for the request `ask`, and report `Weighed`; no node is asked."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class StopWork:
    """Give up whatever runs for this turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """Report `DeadlinePassed` in `after_s` seconds."""

    turn: int
    stage: int
    """The stage of the turn that must not last longer."""
    after_s: float
    progress: int = 0


# Telling


class Decision(StrEnum):
    """What became of a request."""

    RUN = "run"
    ASK = "ask"
    """A question to the user stands in the way."""
    PROPOSE = "propose"
    """"Did you mean": commands were proposed."""
    REFUSE = "refuse"
    ROUTE = "route"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a turn ended, for the caller and for the history."""

    turn: int
    text: str
    decision: Decision | None
    """None when the turn ended before a decision: nothing heard, cancelled, failed."""
    ok: bool
    language: str = "en"
    """The language of the request, and so of what is told its caller."""
    command: str | None = None
    slots: Slots = field(default_factory=dict)
    answer: Message | None = None
    """What was answered, or why it failed."""
    remedy: Message | None = None
    attribution: tuple[Attribution, ...] = ()
    passed_over: tuple[tuple[str, Message], ...] = ()
    """Nodes that could not take it, with the reasons."""
    first_token_ms: float | None = None
    elapsed_ms: float | None = None
    undoable: bool = False
    """Whether "undo" takes back what was done."""
    kind: str | None = None
    """Which kind of task it was for the nodes."""
    standings: tuple[Standing, ...] = ()
    """How each node stood for it, where that was asked."""
    units: tuple[TaskUnit, ...] = ()
    """What it was cut into, where it took several units."""
    score: float | None = None
    """What reviewers gave the answer, or how far several nodes agree: 0 to 1."""
    notes: tuple[Message, ...] = ()
    """What is to be known of the answer: who reviewed it, what is missing."""
    reused_s: float | None = None
    """How old the answer is, if it was given before; None for one of now."""
    private: bool = False
    """Whether the history was read for the answer."""
    place: int | None = None
    """Which exchange of its conversation it is, from 1; None if nothing later can refer to it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the user must answer before anything runs."""

    turn: int
    number: int
    """Tells it from an earlier question of the same turn."""
    asked: Message
    consequence: Message | None
    options: tuple["Option", ...]
    then: tuple[Candidate, ...] = ()
    """Further commands of a compound request, which run after the chosen one."""
    proposes: bool = False
    """Whether it asks which command was meant; what destroys is then still asked about itself."""
    by_hand: bool = False
    """Whether only a click or a key says yes: no word does, spoken or typed."""


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that runs a command, or has a node asked."""

    label: Message
    command: str
    """Empty where none of the commands was meant, and a node is to be asked."""
    slots: Slots
    destructive: bool = False
    steps: tuple[Candidate, ...] = ()
    """What the command consists of, if it is a skill."""


@dataclass(frozen=True, slots=True)
class ReportText:
    """Tell the caller `ticket` a further piece of the answer."""

    ticket: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportStep:
    """Tell the caller `ticket` which of several commands begins now."""

    ticket: str
    doing: Message


@dataclass(frozen=True, slots=True)
class ReportUnits:
    """Tell the caller `ticket` how far the units of its request are."""

    ticket: str
    units: tuple[TaskUnit, ...]


@dataclass(frozen=True, slots=True)
class ReportQuestion:
    """Ask the caller `ticket`."""

    ticket: str
    question: Question


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """Tell the caller `ticket` how it ended."""

    ticket: str
    outcome: Outcome


Report = ReportText | ReportStep | ReportUnits | ReportQuestion | ReportOutcome


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep what became of a request in the history."""

    outcome: Outcome
    origin: Origin | None = None
    match: Match | None = None
    """What the request was taken for."""


@dataclass(frozen=True, slots=True)
class BeginConversation:
    """What is remembered from here on belongs to a new conversation."""


@dataclass(frozen=True, slots=True)
class KeepSummary:
    """Keep `summary` of the conversation, which stands for its exchanges up to number `upto`."""

    summary: str
    upto: int


@dataclass(frozen=True, slots=True)
class MarkUndone:
    """Keep in the history that what `turn` did was taken back."""

    turn: int


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """Learn what was offered.  `turn` is the one in which the user said so, which hears of it; None after a click."""

    offer: Offer
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class RefuseOffer:
    """Offer this never again; `turn` as above."""

    offer: Offer
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class OfferDeadline:
    """Report `OfferAged` in `after_s` seconds."""

    key: str
    after_s: float


@dataclass(frozen=True, slots=True)
class KeepSamples:
    """Keep these readings in the history of the GPUs."""

    readings: tuple[GpuReading, ...]


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """Read the history of the card `uuid`, and report `HistoryRead`."""

    uuid: str
    span: Span | Stretch


@dataclass(frozen=True, slots=True)
class ReadPast:
    """Read the `count` latest exchanges that hold all of `words`, and report `PastRead`."""

    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase these exchanges and recordings, or everything, and report `Forgotten`."""

    exchanges: tuple[int, ...]
    recordings: tuple[str, ...]
    everything: bool


@dataclass(frozen=True, slots=True)
class PlayRecording:
    """Let the user hear a recording without text."""

    path: str


@dataclass(frozen=True, slots=True)
class CheckNodes:
    """Ask every node now how it is."""


@dataclass(frozen=True, slots=True)
class CareForModel:
    """Bring `model` into the memory of `node`, or out of it, and report `ModelCareEnded`."""

    node: str
    model: str
    loaded: bool


class Urgency(StrEnum):
    """How much a notification may disturb."""

    LOW = "low"
    NORMAL = "normal"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Notify:
    """Show a desktop notification; it replaces the former one with the same `key`."""

    key: str
    title: Message
    body: Message
    urgency: Urgency = Urgency.NORMAL
    actions: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the notification `key` away: it is no longer true."""

    key: str


@dataclass(frozen=True, slots=True)
class ShowWindow:
    """Show the floating window."""


@dataclass(frozen=True, slots=True)
class Configure:
    """Have every room that can do so without a restart go by the settings `config` from now on."""

    config: Config


Effect = (
    Record
    | WatchWakeWord
    | RetryUnfinished
    | Transcribe
    | DiscardRecording
    | Say
    | Hush
    | Cue
    | DownloadModel
    | StopDownload
    | Interpret
    | Correct
    | Run
    | Ask
    | Weigh
    | StopWork
    | Deadline
    | Report
    | Remember
    | BeginConversation
    | KeepSummary
    | MarkUndone
    | TakeOffer
    | RefuseOffer
    | OfferDeadline
    | KeepSamples
    | ReadHistory
    | ReadPast
    | Forget
    | PlayRecording
    | CheckNodes
    | CareForModel
    | Notify
    | Withdraw
    | ShowWindow
    | Configure
)
