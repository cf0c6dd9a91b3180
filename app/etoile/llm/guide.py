"""The built-in node: answers from the help pages and the live state, and says that it is no model.

When every node is down it tells as well what was answered before, and what the user's notes hold; nothing of it is new.

The pages are searched with SQLite's FTS5, in memory, in French and English, without regard to accents.  Who asks in
Portuguese is told in it what the guide says itself, and reads the pages in English.
"""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from etoile.config.routing_checks import GUIDE
from etoile.domain.events import PartMissing
from etoile.domain.gpus import GpuReading, GpuState
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.readings import load_memory_power
from etoile.llm.knocking import START_ONE
from etoile.llm.pages import Section, common_words, note, sections, topics
from etoile.text import INTERFACE_LANGUAGES, Message, message, render

_ENOUGH = 0.5
"""A section must hold more than this part of the question's words, or the question is about something else."""

_FIRST_TOPIC = "start"

_LOOKED_THROUGH = 2_000
"""Answers of the past: some months, read in some hundredths of a second."""
_MOST_NOTES = 5
_QUOTED = 1_500
"""Letters of a former answer."""

_STATES = {
    NodeState.UP: message("ready"),
    NodeState.LOADING: message("loading"),
    NodeState.BUSY: message("busy"),
    NodeState.DEGRADED: message("unsteady"),
    NodeState.OPEN: message("left alone after a failure"),
    NodeState.QUARANTINED: message("quarantined"),
    NodeState.AUTH: message("wants another key"),
    NodeState.DOWN: message("not reachable"),
    NodeState.UNCONFIRMED: message("waiting for your confirmation"),
}


class LiveState(Protocol):
    """What the guide may tell of this machine, as it is now."""

    def gpus(self) -> Sequence[GpuReading]: ...

    def nodes(self) -> Sequence[NodeStatus]: ...

    def missing(self) -> Sequence[PartMissing]: ...


class Answered(Protocol):
    """A request of the past, and what was answered."""

    @property
    def at_s(self) -> float: ...
    @property
    def request(self) -> str: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def nodes(self) -> tuple[str, ...]: ...


class Past(Protocol):
    """What the user asked and noted before; both may block, and are empty where nothing is kept."""

    def answered(self, count: int) -> Sequence[Answered]:
        """Return the latest requests that nodes answered, newest first."""
        ...

    def notes(self) -> Sequence[str]:
        """Return the notes, oldest first."""
        ...


