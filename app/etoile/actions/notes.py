"""Notes, appended to one file in the user's documents."""

from pathlib import Path

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.folders import user_folders
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

FILE = "Etoile.md"


def _create(slots: Slots, context: Context) -> Done:
    here = user_folders()
    path = here.get("DOCUMENTS", here["HOME"]) / FILE
    text = " ".join(text_of(slots, "text").split())
    line = f"- {context.now():%Y-%m-%d %H:%M} {text}\n".encode()
    try:
        with path.open("ab") as file:
            file.write(line)
    except OSError as error:
        raise ActionFailed(message("{path}: {reason}.", path=str(path), reason=error.strerror or str(error))) from error

    def take_away(later: Context) -> Message:
        _drop_last(path, line)
        return message("The note is gone.")

    return Done(message("Noted: {text}", text=text), take_away)


def read_notes() -> tuple[str, ...]:
    """Return the notes made so far, oldest first, each as it stands in the file; none where it cannot be read."""
    here = user_folders()
    try:
        text = (here.get("DOCUMENTS", here["HOME"]) / FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(line.removeprefix("- ") for line in text.splitlines() if line.strip())


def _drop_last(path: Path, line: bytes) -> None:
    """Take `line` off the end of the file.  Raises ActionFailed when something else stands there."""
    try:
        with path.open("r+b") as file:
            content = file.read()
            if not content.endswith(line):
                raise ActionFailed(message("The file {path} was changed meanwhile.", path=str(path)))
            file.truncate(len(content) - len(line))
    except OSError as error:
        raise ActionFailed(message("{path}: {reason}.", path=str(path), reason=error.strerror or str(error))) from error


ACTIONS: ActionTable = {"note.create": _create}
