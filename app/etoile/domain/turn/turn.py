"""What a conversation is at one moment."""

from dataclasses import dataclass, field
from enum import StrEnum

from etoile.domain.commander.units import TaskUnit
from etoile.domain.conversation import Conversation
from etoile.domain.effects import Ask, Decision, Effect, Outcome, Question
from etoile.domain.events import Asking, Origin
from etoile.domain.match import Candidate, Slots
from etoile.domain.nodes import Attribution
from etoile.domain.routing.standing import Standing as NodeStanding
from etoile.domain.skill import Draft
from etoile.domain.waking import USUAL
from etoile.text import Message


class Phase(StrEnum):
    """What the turn is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    CONFIRMING = "confirming"


LISTENED = (Phase.LISTENING, Phase.TRANSCRIBING)
"""Somebody speaks, or what was said becomes text: what listens is in sight."""


class Standing(StrEnum):
    """How the pending question stands."""

    READING = "reading"
    """It is being read aloud; a word or a click answers it."""
    OPEN = "open"
    """A word or a click answers it."""
    SHOWN = "shown"
    """Only a click answers it any more."""


class Speaking(StrEnum):
    """Which replies are spoken."""

    ALWAYS = "always"
    VOICE = "voice"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything a conversation is at one moment; the window shows just this."""

    phase: Phase = Phase.IDLE
    number: int = 0
    stage: int = 0
    """Counts the phases of this turn: what was set for an earlier one means nothing any more."""
    asking: Asking = field(default_factory=Asking)
    interrupted: bool = False
    """Whether this turn broke into another one's work."""
    language: str = "en"
    """The language of this request and of its spoken reply."""

    pressed_at_s: float = 0.0
    ended_at_s: float | None = None
    """When the recording ended by itself."""
    hearing: bool = False
    """Whether the first sample of the recording has arrived."""
    level: float = 0.0
    note: Message | None = None
    """What is to be known of the microphone: it is waited for, or it is mute."""
    stable: str = ""
    """What was heard so far while the key is held, as far as it will not change..."""
    tentative: str = ""
    """...and the rest of it."""

    request: str = ""
    alternatives: tuple[str, ...] = ()
    """What else was perhaps said."""
    rivals: int = 0
    """How many of these are about as likely."""
    heard: str = ""
    """What was heard, where the request is in other words."""
    uncorrected: Ask | None = None
    """The request as it goes to the nodes if nobody corrects what was heard."""
    corrected: bool = False
    """Whether that was tried."""
    decision: Decision | None = None
    command: str | None = None
    slots: Slots = field(default_factory=dict)
    waiting: tuple[Candidate, ...] = ()
    """Further commands of a compound request, still to be run."""
    parts: int = 0
    """How many commands the request is made of."""
    doing: Message | None = None
    """Which of several commands is being carried out."""
    offers_undo: bool = False
    """Whether what is being done is to be offered to be taken back."""
    undoable: bool = False
    """Whether "undo" takes back what was done."""
    heard_by: Origin = Origin.VOICE
    """What the recording was begun by: an answer that nobody's hand was behind confirms nothing that destroys."""
    called: int = 0
    """The last turn that the wake word began, and no hand took over; it outlives the turn."""
    draft: Draft | None = None
    """The skill that the user is telling, step by step; it outlives the turn."""
    dictating: bool = False
    """Whether what is spoken is typed rather than understood; it outlives the turn."""
    question: Question | None = None
    """What the user must answer; it survives while the answer is being spoken into the microphone."""
    standing: Standing = Standing.OPEN
    """What still answers it."""
    answer: str = ""
    """A node's answer so far, as markdown."""
    said: Message | None = None
    """What a command replied, or how the turn failed."""
    remedy: Message | None = None
    failed: bool = False
    attribution: tuple[Attribution, ...] = ()
    passed_over: tuple[tuple[str, Message], ...] = ()
    kind: str | None = None
    """Which kind of task the request is for the nodes."""
    standings: tuple[NodeStanding, ...] = ()
    """How each node stands for it, where that was asked."""
    proposals: tuple[Candidate, ...] = ()
    """Commands that models propose: none of them runs without a hand."""
    units: tuple[TaskUnit, ...] = ()
    """What the request was cut into, where it takes several units."""
    signs: int = 0
    """How often something was heard of them, or of its place in the queue."""
    score: float | None = None
    notes: tuple[Message, ...] = ()
    """What is to be known of the answer."""
    first_token_ms: float | None = None
    elapsed_ms: float | None = None
    spoken: int = 0
    """How much of `answer` was handed to the voice."""
    hushed: bool = False
    """Whether the user wants to hear no more of this turn."""
    queued: Message | None = None
    """That it waits for a node, and where in the queue."""
    private: bool = False
    """Whether the history was read for the answer."""
    reused_s: float | None = None
    """How old its answer is, if it was given before; None for one of now."""

    conversation: Conversation = field(default_factory=Conversation)
    """What came before; it outlives the turn."""
    last: Outcome | None = None
    """How the last turn ended."""

    muted: bool = False
    speaking: Speaking = Speaking.ALWAYS
    confirm_s: float = 10.0
    """A word answers a question for this long."""
    shown_s: float = 60.0
    """Behind that, a click does for this long."""
    longest_s: float = 60.0
    has_nodes: bool = False
    """Whether there is a node that may be asked."""
    correct_with: str = ""
    """The model that corrects what was heard, "NODE/MODEL"; empty for none."""
    wake_word: str = USUAL
    """What calls Etoile, where it is listened for."""
    home_language: str = "en"
    """The language when a request does not tell its own."""


Step = tuple[Turn, tuple[Effect, ...]]
