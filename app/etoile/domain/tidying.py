"""Which models on a node's disk nobody needs, why, and what removing them frees.  Pure.

What Etoile knows of use is what was asked through it: other programs may use a model too, so everything is asked first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from etoile.domain.stored import Stored
from etoile.text import Message, message


class Reason(StrEnum):
    """Why a model is perhaps not needed."""

    DUPLICATE = "duplicate"
    """It is another one by another name."""
    TOO_BIG = "too_big"
    """It fits the cards of its node not even together."""
    UNUSED = "unused"
    NEVER = "never"
    """The settings forbid to use it: whoever wrote that may want it for something else."""
    VARIANT = "variant"
    """The same model is there in another quantisation: told, for which one is wanted nobody knows."""


class Kept(StrEnum):
    """Why a model stays, whatever speaks against it."""

    LOADED = "loaded"
    CONFIGURED = "configured"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A model that is perhaps not needed."""

    model: Stored
    reason: Reason
    stays: Kept | None = None
    """Why it is only told, and not removed."""
    other: str | None = None
    """The name of the model that it is a duplicate or a variant of."""
    since_s: float | None = None
    """When it was last used, fetched or made, in seconds since 1970."""
    need_bytes: int | None = None
    room_bytes: int | None = None
    """What the cards of its node hold together, when it is too big for them."""
    frees_bytes: int = 0
    """What removing it alone frees."""

    @property
    def removable(self) -> bool:
        """Whether it may be removed, once its user agrees."""
        return self.stays is None and self.reason is not Reason.VARIANT

    @property
    def plain(self) -> bool:
        """Whether a general yes counts for it too."""
        return self.removable and self.reason is not Reason.NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a node's models beside their list."""

    now_s: float
    unused_after_s: float
    loaded: Collection[str] = ()
    configured: Collection[str] = ()
    never: Collection[str] = ()
    used_s: Mapping[str, float] = field(default_factory=dict)
    """When each model was last asked through Etoile, in seconds since 1970."""
    recorded_since_s: float | None = None
    """When that record begins; None where there is none."""
    too_big: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """What a model needs and what the cards hold, for each that is too big."""


def findings(stock: Sequence[Stored], known: Known) -> list[Finding]:
    """Return what is perhaps not needed of `stock`, the surest first; each model once, with its best reason."""
    here = [model for model in stock if not model.elsewhere]
    found = _duplicates(here, known)
    for judge in (_forbidden, _too_big, _unused):
        done = {finding.model.name for finding in found}
        found += [finding for model in here if model.name not in done and (finding := judge(model, known))]
    done = {finding.model.name for finding in found if finding.removable}
    found += [finding for finding in _variants(here) if finding.model.name not in done]
    return [_with_bytes(finding, here) for finding in found]


def frees_bytes(stock: Sequence[Stored], removed: Collection[str]) -> int:
    """Return what removing these models frees, at least: what others need stays, what they share counts once.

    Models of one digest are the same files; those with the same weights differ in some kilobytes.
    """
    weights = {model.digest: model.weights for model in stock if model.digest and model.weights}
    groups: dict[str, list[Stored]] = {}
    for model in stock:
        if not model.elsewhere:
            made_of = weights.get(model.digest or "") or model.weights or model.digest or model.name
            groups.setdefault(made_of, []).append(model)
    gone = (group for group in groups.values() if all(model.name in removed for model in group))
    return sum(max(model.size_bytes for model in group) for group in gone)


def _with_bytes(finding: Finding, stock: Sequence[Stored]) -> Finding:
    return replace(finding, frees_bytes=frees_bytes(stock, {finding.model.name}))


def _duplicates(stock: Sequence[Stored], known: Known) -> list[Finding]:
    """Return all models but one of each digest: the one that is most in use stays."""
    groups: dict[str, list[Stored]] = {}
    for model in stock:
        if model.digest:
            groups.setdefault(model.digest, []).append(model)
    found = []
    for group in groups.values():
        first, *others = sorted(group, key=lambda model: _dearness(model, known))
        found += [
            Finding(model=model, reason=Reason.DUPLICATE, stays=_held(model, known), other=first.name)
            for model in others
        ]
    return found


