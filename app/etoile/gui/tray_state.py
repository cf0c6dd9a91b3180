"""What icon and pill tell of the state: which of their states it is, the hottest GPU, whether any node is online."""

from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.nodes import NodeState
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.icons import TrayState
from etoile.text import message

_BUSY = {
    Phase.LISTENING: TrayState.LISTENING,
    Phase.SPEAKING: TrayState.SPEAKING,
    Phase.TRANSCRIBING: TrayState.THINKING,
    Phase.THINKING: TrayState.THINKING,
    Phase.CONFIRMING: TrayState.THINKING,
}
_RANK = {Thermal.UNKNOWN: 0, Thermal.NORMAL: 0, Thermal.WARNING: 1, Thermal.CRITICAL: 2}
_USABLE = frozenset({NodeState.UP, NodeState.BUSY, NodeState.DEGRADED, NodeState.LOADING})
"""States of a node that can take a request now or in a moment."""
OFFLINE = message("No node is online")
"""What is said where `is_offline`."""


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
    return TrayState.OFFLINE if is_offline(state) or not state.nodes else TrayState.IDLE


def is_offline(state: State) -> bool:
    """Whether there are nodes, and none of them can take a request.  Pure."""
    return bool(state.nodes) and not any(node.state in _USABLE for node in state.nodes)


def hottest(state: State) -> GpuReading | None:
    """Return the GPU that is looked at first: the one in the worst thermal state, and of those the hottest.  Pure."""
    return max(
        state.watched,
        key=lambda gpu: (_RANK[state.thermal(gpu.uuid)], -1 if gpu.temperature_c is None else gpu.temperature_c),
        default=None,
    )
