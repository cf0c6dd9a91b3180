"""Care for the models on the nodes, as the command line and voice commands both ask for it.  Every call blocks.

Errors are EtoileErrors that name the node; `check` is called some times a second and may raise to end a call.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec

from etoile.config import Config, Node
from etoile.domain.benches import Bench, Change, Round, compare, summary
from etoile.domain.gpus import Thermal
from etoile.domain.model_names import Place, place, places, same_model
from etoile.domain.nodes import LoadedModel, NodeState, NodeStatus
from etoile.errors import EtoileError, NodeBusy, NodeError, UsageError
from etoile.llm.benching import measure
from etoile.llm.keeping import Keeper, visit
from etoile.llm.keys import secret
from etoile.store.benches import Benches
from etoile.store.database import Database
from etoile.store.uses import Uses
from etoile.text import Message, message

Check = Callable[[], None]
Result = TypeVar("Result")

LOOK_S = 0.5
"""How often a node that works is asked whether it still does."""
MEASURED = ("ollama", "lmstudio", "openai")
"""Dialects whose models can be measured; those of providers cost money."""
TIDY_UP_S = 10.0
"""How long taking out what was loaded for a measurement may take, when that was broken off."""


def unchecked() -> None:
    """Let a call go on to its end."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """A model that was brought into memory."""

    load_s: float | None
    """None where it was there already."""
    lies: LoadedModel | None = None
    """Where, as far as the node tells."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement gave, and what broke it off, if anything did."""

    bench: Bench
    cut: BaseException | None = None


@dataclass(slots=True)
class Course:
    """How far a measurement has come."""

    rounds: list[Round] = field(default_factory=list)
    load_s: float | None = None
    gpu_share: float | None = None
    digest: str | None = None


def in_memory(meant: Place, load_s: float) -> Message:
    """Return that a model was loaded."""
    return message(
        "{model} is in memory on {node} after {time:.1f} s.", model=meant.model, node=meant.node.name, time=load_s
    )


def busy(node: NodeStatus) -> bool:
    """Whether `node` answers a request of Etoile's."""
    return node.in_flight > 0 or node.state in (NodeState.BUSY, NodeState.LOADING)


def works(node: NodeStatus) -> bool:
    """Whether `node` answers anybody, as far as it tells; for a while after a request it may say so still."""
    return busy(node) or bool(node.load and node.load.running)


