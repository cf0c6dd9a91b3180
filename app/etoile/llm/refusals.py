"""Fields of a request that not every server or model takes: asked for, and given up once they were refused."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from etoile.errors import NodeRejected, NodeUnsuited
from etoile.llm.records import Record


class Refusals:
    """What the models of one server have refused to hear of."""

    def __init__(self, alternatives: Mapping[str, int]) -> None:
        """`alternatives` maps the word by which a refusal names a field to how many other ways there are to send it.

        Leaving it out is one.
        """
        self._alternatives = alternatives
        self._refused: dict[str, Counter[str]] = {}

    async def heeded(
        self, model: str, answer: Callable[[Mapping[str, int]], AsyncGenerator[Record]]
    ) -> AsyncGenerator[Record]:
        """Yield the records of `answer`, which is told how often each field was refused; once more after a refusal.

        Raises NodeError.
        """
        refused = self._refused.setdefault(model, Counter())
        while True:
            begun = False
            try:
                async with aclosing(answer(refused)) as records:
                    async for record in records:
                        begun = True
                        yield record
                return
            except (NodeRejected, NodeUnsuited) as error:
                field = self._named(str(error), refused)
                if begun or field is None:
                    raise
                refused[field] += 1

    def _named(self, words: str, refused: Counter[str]) -> str | None:
        return next(
            (field for field, ways in self._alternatives.items() if field in words and refused[field] < ways), None
        )
