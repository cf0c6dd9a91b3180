"""Holding a text as the clipboard of an X11 desktop: whoever pastes asks its holder, so one must stay to answer.

ICCCM, section 2: the holder of the selection CLIPBOARD answers requests until another program takes it over.
"""

import logging
import threading
from typing import Any

from etoile.errors import ActionFailed
from etoile.text import message
from etoile.x_server import connect

log = logging.getLogger(__name__)

MOST_BYTES = 100_000
"""A longer text would have to be sent in pieces (INCR)."""


def hold(text: str) -> None:
    """Be the clipboard, with `text`, until another program copies something; answers on a thread of its own.

    Raises ActionFailed when the text is too long or the X server does not let us.
    """
    from Xlib import X, error

    data = text.encode()
    if len(data) > MOST_BYTES:
        raise ActionFailed(message("The text that was copied before is too long to be put back."))
    try:
        connection: Any = connect()
    except (error.DisplayError, error.ConnectionClosedError, OSError) as reason:
        raise ActionFailed(message("The X server cannot be reached: {reason}.", reason=str(reason))) from reason
    connection.set_error_handler(lambda *_: None)  # whoever asked may be gone before it is answered
    holder = connection.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    clipboard = connection.intern_atom("CLIPBOARD")
    holder.set_selection_owner(clipboard, X.CurrentTime)
    if connection.get_selection_owner(clipboard) != holder:
        connection.close()
        raise ActionFailed(message("Another program does not let go of the clipboard."))
    threading.Thread(target=_answer, args=(connection, data), name="clipboard", daemon=True).start()


def _answer(connection: Any, data: bytes) -> None:
    """Answer who pastes, until the clipboard is another's."""
    from Xlib import X, error

    try:
        while (asked := connection.next_event()).type != X.SelectionClear:
            if asked.type == X.SelectionRequest:
                _give(connection, asked, data)
        connection.close()
    except (error.ConnectionClosedError, OSError):
        log.info("the X server is gone, and the clipboard with it")


def _give(connection: Any, asked: Any, data: bytes) -> None:
    """Give the text, or the list of forms in which there is it; a form that there is not is declined."""
    from Xlib import X, Xatom
    from Xlib.protocol import event

    text, forms = connection.intern_atom("UTF8_STRING"), connection.intern_atom("TARGETS")
    place = asked.property or asked.target
    if asked.target == forms:
        asked.requestor.change_property(place, Xatom.ATOM, 32, [forms, text])
    elif asked.target == text:
        asked.requestor.change_property(place, text, 8, data)
    else:
        place = X.NONE
    answer = event.SelectionNotify(
        time=asked.time, requestor=asked.requestor, selection=asked.selection, target=asked.target, property=place
    )
    asked.requestor.send_event(answer)
    connection.flush()