class Guide:
    """Answers questions about Etoile and this machine.  Safe from any thread."""

    def __init__(self, live: LiveState, past: Past | None = None) -> None:
        self._live = live
        self._past = past

    def stand_in(self, question: str, language: str, nodes: Sequence[str]) -> tuple[str, ...]:
        """Return what help, history and notes hold about `question`, as paragraphs; empty where they hold nothing.

        `nodes` are those that could not answer.  May block for some tenths of a second.
        """
        tongue = language_of(question, language)
        terms = _terms(question, tongue)
        found = [*self._from_help(question, tongue), *self._from_past(terms, tongue)] if terms else []
        if not found:
            return ()
        said = message(
            "I am Etoile's built-in guide, no language model: none of your nodes could answer ({names}). "
            "This is what I found.",
            names=list(nodes),
        )
        return (_paragraph(said, tongue), *found)

    def help_about(self, question: str, language: str) -> str:
        """Return the section of the help that is about it; empty where none is."""
        section = _index(language_of(question, language)).best(question)
        return f"{section.title}\n\n{section.text}" if section else ""

    def history_about(self, question: str, language: str) -> str:
        """Return what was asked before that is about it, or noted; empty where there is nothing.  Blocks."""
        tongue = language_of(question, language)
        return "".join(self._from_past(_terms(question, tongue), tongue))

    def _from_help(self, question: str, tongue: str) -> Iterator[str]:
        section = _index(tongue).best(question)
        if section is not None:
            yield _paragraph(message("From the help:"), tongue)
            yield from self._told(section, tongue)

    def _from_past(self, terms: Sequence[str], tongue: str) -> Iterator[str]:
        if self._past is None:
            return
        former = _nearest(terms, self._past.answered(_LOOKED_THROUGH))
        if former is not None:
            at = datetime.fromtimestamp(former.at_s).astimezone()
            asked = message(
                "From the history: on {date} you asked “{request}”, and {names} answered:",
                date=f"{at:%Y-%m-%d}",
                request=former.request,
                names=list(former.nodes),
            )
            yield _paragraph(asked, tongue)
            yield _quoted(former.answer or "")
        notes = [note for note in reversed(self._past.notes()) if _held(terms, note) >= min(2, len(terms))][
            :_MOST_NOTES
        ]
        if notes:
            yield _paragraph(message("From your notes:"), tongue)
            yield "".join(f"- {note}\n" for note in notes) + "\n"

    def answer(self, question: str, language: str) -> Iterator[str]:
        """Yield the answer as paragraphs of Markdown, in the language of the question, else in `language`."""
        tongue = language_of(question, language)
        yield _paragraph(message("I am Etoile's built-in guide; no language model answered."), tongue)
        section = _index(tongue).best(question)
        if section is None:
            yield from self._nothing_found(tongue)
            return
        yield from self._told(section, tongue)

    def _told(self, section: Section, language: str) -> Iterator[str]:
        for line in self._state(section.live):
            yield _paragraph(line, language)
        if beforehand := note(language):
            yield _paragraph(beforehand, language)
        yield f"**{section.title}**\n\n{section.text}\n\n"

    def _nothing_found(self, language: str) -> Iterator[str]:
        yield _paragraph(
            message("I have no page about that: I know Etoile itself, and the state of this machine."), language
        )
        yield _paragraph(message("For everything else a language model is needed."), language)
        yield _paragraph(START_ONE, language)
        yield _paragraph(message("I have pages about: {topics}.", topics=list(topics(language).values())), language)

    def _state(self, kind: str | None) -> list[Message]:
        match kind:
            case "gpus":
                return [_gpu(reading) for reading in self._live.gpus()] or [message("No GPU is reported now.")]
            case "nodes":
                return [_node(status) for status in self._live.nodes()] or [message("There is no node now.")]
            case "missing":
                return [_missing(part) for part in self._live.missing()] or [message("Nothing is missing now.")]
        return []


def search(words: str, language: str, most: int = 12) -> tuple[Section, ...]:
    """Return the sections of the help that hold most of `words`, the best first; the last may be half typed."""
    return _index(language).found(words, most)


def _terms(question: str, tongue: str) -> list[str]:
    return [_stem(word) for word in dict.fromkeys(_words(question)) if word not in common_words(tongue)]


def language_of(text: str, otherwise: str) -> str:
    """Return "en", "fr" or "pt" as the small words of `text` tell; `otherwise` when they do not."""
    words = _words(text)
    counts = {language: sum(word in common_words(language) for word in words) for language in INTERFACE_LANGUAGES}
    most = max(counts.values())
    winners = [language for language, count in counts.items() if count == most]
    return winners[0] if len(winners) == 1 else otherwise


class _Index:
    """The sections of one language, searchable; safe from any thread."""

    def __init__(self, sections: Sequence[Section], common: frozenset[str]) -> None:
        self._searching = threading.Lock()
        self._sections = sections
        self._common = common
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE help USING fts5 (title, words, text, tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._database.executemany(
            "INSERT INTO help (rowid, title, words, text) VALUES (?, ?, ?, ?)",
            ((row, _plain(part.title), _plain(part.words), _plain(part.text)) for row, part in enumerate(sections)),
        )

    def best(self, question: str) -> Section | None:
        """Return the section that answers `question`; None when none holds enough of its words.

        A question of common words alone ("hello", "what can you do") is answered by the first page.
        """
        terms = [_prefix(word) for word in dict.fromkeys(_words(question)) if word not in self._common]
        if not terms:
            return next((section for section in self._sections if section.topic == _FIRST_TOPIC), None)
        with self._searching:
            held = [self._rows(term) for term in terms]
            about = set().union(*(self._rows(f"{{title words}} : {term}") for term in terms))
            rank = self._ranks(" OR ".join(terms))
        share = {row: sum(row in rows for rows in held) / len(terms) for row in about}
        best = max(share, key=lambda row: (share[row], -rank[row]), default=None)
        return self._sections[best] if best is not None and share[best] > _ENOUGH else None

    def found(self, words: str, most: int) -> tuple[Section, ...]:
        """Return up to `most` sections that hold a word of `words`, those that hold most of them first."""
        typed = list(dict.fromkeys(_words(words)))
        terms = [f'"{_stem(word)}"*' for word in typed if word not in self._common or word == typed[-1]]
        if not terms:
            return ()
        with self._searching:
            held = [self._rows(term) for term in terms]
            rank = self._ranks(" OR ".join(terms))
        share = {row: sum(row in rows for rows in held) for row in rank}
        best = sorted(rank, key=lambda row: (-share[row], rank[row]))
        return tuple(self._sections[row] for row in best[:most])

    def _rows(self, query: str) -> set[int]:
        return {row for (row,) in self._database.execute("SELECT rowid FROM help WHERE help MATCH ?", (query,))}

    def _ranks(self, query: str) -> dict[int, float]:
        """Return how well each section fits, by BM25: lower is better; title and words weigh more than the text."""
        found = self._database.execute("SELECT rowid, bm25(help, 8.0, 6.0, 1.0) FROM help WHERE help MATCH ?", (query,))
        return dict(found)


@cache
def _index(language: str) -> _Index:
    return _Index(sections(language), common_words(language))


def _words(text: str) -> list[str]:
    """Return the words of `text` in small letters without accents."""
    return re.findall(r"[a-z0-9]+", _plain(text))


def _plain(text: str) -> str:
    """Return `text` in small letters, without accents and ligatures, which FTS5 leaves alone."""
    spelt = text.lower().replace("œ", "oe")
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(sign))


