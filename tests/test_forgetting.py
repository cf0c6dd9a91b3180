"""Deleting everything leaves no word of it in any file, whether it was open or not."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from etoile.config import FOLDERS, Config, Store
from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.parts import Rooms, open_history
from etoile.parts.forgetting import forget_everything
from etoile.parts.stores import open_answers, open_samples
from etoile.store.conversations import Conversations
from etoile.store.fits import FitRatios
from etoile.store.learning import Memory
from etoile.text import Message, message, verbatim
from tests.opened import opened
from tests.store.sampling import reading

WORD = "zorglub"
M1 = (Attribution(node=WORD, model=WORD),)


@dataclass
class Learner:
    """Stands for what learns: forgets what the history holds."""

    history: Conversations | None

    def change(self, what: str, number: int | None) -> Message:
        if self.history:
            Memory(self.history.database).forget_all()
        return message("Nothing was done.")


def rooms(**open_ones: object) -> Rooms:
    nothing: dict[str, Any] = dict.fromkeys(Rooms.__dataclass_fields__)
    return Rooms(**nothing | open_ones)


def files_with_the_word(own_home: Path) -> list[str]:
    """Return every file of the whole home in which the word is to be found."""
    return [path.name for path in own_home.rglob("*") if path.is_file() and WORD.encode() in path.read_bytes()]


def fill(history: Conversations, config: Config) -> None:
    """Keep the word in every table that holds words."""
    history.resume(3600.0)
    for turn in range(1, 60):
        told = f"{WORD} {turn} " * 40
        history.remember(
            Outcome(
                turn=turn,
                text=told,
                decision=Decision.ROUTE,
                ok=True,
                answer=verbatim(told),
                attribution=M1,
                place=turn,
            )
        )
    history.keep_summary(f"about {WORD}", 3)
    history.drafts.begin(99, WORD, "en")
    history.drafts.sign(99, M1[0])
    history.drafts.add(99, WORD)
    answers = open_answers(config, history)
    assert answers
    answers.keep(WORD, WORD, WORD, M1)
    Memory(history.database).refuse(f"alias:{WORD}")
    FitRatios(history.database)
    history.latest(1)


@pytest.mark.parametrize("wanted", [Store(), Store(history=False), Store(private=True)], ids=["open", "off", "private"])
def test_no_word_is_left_anywhere(own_home: Path, wanted: Store) -> None:
    data = Path(FOLDERS.user_data_dir)
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", lambda event: None)
        samples = open_samples(stack, Config(), lambda event: None)
        assert history
        assert samples
        fill(history, Config())
        samples.keep([reading(0)])
    (data / "etoile.db.corrupt-20260101-000000").write_bytes(WORD.encode())
    recordings = Path(FOLDERS.user_state_dir) / "recordings"
    recordings.mkdir(parents=True)
    (recordings / "one.wav").write_bytes(WORD.encode())
    (recordings / "cut.growing").write_bytes(WORD.encode())
    assert len(files_with_the_word(own_home)) == 4
    config = Config(store=wanted)
    with ExitStack() as stack:
        history = open_history(stack, config, "en", lambda event: None)
        samples = open_samples(stack, config, lambda event: None)
        forget_everything(rooms(history=history, samples=samples, learner=opened(Learner(history))))
        assert files_with_the_word(own_home) == []
    assert files_with_the_word(own_home) == []


def test_recordings_of_private_mode_go_as_well(own_home: Path, tmp_path: Path) -> None:
    class Errands:
        """Knows the folders."""

        def recordings(self) -> tuple[Path, ...]:
            return (tmp_path,)

    private = tmp_path / "one.wav"
    private.write_bytes(b"RIFF")
    forget_everything(rooms(errands=Errands()))
    assert not private.exists()
