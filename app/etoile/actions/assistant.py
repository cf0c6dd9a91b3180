"""Etoile itself: what it can do, what it was asked, which language it speaks."""

from etoile.actions.action import Action, ActionTable, Context, Done, text_of
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import SPOKEN_LANGUAGES, Message, message

REMEMBERED = 5
SLOWEST_WPM, FASTEST_WPM = 80, 450
"""Beyond these nobody understands a word."""
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
    if code not in SPOKEN_LANGUAGES:
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


def _switch_voice(slots: Slots, context: Context) -> Done:
    name = text_of(slots, "voice")
    before = context.desk.use_voice(name)
    if before is None:
        raise ActionFailed(
            message("I have no voice called {name}.", name=name), message("“etoile voices” lists those there are.")
        )

    def put_back(later: Context) -> Message:
        later.desk.use_voice(before)
        return _speaking_as(before)

    return Done(_speaking_as(name), put_back)


def _speaking_as(name: str) -> Message:
    return message("From now on I speak with the voice {name}.", name=name)


def _at_another_rate(factor: float) -> Action:
    def change(slots: Slots, context: Context) -> Done:
        before = context.desk.speaking_rate_wpm()
        if before is None:
            raise ActionFailed(message("Nothing is spoken here."))
        rate_wpm = max(SLOWEST_WPM, min(FASTEST_WPM, round(before * factor)))
        context.desk.speak_at(rate_wpm)

        def put_back(later: Context) -> Message:
            later.desk.speak_at(before)
            return _speaking_at(before)

        return Done(_speaking_at(rate_wpm), put_back if rate_wpm != before else None)

    return change


def _speaking_at(rate_wpm: int) -> Message:
    return message("I speak {count} words a minute from now on.", count=rate_wpm)


ACTIONS: ActionTable = {
    "assistant.help": _help,
    "assistant.history": _history,
    "language.set": _set_language,
    "voice.switch": _switch_voice,
    "voice.faster": _at_another_rate(1.2),
    "voice.slower": _at_another_rate(1 / 1.2),
}
