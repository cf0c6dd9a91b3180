"""Where the window stands: by the nearest corner of the screen, kept from run to run."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize

from etoile.gui.places import Places, Spot, face_at, snapped, spot_of

AREA = QRect(0, 30, 1920, 1050)
"""A screen of 1920 x 1080 with a panel at its top."""
PILL, WINDOW = QSize(184, 40), QSize(440, 680)


@pytest.mark.parametrize(
    ("face", "spot"),
    [
        (QRect(10, 50, 184, 40), Spot(False, False, 10, 20)),
        (QRect(1920 - 184, 1080 - 40, 184, 40), Spot(True, True, 0, 0)),
        (QRect(1700, 40, 184, 40), Spot(True, False, 36, 10)),
    ],
)
def test_a_place_is_the_distance_to_the_nearest_corner(face: QRect, spot: Spot) -> None:
    assert spot_of(face, AREA) == spot
    assert face_at(spot, face.size(), AREA) == face


@pytest.mark.parametrize("corner", [(False, False), (True, False), (False, True), (True, True)])
def test_window_and_pill_share_a_corner(corner: tuple[bool, bool]) -> None:
    spot = Spot(*corner, 16, 24)
    pill, window = face_at(spot, PILL, AREA), face_at(spot, WINDOW, AREA)
    right, bottom = corner
    assert (pill.right() == window.right()) is right
    assert (pill.left() == window.left()) is not right
    assert (pill.bottom() == window.bottom()) is bottom
    assert (pill.top() == window.top()) is not bottom


def test_what_would_leave_the_screen_is_moved_back() -> None:
    assert AREA.contains(face_at(Spot(False, False, 900, 500), WINDOW, AREA))
    assert AREA.contains(face_at(Spot(True, True, 4000, -50), PILL, AREA))
    assert face_at(Spot(), PILL, QRect(1920, 0, 1280, 720)).right() == 1920 + 1280 - 1 - 16, "another screen"


@pytest.mark.parametrize(
    ("face", "moved"),
    [
        (QRect(15, 45, 184, 40), QRect(0, 30, 184, 40)),
        (QRect(17, 47, 184, 40), QRect(17, 47, 184, 40)),
        (QRect(-9, 500, 184, 40), QRect(0, 500, 184, 40)),
        (QRect(1920 - 184 - 10, 1080 - 40 + 12, 184, 40), QRect(1920 - 184, 1080 - 40, 184, 40)),
    ],
)
def test_near_an_edge_it_snaps(face: QRect, moved: QRect) -> None:
    assert snapped(face, AREA) == moved


def test_places_are_kept_by_screen(tmp_path: Path) -> None:
    file = tmp_path / "state" / "window.json"
    places = Places(file)
    places.keep("DP-1", Spot(False, True, 5, 6))
    places.keep("eDP-1", Spot(True, False, 7, 8))
    places.fold(True)
    again = Places(file)
    assert (again.screen, again.folded) == ("eDP-1", True)
    assert again.spot("DP-1") == Spot(False, True, 5, 6)
    assert again.spot("HDMI-1") == Spot()
    assert [path.name for path in file.parent.iterdir()] == ["window.json"]


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"spots": {"DP-1": [1, 2]}}', '{"spots": {"DP-1": "here"}}', '{"spots": 7}', "\xff"]
)
def test_what_makes_no_sense_is_forgotten(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(kept, encoding="latin-1")
    places = Places(file)
    assert places.spot("DP-1") == Spot()
    places.keep("DP-1", Spot(x=1))
    assert Places(file).spot("DP-1") == Spot(x=1)


def test_a_place_that_cannot_be_kept_holds_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    places = Places(tmp_path / "file" / "window.json")
    places.keep("DP-1", Spot(x=3))
    assert places.spot("DP-1") == Spot(x=3)
