"""The pure parts of the views: the transcript, the blocks of an answer, curves, the minutes of history."""

from dataclasses import replace

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.turn import Phase, Turn
from etoile.gui.announcements import announcements
from etoile.gui.history import History
from etoile.gui.markdown import LARGEST_PROSE, LONGEST_PROSE, Block, blocks, grown
from etoile.gui.sparkline import runs, thinned
from etoile.gui.transcript import Entry, follow
from etoile.gui.words import clock
from etoile.text import message, render, verbatim
from tests.gui import states


def _told(*turns: Turn) -> tuple[Entry, ...]:
    entries: tuple[Entry, ...] = ()
    for turn in turns:
        entries = follow(entries, turn)
    return entries


class TestTranscript:
    def test_a_turn_is_one_entry_that_grows(self) -> None:
        entries = _told(states.ASKED, states.STREAMING, states.ANSWERED)
        assert [(entry.request, entry.answer, entry.working) for entry in entries] == [
            ("How does vLLM keep its cache?", states.ANSWER, False)
        ]

    def test_the_same_turn_again_changes_nothing(self) -> None:
        entries = _told(states.ANSWERED)
        assert follow(entries, states.ANSWERED) is entries

    def test_a_turn_without_words_is_not_shown(self) -> None:
        assert _told(Turn(), states.LISTENING) == ()

    def test_what_was_not_heard_is_said_without_a_request(self) -> None:
        entries = _told(states.turn(said=message("I heard nothing."), failed=True))
        assert [entry.request for entry in entries] == [""]

    def test_the_end_of_a_turn_that_was_never_seen_is_told_by_its_outcome(self) -> None:
        outcome = Outcome(turn=3, text="time?", decision=Decision.RUN, ok=True, answer=message("It is noon."))
        entries = _told(states.turn(number=4, phase=Phase.LISTENING, last=outcome))
        assert [(entry.request, entry.said) for entry in entries] == [("time?", message("It is noon."))]

    def test_a_turn_that_ended_between_two_repaints_has_its_end(self) -> None:
        outcome = Outcome(turn=3, text="q", decision=Decision.ROUTE, ok=True, answer=verbatim("**all** of it"))
        working = replace(states.STREAMING, request="q")
        entries = _told(working, states.turn(number=4, phase=Phase.THINKING, request="next", last=outcome))
        assert [(entry.request, entry.answer, entry.working) for entry in entries] == [
            ("q", "**all** of it", False),
            ("next", "", True),
        ]

    def test_a_turn_that_was_broken_into_says_so(self) -> None:
        entries = _told(states.STREAMING, states.turn(number=4, phase=Phase.THINKING, request="something else"))
        assert [(entry.turn, entry.working, entry.failed) for entry in entries] == [(3, False, True), (4, True, False)]
        assert entries[0].answer == states.STREAMING.answer

    def test_a_cancelled_turn_stays_one_entry(self) -> None:
        stopped = states.turn(
            number=4,
            request=states.STREAMING.request,
            answer=states.STREAMING.answer,
            said=message("Stopped by you."),
            failed=True,
            interrupted=True,
        )
        entries = _told(states.STREAMING, stopped)
        assert [(entry.request, entry.said) for entry in entries] == [
            (states.STREAMING.request, message("Stopped by you."))
        ]

    def test_a_dry_run_is_not_shown(self) -> None:
        asking = replace(states.ASKED.asking, dry_run=True)
        assert _told(replace(states.ASKED, asking=asking)) == ()

    def test_the_window_keeps_only_so_many(self) -> None:
        turns = [states.turn(number=number, request=f"request {number}") for number in range(1, 61)]
        entries = _told(*turns)
        assert len(entries) == 50
        assert entries[-1].request == "request 60"


