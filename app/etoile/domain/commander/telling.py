"""What the user is told of an answer that several units made: who reviewed it, who agrees, what is missing."""

from collections.abc import Iterator
from functools import reduce

from etoile.domain.commander.agreement import Agreement, agreement
from etoile.domain.commander.units import TaskUnit, Units, UnitStatus, named
from etoile.domain.routing.standing import LACKING
from etoile.text import Message, message, verbatim

ROLE = {
    "classify": message("Classify"),
    "code": message("Write code"),
    "review": message("Review"),
    "analyse": message("Analyse"),
    "search": message("Look up"),
    "synthesise": message("Put together"),
    "validate": message("Validate"),
    "respond": message("Answer"),
}
STATUS = {
    UnitStatus.WAITING: message("waiting"),
    UnitStatus.RUNNING: message("running"),
    UnitStatus.DONE: message("done"),
    UnitStatus.FAILED: message("failed"),
    UnitStatus.SKIPPED: message("left out"),
    UnitStatus.STOPPED: message("stopped"),
}

CUT = message("The node stopped at its limit of length: this answer is not whole.")


def row(unit: TaskUnit) -> Message:
    """Return how far `unit` is, on one line: "Write code · M1 · done · 0.80 · 2.1 s"."""
    parts = [ROLE[unit.role], *([verbatim(unit.target)] if unit.target else []), STATUS[unit.status]]
    if unit.score is not None:
        parts.append(message("{score:.2f}", score=unit.score))
    if unit.ms is not None:
        parts.append(message("{seconds:.1f} s", seconds=unit.ms / 1000))
    if unit.note is not None:
        parts.append(unit.note)
    return reduce(lambda first, part: message("{first} · {following}", first=first, following=part), parts)


def notes_on(units: Units, request: str) -> tuple[Message, ...]:
    """Return what is to be known of the answer, in the order of its units."""
    told = [note for unit in units for note in _notes(unit, units)]
    if sum(unit.polled for unit in units) == 1:
        told.append(message("Only one node was there to be asked: there is nothing to compare."))
    agreed = agreement_of(units, request)
    return (*told, _of_agreement(agreed)) if agreed else tuple(told)


def score_of(units: Units, request: str) -> float | None:
    """Return what the answer is worth by its reviews, the worst of them; without any, how far several nodes agree."""
    scores = [unit.best.score for unit in units if unit.best.score is not None]
    if scores:
        return min(scores)
    agreed = agreement_of(units, request)
    return agreed.share if agreed else None


def agreement_of(units: Units, request: str) -> Agreement | None:
    """Return who of those that were asked the same says the same; None where fewer than two answered."""
    answers = {unit.target or unit.id: unit.result for unit in units if unit.polled and unit.status is UnitStatus.DONE}
    return agreement(answers, request) if len(answers) > 1 else None


def _notes(unit: TaskUnit, units: Units) -> Iterator[Message]:
    if unit.reviews is not None:
        yield from _of_review(unit, named(units, unit.reviews))
    elif unit.status is UnitStatus.FAILED and unit.needs:
        yield from (LACKING[need] for need in sorted(unit.needs) if need in LACKING)
    elif unit.status is UnitStatus.FAILED and unit.note is not None:
        yield message("“{unit}” is missing: {reason}", unit=unit.id, reason=unit.note)
    elif unit.shown and unit.best.cut:
        yield CUT
    elif unit.status is UnitStatus.SKIPPED:
        yield message("“{unit}” was left out: what it builds on is missing.", unit=unit.id)


def _of_review(review: TaskUnit, author: TaskUnit) -> Iterator[Message]:
    if author.status is not UnitStatus.DONE:
        return
    if review.status is UnitStatus.DONE and author.score is not None:
        yield _with_summary(
            message("{node} reviewed it: {score:.2f} of 1.", node=review.target, score=author.score), review
        )
    elif review.status is UnitStatus.DONE:
        yield _with_summary(message("{node} reviewed it, but gave no score.", node=review.target), review)
    else:
        yield message("Nobody but its author has reviewed this: no other node could.")
    if (best := author.best).result != author.result:
        yield message("The version of {node} got a better score: {score:.2f}.", node=best.target, score=best.score)


def _with_summary(said: Message, review: TaskUnit) -> Message:
    if not review.result:
        return said
    return message("{first} {second}", first=said, second=verbatim(review.result))


def _of_agreement(agreed: Agreement) -> Message:
    first, *others = agreed.groups
    if not others:
        return message("By their words, all agree: {nodes}.", nodes=list(first))
    dissent = [name for group in others for name in group]
    if len(first) == 1:
        return message("By their words, no two agree: {nodes}.", nodes=[*first, *dissent])
    return message("By their words, {nodes} agree; otherwise: {others}.", nodes=list(first), others=dissent)
