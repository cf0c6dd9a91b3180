"""A settings window over a real file, with an outside that a test scripts."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etoile.config import Node, load
from etoile.errors import EtoileError
from etoile.gui.design import Look
from etoile.gui.settings.dialog import SettingsDialog
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.pages import SettingsPages
from etoile.installed.versions import About
from etoile.llm.trying import Tried
from etoile.text import Message, message

FILE = """\
# mine
[[nodes]]
name = "athena"  # under the desk
url = "http://10.5.0.2:1234"
dialect = "lmstudio"

[[nodes]]
name = "hermes"
url = "https://user:secret@hermes.example:8443"
key = "keyring"

[thermal]
warning_c = 70   # a small case

[speech]
rate_wpm = 200
"""


@dataclass
class FakeOutside:
    """Remembers what was asked of it; `answer` may be an error."""

    answer: Tried | EtoileError = field(default_factory=lambda: Tried(("qwen3-30b", "gemma3"), ("gemma3",), 42.0))
    ring: dict[str, str] = field(default_factory=lambda: {"hermes": "sk-hermes"})
    ring_fails: EtoileError | None = None
    tried: list[tuple[Node, str | None]] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)
    autostart: bool = False
    forgotten: int = 0
    threads: set[str] = field(default_factory=set)
    """Names of the threads that asked."""

    def _asked(self) -> None:
        self.threads.add(threading.current_thread().name)

    def try_node(self, node: Node, key: str | None) -> Tried:
        self._asked()
        self.tried.append((node, key))
        if isinstance(self.answer, EtoileError):
            raise self.answer
        return self.answer

    def keep_key(self, node: str, key: str) -> None:
        self._asked()
        if self.ring_fails:
            raise self.ring_fails
        self.ring[node] = key

    def forget_key(self, node: str) -> None:
        self._asked()
        self.ring.pop(node, None)

    def copy_key(self, former: str, now: str) -> None:
        self._asked()
        self.ring[now] = self.ring[former]

    def voices(self) -> Mapping[str, Sequence[str]]:
        self._asked()
        return {"fr": ("Thomas", "Amélie"), "en": ("Daniel",)}

    def try_voice(self, language: str, name: str) -> None:
        self._asked()
        self.heard.append((language, name))

    def starts_with_session(self) -> bool:
        return self.autostart

    def start_with_session(self, wanted: bool) -> None:
        self._asked()
        self.autostart = wanted

    def forget_everything(self) -> Message:
        self._asked()
        self.forgotten += 1
        return message("Forgotten: {requests} and {aliases}.", requests="3", aliases="1")

    def kept_at(self) -> Sequence[str]:
        return ("/home/you/.local/share/etoile", "/home/you/.local/state/etoile")

    def about(self) -> About:
        return About(
            version="1.0", parts={"httpx": "0.28.1 · BSD-3-Clause", "msgspec": "0.20.0 · BSD-3-Clause"}, licence="MIT"
        )


@dataclass
class Scene:
    """A dialog, its file, and what is around it."""

    look: Look
    path: Path
    outside: FakeOutside = field(default_factory=FakeOutside)
    opened: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.file = SettingsFile(self.path, load(self.path, must_exist=False))
        self.dialog: SettingsDialog = SettingsPages(
            look=self.look, file=self.file, outside=self.outside, open_file=lambda: self.opened.append(self.path)
        ).dialog()

    def close(self) -> None:
        """Take the window away."""
        self.file.close()
        self.dialog.close()
        self.dialog.deleteLater()
