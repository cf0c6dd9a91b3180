"""Etoile itself: what it can do, what it was asked, which language it speaks."""

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import LANGUAGES, Message, message

REMEMBERED = 5
_LANGUAGE_NAMES = {"en": message("English"), "fr": message("French")}


def _help(slots: Slots, context: Context) -> Done:
    """Give examples, one a kind."""
    return Done(
        message(
            "Say for example: “set the volume to 40 percent”, “open Firefox”, “take a screenshot”, “a timer of 10 "
            "minutes”, “how hot are the GPUs”, “search the web for a recipe”, “undo”. Anything else I hand to your "
            "nodes. `etoile commands list` shows everything."
        )
    )


def _history(slots: Slots, context: Context) -> Done:
    requests = context.desk.history(REMEMBERED)
    if not requests:
        return Done(message("Nothing was asked yet."))
    return Done(message("Lately: {requests}.", requests=[message("“{text}”", text=text) for text in requests]))


def _set_language(slots: Slots, context: Context) -> Done:
    code = text_of(slots, "language")
    if code not in LANGUAGES:
        raise ActionFailed(message("I speak English and French."))
    before = context.desk.spoken_language()
    context.desk.set_language(code)

    def put_back(later: Context) -> Message:
        later.desk.set_language(before)
        return _spoken(before)

    return Done(_spoken(code), put_back if before != code else None)


def _spoken(code: str) -> Message:
    return message("I speak {language} from now on.", language=_named(code))


def _named(code: str) -> Message:
    return _LANGUAGE_NAMES[code]


ACTIONS: ActionTable = {
    "assistant.help": _help,
    "assistant.history": _history,
    "language.set": _set_language,
}
