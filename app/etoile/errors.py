"""The errors of Etoile, cut by what the caller does next.

EtoileError                 has a `said` (what, where) and, where the user can mend it, a `remedy`
├── ConfigError             the configuration is wrong: exit 2, names file and key
├── UsageError              the call is wrong: exit 2
├── Unavailable             a part is off and the rest goes on; the tray says why, once
│   ├── NvmlUnavailable
│   ├── MicrophoneUnavailable
│   ├── ModelUnavailable    no speech model
│   │   └── CudaFailed      it does not run on a GPU: the CPU is left
│   ├── VoiceUnavailable
│   ├── HotkeyUnavailable
│   └── NotificationsUnavailable
├── ActionFailed            a command could not be carried out
├── NodeError               a node did not answer as it should; `retryable` tells whether another may be asked
│   ├── NodeUnreachable     refused, unknown host, reset, end of stream before its end: counts against the node
│   ├── NodeSilent          nothing came within the time allowed: counts against the node
│   ├── NodeBroken          the node's own 5xx, too much: counts against the node
│   │   └── NodeNonsense    garbage, nothing, the same over and over: twice in a row sets the node aside
│   ├── NodeBusy            queue full, rate limited: another node, no blame
│   │   └── NodeLoading     its model is on the way into memory
│   ├── NodeUnsuited        model missing, context too short: another node, no blame
│   ├── NodeUnauthorised    401 or 403: another node, and the key is asked for
│   └── NodeRejected        the request itself is wrong: no other node is asked
├── NobodyAnswered          every node was passed over (see `etoile.llm.dispatch`)
├── UnreadableModel         a language model's file, or what a node tells of it, says too little or nonsense
├── StoreError              a database cannot be opened or written
└── BadBackup               no backup of ours, a damaged or a newer one
"""

from typing import ClassVar

from etoile.text import Message, message, render

WENT_WRONG = message("Something went wrong inside Etoile; its log tells more.")
"""What is told of a request that failed by a fault of ours."""


class EtoileError(Exception):
    """Anything that Etoile reports to its user: what went wrong, and how to mend it."""

    def __init__(self, said: Message, remedy: Message | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.remedy = remedy

    def __str__(self) -> str:
        return render(self.said, "en")


class ConfigError(EtoileError):
    """The configuration is wrong; says the file and the key."""


class UsageError(EtoileError):
    """The call is wrong: an unknown option, a missing argument, a part that is not there yet."""


class Unavailable(EtoileError):
    """A part of Etoile is off here; the others go on."""


class NvmlUnavailable(Unavailable):
    """No NVIDIA driver, or one that does not start."""


class MicrophoneUnavailable(Unavailable):
    """No microphone, or it went away."""


class ModelUnavailable(Unavailable):
    """No speech model, or one that does not load."""

    def __init__(self, said: Message, remedy: Message | None = None, *, downloadable: str | None = None) -> None:
        super().__init__(said, remedy)
        self.downloadable = downloadable
        """The model whose download mends it."""


class CudaFailed(ModelUnavailable):
    """The speech model does not run on a GPU; on the CPU it may."""


class VoiceUnavailable(Unavailable):
    """No speech synthesis, or nothing to play it on."""


class HotkeyUnavailable(Unavailable):
    """The talk key cannot be watched on this desktop."""


class NotificationsUnavailable(Unavailable):
    """No notification service answers on this desktop."""


class ActionFailed(EtoileError):
    """A command could not be carried out; nothing was done unless `said` tells otherwise."""


class NodeError(EtoileError):
    """A node did not answer as it should."""

    retryable: ClassVar[bool] = True
    """Whether another node may be asked the same."""
    blames_node: ClassVar[bool] = True
    """Whether this counts against the node's health."""


class NodeUnreachable(NodeError):
    """Connection refused, unknown host, reset, or the end of the stream before its end."""


class NodeSilent(NodeError):
    """Nothing came within the time allowed."""


class NodeBroken(NodeError):
    """The node's own failure: a 5xx, garbage, an answer without end."""


class NodeNonsense(NodeBroken):
    """It answered, and what it said makes no sense: garbage, nothing, the same over and over."""


class NodeBusy(NodeError):
    """The queue is full, or the rate is limited."""

    blames_node = False

    def __init__(self, said: Message, remedy: Message | None = None, *, retry_after_s: float | None = None) -> None:
        super().__init__(said, remedy)
        self.retry_after_s = retry_after_s
        """How long the node asked to be left alone; None when it did not say."""


class NodeLoading(NodeBusy):
    """The model is on its way into memory: not hung, and soon ready."""


class NodeUnsuited(NodeError):
    """This node cannot take this request, and another may: its model is missing, its context too short."""

    blames_node = False


class NodeUnauthorised(NodeError):
    """The node wants another key (401, 403)."""

    blames_node = False


class NodeRejected(NodeError):
    """The request itself is wrong for any node."""

    retryable = False
    blames_node = False


class UnreadableModel(EtoileError):
    """The header of a language model cannot be read, or tells too little; `said` is a clause, without the model."""


class StoreError(EtoileError):
    """A database cannot be opened or written."""


class BadBackup(EtoileError):
    """The file is no backup of Etoile's, is damaged, or is too new; nothing was changed."""
