"""Which kind of task a request is, as a node says, where the model of kinds is unsure."""

import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing

from etoile.domain.effects import Ask
from etoile.domain.nodes import NodeStatus
from etoile.domain.plan import Rules, Wanted
from etoile.domain.routing.opinion import INSTRUCTION, OPINION_TOKENS, kind_in, whom_to_ask
from etoile.errors import EtoileError
from etoile.llm.dispatch import Dispatch
from etoile.llm.records import Text
from etoile.llm.work import Work

log = logging.getLogger(__name__)

_SHOWN = 2_000
"""Letters of the request that the node is shown."""


class SecondOpinion:
    """Asks a node for the kind of an unclear request, where that pays.  Lives on the net thread."""

    def __init__(
        self, dispatch: Dispatch, statuses: Callable[[], Sequence[NodeStatus]], rules: Rules, within_s: float
    ) -> None:
        """`within_s` is how long the node gets; 0 asks none."""
        self._dispatch = dispatch
        self._statuses = statuses
        self.rules = rules
        self.within_s = within_s

    async def kind_of(self, ask: Ask) -> str | None:
        """Return the kind of `ask`: its own where that is sure, or where no node says better in time."""
        import anyio

        named = ask.node or ask.nodes or ask.plan
        if ask.sure or named or self.within_s <= 0:
            return ask.kind
        name = whom_to_ask(self._statuses(), self.rules)
        if name is None:
            return ask.kind
        with anyio.move_on_after(self.within_s):
            return await self._said_by(name, ask) or ask.kind
        log.info("%s did not say in time which kind of task a request is", name)
        return ask.kind

    async def _said_by(self, node: str, ask: Ask) -> str | None:
        work = Work(
            messages=({"role": "system", "content": INSTRUCTION}, {"role": "user", "content": ask.text[:_SHOWN]}),
            wanted=Wanted(kind=ask.kind or "simple", role="classify", node=node),
            max_tokens=OPINION_TOKENS,
            think=False,
        )
        said: list[str] = []
        try:
            async with aclosing(self._dispatch.answer(work)) as progress:
                said.extend([step.text async for step in progress if isinstance(step, Text)])
        except EtoileError as error:
            log.info("%s did not say which kind of task a request is: %s", node, error)
        return kind_in("".join(said))
