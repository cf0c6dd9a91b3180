"""The help pages: short Markdown files, cut into sections, each with the words by which people look for it.

A section may ask for live state beside its text, say what it helps with, and name pages to go on with.  All are
comments in the file, under the heading:

    ## Alerts
    <!-- live: gpus -->
    <!-- words: alert warning threshold -->
    <!-- about: gpu notifications -->
    <!-- see: nodes -->

What `about` names: a part that may be missing ("gpu"), a check of the doctor ("disk"),
a state of a node ("node.auth").
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etoile.resources import resource
from etoile.text import Message, message

LANGUAGES = ("en", "fr")
"""The languages of the pages."""

_COMMENT = re.compile(r"^<!-- (live|words|about|see): (.*?) -->\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a page that answers one question."""

    topic: str
    title: str
    text: str
    """Markdown, without the heading."""
    words: str = ""
    live: str | None = None
    """"gpus", "nodes" or "missing": what of the machine's state belongs to it."""
    about: tuple[str, ...] = ()
    """The parts, checks and states of nodes that it helps with."""
    see: tuple[str, ...] = ()
    """The topics of pages to go on with."""


@cache
def sections(language: str) -> tuple[Section, ...]:
    """Return every section in `language`, or in English where nobody has written pages in it."""
    return tuple(
        section
        for path in sorted(_folder(language).glob("*.md"))
        for section in _sections(path.stem, path.read_text(encoding="utf-8"))
    )


@cache
def common_words(language: str) -> frozenset[str]:
    """Return the words that say nothing of what a question is about; they do say its language, Portuguese too."""
    named = resource("help") / language / "common.txt"
    file = named if named.is_file() else _folder(language) / "common.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


def topics(language: str) -> dict[str, str]:
    """Return the title of each page by its topic, which is the same in every language: "nodes", "voice"."""
    titles: dict[str, str] = {}
    for section in sections(language):
        titles.setdefault(section.topic, section.title)
    return titles


def note(language: str) -> Message | None:
    """Return what to tell readers of `language` beforehand: in which languages the pages are, unless in theirs."""
    return None if language in LANGUAGES else message("The help is written in English and French only.")


def page(topic: str, language: str) -> str | None:
    """Return the page about `topic` as Markdown; None when there is no such page."""
    parts = [section for section in sections(language) if section.topic == topic]
    headings = ["#" if part is parts[0] else "##" for part in parts]
    return (
        "\n\n".join(f"{mark} {part.title}\n\n{part.text}" for mark, part in zip(headings, parts, strict=True)) or None
    )


def see_also(topic: str, language: str) -> dict[str, str]:
    """Return the title of each page to go on with after the one about `topic`, by its topic."""
    titles = topics(language)
    named = (other for part in sections(language) if part.topic == topic for other in part.see)
    return {other: titles[other] for other in named}


def about(name: str, language: str) -> Section | None:
    """Return the section that helps with `name`: a part ("store etoile.db"), a check, a state of a node ("node.auth").

    Of several words the first counts, as the rest says which of several parts it is.
    """
    kind = name.split(maxsplit=1)[0] if name else ""
    return next((section for section in sections(language) if kind in section.about), None)


def _folder(language: str) -> Path:
    return resource("help") / (language if language in LANGUAGES else LANGUAGES[0])


def _sections(topic: str, text: str) -> list[Section]:
    return [_section(topic, part) for part in re.split(r"^##? ", text, flags=re.MULTILINE) if part.strip()]


def _section(topic: str, part: str) -> Section:
    title, _, body = part.partition("\n")
    comments = dict(_COMMENT.findall(body))
    return Section(
        topic,
        title,
        _COMMENT.sub("", body).strip(),
        comments.get("words", ""),
        comments.get("live"),
        tuple(comments.get("about", "").split()),
        tuple(comments.get("see", "").split()),
    )
