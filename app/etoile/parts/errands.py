"""What was asked for with a click and takes its time: models loaded on nodes, the history searched and forgotten.

Nothing here waits on the caller's thread: each errand has a thread of its own, and reports its end as an event.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.past import Past, PastExchange, PastRecording
from etoile.errors import ActionFailed, EtoileError
from etoile.store.conversations import Conversations
from etoile.text import Message, message

if TYPE_CHECKING:
    from etoile.caring import Care
    from etoile.learner import Learner
    from etoile.parts.later import Later
    from etoile.speech.voice import Voice

log = logging.getLogger(__name__)

Errand = do.CheckNodes | do.CareForModel | do.ReadPast | do.Forget | do.PlayRecording

CLOSE_S = 2.0
"""How long leaving waits for what goes on; it is told to end at once."""


class Errands:
    """Carries them out until it is left; `recordings` returns the folders of those without text."""

    def __init__(
        self,
        publish: Callable[[on.Event], None],
        care: "Callable[[], Care]",
        check_nodes: Callable[[], object],
        history: Conversations | None,
        learner: "Later[Learner] | None",
        voice: "Voice | None",
        recordings: Callable[[], Iterable[Path]],
    ) -> None:
        self._publish = publish
        self._care = care
        self._check_nodes = check_nodes
        self._history = history
        self._learner = learner
        self._voice = voice
        self.recordings = recordings
        """Returns the folders of recordings without text.  Any thread."""
        self._closing = threading.Event()
        self._threads: set[threading.Thread] = set()
        self._gate = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        with self._gate:
            going_on = tuple(self._threads)
        for thread in going_on:
            thread.join(CLOSE_S)

    def run(self, effect: Errand) -> None:
        """Begin what `effect` asks for.  Returns at once."""
        match effect:
            case do.CheckNodes():
                self._begin("nodes", self._check_quietly)
            case do.CareForModel(node):
                self._begin(f"care {node}", lambda: self._care_for(effect))
            case do.ReadPast(words, count):
                self._read_past(words, count)
            case do.Forget():
                self._begin("forget", lambda: self._forget(effect))
            case do.PlayRecording(path):
                self._begin("play", lambda: self._play(Path(path)))

    # Nodes

    def _care_for(self, effect: do.CareForModel) -> None:
        from etoile.domain.model_names import Place, node_called

        ended = on.ModelCareEnded(effect.node)
        try:
            care = self._care()
            place = Place(node_called(care.statuses(), effect.node), effect.model)
            if effect.loaded:
                care.load(place, self._go_on)
            else:
                care.unload(place, self._go_on)
        except EtoileError as error:
            ended = on.ModelCareEnded(effect.node, error.said, error.remedy)
        except Exception as error:
            log.exception("%s on %s failed", effect.model, effect.node)
            ended = on.ModelCareEnded(effect.node, _failed(error))
        self._check_quietly()
        self._publish(ended)

    def _go_on(self) -> None:
        """Raise once Etoile ends."""
        if self._closing.is_set():
            raise ActionFailed(message("Etoile ends."))

    def _check_quietly(self) -> None:
        try:
            self._check_nodes()
        except Exception as error:  # noqa: BLE001  # the nodes are looked at again by themselves
            log.info("the nodes cannot be asked now: %s", error)

    # The history

    def _read_past(self, words: str, count: int) -> None:
        """Report `PastRead`."""
        if self._history is None:
            self._publish(on.PastRead(words, count, None))
            return

        def tell(read: "Future[tuple[PastExchange, ...]]") -> None:
            found = None if read.exception() else self._past(read.result(), words, count)
            self._publish(on.PastRead(words, count, found))

        self._history.find(words, count + 1).add_done_callback(tell)

    def _past(self, found: Sequence[PastExchange], words: str, count: int) -> Past:
        """Return what is shown: recordings are found by no word."""
        recordings = () if words.strip() else recordings_in(self.recordings())
        return Past(exchanges=tuple(found[:count]), recordings=recordings, more=len(found) > count)

    def _forget(self, effect: do.Forget) -> None:
        forgotten = on.Forgotten()
        try:
            if effect.everything:
                self._forget_everything()
            elif self._history and effect.exchanges and self._history.forget(effect.exchanges):
                self._publish(on.NewConversationWanted())  # what is forgotten is not said again, nor seen
            self._delete(effect.recordings)
        except EtoileError as error:
            forgotten = on.Forgotten(error.said)
        except Exception as error:
            log.exception("forgetting failed")
            forgotten = on.Forgotten(_failed(error))
        self._publish(forgotten)

    def _forget_everything(self) -> None:
        if self._learner:
            self._learner.now().change("forget all", None)
        self._delete([one.path for one in recordings_in(self.recordings())])

    def _delete(self, recordings: Sequence[str]) -> None:
        """Delete `recordings`, and no other file; once none is left, nothing is said to be missing its text."""
        folders = tuple(self.recordings())
        for path in map(Path, recordings):
            if path.parent in folders:
                path.unlink(missing_ok=True)
        if recordings and not recordings_in(folders):
            self._publish(on.PartReady("recordings"))

    def _play(self, recording: Path) -> None:
        from etoile.speech.clip import read_wav

        try:
            if self._voice:
                self._voice.play(read_wav(recording.read_bytes()))
        except Exception as error:  # noqa: BLE001  # its text came meanwhile, or the file is damaged: then it is silent
            log.info("%s cannot be played: %s", recording, error)

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._gate:
                    self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, name=name, daemon=True)
        with self._gate:
            self._threads.add(thread)
        thread.start()


def recordings_in(folders: Iterable[Path]) -> tuple[PastRecording, ...]:
    """Return the recordings without text in all `folders`, newest first."""
    from etoile.speech.unfinished import unfinished

    found = sorted((one for folder in folders for one in unfinished(folder)), key=lambda one: -one.at_s)
    return tuple(PastRecording(path=str(one.path), at_s=one.at_s, audio_s=one.audio_s) for one in found)


def _failed(error: Exception) -> Message:
    return message("It failed: {error}.", error=str(error) or type(error).__name__)
