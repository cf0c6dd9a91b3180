"""kill -9 at any moment of an answer: what had come of it is in the history of the next start."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Self

from etoile.config import FOLDERS, Config
from etoile.domain.past import PastExchange
from etoile.parts import open_history
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from etoile.domain.nodes import Attribution
from etoile.store.tables import MIGRATIONS
from etoile.store.database import Database
from etoile.store.drafts import Drafts

with Database(Path(sys.argv[1]), MIGRATIONS) as database:
    drafts = Drafts(database)
    drafts.begin(1, "count", "en")
    drafts.sign(1, Attribution(node="M1", model="tiny"))
    number = 0
    while True:
        drafts.add(1, f"{number} ")
        if number % 20 == 0:
            database.read(lambda connection: None)
            print(number, flush=True)
        number += 1
"""


@contextmanager
def program(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run Python in a process that is killed at the end."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)
        assert process.stdout
        process.stdout.close()


def database() -> Path:
    return Path(FOLDERS.user_data_dir) / "etoile.db"


def history() -> tuple[PastExchange, ...]:
    """Return what the next start finds."""
    with ExitStack() as stack:
        kept = open_history(stack, Config(), "en", lambda event: None)
        assert kept
        return kept.find("", 99).result(20)


def test_whatever_was_written_is_there_and_in_its_order(own_home: Path) -> None:
    chance = random.Random(7)
    database().parent.mkdir(parents=True, exist_ok=True)
    for life in range(1, 5):
        with program("-c", WRITER, str(database())) as writer:
            assert writer.stdout
            told = [int(writer.stdout.readline()) for _ in range(chance.randint(1, 40))]
            writer.send_signal(signal.SIGKILL)
        broken_off, *former = history()
        assert (broken_off.request, broken_off.ok, len(former)) == ("count", False, life - 1)
        numbers = [int(number) for number in (broken_off.answer or "").split()]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > told[-1]


class Gate:
    """Lets a node send one token after the other."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._free.release(1000)

    def before_token(self, _: int) -> None:
        self._free.acquire()

    def let(self, count: int) -> None:
        """Let `count` tokens go."""
        self._free.release(count)


def words_kept() -> int:
    """Return how many words of an answer the file holds while its program goes on."""
    if not database().exists():
        return 0
    with closing(sqlite3.connect(f"{database().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            return len("".join(text for (text,) in connection.execute("SELECT text FROM pieces ORDER BY id")).split())
        except sqlite3.OperationalError:  # not yet made
            return 0


def holds(number: int) -> bool:
    """Whether so many words are kept."""
    return words_kept() >= number


def test_an_answer_of_a_node_is_kept_word_by_word(own_home: Path, tmp_path: Path) -> None:
    """The real program asks a real socket; it is killed while the node holds back the next word."""
    answer = " ".join(f"word{number}" for number in range(40))
    for life, count in enumerate((1, 5), 1):
        gate, asked = Gate(), f"tell me a story {life}"
        with FakeNode(Script(answer=answer, before_token=gate.before_token)) as node, gate:
            settings = tmp_path / "config.toml"
            settings.write_text(f'[[nodes]]\nname = "M1"\nurl = "{node.url}"\n[routing]\ndiscover = false\n')
            with program("-m", "etoile", "--config", str(settings), "ask", "--fresh", asked) as asking:
                for number in range(1, count + 1):
                    gate.let(1)
                    wait_until(partial(holds, number), 40, what=f"word {number} is kept")
                os.kill(asking.pid, signal.SIGKILL)
        broken_off, *former = history()
        assert (broken_off.request, broken_off.ok, len(former)) == (asked, False, life - 1)
        assert answer.startswith(broken_off.answer or "none")
        assert len((broken_off.answer or "").split()) == count
        assert [part.node for part in broken_off.attribution] == ["M1"]
