"""Which of its states the icon in the tray tells."""

from etoile.domain.gpus import GpuState, Thermal
from etoile.domain.nodes import NodeState
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.icons import TrayState

_BUSY = {
    Phase.LISTENING: TrayState.LISTENING,
    Phase.SPEAKING: TrayState.SPEAKING,
    Phase.TRANSCRIBING: TrayState.THINKING,
    Phase.THINKING: TrayState.THINKING,
    Phase.CONFIRMING: TrayState.THINKING,
}
USABLE = frozenset({NodeState.UP, NodeState.BUSY, NodeState.DEGRADED, NodeState.LOADING})
"""States of a node that can take a request now or in a moment."""


def tray_state(state: State) -> TrayState:
    """Return what the icon tells of `state`: critical > busy > warning > watching > offline > idle.  Pure."""
    heat = {state.thermal(gpu.uuid) for gpu in state.watched}
    if Thermal.CRITICAL in heat:
        return TrayState.CRITICAL
    if state.turn.phase in _BUSY:
        return _BUSY[state.turn.phase]
    if Thermal.WARNING in heat or any(gpu.state is GpuState.LOST for gpu in state.gpus):
        return TrayState.WARNING
    if state.listening_for:
        return TrayState.WATCHING
    usable = any(node.state in USABLE for node in state.nodes)
    return TrayState.IDLE if usable else TrayState.OFFLINE
