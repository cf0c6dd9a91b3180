"""A player of traces: readings and ticks in, and what the user gets to see out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from etoile.config import Alerts
from etoile.config import Thermal as Limits
from etoile.domain import events as on
from etoile.domain.effects import Effect, Notify, Say, Urgency, Withdraw
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.state import State, advance
from etoile.text import NO_BREAK_SPACE, Message, render

GIB = 1024**3
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TICK_EVERY_S = 5


def card(index: int = 0, temperature_c: int | None = 60, **more: object) -> GpuReading:
    """Return a card of a machine called athena."""
    values: dict[str, object] = {"memory_total_bytes": 10 * GIB, "memory_used_bytes": 4 * GIB} | more
    return GpuReading(
        uuid=f"GPU-{index}",
        index=index,
        name="RTX 3080",
        host="athena",
        temperature_c=temperature_c,
        **values,  # type: ignore[arg-type]
    )


def gone(index: int = 0, state: GpuState = GpuState.LOST) -> GpuReading:
    """Return a card that does not answer."""
    return replace(card(index, None), state=state)


def node(name: str = "M1", state: NodeState = NodeState.UP, **more: object) -> NodeStatus:
    """Return a node."""
    values: dict[str, object] = {"url": "http://127.0.0.1:11434", "here": True} | more
    return NodeStatus(name=name, dialect="ollama", state=state, **values)  # type: ignore[arg-type]


def plain(said: Message) -> str:
    """Return a message in English, with plain spaces."""
    return render(said, "en").replace(NO_BREAK_SPACE, " ")


@dataclass
class Player:
    """Plays events to the state, second by second, and keeps what comes of them."""

    limits: Limits = field(default_factory=Limits)
    alerts: Alerts = field(default_factory=Alerts)
    at_s: float = 1000.0
    local: datetime = NOON
    notified: list[Notify] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    standing: dict[str, Notify] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = State(limits=self.limits, alerts=self.alerts)

    def hear(self, event: Event) -> None:
        """Take one event."""
        self.state, effects = advance(self.state, event)
        for effect in effects:
            self._see(effect)

    def second(self, *readings: GpuReading, nodes: Sequence[NodeStatus] | None = None) -> None:
        """Let a second pass, with a reading of the GPUs if there are any, and the clock's tick when it is due."""
        self.at_s += 1
        self.local += timedelta(seconds=1)
        if nodes is not None and tuple(nodes) != self.state.nodes:
            self.hear(on.NodesSeen(tuple(nodes)))
        if readings:
            self.hear(on.GpusRead(tuple(replace(one, at_s=self.at_s) for one in readings), self.at_s))
        if int(self.at_s) % TICK_EVERY_S == 0:
            self.hear(on.ClockTicked(self.at_s, self.local))

    def play(self, trace: Iterable[Sequence[GpuReading]]) -> "Player":
        """Play the readings of each second."""
        for readings in trace:
            self.second(*readings)
        return self

    def temperatures(self, degrees: Iterable[int], **more: object) -> "Player":
        """Play the temperatures of one card, one a second."""
        return self.play([card(0, temperature_c, **more)] for temperature_c in degrees)

    def sleep(self, for_s: float, *, clock_runs: bool = False) -> None:
        """Let the computer sleep; the monotonic clock stands still meanwhile, unless it is a system's where it runs."""
        self.local += timedelta(seconds=for_s)
        self.at_s += for_s if clock_runs else 0

    def press(self, action: str) -> None:
        """Press a button of the newest notification."""
        key = self.notified[-1].key
        self.standing.pop(key, None)
        self.hear(on.NotificationActed(key, action, self.at_s))

    @property
    def titles(self) -> list[str]:
        """The titles of all notifications so far."""
        return [plain(notify.title) for notify in self.notified]

    @property
    def bodies(self) -> list[str]:
        """Their bodies."""
        return [plain(notify.body) for notify in self.notified]

    @property
    def urgencies(self) -> list[Urgency]:
        """How loud they were."""
        return [notify.urgency for notify in self.notified]

    def _see(self, effect: Effect) -> None:
        match effect:
            case Notify():
                self.notified.append(effect)
                self.standing[effect.key] = effect
            case Withdraw(key):
                self.standing.pop(key, None)
            case Say(said=said):
                self.spoken.append(plain(said))
