"""What the settings window asks of the rest of the app."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from etoile.config import Node
from etoile.domain.gpus import GpuReading
from etoile.text import Message

if TYPE_CHECKING:
    from etoile.gui.settings.commands import Phrasebook
    from etoile.installed.versions import About
    from etoile.llm.trying import Tried


class Outside(Protocol):
    """All of its methods may block, and are called on a thread of their own.  They raise EtoileError."""

    @property
    def own_commands(self) -> "Phrasebook":
        """The user's own commands."""

    def try_node(self, node: Node, key: str | None) -> "Tried":
        """Ask `node`, with `key` where one was typed, for its models."""

    def keep_key(self, node: str, key: str) -> None:
        """Put the key of the node `node` into the keyring."""

    def forget_key(self, node: str) -> None:
        """Take the key of the node `node` out of the keyring."""

    def copy_key(self, former: str, now: str) -> None:
        """The node `former` is to be called `now`: have its key under that name as well."""

    def voices(self) -> Mapping[str, Sequence[str]]:
        """Return what the voices that can be chosen are called, by the language that they speak."""

    def try_voice(self, language: str, name: str) -> None:
        """Say a sentence in `language` with the voice called `name`; empty for the usual one."""

    def cards(self) -> Sequence[GpuReading]:
        """Return the cards that are seen, here and on other machines."""

    def starts_with_session(self) -> bool:
        """Whether Etoile starts with the session."""

    def start_with_session(self, wanted: bool) -> None:
        """Have Etoile start with the session, or no longer."""

    def forget_everything(self) -> Message:
        """Delete history, what was learned, measurements and recordings; return what was done."""

    def kept_at(self) -> Sequence[str]:
        """Return the folders in which something is kept."""

    def about(self) -> "About":
        """Return what Etoile is made of."""
