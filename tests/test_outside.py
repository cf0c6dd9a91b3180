"""What the settings window asks of the app, and what changed settings do to the rooms that are open."""

import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keyring
import pytest

from etoile.config import FOLDERS, Config, Node, Routing, Speech
from etoile.domain import effects as do
from etoile.parts import Rooms
from etoile.parts.outside import Outside
from etoile.text import Message, message, render
from tests.llm.fake_node import FakeNode, Script
from tests.opened import opened


@dataclass
class Room:
    """Stands for router, voice, learner and samples: remembers what reached it."""

    told: list[object] = field(default_factory=list)
    rate_wpm: int = 180

    def use(self, nodes: Sequence[Node], routing: Routing) -> None:
        self.told += [nodes, routing]

    def configure(self, settings: object) -> None:
        self.told.append(settings)

    def change(self, what: str, number: int | None) -> Message:
        self.told.append(what)
        return message("Nothing was done.")

    def forget_all(self) -> None:
        self.told.append("samples")


def rooms(**open_ones: object) -> Rooms:
    """Return rooms of which only these are open."""
    nothing: dict[str, Any] = dict.fromkeys(Rooms.__dataclass_fields__)
    return Rooms(**nothing | open_ones)


def test_changed_settings_reach_the_rooms_that_can_go_by_them() -> None:
    router, voice, live = Room(), Room(), Room()
    config = Config(nodes=(Node(name="M1", url="http://10.5.0.2:1234"),), speech=Speech(rate_wpm=220))
    rooms(router=opened(router), voice=voice, live=live).perform(do.Configure(config))
    assert (router.told, voice.told, live.told) == ([config.nodes, config.routing], [config.speech], [config])


def test_everything_that_is_kept_is_forgotten(own_home: Path) -> None:
    recordings = Path(FOLDERS.user_state_dir) / "recordings"
    recordings.mkdir(parents=True)
    with wave.open(str(recordings / "one.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
    learner, samples = Room(), Room()
    outside = Outside(rooms(learner=opened(learner), samples=samples), Config())
    assert render(outside.forget_everything(), "en") == "Nothing was done."
    assert (learner.told, samples.told) == (["forget all"], ["samples"])
    assert not list(recordings.iterdir())
    assert str(recordings.parent) in outside.kept_at()


def test_a_typed_key_is_used_for_the_trial_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_kept(service: str, name: str) -> None:
        return None

    monkeypatch.setattr(keyring, "get_password", none_kept)
    with FakeNode(Script(key="sk-1")) as node:
        tried = Outside(rooms(), Config()).try_node(Node(name="M1", url=node.url, key="keyring"), "sk-1")
    assert tried.models == ("tiny",)


def test_a_key_is_copied_to_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"M1": "sk-1"}
    calls: dict[str, Callable[..., object]] = {
        "get_password": lambda _, name: kept.get(name),
        "set_password": lambda _, name, key: kept.__setitem__(name, key),
        "delete_password": lambda _, name: kept.pop(name),
    }
    for name, call in calls.items():
        monkeypatch.setattr(keyring, name, call)
    outside = Outside(rooms(), Config())
    outside.copy_key("M1", "M2")
    outside.forget_key("M1")
    assert kept == {"M2": "sk-1"}


def test_what_etoile_is_made_of_has_versions_and_licences() -> None:
    about = Outside(rooms(), Config()).about()
    assert about.version
    assert about.parts["httpx"].split(" · ")[1].startswith("BSD")
    assert "SQLite" in about.parts
    assert about.licence.startswith("MIT")
