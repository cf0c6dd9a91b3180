"""The prompts and words that the model of task kinds is fitted to, and those that it is judged on."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from etoile.domain.tasks.features import words
from etoile.domain.tasks.kinds import TaskKind

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en", "pt")
WORDS = HERE / "words.txt"
DEVELOPMENT = HERE / "development.jsonl"


class Prompt(NamedTuple):
    """A request and what it is."""

    text: str
    kind: TaskKind
    language: str


def training_prompts() -> list[Prompt]:
    """Return what the model learns from."""
    return [prompt for language in LANGUAGES for prompt in read(_prompts(language))]


def read(path: Path) -> Iterator[Prompt]:
    """Read lines {"text", "kind", "language"}.  Raises ValueError, which names the line."""
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            yield Prompt(fields["text"], TaskKind(fields["kind"]), fields.get("language", "?"))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}, line {number}: {error!r}") from error


def lexicon() -> dict[str, set[str]]:
    """Return the groups of each feature in words.txt, where "_" is a space and "*" stands for the rest of a word."""
    groups: dict[str, set[str]] = {}
    group = ""
    for line in WORDS.read_text("utf-8").splitlines():
        if line.startswith("# "):
            group = line.removeprefix("# ")
            continue
        for entry in line.split():
            tokens = words(entry.rstrip("*").replace("_", " "))
            groups.setdefault(f" {' '.join(tokens)}{'' if entry.endswith('*') else ' '}", set()).add(group)
    return groups


def digest() -> str:
    """Return the SHA-256 of all that the model is fitted to; line ends do not count."""
    fitted = hashlib.sha256()
    for path in (*map(_prompts, LANGUAGES), WORDS):
        fitted.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return fitted.hexdigest()


def _prompts(language: str) -> Path:
    return HERE / "prompts" / f"{language}.jsonl"
