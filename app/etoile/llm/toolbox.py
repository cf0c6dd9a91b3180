"""What the tools of models return: the live state, the help, the history; as JSON, cut where it is long."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeStatus
from etoile.llm.tools import GPUS, HELP, HISTORY, NODES, result

if TYPE_CHECKING:
    from etoile.llm.guide import Guide, LiveState


class Toolbox:
    """Reads for models.  Safe from any thread."""

    def __init__(self, live: "LiveState", guide: "Guide", values: Callable[[], Mapping[str, Sequence[str]]]) -> None:
        """`values` returns the names that slots of commands may be filled with here."""
        self._live = live
        self._guide = guide
        self.values = values

    def read(self, name: str, arguments: Mapping[str, Any], language: str) -> str:
        """Return what the tool `name` tells; what it is wrong about the call where there is no such tool.  Blocks."""
        query = str(arguments.get("query", ""))
        readers: dict[str, Callable[[], object]] = {
            GPUS.name: lambda: [_gpu(one) for one in self._live.gpus()],
            NODES.name: lambda: [_node(one) for one in self._live.nodes()],
            HELP.name: lambda: self._guide.help_about(query, language),
            HISTORY.name: lambda: self._guide.history_about(query, language),
        }
        reader = readers.get(name)
        if reader is None:
            return result(error="there is no such tool", tools=sorted(readers))
        return result(data=reader())


def _gpu(reading: GpuReading) -> dict[str, object]:
    return {
        "index": reading.index,
        "name": reading.name,
        "host": reading.host,
        "state": reading.state,
        "temperature_c": reading.temperature_c,
        "utilization_percent": reading.utilization_percent,
        "memory_used_bytes": reading.memory_used_bytes,
        "memory_total_bytes": reading.memory_total_bytes,
        "power_w": reading.power_w,
        "processes": [process.name for process in reading.processes],
    }


def _node(status: NodeStatus) -> dict[str, object]:
    return {
        "name": status.name,
        "state": status.state,
        "model": status.model,
        "in_memory": list(status.loaded),
        "models": list(status.models),
        "tokens_per_s": status.tokens_per_s,
        "thermal": status.thermal,
    }