def _stem(word: str) -> str:
    """Return what `word` and its other endings have in common: plurals, verb forms."""
    return word[: max(4, len(word) - 2)] if len(word) > 3 else word


def _prefix(word: str) -> str:
    """Return the query for `word` and its other endings."""
    return f'"{_stem(word)}"*' if len(word) > 3 else f'"{word}"'


def _held(terms: Sequence[str], text: str) -> int:
    """Return how many of `terms` begin a word of `text`; the short ones are whole words."""
    words = _words(text)
    return sum(any(word.startswith(term) if len(term) > 3 else word == term for word in words) for term in terms)


def _nearest(terms: Sequence[str], past: Iterable[Answered]) -> Answered | None:
    """Return the newest of those that ask most nearly for `terms`; None where none asks for more than half of them."""
    ranked = [(_held(terms, one.request) / len(terms), one) for one in past if one.answer and set(one.nodes) != {GUIDE}]
    best = max(ranked, key=lambda one: one[0], default=None)
    return best[1] if best and best[0] > _ENOUGH else None


def _quoted(answer: str) -> str:
    """Return `answer` as a quotation, its end left out where it is long."""
    shown = answer if len(answer) <= _QUOTED else f"{answer[:_QUOTED]}…"
    return "".join(f"> {line}\n" for line in shown.splitlines()) + "\n"


def _paragraph(said: Message, language: str) -> str:
    return render(said, language) + "\n\n"


def _gpu(reading: GpuReading) -> Message:
    """Return one line about a GPU: only what was really read."""
    parts: list[Message] = []
    if reading.temperature_c is not None:
        parts.append(message("{temperature} °C", temperature=reading.temperature_c))
    parts += load_memory_power(reading)
    if reading.state is not GpuState.OK:
        parts.append(_GPU_STATES[reading.state])
    if reading.simulated:
        parts.append(message("simulated"))
    said = message("GPU {index} ({name}): {values}", index=reading.index, name=reading.name, values=parts)
    return message("{host}, {said}", host=reading.host, said=said) if reading.far else said


_GPU_STATES = {
    GpuState.UNSUPPORTED: message("not supported"),
    GpuState.ASLEEP: message("asleep"),
    GpuState.STALE: message("has not reported lately"),
    GpuState.LOST: message("lost"),
    GpuState.UNKNOWN: message("unknown"),
}


def _node(status: NodeStatus) -> Message:
    said = message("{node}: {state}", node=status.name, state=_STATES[status.state])
    if status.model is not None and status.state is NodeState.UP:
        return message("{node}, {model}", node=said, model=status.model)
    return said if status.reason is None else message("{node}, {reason}", node=said, reason=status.reason)


def _missing(part: PartMissing) -> Message:
    if part.remedy is None:
        return part.said
    return message("{said} {remedy}", said=part.said, remedy=part.remedy)
