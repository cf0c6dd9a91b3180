"""The first steps with a settings file in a folder of the test, and everything outside them scripted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etoile.config import Config, Node, load
from etoile.errors import EtoileError, NodeBroken, NodeUnreachable
from etoile.gui.design import Look
from etoile.gui.first_run.step import Means
from etoile.gui.first_run.window import FirstRun
from etoile.gui.settings.file import SettingsFile
from etoile.llm.trying import Tried
from etoile.text import Message, message
from tests.gui.conftest import Visitor

GONE = NodeUnreachable(message("connection refused"))


@dataclass(frozen=True)
class Model:
    name: str
    size_bytes: int
    here: bool = False


@dataclass
class World:
    """What the steps ask of the app, and what they asked."""

    models: tuple[Model, ...] = (Model("tiny", 78_000_000), Model("base", 148_000_000), Model("small", 486_000_000))
    voices_here: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {"en": ("Alice", "English (America)"), "fr": ("Hortense", "Thomas")}
    )
    servers: Mapping[str, str | EtoileError] = field(default_factory=dict)
    """What speaks which dialect, or fails how, by address; nobody is at any other."""
    tried: list[tuple[str, str]] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)

    def speech_models(self) -> tuple[Model, ...]:
        return self.models

    def has_speech_model(self, name: str) -> bool:
        return any(model.here for model in self.models if model.name == name)

    def speech_models_at(self) -> str:
        return "/home/ada/.local/share/etoile/models"

    def talk_way(self) -> Message:
        return message("Etoile takes the key from the X server: no other program gets it.")

    def voices(self) -> Mapping[str, Sequence[str]]:
        return self.voices_here

    def try_voice(self, language: str, name: str) -> None:
        self.heard.append((language, name))

    def try_node(self, node: Node, key: str | None) -> Tried:
        self.tried.append((node.url, node.dialect))
        spoken = self.servers.get(node.url, GONE)
        if isinstance(spoken, EtoileError):
            raise spoken
        if spoken != node.dialect:
            raise NodeBroken(message("it answered with 404"))
        return Tried(("qwen3:8b", "llama3.3:70b"), (), 12.0)


@dataclass
class Opened:
    """The first steps, open."""

    window: FirstRun
    file: SettingsFile
    world: World
    ended: list[str]
    helped: list[str]


def opened(
    folder: Path, visitor: Visitor, world: World, language: str = "en", theme: str = "dark", settings: str = ""
) -> Opened:
    """Return the first steps over a settings file that holds `settings`; without these there is none yet."""
    path = folder / "etoile" / "config.toml"
    config = Config()
    if settings:
        path.parent.mkdir(parents=True)
        path.write_text(settings, encoding="utf-8")
        config = load(path, must_exist=True)
    file = SettingsFile(path, config)
    look = Look(language, theme)  # type: ignore[arg-type]
    ended: list[str] = []
    helped: list[str] = []
    means = Means(
        look=look,
        file=file,
        outside=world,  # type: ignore[arg-type]  # no step asks for more than the world has
        aids=world,
        publish=visitor.events.append,
        confirm_node=visitor.confirmed.append,
        now_s=lambda: 1000.0,
    )
    return Opened(FirstRun(means, lambda: ended.append("ended"), helped.append), file, world, ended, helped)
