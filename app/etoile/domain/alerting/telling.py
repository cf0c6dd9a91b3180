"""Whether what is wrong is worth a notification now.

One notification for each thing: shown when it begins or gets worse, taken away when it is over or less bad.  Told again
is only what stays critical, ever more seldom and then also aloud; and what comes back, after a cooldown that doubles
each time.  What happens to many at once, or to one after the other, is told of them together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from etoile.config import Alerts
from etoile.domain.alerting.conditions import Condition
from etoile.domain.alerting.desk import Desk, Gate, Shown, Told
from etoile.domain.alerting.scope import Identity, Kind, Level, is_quiet
from etoile.domain.effects import Notify, Urgency, Withdraw
from etoile.domain.nodes import NodeStatus
from etoile.text import Message, message

LONGEST_AGAIN_S = 3600.0
"""What stays critical, or comes back again and again, is told at least this often."""
GATHER_S = 10.0
"""After one alert, further ones of its kind wait for this, then three times as long..., and are told together."""
LONGEST_GATHER_S = 120.0
FORGET_S = 300.0
"""A kind of alert of which nothing was told for this long is told at once again."""
MOST_SINGLE = 3
"""More alerts of one kind than these share a notification."""
URGENCY = {Level.WARNING: Urgency.NORMAL, Level.CRITICAL: Urgency.CRITICAL}


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be shown, taken away and spoken."""

    effects: tuple[Notify | Withdraw, ...] = ()
    spoken: tuple[Message, ...] = ()


def tell(desk: Desk, at_s: float, settings: Alerts, nodes: Sequence[NodeStatus]) -> tuple[Desk, Telling]:
    """Return the desk, and what the user is to be told and to see no longer, at `at_s` of the monotonic clock.

    `nodes` are all there are: alerts name those that matter to them.
    """
    wrong = desk.wrong
    over = tuple(key for key, shown in desk.shown.items() if not _is_true(shown, wrong))
    desk = replace(
        desk,
        told=_lapsed(desk.told, wrong, at_s, settings),
        shown={key: shown for key, shown in desk.shown.items() if key not in over},
        snoozes=tuple(
            one
            for one in desk.snoozes
            if one.until_s > at_s and (not one.until_over or any(one.scope.covers(identity) for identity in wrong))
        ),
    )
    quiet = desk.local is not None and is_quiet(settings.quiet, desk.local.time())
    effects: list[Notify | Withdraw] = [Withdraw(key) for key in over]
    spoken: list[Message] = []
    for batch in _batches(desk, wrong, at_s, settings, quiet=quiet):
        desk, notify, replaced = _show(desk, batch, wrong, nodes, at_s)
        effects += [*replaced, notify]
        again = any(desk.told[condition.identity].times > 1 for condition in batch)
        if again and settings.spoken and not quiet:
            spoken.append(message("{title}.", title=notify.title))
    return desk, Telling(tuple(effects), tuple(spoken))


def _is_true(shown: Shown, wrong: Mapping[Identity, Condition]) -> bool:
    """Whether a notification still holds of any that it is about."""
    return any(member in wrong and wrong[member].level >= shown.level for member in shown.members)


def _lapsed(
    told: Mapping[Identity, Told], wrong: Mapping[Identity, Condition], at_s: float, settings: Alerts
) -> dict[Identity, Told]:
    """Return what was told, with what is over marked, and forgotten once it has not come back for two cooldowns."""
    kept = {}
    for identity, was in told.items():
        condition = wrong.get(identity)
        if condition is not None and condition.level >= was.level:
            kept[identity] = was
        elif condition is not None or at_s - was.at_s < 2 * _cooldown_s(was, settings):
            kept[identity] = replace(was, lapsed=True)
    return kept


def _batches(
    desk: Desk, wrong: Mapping[Identity, Condition], at_s: float, settings: Alerts, *, quiet: bool
) -> list[list[Condition]]:
    """Return what is to be told now: of one kind and level each."""
    due = [
        condition
        for condition in wrong.values()
        if _is_due(condition, desk.told.get(condition.identity), at_s, settings)
        and not (quiet and condition.level < Level.CRITICAL)
        and not any(one.silences(condition.identity, condition.level) for one in desk.snoozes)
    ]
    gathered = groupby(sorted(due, key=_kind_and_level), key=_kind_and_level)
    return [list(batch) for (kind, level), batch in gathered if _is_open(desk, kind, level, at_s)]