def _dearness(model: Stored, known: Known) -> tuple[bool, bool, float, int, str]:
    """Return what sorts the dearest of several names first."""
    return (
        not _listed(model.name, known.configured),
        not _listed(model.name, known.loaded),
        -known.used_s.get(model.name, 0.0),
        len(model.name),
        model.name,
    )


def _forbidden(model: Stored, known: Known) -> Finding | None:
    if not _listed(model.name, known.never):
        return None
    return Finding(model=model, reason=Reason.NEVER, stays=_held(model, known))


def _too_big(model: Stored, known: Known) -> Finding | None:
    if (sizes := known.too_big.get(model.name)) is None:
        return None
    held = _held(model, known) or (Kept.USED if _idle_s(model, known) < known.unused_after_s else None)
    return Finding(model=model, reason=Reason.TOO_BIG, stays=held, need_bytes=sizes[0], room_bytes=sizes[1])


def _unused(model: Stored, known: Known) -> Finding | None:
    """Return the finding of a model that nobody asked for long, if our record reaches back that far."""
    if known.recorded_since_s is None or known.now_s - known.recorded_since_s < known.unused_after_s:
        return None
    if _held(model, known) or _last_s(model, known) is None or _idle_s(model, known) < known.unused_after_s:
        return None
    return Finding(model=model, reason=Reason.UNUSED, since_s=_last_s(model, known))


def _variants(stock: Sequence[Stored]) -> list[Finding]:
    """Return the models that are there in a larger quantisation too."""
    groups: dict[tuple[str, str | None, str | None], list[Stored]] = {}
    for model in stock:
        if model.quantisation and model.parameters:
            groups.setdefault((model.name.partition(":")[0], model.family, model.parameters), []).append(model)
    found = []
    for group in groups.values():
        largest = max(group, key=lambda model: model.size_bytes)
        found += [
            Finding(model=model, reason=Reason.VARIANT, other=largest.name)
            for model in group
            if model.quantisation != largest.quantisation
        ]
    return found


def _held(model: Stored, known: Known) -> Kept | None:
    if _listed(model.name, known.loaded):
        return Kept.LOADED
    return Kept.CONFIGURED if _listed(model.name, known.configured) else None


def _listed(name: str, names: Collection[str]) -> bool:
    """Whether a model is among `names`, which may leave ":latest" out."""
    return name in names or name.removesuffix(":latest") in names


def _last_s(model: Stored, known: Known) -> float | None:
    """Return when a model was last used, fetched or made, as far as it is known."""
    return max(
        (at for at in (known.used_s.get(model.name), model.modified_s) if at is not None),
        default=None,
    )


def _idle_s(model: Stored, known: Known) -> float:
    """Return for how long a model was not used, as far as it is known; endless where nothing is."""
    last_s = _last_s(model, known)
    return float("inf") if last_s is None else known.now_s - last_s


def told(finding: Finding, now_s: float) -> Message:
    """Return why a model is perhaps not needed, as a clause."""
    match finding.reason:
        case Reason.DUPLICATE:
            return message("the same as {other}", other=finding.other)
        case Reason.TOO_BIG:
            return message(
                "too big: it needs {need:bytes}, and the GPUs there hold {room:bytes}",
                need=finding.need_bytes,
                room=finding.room_bytes,
            )
        case Reason.UNUSED:
            days = int((now_s - (finding.since_s or now_s)) // 86_400)
            return message("not used for {days} days, as far as Etoile knows", days=days)
        case Reason.NEVER:
            return message("the settings say that it must never be used")
        case Reason.VARIANT:
            return message(
                "another quantisation ({quantisation}) of {other}",
                quantisation=finding.model.quantisation,
                other=finding.other,
            )


STAYS = {
    Kept.LOADED: message("stays: it is in memory"),
    Kept.CONFIGURED: message("stays: the settings name it"),
    Kept.USED: message("stays: it was used lately"),
}
