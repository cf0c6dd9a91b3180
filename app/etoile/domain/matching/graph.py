"""What is said for the commands of a language, as one automaton: templates side by side, beginnings and choices shared,
nothing written out.

It is made as one that may be at several nodes at once; the states of the deterministic one are made beforehand, or as
they are walked to, so that a walk costs no more than in a trie.  All commands are walked through at once; at each state
a set of bits tells which of them can still be meant.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from etoile.domain.commands import SlotType
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.templates import Branch, Choice, Form

OPEN = {f"{{{slot}}}": slot for slot in SlotType if slot.is_open}
"""Parts of a form that take any words."""
_MOST_UNFOLDED = 40_000
"""States; the shipped commands have 6,400 a language."""


class _Node:
    __slots__ = ("behind", "children", "command", "ends")

    def __init__(self, command: int) -> None:
        self.children: dict[str, list[_Node]] = {}
        self.command = command
        """The bit of the command that it belongs to; all bits at the root."""
        self.ends = 0
        """The same bit where what was said so far is whole."""
        self.behind: list[str] = []
        """What leads to it."""


class State:
    """Where a walk through what is said may stand."""

    __slots__ = ("_graph", "commands", "ends", "labels", "open_slots")

    def __init__(self, graph: "Graph", nodes: Sequence[_Node]) -> None:
        self._graph = graph
        self.commands = 0
        """Bits of the commands that may be meant."""
        self.ends = 0
        """Bits of those for which what was said so far is whole."""
        for node in nodes:
            self.commands |= node.command
            self.ends |= node.ends
        self.labels: dict[str, State | Collection[_Node]] = dict(
            nodes[0].children if len(nodes) == 1 else _following(nodes)
        )
        """What may follow -> the state that it leads to, or what that is to be made of."""
        self.open_slots = tuple(label for label in OPEN if label in self.labels)
        """The slots that take any words and may follow."""

    @property
    def is_last(self) -> bool:
        """Whether nothing can follow."""
        return not self.labels

    def child(self, label: str) -> "State":
        """Return where `label`, one of `labels`, leads."""
        found = self.labels[label]
        if not isinstance(found, State):
            found = self.labels[label] = self._graph.state(tuple(found))
        return found


def _following(nodes: Iterable[_Node]) -> dict[str, dict[_Node, None]]:
    found: dict[str, dict[_Node, None]] = {}
    for node in nodes:
        for label, targets in node.children.items():
            found.setdefault(label, {}).update(dict.fromkeys(targets))
    return found


class Graph:
    """All that is said for the commands of a language."""

    def __init__(
        self, said: Mapping[str, Iterable[Choice]], bits: Mapping[str, int], skipped: Callable[[str], frozenset[str]]
    ) -> None:
        """Take the templates and the bit of each command, and what tells which words are left out of its forms."""
        self._states: dict[_Node | frozenset[_Node], State] = {}
        self.triggers: dict[str, int] = {}
        """What stands right before words of any kind -> the bits of its commands."""
        root = _Node(-1)
        for command, templates in said.items():
            end = _Node(bits[command])
            for template in templates:
                for node in self._added(template, [root], end, skipped(command)):
                    node.ends = node.command if node is not root else 0
        self.root = self.state((root,))

    def _added(self, choice: Choice, starts: list[_Node], end: _Node, skipped: frozenset[str]) -> list[_Node]:
        """Lead from `starts` through the branches of `choice`, to `end` where possible; return where that ends."""
        ends: dict[_Node, None] = {}
        for branch in choice.branches:
            ends |= dict.fromkeys(self._added_branch(branch, starts, end, skipped))
        return list(ends)

    def _added_branch(self, branch: Branch, starts: list[_Node], end: _Node, skipped: frozenset[str]) -> list[_Node]:
        parts = [part for part in branch if isinstance(part, Choice) or part not in skipped]
        for index, part in enumerate(parts):
            target = end if index == len(parts) - 1 else _Node(end.command)
            if isinstance(part, Choice):
                starts = self._added(part, starts, target, skipped)
                continue
            for node in starts:
                self._lead(node, part, target)
            starts = [target]
        return starts

    def _lead(self, node: _Node, part: str, target: _Node) -> None:
        """Let `part` lead from `node` to `target`."""
        targets = node.children.setdefault(part, [])
        if target not in targets:
            targets.append(target)
        target.behind.append(part)
        for trigger in node.behind if part in OPEN else ():
            self.triggers[trigger] = self.triggers.get(trigger, 0) | target.command

    def state(self, nodes: Sequence[_Node]) -> State:
        """Return the state of being at any of `nodes`."""
        key = frozenset(nodes) if len(nodes) > 1 else nodes[0]
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, nodes)
        return found

    def unfold(self) -> None:
        """Make the states before a walk comes to them, unless they are very many."""
        found = {self.root: None}
        to_do = [self.root] if self._states else []
        while to_do and len(found) < _MOST_UNFOLDED:
            state = to_do.pop()
            new = dict.fromkeys(child for label in state.labels if (child := state.child(label)) not in found)
            found |= new
            to_do += new
        if not to_do:
            self._states.clear()  # of what they are made of nothing is needed any more


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
