"""A request that takes several units: cut, dispatched side by side, reviewed, dispatched again, put together.

units_for(ask)                 what it is cut into; nothing where one node answers in one go
answer(ask, units, whole)      UnitsShown..., AnswerStarted and AnswerText as shown units speak, AnswerEnded

What needs no cutting never comes here: a simple question costs a look at its kind.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Final, Protocol

from etoile.domain.commander.cutting import Part, units_of, units_of_parts
from etoile.domain.commander.decomposing import INSTRUCTION, PARTS_TOKENS, parts_by_rule, parts_in
from etoile.domain.commander.enriching import request_block
from etoile.domain.commander.plans import Plan, Plans
from etoile.domain.commander.units import Units
from etoile.domain.effects import Ask
from etoile.domain.events import Event, PartMissing, PartReady
from etoile.domain.nodes import NodeStatus
from etoile.domain.plan import Wanted
from etoile.domain.routing.points import is_last_resort
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.errors import ConfigError, EtoileError
from etoile.llm.records import ChatMessage, Text
from etoile.llm.undertaking import Dispatching, Undertaking
from etoile.llm.work import Started, Work
from etoile.text import message

log = logging.getLogger(__name__)

DECOMPOSING_S: Final = 8.0
"""What a node has to cut a request: the user waits for the answer meanwhile."""
_REPLY_CHARACTERS: Final = 6_000


class PlanSource(Protocol):
    """Where plans come from."""

    def plans(self) -> Plans:
        """Return all plans.  Raises ConfigError."""
        ...

    def shipped(self) -> Plans:
        """Return those that no user's file can break."""
        ...


class Commander:
    """Cuts requests into units and sees to them.  Lives on the net thread."""

    def __init__(
        self,
        dispatch: Dispatching,
        statuses: Callable[[], Sequence[NodeStatus]],
        publish: Callable[[Event], None],
        plans: PlanSource,
        classify: Callable[[str], Classification],
    ) -> None:
        self._dispatch = dispatch
        self._statuses = statuses
        self._publish = publish
        self._plans = plans
        self._classify = classify
        self._told = False

    async def units_for(self, ask: Ask) -> Units:
        """Return what the request is cut into; nothing where one node answers it in one go.

        Raises ConfigError where the request names a plan that there is not, or that is wrong.
        """
        kind = ask.kind or self._classify(ask.text).kind
        if ask.plan is not None:
            return self._by_plan(self._named(ask.plan), ask, kind)
        if ask.node is not None or kind == TaskKind.SIMPLE:
            return ()
        if parts := await self._parts(ask, kind):
            return units_of_parts(parts)
        plan = self._usual().by_kind.get(kind)
        return self._by_plan(plan, ask, kind) if plan is not None and len(plan.units) > 1 else ()

    async def answer(self, ask: Ask, units: Units, whole: Work) -> None:
        """Publish what comes of `units`; `whole` is the request as one node would get it.

        Raises NodeError, NobodyAnswered or QueueFull where nothing comes of any.
        """
        await Undertaking(ask, units, whole, self._dispatch, self._statuses, self._publish).run()

    def _named(self, name: str) -> Plan:
        plans = self._plans.plans().by_name
        if name not in plans:
            raise ConfigError(
                message('There is no plan called "{plan}".', plan=name),
                message("Plans: {plans}.", plans=sorted(plans)),
            )
        return plans[name]

    def _usual(self) -> Plans:
        """Return the plans; without the user's own while one of these is wrong, which is said once."""
        try:
            plans = self._plans.plans()
        except ConfigError as error:
            if not self._told:
                self._publish(PartMissing("plans", error.said, error.remedy))
            self._told = True
            return self._plans.shipped()
        if self._told:
            self._publish(PartReady("plans"))
        self._told = False
        return plans

    def _by_plan(self, plan: Plan, ask: Ask, kind: str) -> Units:
        polled = next((unit for unit in plan.units if unit.every_node), None)
        names = self._polled(polled.role, ask, kind) if polled is not None else ()
        return units_of(plan, kind, names)

    def _polled(self, role: str, ask: Ask, kind: str) -> Sequence[str]:
        """Return the nodes that are asked the same: those that are well, unless there are too few of them."""
        able = [
            name
            for name in self._able(Wanted(kind=kind, role=role, private=ask.private))
            if not ask.nodes or name in ask.nodes
        ]
        unwell = {status.name for status in self._statuses() if is_last_resort(status)}
        well = [name for name in able if name not in unwell]
        return well if len(well) > 1 else able

    def _able(self, wanted: Wanted) -> Sequence[str]:
        return [one.node for one in self._dispatch.standings(wanted) if one.takes]

    async def _parts(self, ask: Ask, kind: str) -> Sequence[Part]:
        """Return the parts of a request that asks for several things of several kinds.

        With one node there are none: it does them all, and better in one go.
        """
        parts = parts_by_rule(ask.text, self._classify)
        if parts == () or len(self._able(Wanted(kind=kind, private=ask.private))) < 2:
            return ()
        return await self._parts_by_node(ask, kind) if parts is None else parts

    async def _parts_by_node(self, ask: Ask, kind: str) -> Sequence[Part]:
        import anyio

        prompt = f"{INSTRUCTION}\n\n{request_block(ask.text)}"
        asked: ChatMessage = {"role": "user", "content": prompt}
        wanted = Wanted(kind=kind, role="classify", among=frozenset(ask.nodes), private=ask.private)
        work = Work(messages=(asked,), wanted=wanted, max_tokens=PARTS_TOKENS, think=False)
        try:
            with anyio.move_on_after(DECOMPOSING_S):
                return parts_in(await self._reply(work))
        except EtoileError as error:
            log.info("no node could cut the request: %s", error)
        return ()

    async def _reply(self, work: Work) -> str:
        """Return what a node answers, as far as it is worth reading."""
        reply = ""
        async with aclosing(self._dispatch.answer(work)) as progress:
            async for step in progress:
                match step:
                    case Started(continues=False):
                        reply = ""
                    case Text(text):
                        reply += text
                if len(reply) > _REPLY_CHARACTERS:
                    break
        return reply
