"""What an earlier run measured of nodes counts when one is chosen after a restart, and nowhere else."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from etoile.config import Routing
from etoile.domain.effects import Ask
from etoile.domain.events import Weighed
from etoile.domain.routing.usual import LASTS_S, UsualPace
from etoile.errors import StoreError
from etoile.llm.pace import Pace
from etoile.text import message, render
from tests.llm.fake_node import FakeNode
from tests.llm.patience import patiently
from tests.llm.scene import Scene, scene, settings


@pytest.fixture(autouse=True)
def _patiently(monkeypatch: pytest.MonkeyPatch) -> None:
    patiently(monkeypatch)


class FakePaces:
    """Keeps them in memory; `written` is how often."""

    def __init__(self, *paces: UsualPace, error: StoreError | None = None) -> None:
        self.paces = {(pace.url, pace.model): pace for pace in paces}
        self.error = error
        self.written = 0

    def read(self) -> Sequence[UsualPace]:
        if self.error:
            raise self.error
        return list(self.paces.values())

    def keep(self, paces: Sequence[UsualPace], now_s: float) -> None:
        self.written += 1
        self.paces |= {(pace.url, pace.model): pace for pace in paces}


def known(node: FakeNode, first_token_s: float) -> UsualPace:
    """Return what a run a minute ago measured of `node`."""
    at_s = time.time() - 60.0
    return UsualPace(url=node.url, model="tiny", first_token_s=first_token_s, tokens_per_s=50.0, at_s=at_s)


def weighed(play: Scene) -> dict[str, str]:
    """Return the nodes, the best first, with what speaks for and against each, as the first request finds them."""
    play.router.glance()
    play.router.weigh(Ask(1, "Hello?", "en"))
    play.wait_for(lambda: play.of(Weighed))
    [event] = play.of(Weighed)
    return {one.node: " ".join(render(reason, "en") for reason in one.reasons) for one in event.standings}


def test_the_first_choice_after_a_restart_goes_by_what_the_run_before_measured() -> None:
    with FakeNode() as slow, FakeNode() as fast:
        nodes = settings("slow", slow), settings("fast", fast)
        with scene(*nodes) as play:
            assert "it began after" not in "".join(weighed(play).values())
        with scene(*nodes, paces=FakePaces(known(slow, 9.0), known(fast, 0.2))) as play:
            standings = weighed(play)
            assert list(standings) == ["fast", "slow"]
            assert "it began after 9.0 s lately" in standings["slow"]


@pytest.mark.parametrize("change", ["too old", "another model", "another address"])
def test_what_says_nothing_of_these_nodes_is_not_used(change: str) -> None:
    with FakeNode() as slow, FakeNode() as fast:
        past = [known(slow, 9.0), known(fast, 0.2)]
        match change:
            case "too old":
                past = [replace(pace, at_s=pace.at_s - LASTS_S) for pace in past]
            case "another model":
                past = [replace(pace, model="other") for pace in past]
            case _:
                past = [replace(pace, url="http://127.0.0.1:9") for pace in past]
        with scene(settings("slow", slow), settings("fast", fast), paces=FakePaces(*past)) as play:
            assert "it began after" not in "".join(weighed(play).values())


def test_what_this_run_measures_is_kept_on_leaving_and_not_while_a_node_answers() -> None:
    kept = FakePaces()
    with FakeNode() as one, FakeNode() as never_asked:
        with scene(settings("M1", one), settings("M2", never_asked), paces=kept) as play:
            play.ask().ask("And now?", turn=2)
            assert kept.written == 0
        [pace] = kept.paces.values()
        assert (kept.written, pace.url, pace.model) == (1, one.url, "tiny")
        assert pace.first_token_s
        assert abs(pace.at_s - time.time()) < 600.0
        with scene(settings("M1", one), paces=kept) as play:
            play.router.glance()
            assert play.router.statuses()[0].first_token_ms == pytest.approx(1000 * pace.first_token_s)
        assert kept.written == 1, "what was not measured again is not written again"


def test_what_cannot_be_read_costs_nothing() -> None:
    with (
        FakeNode() as one,
        scene(settings("M1", one), paces=FakePaces(error=StoreError(message("Cancelled.")))) as play,
    ):
        play.router.glance()
        assert play.ask().answer() == "The node answers, word by word."


def test_nodes_that_are_added_later_are_known_too() -> None:
    with FakeNode() as slow, FakeNode() as fast:
        paces = FakePaces(known(slow, 9.0), known(fast, 0.2))
        with scene(settings("slow", slow), paces=paces) as play:
            play.router.glance()
            play.router.use([settings("slow", slow), settings("fast", fast)], Routing())
            play.wait_for(lambda: [status.first_token_ms for status in play.router.statuses()] == [9000.0, 200.0])


def test_a_past_figure_is_one_answer_among_those_of_now_and_limits_nothing() -> None:
    pace = Pace(UsualPace(url="", model="tiny", first_token_s=9.0, tokens_per_s=5.0, at_s=0.0))
    assert (pace.first_token_ms, pace.tokens_per_s, pace.measured_at_s) == (9000.0, 5.0, None)
    assert pace.first_limit_s(100, 0.0, 60.0) == Pace().first_limit_s(100, 0.0, 60.0)
    for _ in range(3):
        pace.answered(100, 0.2, 0.2, 0.1, 50.0, 1000.0, cold=False)
    assert (pace.first_token_ms, pace.tokens_per_s, pace.measured_at_s) == (200.0, 50.0, 1000.0)
