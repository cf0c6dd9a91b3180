"""Those who ask the same at once share one work, as long as it goes on."""

from etoile.domain.events import AnswerEnded, AnswerText, Event
from etoile.llm.joining import Joining, Shared


class Heard:
    """What each turn hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.joining = Joining(self.events.append)


def led(heard: Heard, key: str, turn: int) -> Shared:
    """Return the work on `key` that `turn` leads."""
    shared = heard.joining.join(key, turn)
    assert shared
    return shared


def test_a_turn_that_asks_twice_leads_both_though_the_first_is_over_late() -> None:
    heard = Heard()
    first = led(heard, "sky", 1)
    heard.joining.publish(AnswerEnded(1))
    second = led(heard, "sea", 1)
    assert heard.joining.over(first) == [AnswerEnded(1)]
    assert heard.joining.join("sea", 2) is None
    heard.joining.publish(AnswerText(1, "Salt"))
    assert heard.events == [AnswerEnded(1), AnswerText(1, "Salt"), AnswerText(2, "Salt")]
    assert heard.joining.over(second) == [AnswerText(1, "Salt")]


def test_who_joins_hears_what_was_told_and_the_rest() -> None:
    heard = Heard()
    assert heard.joining.join("sky", 1)
    heard.joining.publish(AnswerText(1, "All"))
    assert heard.joining.join("sky", 2) is None
    heard.joining.publish(AnswerEnded(1))
    assert heard.events == [AnswerText(1, "All"), AnswerText(2, "All"), AnswerEnded(1), AnswerEnded(2)]


def test_a_work_that_nobody_wants_any_more_is_not_joined() -> None:
    heard = Heard()
    heard.joining.join("sky", 1)
    assert heard.joining.leave(1) == 1
    assert heard.joining.join("sky", 2)


def test_a_work_that_ends_late_leaves_the_one_that_has_its_key_by_now() -> None:
    heard = Heard()
    first = led(heard, "sky", 1)
    heard.joining.leave(1)
    heard.joining.join("sky", 2)
    heard.joining.publish(AnswerEnded(1))
    heard.joining.over(first)
    assert heard.joining.join("sky", 3) is None
    assert heard.joining.leave(2) is None
    assert heard.joining.leave(3) == 2


def test_the_work_goes_on_while_anybody_wants_it() -> None:
    heard = Heard()
    heard.joining.join("sky", 1)
    heard.joining.join("sky", 2)
    assert heard.joining.leave(1) is None
    assert heard.joining.join("sky", 3) is None
