"""A settings window over a real file, with an outside that a test scripts."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from etoile.config import Node, load
from etoile.domain.gpus import GpuReading
from etoile.errors import EtoileError
from etoile.gui.design import Look
from etoile.gui.settings.controls import Field
from etoile.gui.settings.dialog import SettingsDialog
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.pages import SettingsPages
from etoile.gui.settings.setting import SettingRow
from etoile.installed.versions import About
from etoile.llm.trying import Tried
from etoile.parts.own_commands import OwnCommands
from etoile.text import Message, message
from tests.waiting import wait_until

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
    folder: Path = Path("nowhere")
    """Of the user's own commands."""
    forgotten: int = 0
    threads: set[str] = field(default_factory=set)
    """Names of the threads that asked."""

    def _asked(self) -> None:
        self.threads.add(threading.current_thread().name)

    @property
    def own_commands(self) -> OwnCommands:
        return OwnCommands(dict, lambda: self.folder)

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

    def cards(self) -> Sequence[GpuReading]:
        return (
            GpuReading(uuid="GPU-1", index=0, name="NVIDIA GeForce RTX 3080", host="here"),
            GpuReading(uuid="GPU-2", index=1, name="NVIDIA GeForce RTX 3080", host="here"),
        )

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
            version="1.0",
            parts={"httpx": "0.28.1 · BSD-3-Clause", "msgspec": "0.20.0 · BSD-3-Clause"},
            licence="MIT",
            update=message("In a terminal: {command}", command="pipx upgrade etoile"),
        )


@dataclass
class Scene:
    """A dialog, its file, and what is around it."""

    look: Look
    path: Path
    outside: FakeOutside = field(default_factory=FakeOutside)
    opened: list[Path] = field(default_factory=list)
    helped: list[str] = field(default_factory=list)
    """What the help was asked for."""

    def __post_init__(self) -> None:
        self.file = SettingsFile(self.path, load(self.path, must_exist=False))
        self.dialog: SettingsDialog = SettingsPages(
            look=self.look,
            file=self.file,
            outside=self.outside,
            open_file=lambda: self.opened.append(self.path),
            open_help=self.helped.append,
        ).dialog()

    def close(self) -> None:
        """Take the window away."""
        self.file.close()
        self.dialog.close()
        self.dialog.deleteLater()

    def show(self, page: str) -> "Scene":
        """Show the window on `page`."""
        self.dialog.present(page)
        QApplication.processEvents()
        return self

    def row(self, key: str) -> SettingRow:
        """Return the row of the setting `key`."""
        return next(row for row in self.dialog.page.findChildren(SettingRow) if row.row.key == key)

    def field(self, key: str) -> Field:
        """Return the field of the setting `key`."""
        control = self.row(key).control
        assert isinstance(control, Field)
        return control

    def button(self, name: str) -> QAbstractButton:
        """Return the button in view that a screen reader calls `name`."""
        QApplication.processEvents()
        found = [
            button
            for button in self.dialog.findChildren(QAbstractButton)
            if button.accessibleName() == name and button.isVisibleTo(self.dialog)
        ]
        assert len(found) == 1, [button.accessibleName() for button in self.dialog.findChildren(QAbstractButton)]
        return found[0]

    def wait(self, predicate: Callable[[], object]) -> None:
        """Wait for `predicate`, Qt's loop running."""

        def holds() -> object:
            QApplication.processEvents()
            return predicate()

        wait_until(holds)


def write(field: QLineEdit, text: str) -> None:
    """Type `text` in the place of what stands in `field`."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