def _is_due(condition: Condition, was: Told | None, at_s: float, settings: Alerts) -> bool:
    """Whether it is news, or time to tell it again."""
    if was is None or condition.level > was.level:
        return True
    if condition.level < was.level:
        return False
    waited_s = at_s - was.at_s
    if was.lapsed:
        return waited_s >= _cooldown_s(was, settings)
    again_s = min(settings.again_s * 2.0 ** (was.times - 1), LONGEST_AGAIN_S)
    return condition.level is Level.CRITICAL and 0 < again_s <= waited_s


def _cooldown_s(was: Told, settings: Alerts) -> float:
    """Return how long after it was told something that came back is not told anew."""
    return min(settings.cooldown_s * 2.0**was.returns, max(settings.cooldown_s, LONGEST_AGAIN_S))


def _is_open(desk: Desk, kind: Kind, level: Level, at_s: float) -> bool:
    """Whether nothing of this kind was told only just now; what is worse drowns what is less bad for a while."""
    gate = desk.gates.get((kind, level))
    worse = (other for other in Level if other > level)
    return (gate is None or at_s - gate.at_s >= gate.wait_s) and all(
        at_s - loud.at_s >= LONGEST_GATHER_S for one in worse if (loud := desk.gates.get((kind, one)))
    )


def _show(
    desk: Desk,
    batch: Sequence[Condition],
    wrong: Mapping[Identity, Condition],
    nodes: Sequence[NodeStatus],
    at_s: float,
) -> tuple[Desk, Notify, tuple[Withdraw, ...]]:
    """Return the desk, the notification for a batch, and those whose place it takes."""
    # What alerts say is read once there is one.
    from etoile.domain.alerting.words import alert, buttons, group_alert

    kind, level = kind_and_level = _kind_and_level(batch[0])
    key, members = _place(desk, batch, wrong)
    together = [wrong[member] for member in members]
    words = group_alert(together, nodes) if len(together) > 1 else alert(together[0], nodes, at_s)
    replaced = [other for other, one in desk.shown.items() if other != key and set(one.members) <= set(members)]
    shown = {other: one for other, one in desk.shown.items() if other not in replaced}
    desk = replace(
        desk,
        told={**desk.told, **{one.identity: _told(desk.told.get(one.identity), one, at_s) for one in batch}},
        shown={**shown, key: Shown(level, members)},
        gates={**desk.gates, kind_and_level: _gate(desk.gates.get(kind_and_level), at_s)},
    )
    notify = Notify(key, words.title, words.body, URGENCY[level], buttons(kind))
    return desk, notify, tuple(Withdraw(other) for other in replaced)


def _place(
    desk: Desk, batch: Sequence[Condition], wrong: Mapping[Identity, Condition]
) -> tuple[str, tuple[Identity, ...]]:
    """Return the key of the notification that a batch goes into, and what that is about: it alone, or all of a kind."""
    kind, level = _kind_and_level(batch[0])
    group_key = f"{kind} {level.name.lower()}"
    new = tuple(condition.identity for condition in batch)
    beside = tuple(
        member
        for shown in desk.shown.values()
        for member in shown.members
        if member[0] is kind and member not in new and member in wrong and wrong[member].level is level is shown.level
    )
    if len(batch) == 1 and group_key not in desk.shown and len(beside) < MOST_SINGLE:
        return f"{kind}:{batch[0].subject}", new
    return group_key, (*new, *beside)


def _told(was: Told | None, condition: Condition, at_s: float) -> Told:
    if was is None or was.level is not condition.level:
        return Told(condition.level, at_s)
    if was.lapsed:
        return Told(condition.level, at_s, returns=was.returns + 1)
    return replace(was, at_s=at_s, times=was.times + 1)


def _gate(gate: Gate | None, at_s: float) -> Gate:
    if gate is None or at_s - gate.at_s >= FORGET_S:
        return Gate(at_s, GATHER_S)
    return Gate(at_s, min(3 * gate.wait_s, LONGEST_GATHER_S))


def _kind_and_level(condition: Condition) -> tuple[Kind, Level]:
    return condition.kind, condition.level
