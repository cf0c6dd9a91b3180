"""What a click begins and what takes its time: models on nodes, the history, recordings."""

import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from etoile.config import Config
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Decision, Outcome
from etoile.domain.events import Event
from etoile.domain.model_names import Place
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import EtoileError, NodeUnsuited
from etoile.parts import open_history
from etoile.parts.errands import Errand, Errands
from etoile.store.conversations import Conversations
from etoile.text import Message, message, render, verbatim
from tests.opened import opened
from tests.waiting import wait_until

M1 = NodeStatus(name="M1", dialect="ollama", url="http://m1", state=NodeState.UP, models=("qwen3",))
LOAD = do.CareForModel("M1", "qwen3", loaded=True)


@dataclass
class Keeper:
    """Stands in for the care of models: does what it is told, as slowly as it is told."""

    failure: Exception | None = None
    slow: bool = False
    done: list[tuple[str, str, str]] = field(default_factory=list)
    checks: int = 0
    begun: threading.Event = field(default_factory=threading.Event)

    def statuses(self) -> tuple[NodeStatus, ...]:
        return (M1,)

    def load(self, place: Place, check: Callable[[], None]) -> None:
        self._work("load", place, check)

    def unload(self, place: Place, check: Callable[[], None]) -> None:
        self._work("unload", place, check)

    def _work(self, what: str, place: Place, check: Callable[[], None]) -> None:
        self.begun.set()
        while self.slow:
            check()
        if self.failure:
            raise self.failure
        self.done.append((what, place.node.name, place.model))

    def look(self) -> None:
        self.checks += 1


@dataclass
class Learner:
    """Stands in for what learns: only to forget all."""

    changed: list[str] = field(default_factory=list)

    def change(self, what: str, number: int | None) -> Message:
        self.changed.append(what)
        return message("Done.")


@dataclass
class Voice:
    """Remembers what it was to play."""

    played: list[float] = field(default_factory=list)

    def play(self, clip: Any) -> None:
        self.played.append(clip.seconds)


@dataclass
class Scene:
    """Errands and what they report."""

    folder: Path
    history: Conversations | None = None
    keeper: Keeper = field(default_factory=Keeper)
    learner: Learner = field(default_factory=Learner)
    voice: Voice = field(default_factory=Voice)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        made: Any = Errands
        self.errands: Errands = made(
            self.events.append,
            lambda: self.keeper,
            self.keeper.look,
            self.history,
            opened(self.learner),
            self.voice,
            lambda: (self.folder, self.folder / "private"),
        )

    def run(self, effect: Errand) -> Event:
        """Begin `effect`; return the last that it reports."""
        before = len(self.events)
        with self.errands:
            self.errands.run(effect)
            wait_until(lambda: len(self.events) > before, what="it is reported")
        return self.events[-1]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


@pytest.fixture
def kept(own_home: Path, tmp_path: Path) -> Iterator[Scene]:
    """Return a scene with a history that holds three requests."""
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", lambda event: None)
        assert history
        history.resume(3600.0).result(10)
        for turn in range(1, 4):
            told = Outcome(
                turn=turn, text=f"request {turn}", decision=Decision.RUN, ok=True, answer=verbatim("a"), place=turn
            )
            history.remember(told)
        yield Scene(tmp_path, history)


def _recording(folder: Path, name: str = "1.wav") -> Path:
    path = folder / name
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    return path


