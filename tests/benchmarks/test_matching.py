"""From a request to a command, beside rapidfuzz's WRatio at 85 and hassil, all three on the same 3,000 sentences.

Times are those of one request of the development lines; the shares are of all of these.  Slots are not compared:
WRatio has none, and hassil knows no durations.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from etoile.catalogue import load_catalogues
from etoile.domain.commands import SlotType
from etoile.domain.matching import Catalogue, Matcher
from etoile.domain.matching.scoring import Line
from tests.understanding.calibrate import machine

SENTENCES = 3_000
EVERY = 4
"""Only each fourth line is judged: hassil takes milliseconds for each."""
ACCEPTED = 85.0
DEVELOPMENT = Path(__file__).parents[1] / "understanding/development"
OPEN = tuple(slot for slot in SlotType if slot.is_open)
WILD = (*OPEN, SlotType.SECONDS, SlotType.TIME, SlotType.SITE, SlotType.HOST)

Judge = Callable[[str], str | None]
"""A request -> the command that would run."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogues(DEVELOPMENT / "nothing of the user's")["en"]


@pytest.fixture(scope="module")
def sentences(catalogue: Catalogue) -> list[tuple[str, str]]:
    """The command and the words of as many sentences, the same number of each command as far as it has some."""
    spelled = [[(command, said) for said in _spelled(catalogue, command)] for command in catalogue.templates]
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*spelled))
    return list(itertools.islice((one for one in in_turn if one), SENTENCES))


def _spelled(catalogue: Catalogue, command: str) -> Iterator[str]:
    forms = (form for template in catalogue.templates[command] for form in template.forms() if form)
    for form in dict.fromkeys(forms):
        words = (catalogue.concepts[part[1:-1]][0] if part[0] == "<" else (part,) for part in form)
        yield " ".join(itertools.chain.from_iterable(words))


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    written = (DEVELOPMENT / "en.jsonl").read_text("utf-8").splitlines()
    return [Line.of(json.loads(line)) for line in written][::EVERY]


@pytest.fixture(scope="module")
def etoile(catalogue: Catalogue) -> Judge:
    matcher = Matcher({"en": catalogue}, machine("en"))
    return lambda text: matcher.match(text, "en").command


@pytest.fixture(scope="module")
def wratio(sentences: list[tuple[str, str]]) -> Judge:
    said = [words for _, words in sentences]

    def best(text: str) -> str | None:
        found = process.extractOne(text.lower(), said, scorer=fuzz.WRatio, score_cutoff=ACCEPTED)
        return sentences[found[2]][0] if found else None

    return best


@pytest.fixture(scope="module")
def hassil(sentences: list[tuple[str, str]]) -> Judge:
    from hassil import Intents, recognize  # type: ignore[import-not-found, unused-ignore]

    of_command: dict[str, list[str]] = {}
    for command, words in sentences:
        of_command.setdefault(command, []).append(words)
    lists: dict[str, Any] = {slot.value: {"wildcard": True} for slot in WILD}
    lists |= {slot: {"values": names} for slot, names in machine("en").items() if slot not in lists}
    lists["level"] = {"range": {"from": 0, "to": 100}}
    intents = Intents.from_dict(
        {
            "language": "en",
            "intents": {command: {"data": [{"sentences": said}]} for command, said in of_command.items()},
            "lists": lists,
            "skip_words": ["please", "the", "my", "a", "um", "uh"],
        }
    )

    def best(text: str) -> str | None:
        found = recognize(text, intents)
        return found.intent.name if found else None

    return best


PEERS = [("", "etoile"), ("rapidfuzz WRatio", "wratio"), ("hassil", "hassil")]


@pytest.fixture(params=PEERS, ids=[fixture for _, fixture in PEERS])
def judge(request: pytest.FixtureRequest, benchmark: Any) -> Judge:
    """Each of the three in turn."""
    peer, fixture = request.param
    if peer:
        benchmark.extra_info["peer"] = peer
    found: Judge = request.getfixturevalue(fixture)
    return found


@pytest.mark.benchmark(group="matching: one request, 3,000 sentences")
def test_a_request(benchmark: Any, judge: Judge, lines: list[Line]) -> None:
    texts = cycle(line.text for line in lines)
    benchmark.pedantic(lambda: judge(next(texts)), rounds=len(lines))


def _share(benchmark: Any, lines: list[Line], holds: Callable[[Line], bool]) -> None:
    count = benchmark.pedantic(lambda: sum(map(holds, lines)), rounds=1)
    benchmark.extra_info |= {"value": 100 * count / len(lines), "unit": "%"}


@pytest.mark.benchmark(group="matching: right commands")
def test_right(benchmark: Any, judge: Judge, lines: list[Line]) -> None:
    _share(benchmark, [line for line in lines if line.command], lambda line: judge(line.text) == line.command)


@pytest.mark.benchmark(group="matching: wrong commands")
def test_wrong(benchmark: Any, judge: Judge, lines: list[Line]) -> None:
    commands = [line for line in lines if line.command]
    _share(benchmark, commands, lambda line: judge(line.text) not in (None, line.command))


@pytest.mark.benchmark(group="matching: false executions")
def test_false_executions(benchmark: Any, judge: Judge, lines: list[Line]) -> None:
    _share(benchmark, [line for line in lines if not line.command], lambda line: judge(line.text) is not None)
