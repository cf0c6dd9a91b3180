"""`etoile` without a command: when its icon shows before the rest is read, and when something is to be told first."""

from types import SimpleNamespace

import pytest

from etoile import beginning
from etoile.cli import starting


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stand in for the icon."""
    shown = SimpleNamespace(times=0)

    def begin() -> SimpleNamespace:
        shown.times += 1
        return shown

    monkeypatch.setattr(beginning, "begin", begin)
    monkeypatch.setattr(starting, "has_display", lambda: True)
    return shown


@pytest.mark.parametrize(
    ("arguments", "hidden", "simulate"),
    [
        ([], False, None),
        (["--hidden"], True, None),
        (["--hidden", "--simulate", "calm"], True, "calm"),
        (["--simulate=lost", "--verbose", "--config", "my.toml"], False, "lost"),
    ],
)
def test_the_icon_comes_first(begun: SimpleNamespace, arguments: list[str], hidden: bool, simulate: str | None) -> None:
    found = starting.begun_for(arguments)
    assert found is not None
    said, _ = found
    assert (said.hidden, said.simulate) == (hidden, simulate)
    assert begun.times == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["ask", "--hidden"],
        ["--help"],
        ["-h"],
        ["--hid"],
        ["--simulate"],
        ["--hidden=yes"],
        ["--language", "fr"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_what_is_told_first_shows_no_icon(begun: SimpleNamespace, arguments: list[str]) -> None:
    assert starting.begun_for(arguments) is None
    assert begun.times == 0


def test_without_a_display_there_is_no_icon(begun: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "has_display", lambda: False)
    assert starting.begun_for([]) is None
    assert begun.times == 0


@pytest.mark.parametrize("display", [":4711", "nowhere:0", ""])
def test_an_x_server_that_does_not_answer_is_no_display(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    assert not starting.has_display()
