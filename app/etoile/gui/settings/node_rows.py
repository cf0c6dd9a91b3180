"""The rows about nodes, and what roles and kinds of requests are called."""

from etoile.domain.commander.telling import ROLE as ROLES
from etoile.gui.settings.row import SECONDS, Group, row
from etoile.text import message, verbatim

__all__ = ["KINDS", "ROLES", "TOOLS", "WAITING"]

REQUESTS, BYTES = message("requests"), verbatim("B")

TOOLS = {
    "search": message("The web"),
    "market": message("Prices"),
    "etoile": message("Etoile itself"),
}
KINDS = {
    "simple": message("Simple questions"),
    "code": message("Code"),
    "analyse": message("Analysis"),
    "trading": message("Trading"),
    "systeme": message("The computer"),
    "web": message("The web"),
}

WAITING = Group(
    message("Waiting for nodes"),
    (
        row(
            "routing.discover",
            message("Find servers here"),
            message("Looks for Ollama and LM Studio on this computer."),
        ),
        row(
            "routing.connect_s",
            message("Connecting"),
            message("Longest time to reach a node."),
            SECONDS,
        ),
        row(
            "routing.first_token_s",
            message("First word"),
            message("A node that has not begun by then is passed over."),
            SECONDS,
        ),
        row(
            "routing.between_tokens_s",
            message("Between words"),
            message("A node that falls silent for so long is given up."),
            SECONDS,
        ),
        row(
            "routing.open_s",
            message("Rest after a failure"),
            message("A node is left alone so long."),
            SECONDS,
        ),
    ),
    more=(
        row(
            "routing.classify_s",
            message("Ask for the kind"),
            message("Where a request is unclear, a node gets so long to tell its kind; 0 asks none."),
            SECONDS,
        ),
        row("routing.heartbeat_s", message("Look at nodes every"), message("To know which can be asked."), SECONDS),
        row("routing.queue_most", message("Longest queue"), message("Further requests are refused."), REQUESTS),
        row("routing.answer_bytes", message("Longest answer"), message("What is longer is cut off."), BYTES),
    ),
)
