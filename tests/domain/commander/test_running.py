"""How units go on: what may start, what a failure costs, what a review does."""

import pytest

from etoile.domain.commander import running
from etoile.domain.commander.units import Units, UnitStatus, named, stopped
from tests.domain.commander.making import CODE, done, failed, judged, ready, statuses, unit

DONE, FAILED, SKIPPED, WAITING = UnitStatus.DONE, UnitStatus.FAILED, UnitStatus.SKIPPED, UnitStatus.WAITING


class TestWhatStarts:
    def test_four_of_six_side_by_side_then_one_for_each_that_ends(self) -> None:
        units = tuple(unit(name) for name in "abcdef")
        first = ready(units)
        for name in first:
            units = running.began(units, name)
        assert first == ["a", "b", "c", "d"]
        assert ready(units) == []
        assert ready(running.finished(units, "b", "", 1.0)) == ["e"]

    def test_what_is_urgent_first(self) -> None:
        assert ready((unit("a"), unit("b", priority=2), unit("c", priority=1))) == ["b", "c", "a"]

    def test_what_builds_on_others_once_all_of_them_are_there(self) -> None:
        units: Units = (unit("a"), unit("b"), unit("c", "a", "b"))
        units = done(units, "a", "M1")
        assert ready(units) == ["b"]
        assert ready(done(units, "b", "M2")) == ["c"]

    def test_what_builds_on_reviewed_work_after_its_review(self) -> None:
        units = done((*CODE, unit("tests", "write")), "write", "M1")
        assert ready(units) == ["review"]
        assert ready(judged(units, "M2", 0.9)) == ["tests"]


class TestFailures:
    def test_what_builds_on_it_alone_is_left_out_and_so_is_what_builds_on_that(self) -> None:
        units = failed((unit("a"), unit("b", "a"), unit("c", "b"), unit("d")), "a")
        assert statuses(units) == {"a": FAILED, "b": SKIPPED, "c": SKIPPED, "d": WAITING}

    def test_what_has_something_else_to_build_on_goes_on(self) -> None:
        units = done(failed((unit("a"), unit("b"), unit("c", "a", "b")), "a"), "b", "M1")
        assert ready(units) == ["c"]

    def test_what_builds_on_something_optional_goes_on(self) -> None:
        assert ready(failed((unit("search", optional=True), unit("synthesis", "search")), "search")) == ["synthesis"]

    def test_nothing_is_reviewed_that_is_not_there(self) -> None:
        units = failed(CODE, "write")
        assert statuses(units) == {"write": FAILED, "review": SKIPPED}
        assert running.over(units)

    def test_who_was_stopped_is_told_apart(self) -> None:
        units = stopped(running.began(done((unit("a"), unit("b"), unit("c")), "a", "M1"), "b"))
        assert [one.status for one in units] == [DONE, UnitStatus.STOPPED, UnitStatus.STOPPED]


class TestReviews:
    @pytest.mark.parametrize("score", [0.7, 0.85, 1.0])
    def test_what_is_good_enough_settles(self, score: float) -> None:
        units = judged(done(CODE, "write", "M1"), "M2", score)
        assert running.over(units)
        assert named(units, "write").score == score

    def test_what_is_not_is_dispatched_again_to_another_node(self) -> None:
        units = judged(done(CODE, "write", "M1", "bad"), "M2", 0.69)
        assert ready(units) == ["write"]
        assert named(units, "write").target is None
        assert running.authors(named(units, "write"), units) == {"M1"}

    def test_the_reviewer_is_never_the_author(self) -> None:
        units = done(CODE, "write", "M1")
        assert running.authors(named(units, "review"), units) == {"M1"}
        units = done(judged(units, "M2", 0.2), "write", "M2")
        assert running.authors(named(units, "review"), units) == {"M2"}

    def test_twice_at_most_and_the_best_is_known(self) -> None:
        units: Units = CODE
        for node, reviewer, score in (("M1", "M2", 0.3), ("M2", "M1", 0.6), ("M3", "M1", 0.4)):
            units = judged(done(units, "write", node, f"by {node}"), reviewer, score)
        assert running.over(units)
        best = named(units, "write").best
        assert (best.target, best.result, best.score) == ("M2", "by M2", 0.6)

    def test_where_no_other_node_takes_it_again_the_first_stands_with_its_score(self) -> None:
        units = failed(judged(done(CODE, "write", "M1", "first"), "M2", 0.4), "write")
        write, review = units
        assert (write.status, write.target, write.result, write.score) == (DONE, "M1", "first", 0.4)
        assert write.note == running.NO_BETTER
        assert (review.status, review.target, review.result) == (DONE, "M2", "said M2")

    def test_without_another_node_it_stands_unreviewed(self) -> None:
        units = running.reviewed_by_nobody(running.began(done(CODE, "write", "M1"), "review"), "review")
        assert running.over(units)
        assert named(units, "write").score is None

    def test_a_review_without_a_score_changes_nothing(self) -> None:
        units = judged(done(CODE, "write", "M1"), "M2", None)
        assert running.over(units)
        assert named(units, "write").score is None
        assert named(units, "review").note is not None

    def test_a_version_that_nobody_reviewed_counts_more_than_one_that_failed_its_review(self) -> None:
        units = done(judged(done(CODE, "write", "M1", "bad"), "M2", 0.2), "write", "M2", "new")
        assert named(units, "write").best.result == "new"
