"""Ears and keys under changed settings: opened anew when nobody speaks, and nothing that was asked of them is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from etoile.config import Config, Speech, Store
from etoile.domain import events as on
from etoile.domain.events import Event
from etoile.parts.hearing import OTHERS, Hearing
from tests.waiting import wait_until


@dataclass
class Ears:
    """Remembers what it was asked."""

    config: Config
    idle: bool = True
    open: bool = True
    asked: list[object] = field(default_factory=list)

    def record(self, turn: int, **how: bool) -> None:
        self.asked.append(("record", turn))

    def transcribe(self, turn: int) -> None:
        self.asked.append(("transcribe", turn))

    def watch(self, word: str) -> None:
        self.asked.append(("watch", word))


@dataclass
class Scene:
    ears: list[Ears] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @contextmanager
    def open_ears(self, config: Config) -> Iterator[Any]:
        ears = Ears(config)
        self.ears.append(ears)
        yield ears
        ears.open = False

    @contextmanager
    def open_keys(self, config: Config) -> Iterator[None]:
        self.keys.append(config.speech.talk_key)
        yield
        self.keys.append("closed")


def config(**speech: object) -> Config:
    return Config(speech=msgspec.structs.replace(Speech(), **speech))


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def hearing(scene: Scene) -> Iterator[Hearing]:
    with Hearing(Config(), scene.events.append, scene.open_ears, scene.open_keys) as hearing:
        yield hearing
    assert not scene.ears[-1].open
    assert scene.keys[-1] == "closed"


def test_another_microphone_is_another_pair_of_ears(hearing: Hearing, scene: Scene) -> None:
    hearing.watch("jarvis")
    hearing.configure(config(microphone="USB"))
    wait_until(lambda: len(scene.ears) == 2 and scene.ears[1].asked)
    assert (scene.ears[0].open, scene.ears[1].config.speech.microphone) == (False, "USB")
    assert scene.ears[1].asked == [("watch", "jarvis")]
    assert scene.keys == ["F9"]
    assert on.PartReady("microphone") in scene.events


def test_another_key_leaves_the_ears_alone(hearing: Hearing, scene: Scene) -> None:
    hearing.configure(config(talk_key="F8"))
    wait_until(lambda: scene.keys == ["F9", "closed", "F8"])
    assert len(scene.ears) == 1


def test_what_is_no_business_of_theirs_changes_nothing(hearing: Hearing, scene: Scene) -> None:
    hearing.configure(config(rate_wpm=200, speak="never", language="fr"))
    wait_until(lambda: hearing._following.done)
    assert (len(scene.ears), scene.keys) == (1, ["F9"])
    assert frozenset(field.name for field in msgspec.structs.fields(Speech)) >= OTHERS


def test_who_speaks_is_heard_to_the_end(hearing: Hearing, scene: Scene) -> None:
    scene.ears[0].idle = False
    hearing.record(1)
    hearing.configure(config(silence_s=4.0))
    hearing.configure(config(silence_s=5.0))
    hearing.transcribe(1)
    assert scene.ears[0].asked == [("record", 1), ("transcribe", 1)]
    scene.ears[0].idle = True
    wait_until(lambda: scene.ears[-1].config.speech.silence_s == 5.0)
    hearing.record(2)
    wait_until(lambda: ("record", 2) in scene.ears[-1].asked)


def test_what_is_asked_while_they_are_opened_reaches_the_new_ones(hearing: Hearing, scene: Scene) -> None:
    asked: list[int] = []

    @contextmanager
    def opening(config: Config) -> Iterator[Any]:
        hearing.record(7)
        asked.append(7)
        with scene.open_ears(config) as ears:
            yield ears

    hearing._open_ears = opening
    hearing.configure(Config(store=Store(private=True)))
    wait_until(lambda: len(scene.ears) == 2 and scene.ears[1].asked == [("record", 7)])
    assert scene.ears[0].asked == []


def test_ears_that_cannot_be_opened_are_told_in_the_log(
    hearing: Hearing, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    working = hearing._open_ears

    def broken(config: Config) -> Any:
        raise OSError("no sound server")

    hearing._open_ears = broken
    hearing.configure(config(microphone="gone"))
    wait_until(lambda: "cannot be followed" in caplog.text)
    wait_until(lambda: hearing._following.done)
    hearing.record(3)
    hearing._open_ears = working
    hearing.configure(config(microphone="USB"))
    wait_until(lambda: scene.ears[-1].asked == [("record", 3)])
    caplog.clear()


def test_leaving_while_somebody_speaks_waits_for_nobody(scene: Scene, tmp_path: Path) -> None:
    with Hearing(Config(), scene.events.append, scene.open_ears, scene.open_keys) as hearing:
        scene.ears[0].idle = False
        hearing.configure(config(microphone="USB"))
    assert len(scene.ears) == 1
