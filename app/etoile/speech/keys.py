"""Keys by name ("F9", "Ctrl+Alt+Space"), and what their going down and up means: pure.

A tap of the talk key, shorter than any word, is taken for a slip: the turn hints at holding it.  To talk without
holding a key there is another one, `speech.hands_free_key`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from etoile.errors import HotkeyUnavailable
from etoile.text import message

DEBOUNCE_S = 0.03
"""A press this soon after a release is the switch bouncing."""
RELEASE_GRACE_S = 0.05
"""A release is believed only after this: X11 reports auto-repeat as release and press, 0.1 ms apart."""

LOOK_S = 0.25
"""How often a held key is looked at: its release may be lost, where the screen is locked meanwhile."""

MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "alt": "alt", "shift": "shift", "super": "super", "win": "super"}
MODIFIERS |= {"cmd": "super", "meta": "super"}


class Key(StrEnum):
    """What a key is for."""

    TALK = "talk"
    """Held while speaking."""
    HANDS_FREE = "hands_free"
    """Pressed to begin, and to end."""


@dataclass(frozen=True, slots=True)
class Chord:
    """A key and the modifiers held with it."""

    key: str
    """As the user wrote it, without modifiers: "F9", "space"."""
    modifiers: frozenset[str] = frozenset()
    """Of "ctrl", "alt", "shift", "super"."""

    def __str__(self) -> str:
        return "+".join([*(modifier.capitalize() for modifier in sorted(self.modifiers)), self.key])


Chords = Mapping[Key, Chord]
"""What is to be watched."""

_NEEDED_TO_TYPE = frozenset(
    ("space", "enter", "return", "tab", "backspace", "delete", "esc", "escape", "left", "right", "up", "down")
)


def names_of(talk: str, hands_free: str | None) -> dict[Key, str]:
    """Return the keys of the settings by what they are for."""
    return {Key.TALK: talk} | ({Key.HANDS_FREE: hands_free} if hands_free else {})


def parse_chord(text: str) -> Chord:
    """Return the chord that `text` names.

    Raises HotkeyUnavailable for an unknown modifier, for no key, and for a key that nobody could type with any more.
    """
    *modifiers, key = (part.strip() for part in text.split("+"))
    unknown = [modifier for modifier in modifiers if modifier.lower() not in MODIFIERS]
    if not key or unknown:
        raise unknown_key(text)
    chord = Chord(key, frozenset(MODIFIERS[modifier.lower()] for modifier in modifiers))
    if chord.modifiers <= {"shift"} and (len(key) == 1 or key.lower() in _NEEDED_TO_TYPE):
        raise HotkeyUnavailable(
            message("“{key}” cannot be a talk key: while Etoile runs, nobody could type it any more.", key=text),
            message('Add a modifier ("Ctrl+Alt+{key}"), or take "F9" or "Pause", for example.', key=key),
        )
    return chord


def unknown_key(text: str) -> HotkeyUnavailable:
    """Return the error for a key that does not exist here."""
    return HotkeyUnavailable(
        message('There is no key "{key}" on this keyboard.', key=text),
        message('Correct the key under [speech] in the settings: "F9", "Pause" or "Ctrl+Alt+Space", for example.'),
    )


def taken_key(chord: Chord) -> HotkeyUnavailable:
    """Return the error for a key that another program has."""
    return HotkeyUnavailable(
        message("Another program has the key {key}.", key=str(chord)),
        message("Choose another one under [speech] in the settings, or free it in the other program."),
    )


class Move(StrEnum):
    """What the keyboard reports; `WAITED` is the passing of time without a report."""

    DOWN = "down"
    UP = "up"
    CANCEL = "cancel"
    """Esc, while the key is held."""
    WAITED = "waited"


class Verdict(StrEnum):
    """What it means."""

    PRESSED = "pressed"
    RELEASED = "released"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Hold:
    """What is known of the key."""

    held: bool = False
    cancelled: bool = False
    """Whether Esc was pressed meanwhile: its release means nothing any more."""
    up_at_s: float | None = None
    """When it went up, while that is not believed yet."""
    free_since_s: float = float("-inf")
    """When the last release was believed."""


def classify(hold: Hold, move: Move, at_s: float) -> tuple[Hold, tuple[tuple[Verdict, float], ...]]:
    """Return what is known after `move`, and the presses and releases that it proves, with their times.

    Auto-repeat, a bouncing switch and releases that never were are left out.
    """
    if hold.up_at_s is not None and at_s - hold.up_at_s >= RELEASE_GRACE_S:
        believed = hold.up_at_s
        after, verdicts = classify(Hold(free_since_s=at_s), move, at_s) if move is not Move.DOWN else _press(at_s)
        return after, (*(() if hold.cancelled else ((Verdict.RELEASED, believed),)), *verdicts)
    match move:
        case Move.DOWN if hold.held:
            return replace(hold, up_at_s=None), ()
        case Move.DOWN if at_s - hold.free_since_s >= DEBOUNCE_S:
            return _press(at_s)
        case Move.UP if hold.held and hold.up_at_s is None:
            return replace(hold, up_at_s=at_s), ()
        case Move.CANCEL if hold.held and not hold.cancelled:
            return replace(hold, cancelled=True), ((Verdict.CANCELLED, at_s),)
        case _:
            return hold, ()


def _press(at_s: float) -> tuple[Hold, tuple[tuple[Verdict, float], ...]]:
    return Hold(held=True), ((Verdict.PRESSED, at_s),)


def wait_s(hold: Hold, now_s: float) -> float | None:
    """Return how long to wait for the keyboard before asking `classify` again; None: as long as it takes."""
    if not hold.held:
        return None
    return LOOK_S if hold.up_at_s is None else max(0.0, hold.up_at_s + RELEASE_GRACE_S - now_s)
