"""The settings file as the interface knows it: written by the dialog, followed when somebody else changes it."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from etoile.config import Config, load, parse
from etoile.config.finding import line_of
from etoile.config.writing import Change, change, would_be
from etoile.errors import ConfigError
from etoile.text import Message, message

log = logging.getLogger(__name__)

SETTLE_MS = 150
"""Editors write in several steps: the file is read when nothing happened to it for so long."""
SEEK_MS = 5_000
"""A folder that is not there yet cannot be watched: it is looked for so often."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A settings file that is not valid: what is wrong, and where."""

    error: ConfigError
    line: int | None

    @property
    def said(self) -> Message:
        """What is wrong, with the line where it is known."""
        if self.line is None:
            return self.error.said
        return message("{error} (line {line})", error=self.error.said, line=self.line)


class SettingsFile(QObject):
    """Holds the last valid `config` of the file at `path`.  Main thread.

    Within `watch` and `close` changes by others are followed; atomic replacing and files that are made later included.
    """

    changed = Signal(object)
    """The `Config`, which is another one now: by `change`, or by somebody else."""
    judged = Signal(object)
    """A `Broken` when the file is not valid any more: `config` stays as it was.  None when it is valid again."""

    def __init__(self, path: Path, config: Config, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path, self.config = path, config
        self._given = self._written = config.window.language
        """The language that counts, which may have been given on the command line, and the one in the file."""
        self.broken: Broken | None = None
        self._content = self._read()
        self._watcher: QFileSystemWatcher | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.reload)
        self._seek = QTimer(self)
        self._seek.setInterval(SEEK_MS)
        self._seek.timeout.connect(self._follow)

    def watch(self) -> None:
        """Follow changes from now on."""
        self._watcher = QFileSystemWatcher(self)
        # No lambda: its cycle would leave the end of this object to the garbage collection of any thread.
        self._watcher.fileChanged.connect(self._changed_outside)
        self._watcher.directoryChanged.connect(self._changed_outside)
        self._follow()
        self._catch_up()

    def _catch_up(self) -> None:
        """Take what was written since the program read the file, and before anybody watched."""
        self._content, content = None, self._read()
        with suppress(ConfigError):
            now = parse(content or b"", str(self.path))
            self._written = now.window.language
            if self._as_given(now) == self.config:
                self._content = content  # what was judged: the file may be another one by now
        self.reload()

    def _changed_outside(self, _: str) -> None:
        self._settle.start()

    def close(self) -> None:
        """Follow nothing any more."""
        for timer in (self._settle, self._seek):
            timer.stop()
        if self._watcher:
            self._watcher.deleteLater()
            self._watcher = None

    def refusal(self, edit: Change) -> ConfigError | None:
        """Return why the file cannot be changed by `edit`; None when it can.  Nothing is written."""
        try:
            would_be(self.path, edit)
        except ConfigError as error:
            return error
        return None

    def change(self, edit: Change) -> ConfigError | None:
        """Write `edit` into the file; return why it cannot be, and is not; None when it is done."""
        try:
            config = change(self.path, edit)
        except ConfigError as error:
            return error
        self._content = self._read()
        self._take(config)
        self._follow()
        return None

    def reload(self) -> None:
        """Read the file, unless it is as it was."""
        self._follow()
        content = self._read()
        if content == self._content:
            return
        self._content = content
        try:
            config = load(self.path, must_exist=False)
        except ConfigError as error:
            self._judge(Broken(error, line_of(error, (content or b"").decode(errors="replace"))))
        else:
            self._take(config)

    def _as_given(self, config: Config) -> Config:
        """Return `config` with the language of the command line, which counts until another one is written."""
        if config.window.language != self._written:
            self._given = self._written = config.window.language
        return msgspec.structs.replace(config, window=msgspec.structs.replace(config.window, language=self._given))

    def _take(self, config: Config) -> None:
        self._judge(None)
        config = self._as_given(config)
        if config != self.config:
            self.config = config
            self.changed.emit(config)

    def _judge(self, broken: Broken | None) -> None:
        if broken or self.broken:
            self.broken = broken
            self.judged.emit(broken)

    def _read(self) -> bytes | None:
        with suppress(OSError):
            return self.path.read_bytes()
        return None

    def _follow(self) -> None:
        """Watch the file itself, for what is written into it, and its folder, for what takes its place."""
        if self._watcher is None:
            return
        target = self.path.resolve()
        wanted = {str(place) for place in (self.path.parent, target.parent, target) if place.exists()}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if fresh := wanted - watched:
            self._watcher.addPaths(sorted(fresh))
        if self.path.parent.exists():
            self._seek.stop()
        elif not self._seek.isActive():
            self._seek.start()
