"""Collects the words of the app, brings the translations up to date, and tells what they lack.

Run by `installer/dev.py translate` in the environment that has Babel.  The English source text is the id of a message,
so English needs no file.  Files hold no line numbers and no date of today: they change when the words change.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from etoile.text import INTERFACE_LANGUAGES
from installer.environment import ROOT

APP = ROOT / "app"
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = INTERFACE_LANGUAGES[1:]
"""Those that have a file: Portuguese is of neither country, so that 0 takes the plural, as gettext has it for `pt`."""
KEYWORDS = {"message": (1,), "plural": (1, 2)}
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    """Write every file anew, or with --check only compare; either way, tell what is not translated."""
    check = "--check" in arguments
    template = collect(APP)
    files = {FOLDER / "etoile.pot": po_text(template)}
    faults = []
    for language in LANGUAGES:
        path = FOLDER / language / "LC_MESSAGES" / "etoile.po"
        translated = updated(path.read_text("utf-8") if path.exists() else "", template, language)
        files |= {path: po_text(translated), path.with_suffix(".mo"): mo_bytes(translated)}
        faults += [f"{_shown(path)}: {fault}" for fault in inspect(translated)]
    for path, content in files.items():
        if path.exists() and path.read_bytes() == content:
            continue
        if check:
            faults.append(f"{_shown(path)} is stale: run `python3 installer/dev.py translate`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    print("\n".join(faults) or f"{len(template)} messages, all of them translated into {', '.join(LANGUAGES)}.")
    return 1 if faults else 0


def collect(source: Path) -> Catalog:
    """Return every message that the Python files under `source` name."""
    template = _catalog(None)
    found = extract_from_dir(source, [("**.py", "python")], {}, KEYWORDS, comment_tags=("Translators:",))
    for name, _, message, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
        template.add(message, None, [(f"app/{name}", 1)], auto_comments=comments, context=context)
    return template


def updated(po: str, template: Catalog, language: str) -> Catalog:
    """Return the translations of `po` for the messages of `template`; those of messages that are gone go with them."""
    translated = read_po(io.StringIO(po), locale=language) if po else _catalog(language)
    translated.update(template, no_fuzzy_matching=True)
    translated.obsolete.clear()
    fresh = _catalog(language)
    for message in template:
        if message.id:
            old = translated.get(message.id)
            flags = old.flags if old else ()
            fresh.add(message.id, old.string if old else None, message.locations, flags, message.auto_comments)
    return fresh


def inspect(translated: Catalog) -> Iterator[str]:
    """Yield what is wrong with the translations: one that is missing or unsure, or that has not the source's places."""
    for message in translated:
        if not message.id:
            continue
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        if not strings or not all(strings):
            yield f"not translated: {sources[0]!r}"
        elif message.fuzzy:
            yield f"marked fuzzy: {sources[0]!r}"
        elif len(sources) == 1 and places(strings[0]) != places(sources[0]):
            yield f"has not the places of its source: {sources[0]!r}"
        elif any(not places(string) <= places(" ".join(sources)) for string in strings):
            yield f"has a place that its source has not: {sources[0]!r}"


def places(text: str) -> set[str]:
    """Return the named places of a message: `{seconds:.0f}` is the place "seconds"."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def po_text(catalog: Catalog) -> bytes:
    """Return the file that translators edit."""
    file = io.BytesIO()
    write_po(file, catalog, width=120, include_lineno=False)
    return file.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the file that gettext reads."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def _catalog(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        header_comment="# The words of Etoile.",
        project="etoile",
        version="1",
        creation_date=NO_DAY,
        revision_date=NO_DAY,
        msgid_bugs_address="the issues of the project",
        last_translator="The Etoile contributors",
        language_team="The Etoile contributors",
        fuzzy=False,
    )


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