class TestBlocks:
    @pytest.mark.parametrize(
        ("markdown", "found"),
        [
            ("", []),
            ("one\n\ntwo", [Block("one\n\ntwo")]),
            ("a\n```py\nx = 1\n\ny = 2\n```\nb", [Block("a"), Block("x = 1\n\ny = 2", True, "py"), Block("b")]),
            ("```\nstill open", [Block("still open", True)]),
            ("~~~\n```\n~~~", [Block("```", True)]),
            ("````md\n```\n````", [Block("```", True, "md")]),
            ("a `b` c", [Block("a `b` c")]),
            ("```inline``` text", [Block("```inline``` text")]),
        ],
    )
    def test_code_is_cut_out(self, markdown: str, found: list[Block]) -> None:
        assert [block._replace(start=0) for block in blocks(markdown)] == found

    def test_long_prose_is_cut_between_paragraphs_and_never_within_a_list(self) -> None:
        paragraph = "word " * (LONGEST_PROSE // 4)
        found = blocks(f"{paragraph}\n\n- an item\n\n- another\n\nA new paragraph.")
        assert [block.text[:5] for block in found] == ["word ", "A new"]

    def test_a_growing_answer_leaves_the_former_blocks_alone(self) -> None:
        text = f"{states.ANSWER}\n\n" * 30
        found: list[Block] = []
        for end in range(0, len(text), 997):
            before, found = found, grown(found, text[:end])
            assert found == blocks(text[:end])
            assert found[: max(0, len(before) - 1)] == before[:-1]

    def test_no_block_is_ever_too_large_to_lay_out(self) -> None:
        endless = ("- an item\n" * 5000, "word " * 50_000, "\n".join(["| a | b |"] * 9000))
        for text in endless:
            found = blocks(text)
            assert max(len(block.text) for block in found) <= 2 * LARGEST_PROSE + 1
            assert sum(len(block.text.replace("\n", "")) for block in found) >= len(text.replace("\n", "")) - len(found)


class TestAnnouncements:
    def test_questions_and_critical_heat_interrupt_and_answers_do_not(self) -> None:
        calm = states.CALM
        answered = Outcome(turn=3, text="q", decision=Decision.ROUTE, ok=True, answer=verbatim("all of it"))
        hot = states.minute(replace(calm, gpus=(states.gpu(temperature_c=95),)))[-1]
        asking = replace(calm, turn=states.CONFIRMING)
        told = [
            announcements(calm, asking),
            announcements(asking, asking),
            announcements(calm, replace(calm, turn=states.turn(last=answered))),
            announcements(calm, hot),
            announcements(hot, hot),
        ]
        assert [[(render(said, "en").partition(":")[0], loud) for said, loud in part] for part in told] == [
            [("Shut the computer down?", True)],
            [],
            [("all of it", False)],
            [("GPU 0 on athena", True)],
            [],
        ]

    def test_text_that_streams_in_and_levels_are_not_told(self) -> None:
        streaming = replace(states.CALM, turn=states.STREAMING)
        grown = replace(streaming, turn=replace(states.STREAMING, answer=states.ANSWER))
        assert announcements(streaming, grown) == []
        listening = replace(states.CALM, turn=states.LISTENING)
        assert announcements(listening, replace(listening, turn=replace(states.LISTENING, level=0.9))) == []


def test_curves_are_cut_at_gaps_and_at_missing_values() -> None:
    points = [(-60.0, 50.0), (-59.0, 51.0), (-58.0, None), (-57.0, 52.0), (-20.0, 53.0)]
    assert runs(points) == [[(-60.0, 50.0), (-59.0, 51.0)], [(-57.0, 52.0)], [(-20.0, 53.0)]]


def test_what_is_asked_less_often_is_a_curve_as_well() -> None:
    points = [(float(at_s), 50.0) for at_s in (-60, -55, -49, -44, -20, -15, -10, -5, 0)]
    assert [len(run) for run in runs(points)] == [4, 5]


def test_a_thinned_curve_keeps_its_peaks_and_its_order() -> None:
    run = [(float(second), 90.0 if second == -77 else 30.0 if second == -20 else 60.0) for second in range(-300, 1)]
    thin = thinned(run, 6.0)
    assert {(-77.0, 90.0), (-20.0, 30.0)} <= set(thin)
    assert thin == sorted(thin)
    assert len(thin) < 120
    assert thinned(run, 1.0) == run
    assert thinned(run[:1], 6.0) == run[:1]


def test_history_keeps_five_minutes_of_what_is_there() -> None:
    history = History()
    for second in range(400):
        history.add((states.gpu(0, at_s=float(second)), states.gpu(1, at_s=float(second))))
    history.add((states.gpu(0, at_s=399.0),))
    assert [sample.at_s for sample in history.of("GPU-0")] == [float(second) for second in range(99, 400)]
    assert history.of("GPU-1") == ()


@pytest.mark.parametrize(("seconds", "shown"), [(-1.0, "0:00"), (7.9, "0:07"), (61.0, "1:01"), (600.0, "10:00")])
def test_a_clock_counts_whole_seconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
