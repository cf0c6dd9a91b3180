"""The pages of the window, in the order of their tabs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from etoile.domain.nodes import NodeState
from etoile.domain.state import State
from etoile.gui.conversation_page import ConversationPage
from etoile.gui.gpu_page import GpuPage
from etoile.gui.history_page import HistoryPage
from etoile.gui.hottest import gpus_severity
from etoile.gui.keys_page import KeysPage
from etoile.gui.node_page import NodePage
from etoile.gui.page import CONVERSATION, GPU, HISTORY, KEYS, NODES, Ground, Page
from etoile.gui.severity import Severity
from etoile.text import Message, message


@dataclass(frozen=True, slots=True)
class Kind:
    """A page: its title, what makes it when it is first shown, and whether it needs attention."""

    title: Message
    make: Callable[[Ground, Callable[[str], None]], Page]
    """Takes also what shows the page of a key."""
    attention: Callable[[State], Severity | None] = lambda _: None


def _nodes_severity(state: State) -> Severity | None:
    """Return what is wrong with nodes: one that worked and went, or that wants another key."""
    wants_key = any(node.state is NodeState.AUTH for node in state.nodes)
    return Severity.WARNING if state.desk.nodes.wrong or wants_key else None


def _conversation_severity(state: State) -> Severity | None:
    """Return whether something waits to be confirmed."""
    return Severity.WARNING if state.turn.question else None


PAGES: Mapping[str, Kind] = {
    CONVERSATION: Kind(
        message("Conversation"),
        lambda ground, show: ConversationPage(ground, lambda: show(GPU)),
        _conversation_severity,
    ),
    GPU: Kind(message("GPU"), lambda ground, _: GpuPage(ground), gpus_severity),
    NODES: Kind(message("Nodes"), lambda ground, _: NodePage(ground), _nodes_severity),
    HISTORY: Kind(message("History"), lambda ground, _: HistoryPage(ground)),
}
"""Those with a tab."""
WITHOUT_TAB: Mapping[str, Kind] = {KEYS: Kind(message("Keys"), lambda ground, _: KeysPage(ground))}
"""Those that only a key brings, and Esc takes away again."""
