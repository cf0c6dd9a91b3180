"""Language model nodes, each in its own dialect, and the choice between them: Etoile's router as a library.

    import asyncio
    from etoile.llm import Node, Text, open_nodes

    async def main() -> None:
        nodes = [
            Node(name="here", url="http://127.0.0.1:11434", dialect="ollama", model="qwen3:8b"),
            Node(name="big", url="http://10.5.0.2:8000", roles=("code", "review")),
            Node(name="cloud", url="https://api.anthropic.com", dialect="anthropic", key="env:MY_KEY", local=False),
        ]
        async with open_nodes(nodes) as nodes:
            async for step in nodes.ask("Why is the sky blue?"):
                match step:
                    case Text(text):
                        print(text, end="", flush=True)

    asyncio.run(main())

`open_nodes()` without nodes takes those of the settings file.  A node that is down, hangs or breaks off is passed over
and the next one asked, which the steps tell (`PassedOver`, then `Started` of the next); `render` makes words of the
reasons.  `nodes.complete(...)` returns the whole answer at once, with who gave it.  Whoever leaves the loop early
closes the steps, which ends the node's work: `async with contextlib.aclosing(nodes.ask(...)) as steps`.

`resources/examples/ask_nodes.py` is a program that does all this.

Everything here is looked up when it is first used: importing this costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etoile.config import Node, Routing
    from etoile.errors import ConfigError, NodeError
    from etoile.llm.library import Nodes, Reply, open_nodes
    from etoile.llm.records import ChatMessage, Text, Tool, ToolCall
    from etoile.llm.work import Ended, NobodyAnswered, PassedOver, Started, Waiting
    from etoile.text import render

__all__ = [
    "ChatMessage",
    "ConfigError",
    "Ended",
    "NobodyAnswered",
    "Node",
    "NodeError",
    "Nodes",
    "PassedOver",
    "Reply",
    "Routing",
    "Started",
    "Text",
    "Tool",
    "ToolCall",
    "Waiting",
    "open_nodes",
    "render",
]

_HOMES = {
    "etoile.config": ("Node", "Routing"),
    "etoile.errors": ("ConfigError", "NodeError"),
    "etoile.llm.library": ("Nodes", "Reply", "open_nodes"),
    "etoile.llm.records": ("ChatMessage", "Text", "Tool", "ToolCall"),
    "etoile.llm.work": ("Ended", "NobodyAnswered", "PassedOver", "Started", "Waiting"),
    "etoile.text": ("render",),
}


def __getattr__(name: str) -> Any:
    import importlib

    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
