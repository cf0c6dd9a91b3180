"""What is said for one command, as an automaton: its templates side by side, their choices shared, nothing written out.

It is made as one that may be at several nodes at once; the states of the deterministic one are made as they are walked
to, so that a walk costs no more than in a trie.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from etoile.domain.commands import SlotType
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.templates import Branch, Choice, Form

OPEN = {f"{{{slot}}}": slot for slot in SlotType if slot.is_open}
"""Parts of a form that take any words."""


class _Node:
    __slots__ = ("children", "is_end")

    def __init__(self) -> None:
        self.children: dict[str, list[_Node]] = {}
        self.is_end = False


class State:
    """Where a walk through the templates of a command may stand."""

    __slots__ = ("_graph", "_walked", "is_end", "labels", "open_slots")

    def __init__(self, graph: "Graph", nodes: Iterable[_Node]) -> None:
        self._graph = graph
        self._walked: dict[str, State] = {}
        self.labels: dict[str, dict[_Node, None]] = {}
        """What may follow -> where in the automaton it leads."""
        for node in nodes:
            for label, targets in node.children.items():
                self.labels.setdefault(label, {}).update(dict.fromkeys(targets))
        self.is_end = any(node.is_end for node in nodes)
        """Whether what was said so far is whole."""
        self.open_slots = tuple(label for label in OPEN if label in self.labels)
        """The slots that take any words and may follow."""

    @property
    def is_last(self) -> bool:
        """Whether nothing can follow."""
        return not self.labels

    def child(self, label: str) -> "State":
        """Return where `label`, one of `labels`, leads."""
        if label not in self._walked:
            self._walked[label] = self._graph.state(frozenset(self.labels[label]))
        return self._walked[label]


class Graph:
    """All that is said for one command.  Words of `skipped` stand in no form, as they may be left out anywhere."""

    def __init__(self, templates: Iterable[Choice], skipped: frozenset[str]) -> None:
        self._skipped = skipped
        self._states: dict[frozenset[_Node], State] = {}
        root, end = _Node(), _Node()
        for template in templates:
            for node in self._add(template, [root], end):
                node.is_end = node is not root
        self.root = self.state(frozenset((root,)))

    def state(self, nodes: frozenset[_Node]) -> State:
        """Return the state of being at any of `nodes`."""
        if nodes not in self._states:
            self._states[nodes] = State(self, nodes)
        return self._states[nodes]

    def _add(self, choice: Choice, starts: list[_Node], end: _Node) -> list[_Node]:
        """Lead from `starts` through the branches of `choice`, to `end` where possible; return where that ends."""
        ends: dict[_Node, None] = {}
        for branch in choice.branches:
            ends |= dict.fromkeys(self._add_branch(branch, starts, end))
        return list(ends)

    def _add_branch(self, branch: Branch, starts: list[_Node], end: _Node) -> list[_Node]:
        parts = [part for part in branch if isinstance(part, Choice) or part not in self._skipped]
        for index, part in enumerate(parts):
            target = end if index == len(parts) - 1 else _Node()
            if isinstance(part, Choice):
                starts = self._add(part, starts, target)
                continue
            for node in starts:
                targets = node.children.setdefault(part, [])
                if target not in targets:
                    targets.append(target)
            starts = [target]
        return starts


def short_forms(templates: Iterable[Choice], skipped: frozenset[str]) -> list[Form]:
    """Return the forms that have at most one part outside `skipped`, and no slot."""
    found = (form for template in templates for form, _ in _short(template, skipped))
    return list(dict.fromkeys(form for form in found if form))


def _short(choice: Choice, skipped: frozenset[str]) -> Iterator[tuple[Form, int]]:
    for branch in choice.branches:
        found: list[tuple[Form, int]] = [((), 0)]
        for part in branch:
            more = [((part,), part not in skipped)] if isinstance(part, str) else list(_short(part, skipped))
            found = [
                (form + chosen, length + count)
                for form, length in found
                for chosen, count in more
                if length + count < 2 and not (chosen and chosen[0][0] == "{")
            ]
            if not found:
                break
        yield from found


def spelled(form: Form, concepts: Mapping[str, Sequence[Phrase]]) -> Iterator[Phrase]:
    """Return `form`, which has at most one concept, with each of its words."""
    at = next((index for index, part in enumerate(form) if part[0] == "<"), None)
    if at is None:
        yield form
        return
    for phrase in concepts[form[at][1:-1]]:
        yield form[:at] + phrase + form[at + 1 :]
