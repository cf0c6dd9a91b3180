"""From a request to a command, beside rapidfuzz's WRatio at 85 and hassil, all three on the same 3,000 sentences.

Times are those of one request of the development lines, said for the first time; the shares are of all of these.  Slots
are not compared: WRatio has none, and hassil knows no durations.  What 3,000 phrases of the user's own add is measured
as well: of everyday words, so that much of what is said has some of them.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from time import thread_time
from typing import Any

import pytest
from rapidfuzz import fuzz, process

from etoile.catalogue import load_catalogues
from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.scoring import Line
from tests.understanding.calibrate import machine

SENTENCES = 3_000
OWN = """
water feed paint wash dry fold mend cook plant carry sweep polish pack lift hang
the my our two all
green old small new big
plant cat wall car shirt box lamp bike
"""
"""Words of as many phrases of the user's own."""
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
    return written_in("en.jsonl")[::EVERY]


@pytest.fixture
def etoile(catalogue: Catalogue) -> Judge:
    """It is prepared, as in the app, and nothing was said to it yet."""
    matcher = Matcher({"en": catalogue}, machine("en"))
    matcher.prepare()
    return lambda text: matcher.match(text, "en").command


@pytest.fixture(scope="module")
def with_own_phrases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalogue]:
    folder = tmp_path_factory.mktemp("commands")
    commands = [command for command, known in COMMANDS.items() if not known.slots]
    said = [" ".join(words) for words in itertools.product(*map(str.split, OWN.strip().splitlines()))]
    of_command = {command: said[index :: len(commands)] for index, command in enumerate(commands)}
    (folder / "en").mkdir()
    written = (f'"{command}" = {json.dumps(phrases)}' for command, phrases in of_command.items())
    (folder / "en/own.toml").write_text("\n".join(("[phrases]", *written)), "utf-8")
    return load_catalogues(folder)


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


def written_in(name: str) -> list[Line]:
    """Return the development lines of a file."""
    return [Line.of(json.loads(line)) for line in (DEVELOPMENT / name).read_text("utf-8").splitlines()]


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


@pytest.mark.benchmark(group="matching: slowest 1 % of requests, 3,000 sentences")
def test_the_slowest(benchmark: Any, judge: Judge) -> None:
    _time_the_slowest(benchmark, judge, [line.text for line in written_in("en.jsonl")])


@pytest.mark.parametrize("language", ["en", None], ids=["one language", "both languages"])
def test_the_slowest_with_own_phrases(
    benchmark: Any, with_own_phrases: dict[str, Catalogue], language: str | None
) -> None:
    benchmark.group = f"matching: slowest 1 % of requests, own phrases, {language or 'both languages'}"
    matcher = Matcher(with_own_phrases, machine("en"))
    matcher.prepare()
    files = sorted(DEVELOPMENT.glob(f"*{language or ''}.jsonl"))
    texts = [line.text for file in files for line in written_in(file.name)]
    _time_the_slowest(benchmark, lambda text: matcher.match(text, language).command, texts)


def _time_the_slowest(benchmark: Any, judge: Judge, texts: list[str]) -> None:
    """Measure each of `texts` once; what counts is the time on the processor that 99 of 100 stay below."""
    times_s = benchmark.pedantic(lambda: [_time_s(judge, text) for text in texts], rounds=1)
    benchmark.extra_info |= {"value": 1000 * quantiles(times_s, n=100)[98], "unit": "ms"}


def _time_s(judge: Judge, text: str) -> float:
    started_s = thread_time()
    judge(text)
    return thread_time() - started_s


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
