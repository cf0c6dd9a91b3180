"""Every check has its line, none holds the others up, and only what was asked for can be wrong by being absent."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from etoile.config import Config
from etoile.doctor import examine
from etoile.doctor.finding import Check, Finding, Once, Patient
from etoile.errors import NvmlUnavailable
from etoile.text import message, render

FINE = Finding(ok=True, detail=message("fine"), remedy=message("needless"))


def unavailable() -> Finding:
    raise NvmlUnavailable(message("It is not here."), message("Install it."))


def broken() -> Finding:
    raise ZeroDivisionError("oops")


@pytest.mark.parametrize(
    ("look", "wanted", "ok", "detail", "remedy"),
    [
        pytest.param(lambda: FINE, False, True, "fine", None, id="what works needs no remedy"),
        pytest.param(unavailable, False, None, "It is not here.", "Install it.", id="nobody asked for it"),
        pytest.param(unavailable, True, False, "It is not here.", "Install it.", id="the user did"),
        pytest.param(broken, False, False, "ZeroDivisionError('oops')", None, id="a check that breaks is told"),
    ],
)
def test_what_a_check_finds(
    look: Callable[[], Finding], wanted: bool, ok: bool | None, detail: str, remedy: str | None
) -> None:
    [(name, finding, elapsed_ms)] = examine([Check(name="x", look=look, wanted=wanted)])
    assert (name, finding.ok) == ("x", ok)
    assert detail in render(finding.detail, "en")
    assert (render(finding.remedy, "en") if finding.remedy else None) == remedy
    assert elapsed_ms >= 0


def test_a_check_that_hangs_is_left_behind_and_told() -> None:
    let_go = threading.Event()

    def hangs() -> Finding:
        let_go.wait(60)
        return FINE

    checks = [
        Check(name="slow", look=hangs, limit_s=0.05),
        Check(name="wanted", look=hangs, limit_s=0.05, wanted=True),
        Check(name="quick", look=lambda: FINE),
    ]
    found = {name: finding for name, finding, _ in examine(checks)}
    let_go.set()
    assert [finding.ok for finding in found.values()] == [None, False, True]
    assert "No answer within" in render(found["slow"].detail, "en")


def test_they_are_asked_at_the_same_time_and_told_in_order() -> None:
    together = threading.Barrier(3, timeout=30)

    def meets() -> Finding:
        together.wait()
        return FINE

    checks = [Check(name=name, look=meets) for name in "abc"]
    assert [name for name, _, _ in examine(checks)] == ["a", "b", "c"]


def test_one_check_may_tell_of_several_or_of_none() -> None:
    two = [Finding(ok=True, detail=message("up"), about="M1"), Finding(ok=False, detail=message("down"), about="M2")]
    checks = [Check(name="node", look=lambda: two), Check(name="none", look=list)]
    assert [(name, finding.ok) for name, finding, _ in examine(checks)] == [("node M1", True), ("node M2", False)]


def test_what_several_need_is_made_once_and_its_error_is_told_to_all() -> None:
    made = []
    once = Once(lambda: made.append(1) or len(made))
    assert (once(), once()) == (1, 1)
    failing = Once(unavailable)
    for _ in range(2):
        with pytest.raises(NvmlUnavailable):
            failing()


def test_what_the_settings_hold_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[speech]\nmodel = "base"\n[[nodes]]\nname = "M1"\n')
    asked = Patient(config=Config(), path=path, gpus=tuple, nodes=list, app=None).mentioned
    assert asked == {"speech", "speech.model", "nodes"}
    nowhere = Patient(config=Config(), path=tmp_path / "none", gpus=tuple, nodes=list, app=None)
    assert nowhere.mentioned == frozenset()
