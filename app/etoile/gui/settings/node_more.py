"""What few nodes need to be told: roles, models by role, forbidden models, tools, weight, and where its GPUs are."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from etoile.config import Node
from etoile.errors import ConfigError
from etoile.gui.design import Look
from etoile.gui.settings.controls import Choice, Field, as_number, as_text
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.node_rows import ROLES, TOOLS
from etoile.gui.settings.several import Several, as_line, as_list
from etoile.text import Message, message

GPUS = {
    "": message("Not known"),
    "local": message("This computer's"),
    "named": message("As written below"),
}
LINE_WIDTH = 216


class NodeMore:
    """The rows of the form that are folded; `judge` is called when one changed, `save` at Enter."""

    def __init__(self, look: Look, judge: Callable[[], object], save: Callable[[], object]) -> None:
        self._look, self._judge = look, judge
        self.most, self.weight = Field(look, step=1), Field(look, step=1)
        self.models, self.never, self.gpus_named = (Field(look, width=LINE_WIDTH) for _ in range(3))
        self.roles, self.tools = Several(look, ROLES), Several(look, TOOLS)
        self.gpus = Choice(look, GPUS)
        self.models.setPlaceholderText("code = qwen3-coder")
        self.gpus_named.setPlaceholderText("http://10.5.0.2:9400/metrics")
        self.rows: Mapping[str, RowFrame] = self._made_rows(look)
        for field in (self.most, self.weight, self.models, self.never, self.gpus_named):
            field.textEdited.connect(lambda _: judge())
            field.returnPressed.connect(save)
        for several in (self.roles, self.tools):
            several.changed.connect(judge)
        self.gpus.activated.connect(lambda _: self._choose_gpus())

    def _made_rows(self, look: Look) -> dict[str, RowFrame]:
        """Return a row for each key of the table, by its name."""
        rows = {
            "max_in_flight": RowFrame(look, message("Requests at once"), message("Further ones wait."), self.most),
            "weight": RowFrame(
                look,
                message("Preferred by"),
                message("Seconds of waiting that it is worth; below 0 it is avoided."),
                self.weight,
            ),
            "roles": RowFrame(look, message("What it is for"), message("None chosen: everything.")),
            "models": RowFrame(
                look, message("Models by role"), message("ROLE = MODEL, with commas between them."), self.models
            ),
            "never": RowFrame(look, message("Models never used"), message("With commas between them."), self.never),
            "tools": RowFrame(look, message("Live data"), message("What its models can look up.")),
            "gpus": RowFrame(look, message("Its GPUs"), message("So that a hot node is spared."), self.gpus),
        }
        for key, several in (("roles", self.roles), ("tools", self.tools)):
            rows[key].put_below(several)
            several.name(look.words(message("What it is for") if key == "roles" else message("Live data")), "")
        rows["gpus"].put_below(self.gpus_named)
        self.gpus_named.setMinimumWidth(look.px(120))
        self.gpus_named.setMaximumWidth(look.px(380))
        self.gpus_named.setAccessibleName(
            look.words(message("Addresses of exporters, or UUIDs of this computer's cards"))
        )
        return rows

    def show_node(self, node: Node) -> None:
        """Show what `node` is told."""
        self.most.show_text(str(node.max_in_flight))
        self.weight.show_text(as_text(node.weight, self._look.language))
        self.roles.show_value(node.roles)
        self.models.show_text(as_line([f"{role} = {model}" for role, model in node.models.items()]))
        self.never.show_text(as_line(node.never))
        self.tools.show_value(node.tools)
        named = (node.gpus,) if isinstance(node.gpus, str) else node.gpus or ()
        self.gpus.show_value("local" if node.gpus == "local" else "named" if named else "")
        self.gpus_named.show_text("" if node.gpus == "local" else as_line(named))
        self.gpus_named.setVisible(self.gpus.value == "named")

    def node(self, node: Node) -> Node | ConfigError:
        """Return `node` as it is with what stands here; an error, which names the key, for what cannot be."""
        most, weight = as_number(self.most.text()), as_number(self.weight.text())
        if most is None or not most.is_integer():
            return wrong_at("max_in_flight", message("A whole number is wanted here."))
        if weight is None:
            return wrong_at("weight", message("A number is wanted here."))
        models = _models(self.models.text())
        if models is None or not set(models) <= set(ROLES):
            return wrong_at("models", message("Write ROLE = MODEL; the roles are {roles}.", roles=list(ROLES)))
        gpus = self._gpus()
        if self.gpus.value == "named" and gpus is None:
            return wrong_at("gpus", message("An address or a UUID is wanted here."))
        told: dict[str, Any] = {"roles": self.roles.value, "tools": self.tools.value, "models": models}
        told |= {"never": tuple(as_list(self.never.text())), "gpus": gpus}
        return msgspec.structs.replace(node, max_in_flight=int(most), weight=weight, **told)

    def _gpus(self) -> str | tuple[str, ...] | None:
        if self.gpus.value != "named":
            return self.gpus.value or None
        named = as_list(self.gpus_named.text())
        alone = len(named) == 1 and named[0].startswith("http")
        return (named[0] if alone else tuple(named)) if named else None

    def _choose_gpus(self) -> None:
        self.gpus_named.setVisible(self.gpus.value == "named")
        self._judge()


def _models(line: str) -> dict[str, str] | None:
    """Return the models by role that `line` names; None where it cannot be read."""
    pairs = [part.partition("=") for part in as_list(line)]
    if not all(sign and model.strip() for _, sign, model in pairs):
        return None
    return {role.strip(): model.strip() for role, _, model in pairs}


def wrong_at(key: str, said: Message) -> ConfigError:
    """Return an error that says `said`, and tells which row it is about."""
    return ConfigError(message("{said}", said=said, key=key))


def place_of(error: ConfigError) -> str:
    """Return the key of the table of a node that `error` is about; "" where it names none."""
    said, key = error.said, str(error.said.values.get("key", ""))
    if "two nodes" in said.id:
        return "name"
    found = re.search(r"\]\.([a-z_]+)", said.id) or re.search(r"\]\.([a-z_]+)", key) or re.match(r"([a-z_]+)", key)
    return found[1] if found else ""