class Care:
    """Loads, unloads and measures models on the nodes that `statuses` tells of now."""

    def __init__(
        self, config: Config, statuses: Callable[[], Sequence[NodeStatus]], kept: Database | None = None
    ) -> None:
        """`kept` is `etoile.db`; without it measurements are forgotten, and no use of a model is known."""
        self._config = config
        self._benches = Benches(kept) if kept else None
        self.uses = Uses(kept) if kept else None
        self.statuses = statuses

    @property
    def connect_s(self) -> float:
        """How long a connection may take."""
        return self._config.routing.connect_s

    def settings(self, node: NodeStatus) -> Node:
        """Return how the settings name `node`, or would if it was found here."""
        configured = next((one for one in self._config.nodes if one.name == node.name), None)
        return configured or msgspec.convert({"name": node.name, "url": node.url, "dialect": node.dialect}, Node)

    def visit(self, node: NodeStatus, work: Callable[[Keeper], Awaitable[Result]], check: Check = unchecked) -> Result:
        """Return what `work` gives with the keeper of `node`."""
        with _named(node.name):
            return visit(self.settings(node), self.connect_s, secret, work, check)

    def load(self, place: Place, check: Check = unchecked) -> InMemory:
        """Bring a model into memory."""
        self.refuse_never(place.node, place.model)

        async def work(keeper: Keeper) -> InMemory:
            if (lies := _find(await keeper.loaded(), place.model)) is not None:
                return InMemory(None, lies[0])
            started_s = time.monotonic()
            await keeper.load(place.model)
            load_s = time.monotonic() - started_s
            found = _find(await keeper.loaded(), place.model)
            return InMemory(load_s, found[0] if found else None)

        return self.visit(place.node, work, check)

    def unload(self, place: Place, check: Check = unchecked) -> bool:
        """Take a model out of memory; return whether it was there."""

        async def work(keeper: Keeper) -> bool:
            if _find(await keeper.loaded(), place.model) is None:
                return False
            await keeper.unload(place.model)
            return True

        return self.visit(place.node, work, check)

    def choose(self, model: str, on: str | None = None) -> Place:
        """Return where `model` is to be loaded: on `on`, else on the best node that has it and may use it.

        Raises UsageError where no node has it.
        """
        nodes = self.statuses()
        free = (one for one in places(nodes, model) if on is None and not self._forbids(one.node, one.model))
        return next(free, None) or place(nodes, model, on)

    def refuse_never(self, node: NodeStatus, model: str) -> None:
        """Raise UsageError for a model that the settings forbid on `node`."""
        if self._forbids(node, model):
            raise UsageError(
                message("The settings say that {model} must never be used on {node}.", model=model, node=node.name),
                message("Take it out of `never` there to allow it."),
            )

    def _forbids(self, node: NodeStatus, model: str) -> bool:
        return any(same_model(model, name) or same_model(name, model) for name in self.settings(node).never)

    def loaded(self, node: NodeStatus) -> tuple[str, ...]:
        """Return the models in the memory of `node`."""

        async def work(keeper: Keeper) -> tuple[str, ...]:
            return tuple(await keeper.loaded())

        return self.visit(node, work)

    def measure(
        self,
        place: Place,
        *,
        rounds: int,
        wait_s: float,
        check: Check = unchecked,
        told: Callable[[Course], None] = lambda course: None,
    ) -> Measured:
        """Return how fast a model answers, and keep that; what was not in memory is loaded, and leaves it again.

        A node that works is waited for, for `wait_s` at most.  What was measured before an error or Ctrl+C counts.
        """
        self.refuse_never(place.node, place.model)
        _refuse_hot(place.node)
        course, at_s = Course(), time.time()

        async def work(keeper: Keeper) -> None:
            await self._idle(place.node, wait_s, check, works)
            async with _in_memory(keeper, place.model, course):
                for number in range(rounds + 1):
                    await self._idle(place.node, wait_s, check)
                    unlike = f"{at_s:.3f}, part {number}"
                    measured = await measure(
                        keeper.server, place.node.dialect, place.model, unlike, self._config.routing
                    )
                    if number:  # the first one warms up
                        course.rounds.append(measured)
                    told(course)

        cut: BaseException | None = None
        try:
            self.visit(place.node, work, check)
        except (EtoileError, KeyboardInterrupt) as error:
            cut = error
        if (bench := self._kept(course, place, at_s)) is not None:
            return Measured(bench, cut)
        raise cut or EtoileError(message("{node}: {model} said nothing.", node=place.node.name, model=place.model))

    def former(self, bench: Bench) -> tuple[Bench, ...]:
        """Return the measurements before `bench`, oldest first."""
        kept = self._benches.of(bench.node, bench.model) if self._benches else ()
        return tuple(one for one in kept if one.at_s < bench.at_s)

    def change(self, bench: Bench) -> Change | None:
        """Return how `bench` compares with a month before, or what is nearest to that."""
        return compare(bench, self.former(bench))

    def _kept(self, course: Course, place: Place, at_s: float) -> Bench | None:
        """Keep what was measured; None where that is nothing."""
        if not any(one.output_per_s for one in course.rounds):
            return None
        bench = replace(
            summary(course.rounds, place.node.name, place.model, at_s),
            load_s=course.load_s,
            gpu_share=course.gpu_share,
            digest=course.digest,
        )
        if self._benches:
            self._benches.keep(bench)
        return bench

    async def _idle(
        self, node: NodeStatus, wait_s: float, check: Check, engaged: Callable[[NodeStatus], bool] = busy
    ) -> None:
        """Return when nobody else is known to use `node`.  Raises NodeBusy when that takes too long."""
        until_s = time.monotonic() + wait_s
        while any(engaged(now) for now in self.statuses() if now.name == node.name):
            check()
            if time.monotonic() >= until_s:
                raise NodeBusy(message("it is busy with other requests, which are not disturbed"))
            await asyncio.sleep(min(LOOK_S, wait_s))


@asynccontextmanager
async def _in_memory(keeper: Keeper, model: str, course: Course) -> AsyncIterator[None]:
    """Have `model` in memory within; what was loaded for this leaves it afterwards, however it ends."""
    import anyio

    stored = next((one for one in await keeper.stored() if same_model(one.name, model)), None)
    course.digest = stored.digest if stored else None
    there = _find(await keeper.loaded(), model)
    if there is None:
        started_s = time.monotonic()
        await keeper.load(model)
        course.load_s = time.monotonic() - started_s
    try:
        lies = _find(await keeper.loaded(), model)
        if lies and lies[0] and lies[0].size_bytes:
            course.gpu_share = lies[0].gpu_bytes / lies[0].size_bytes
        yield
    finally:
        if there is None:
            with anyio.move_on_after(TIDY_UP_S, shield=True):
                await keeper.unload(model)


def _find(loaded: Mapping[str, LoadedModel | None], model: str) -> tuple[LoadedModel | None] | None:
    """Return where `model` lies, which may be unknown; None where it is not in memory."""
    return next(((lies,) for name, lies in loaded.items() if same_model(name, model)), None)


def _refuse_hot(node: NodeStatus) -> None:
    if node.thermal is Thermal.CRITICAL:
        raise EtoileError(
            message("{node}: its GPU is critically hot: it is not measured now.", node=node.name),
            message("Let it cool down first: it slows itself down anyway."),
        )


@contextmanager
def _named(node: str) -> Iterator[None]:
    """Let errors name the node."""
    try:
        yield
    except NodeError as error:
        raise EtoileError(message("{node}: {reason}.", node=node, reason=error.said), error.remedy) from error