class TestModels:
    @pytest.mark.parametrize(("loaded", "what"), [(True, "load"), (False, "unload")])
    def test_it_is_done_and_the_nodes_are_looked_at_before_it_is_told(
        self, scene: Scene, loaded: bool, what: str
    ) -> None:
        assert scene.run(do.CareForModel("M1", "qwen3", loaded=loaded)) == on.ModelCareEnded("M1")
        assert (scene.keeper.done, scene.keeper.checks) == ([(what, "M1", "qwen3")], 1)

    def test_a_failure_is_told_with_its_remedy(self, scene: Scene) -> None:
        scene.keeper.failure = NodeUnsuited(message("it has no room"), message("Unload one."))
        assert scene.run(LOAD) == on.ModelCareEnded("M1", message("it has no room"), message("Unload one."))

    def test_a_node_that_is_gone_is_told(self, scene: Scene) -> None:
        ended = scene.run(do.CareForModel("M9", "qwen3", loaded=True))
        assert isinstance(ended, on.ModelCareEnded)
        assert ended.failed
        assert render(ended.failed, "en") == 'There is no node called "M9".'

    def test_what_nobody_expected_is_told_and_logged(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        scene.keeper.failure = OSError("no route")
        ended = scene.run(LOAD)
        assert isinstance(ended, on.ModelCareEnded)
        assert ended.failed
        assert render(ended.failed, "en") == "It failed: no route."
        assert "qwen3 on M1 failed" in caplog.text
        caplog.clear()

    def test_leaving_ends_what_goes_on(self, scene: Scene) -> None:
        scene.keeper.slow = True
        with scene.errands:
            scene.errands.run(LOAD)
            assert scene.keeper.begun.wait(60)
        [ended] = scene.events
        assert isinstance(ended, on.ModelCareEnded)
        assert ended.failed == message("Etoile ends.")

    def test_nodes_are_asked_now(self, scene: Scene) -> None:
        with scene.errands:
            scene.errands.run(do.CheckNodes())
            wait_until(lambda: scene.keeper.checks, what="they are asked")


class TestHistory:
    def test_it_is_read_with_the_recordings_without_text(self, kept: Scene) -> None:
        path = _recording(kept.folder)
        read = kept.run(do.ReadPast("", 2))
        assert isinstance(read, on.PastRead)
        assert read.past
        assert [one.request for one in read.past.exchanges] == ["request 3", "request 2"]
        assert [(one.path, one.audio_s) for one in read.past.recordings] == [(str(path), 1.0)]
        assert read.past.more

    def test_recordings_of_private_mode_are_among_them(self, kept: Scene) -> None:
        (kept.folder / "private").mkdir()
        first, second = _recording(kept.folder), _recording(kept.folder / "private", "2.wav")
        read = kept.run(do.ReadPast("", 2))
        assert isinstance(read, on.PastRead)
        assert read.past
        assert {one.path for one in read.past.recordings} == {str(first), str(second)}
        kept.run(do.Forget((), (str(second),), everything=False))
        assert (first.exists(), second.exists()) == (True, False)

    def test_recordings_are_found_by_no_word(self, kept: Scene) -> None:
        _recording(kept.folder)
        read = kept.run(do.ReadPast("request 1", 2))
        assert isinstance(read, on.PastRead)
        assert read.past
        assert ([one.request for one in read.past.exchanges], read.past.recordings) == (["request 1"], ())
        assert not read.past.more

    def test_where_none_is_kept_none_is_found(self, scene: Scene) -> None:
        assert scene.run(do.ReadPast("x", 5)) == on.PastRead("x", 5, None)

    def test_what_is_forgotten_of_the_conversation_ends_it(self, kept: Scene) -> None:
        assert kept.history
        [newest] = kept.history.find("request 3", 1).result(10)
        with kept.errands:
            kept.errands.run(do.Forget((newest.id,), (), everything=False))
            wait_until(lambda: len(kept.events) == 2, what="it is reported")
        assert kept.events == [on.NewConversationWanted(), on.Forgotten()]
        assert [one.request for one in kept.history.find("", 5).result(10)] == ["request 2", "request 1"]

    def test_everything_is_forgotten_with_the_recordings(self, scene: Scene) -> None:
        path = _recording(scene.folder)
        with scene.errands:
            scene.errands.run(do.Forget((), (), everything=True))
            wait_until(lambda: len(scene.events) == 2, what="it is reported")
        assert scene.events == [on.PartReady("recordings"), on.Forgotten()]
        assert (scene.learner.changed, path.exists()) == (["forget all"], False)

    def test_a_failure_is_told(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(what: str, number: int | None) -> Message:
            raise EtoileError(message("The disk is stuck."))

        monkeypatch.setattr(scene.learner, "change", fail)
        assert scene.run(do.Forget((), (), everything=True)) == on.Forgotten(message("The disk is stuck."))


class TestRecordings:
    def test_one_is_deleted_and_the_others_stay(self, scene: Scene) -> None:
        first, second = _recording(scene.folder), _recording(scene.folder, "2.wav")
        assert scene.run(do.Forget((), (str(first),), everything=False)) == on.Forgotten()
        assert (first.exists(), second.exists()) == (False, True)
        assert scene.events == [on.Forgotten()]

    def test_no_other_file_is_deleted(self, scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> None:
        other = _recording(tmp_path_factory.mktemp("elsewhere"))
        scene.run(do.Forget((), (str(other), str(scene.folder / ".." / other.name)), everything=False))
        assert other.exists()

    def test_one_is_heard(self, scene: Scene) -> None:
        path = _recording(scene.folder)
        with scene.errands:
            scene.errands.run(do.PlayRecording(str(path)))
            wait_until(lambda: scene.voice.played, what="it is played")
        assert scene.voice.played == [1.0]

    def test_one_that_is_gone_is_silent(self, scene: Scene) -> None:
        with scene.errands:
            scene.errands.run(do.PlayRecording(str(scene.folder / "gone.wav")))
        assert (scene.voice.played, scene.events) == ([], [])
