"""The talk key: names, and what going down and up means."""

import pytest

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import LOOK_S, Chord, Hold, Move, Verdict, classify, parse_chord, wait_s

PRESSED, RELEASED = Verdict.PRESSED, Verdict.RELEASED
CANCELLED = Verdict.CANCELLED
DOWN, UP, CANCEL, WAITED = Move.DOWN, Move.UP, Move.CANCEL, Move.WAITED


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("F9", Chord("F9")),
        (" Pause ", Chord("Pause")),
        ("Ctrl+Alt+Space", Chord("Space", frozenset({"ctrl", "alt"}))),
        ("win + j", Chord("j", frozenset({"super"}))),
        ("Control+Cmd+F1", Chord("F1", frozenset({"ctrl", "super"}))),
    ],
)
def test_a_chord_is_read(text: str, chord: Chord) -> None:
    assert parse_chord(text) == chord


@pytest.mark.parametrize("text", ["", "Ctrl+", "Hyper+F9", "F9+Ctrl"])
def test_a_chord_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(HotkeyUnavailable) as caught:
        parse_chord(text)
    assert caught.value.remedy is not None


@pytest.mark.parametrize("text", ["a", "é", "9", "Shift+a", "space", "Shift+Enter", "Tab", "Esc", "Left"])
def test_a_key_that_is_needed_to_type_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(HotkeyUnavailable, match="nobody could type it any more") as caught:
        parse_chord(text)
    assert caught.value.remedy is not None


@pytest.mark.parametrize("text", ["F9", "Pause", "Insert", "Ctrl+a", "Alt+Shift+9", "Super+Space", "RightCtrl"])
def test_any_other_key_is_taken(text: str) -> None:
    assert parse_chord(text)


MS = 0.001

STORIES = {
    "held and let go": (
        [(DOWN, 0), (UP, 900), (WAITED, 951)],
        [(PRESSED, 0), (RELEASED, 900)],
    ),
    "a tap": ([(DOWN, 0), (UP, 40), (WAITED, 91)], [(PRESSED, 0), (RELEASED, 40)]),
    "auto-repeat as X11 reports it": (
        [(DOWN, 0), (UP, 660), (DOWN, 660.1), (UP, 700), (DOWN, 700.1), (UP, 1500), (WAITED, 1551)],
        [(PRESSED, 0), (RELEASED, 1500)],
    ),
    "auto-repeat as everybody else reports it": (
        [(DOWN, 0), (DOWN, 660), (DOWN, 700), (UP, 1500), (WAITED, 1551)],
        [(PRESSED, 0), (RELEASED, 1500)],
    ),
    "a switch that bounces while pressed": (
        [(DOWN, 0), (UP, 5), (DOWN, 12), (UP, 800), (WAITED, 851)],
        [(PRESSED, 0), (RELEASED, 800)],
    ),
    "a switch that bounces after the release": (
        [(DOWN, 0), (UP, 800), (WAITED, 851), (DOWN, 870), (UP, 875), (WAITED, 930)],
        [(PRESSED, 0), (RELEASED, 800)],
    ),
    "a release without a press": ([(UP, 10), (WAITED, 70)], []),
    "two releases": ([(DOWN, 0), (UP, 500), (UP, 510), (WAITED, 561)], [(PRESSED, 0), (RELEASED, 500)]),
    "not believed too early": ([(DOWN, 0), (UP, 500), (WAITED, 530)], [(PRESSED, 0)]),
    "a press that comes before the wait was noticed": (
        [(DOWN, 0), (UP, 500), (DOWN, 700), (UP, 1200), (WAITED, 1260)],
        [(PRESSED, 0), (RELEASED, 500), (PRESSED, 700), (RELEASED, 1200)],
    ),
    "Esc while held": (
        [(DOWN, 0), (CANCEL, 400), (CANCEL, 450), (UP, 900), (WAITED, 951)],
        [(PRESSED, 0), (CANCELLED, 400)],
    ),
    "Esc, auto-repeat, and a new hold": (
        [
            (DOWN, 0),
            (CANCEL, 400),
            (UP, 660),
            (DOWN, 660.1),
            (UP, 900),
            (WAITED, 951),
            (DOWN, 990),
            (UP, 1400),
            (DOWN, 1500),
        ],
        [(PRESSED, 0), (CANCELLED, 400), (PRESSED, 990), (RELEASED, 1400), (PRESSED, 1500)],
    ),
    "Esc without the key": ([(CANCEL, 0)], []),
    "two holds": (
        [(DOWN, 0), (UP, 500), (WAITED, 551), (DOWN, 600), (UP, 900), (WAITED, 951)],
        [(PRESSED, 0), (RELEASED, 500), (PRESSED, 600), (RELEASED, 900)],
    ),
}


@pytest.mark.parametrize(("moves", "told"), STORIES.values(), ids=STORIES)
def test_what_moves_mean(moves: list[tuple[Move, float]], told: list[tuple[Verdict, float]]) -> None:
    hold, verdicts = Hold(), []
    for move, at_ms in moves:
        hold, news = classify(hold, move, at_ms * MS)
        verdicts.extend((verdict, round(at_s / MS, 3)) for verdict, at_s in news)
    assert verdicts == told


def test_the_keyboard_is_waited_for_only_as_long_as_a_release_is_in_doubt() -> None:
    held, _ = classify(Hold(), DOWN, 1.0)
    assert wait_s(Hold(), 5.0) is None
    assert wait_s(held, 5.0) == LOOK_S
    in_doubt, _ = classify(held, UP, 5.0)
    assert wait_s(in_doubt, 5.02) == pytest.approx(0.03)
    assert wait_s(in_doubt, 9.0) == 0.0
