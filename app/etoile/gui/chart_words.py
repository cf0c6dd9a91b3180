"""What a chart tells in words: above its plots, and to a screen reader."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale

from etoile.domain.history import Measure, extent, nearest
from etoile.gui.chart_axis import moment_label
from etoile.gui.curves import PLOTS, Curves, Kind
from etoile.gui.design import Look
from etoile.gui.words import NOTHING
from etoile.text import message


def told(look: Look, curves: Curves, kind: Kind, cursor_s: float | None) -> tuple[str, str]:
    """Return what a plot tells, and the same more briefly: of a moment, or without one of all that is in sight."""
    measured = _measured(curves, kind, cursor_s)
    if measured is None:
        return NOTHING, NOTHING
    lowest, mean, highest = (kind.value(value) for value in measured)
    whole = message("{lowest} to {highest}, mean {mean}", lowest=lowest, highest=highest, mean=mean)
    brief = message("{lowest} to {highest}", lowest=lowest, highest=highest) if cursor_s is None else mean
    if look.words(lowest) == look.words(highest):
        whole = brief = mean
    if kind.measure is Measure.TEMPERATURE and _is_slowed(curves, cursor_s):
        slowed = message("slowed by heat")
        whole = message("{first} · {following}", first=whole, following=slowed)
        brief = message("{first} · {following}", first=brief, following=slowed)
    return look.words(whole), look.words(brief)


def _is_slowed(curves: Curves, cursor_s: float | None) -> bool:
    """Whether heat slowed the card down at that moment."""
    if cursor_s is None or curves.history is None:
        return False
    near_s = curves.history.span.point_s / 2
    return any(since_s - near_s <= cursor_s <= until_s + near_s for since_s, until_s in curves.history.slowed)


def description(
    look: Look, curves: Curves, cursor_s: float | None, values: Sequence[tuple[str, str]], locale: QLocale
) -> str:
    """Return a line for each plot, of which `values` are `told`, and above them the moment that they tell of."""
    lines = [f"{look.words(kind.label)} {whole}" for kind, (whole, _) in zip(PLOTS, values, strict=True)]
    if cursor_s is not None and curves.history:
        lines.insert(0, moment_label(cursor_s, curves.history.span.point_s, locale))
    return "\n".join(lines)


def _measured(curves: Curves, kind: Kind, cursor_s: float | None) -> tuple[float, float, float] | None:
    """Return lowest, mean and highest; None where nothing was measured."""
    if cursor_s is None:
        return extent(curves.points_in_sight(kind.measure))
    points, history = curves.points(kind.measure), curves.history
    point = nearest(points, cursor_s, history.span) if history else None
    return (point.lowest, point.mean, point.highest) if point else None
