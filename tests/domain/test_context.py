"""What of a conversation goes along: by table."""

from collections.abc import Sequence

import pytest

from etoile.domain.context import BLOCK, MOST_FOR_ANSWER, USUAL_CONTEXT, fit, room, to_summarise, tokens
from etoile.domain.exchange import Exchange

HUNDRED = "word " * 100


def talk(count: int, first: int = 1) -> tuple[Exchange, ...]:
    """Return so many exchanges of about 215 tokens each."""
    return tuple(Exchange(HUNDRED, HUNDRED, (), number) for number in range(first, first + count))


def numbers(exchanges: Sequence[Exchange]) -> list[int]:
    return [exchange.number for exchange in exchanges]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        # How many tokens cl100k_base makes of it, and half as many again.
        ("The quick brown fox jumps over the lazy dog.", 10, 15),
        ("Les œufs à la coque cuisent en trois minutes.", 13, 19),
        ("def f(x):\n    return x ** 2\n", 11, 16),
        ('{"name": "M1", "url": "http://10.0.0.2:1234"}', 24, 36),
        ("日本語の文章です", 7, 10),
        ("", 0, 0),
    ],
)
def test_an_estimate_is_a_little_too_high_rather_than_too_low(text: str, least: int, most: int) -> None:
    assert least <= tokens(text) <= most


@pytest.mark.parametrize(
    ("context", "sent"),
    [(None, USUAL_CONTEXT * 3 // 4), (8_192, 6_144), (131_072, 131_072 - MOST_FOR_ANSWER), (100, 75)],
)
def test_a_part_of_the_context_is_kept_for_the_answer(context: int | None, sent: int) -> None:
    assert room(context) == sent


def test_what_fits_goes_along_whole() -> None:
    fitted = fit(talk(3), "And then?", room_tokens=1_000)
    assert numbers(fitted.exchanges) == [1, 2, 3]
    assert fitted.left_out == ()
    assert 600 < fitted.tokens <= 1_000


def test_the_newest_stay_and_the_oldest_go() -> None:
    fitted = fit(talk(3), "And then?", room_tokens=500)
    assert numbers(fitted.exchanges) == [2, 3]
    assert numbers(fitted.left_out) == [1]


def test_instructions_and_summary_take_their_room_first() -> None:
    fitted = fit(talk(3), "And then?", instructions=HUNDRED, summary=HUNDRED, room_tokens=500)
    assert numbers(fitted.exchanges) == [3]


def test_a_request_that_fills_everything_goes_alone() -> None:
    fitted = fit(talk(3), HUNDRED * 9, room_tokens=500)
    assert fitted.exchanges == ()
    assert fitted.tokens > 500


def test_what_is_sent_begins_alike_until_a_block_has_to_go() -> None:
    """A node keeps what it has read up to the first word that differs."""
    begins = [numbers(fit(talk(count), "Next?", room_tokens=2_000).exchanges)[0] for count in range(6, 18)]
    assert begins == sorted(begins)
    assert set(begins) == {1, 1 + BLOCK, 1 + 2 * BLOCK, 1 + 3 * BLOCK} & set(begins)
    assert all(begins.count(first) == BLOCK for first in set(begins[4:-4]))


def test_nothing_is_summarised_while_there_is_room() -> None:
    assert to_summarise(talk(3), 1_000) == ()
    assert to_summarise((), 1_000) == ()


def test_a_full_conversation_is_summarised_but_for_its_newest() -> None:
    oldest = to_summarise(talk(8), 2_000)
    assert numbers(oldest) == [1, 2, 3, 4, 5, 6]


def test_the_newest_exchange_is_never_summarised_however_long() -> None:
    giant = Exchange(HUNDRED * 50, HUNDRED, (), 3)
    assert numbers(to_summarise((*talk(2), giant), 2_000)) == [1, 2]
    assert to_summarise((giant,), 2_000) == ()


def test_after_a_summary_the_next_is_far_off() -> None:
    """Each costs a node's time, and its cache."""
    made = 0
    exchanges: tuple[Exchange, ...] = ()
    for number in range(1, 41):
        exchanges = (*exchanges, *talk(1, number))
        if oldest := to_summarise(exchanges, 3_000):
            exchanges = exchanges[len(oldest) :]
            made += 1
    assert made <= 7
