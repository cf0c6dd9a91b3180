"""The configuration: TOML into frozen structs, validated once, complete or refused."""

from etoile.config.reading import FOLDERS, config_path, load, parse
from etoile.config.sections import (
    UUIDS,
    Alerts,
    AlertsOfGpu,
    Commands,
    Config,
    Gpu,
    Language,
    Node,
    Role,
    Routing,
    Section,
    Speech,
    Store,
    Thermal,
    Window,
    uuids,
)

__all__ = [
    "FOLDERS",
    "UUIDS",
    "Alerts",
    "AlertsOfGpu",
    "Commands",
    "Config",
    "Gpu",
    "Language",
    "Node",
    "Role",
    "Routing",
    "Section",
    "Speech",
    "Store",
    "Thermal",
    "Window",
    "config_path",
    "load",
    "parse",
    "uuids",
]
