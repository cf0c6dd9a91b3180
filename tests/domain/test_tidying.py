"""Which models are perhaps not needed, which stay all the same, and what removing them frees."""

from dataclasses import replace
from typing import Any

import pytest

from etoile.domain.stored import Stored
from etoile.domain.tidying import Finding, Kept, Known, Reason, findings, frees_bytes, told
from etoile.text import render

DAY = 86_400.0
NOW = 1000 * DAY
GB = 10**9


def model(name: str, size: float = 5, *, age_days: float = 100, **more: Any) -> Stored:
    told = {"digest": f"digest of {name}", "weights": f"weights of {name}", "modified_s": NOW - age_days * DAY}
    return Stored(name=name, size_bytes=round(size * GB), **{**told, **more})


def known(**more: Any) -> Known:
    return Known(**{"now_s": NOW, "unused_after_s": 30 * DAY, "recorded_since_s": 0.0, **more})


def found(stock: list[Stored], **more: Any) -> list[tuple[str, Reason, Kept | None]]:
    return [(one.model.name, one.reason, one.stays) for one in findings(stock, known(**more))]


@pytest.mark.parametrize(
    ("one", "more", "expected"),
    [
        (model("a"), {}, [("a", Reason.UNUSED, None)]),
        (model("a", age_days=29), {}, []),
        (model("a"), {"used_s": {"a": NOW - 29 * DAY}}, []),
        (model("a"), {"used_s": {"a": NOW - 31 * DAY}}, [("a", Reason.UNUSED, None)]),
        # Who has kept no record for so long, or none at all, cannot tell.
        (model("a"), {"recorded_since_s": NOW - 29 * DAY}, []),
        (model("a"), {"recorded_since_s": None}, []),
        (model("a", modified_s=None), {}, []),
        (model("a"), {"loaded": ["a"]}, []),
        (model("a:latest"), {"configured": ["a"]}, []),
        (model("a", elsewhere=True), {}, []),
        (model("a"), {"never": ["a"]}, [("a", Reason.NEVER, None)]),
        (model("a"), {"too_big": {"a": (40 * GB, 24 * GB)}}, [("a", Reason.TOO_BIG, None)]),
        (model("a", age_days=1), {"too_big": {"a": (40 * GB, 24 * GB)}}, [("a", Reason.TOO_BIG, Kept.USED)]),
        (model("a"), {"too_big": {"a": (1, 1)}, "configured": ["a"]}, [("a", Reason.TOO_BIG, Kept.CONFIGURED)]),
        (model("a"), {"too_big": {"a": (1, 1)}, "loaded": ["a"]}, [("a", Reason.TOO_BIG, Kept.LOADED)]),
    ],
)
def test_one_model(one: Stored, more: dict[str, Any], expected: list[Any]) -> None:
    assert found([one], **more) == expected


@pytest.mark.parametrize(
    ("more", "stays"),
    [
        ({}, "a"),  # the shortest name
        ({"used_s": {"team/a": NOW}}, "team/a"),
        ({"used_s": {"team/a": NOW}, "loaded": ["a"]}, "a"),
        ({"used_s": {"team/a": NOW}, "loaded": ["a"], "configured": ["team/a"]}, "team/a"),
    ],
)
def test_of_two_names_of_one_model_the_dearer_stays(more: dict[str, Any], stays: str) -> None:
    pair = [model("team/a", digest="d", age_days=1), model("a", digest="d", age_days=1)]
    [duplicate] = [one for one in findings(pair, known(**more)) if one.reason is Reason.DUPLICATE]
    assert (duplicate.model.name, duplicate.other) == (next(one.name for one in pair if one.name != stays), stays)
    assert duplicate.frees_bytes == 0


def test_duplicates_that_are_both_in_use_stay() -> None:
    pair = [model("a", digest="d"), model("b", digest="d")]
    [only] = findings(pair, known(loaded=["a", "b"]))
    assert (only.reason, only.stays, only.removable) == (Reason.DUPLICATE, Kept.LOADED, False)


def test_another_quantisation_is_only_told() -> None:
    small = model("qwen3:8b-q4", 5, age_days=1, quantisation="Q4_K_M", parameters="8B", family="qwen3")
    large = model("qwen3:8b-q8", 9, age_days=1, quantisation="Q8_0", parameters="8B", family="qwen3")
    other = model("qwen3:4b", 3, age_days=1, quantisation="Q4_K_M", parameters="4B", family="qwen3")
    [finding] = findings([small, large, other], known())
    assert (finding.model, finding.other, finding.removable, finding.plain) == (small, large.name, False, False)
    assert render(told(finding, NOW), "en") == "another quantisation (Q4_K_M) of qwen3:8b-q8"


def test_a_model_that_the_settings_forbid_is_asked_for_alone() -> None:
    [finding] = findings([model("a")], known(never=["a"]))
    assert (finding.removable, finding.plain) == (True, False)


@pytest.mark.parametrize(
    ("removed", "frees"),
    [
        ({"a"}, 0),  # b is the same files
        ({"a", "b"}, 5 * GB),
        ({"c"}, 4 * GB),
        ({"d"}, 0),  # made from e's weights
        ({"d", "e"}, 8 * GB + 1),
        ({"a", "b", "c", "d", "e", "cloud"}, 17 * GB + 1),
        ({"nonsense"}, 0),
        (set(), 0),
    ],
)
def test_what_is_shared_counts_once_and_what_others_need_not_at_all(removed: set[str], frees: int) -> None:
    stock = [
        model("a", 5, digest="1", weights="w"),
        model("b", 5, digest="1", weights="w"),
        model("c", 4),
        model("d", 8, weights="v"),
        replace(model("e", 8, weights="v"), size_bytes=8 * GB + 1),
        model("cloud", 400, elsewhere=True),
    ]
    assert frees_bytes(stock, removed) == frees


def test_reasons_are_told_with_figures() -> None:
    big = Finding(model=model("a"), reason=Reason.TOO_BIG, need_bytes=40 * 1024**3, room_bytes=24 * 1024**3)
    old = Finding(model=model("a"), reason=Reason.UNUSED, since_s=NOW - 61.5 * DAY)
    assert render(told(big, NOW), "en") == "too big: it needs 40.0\u00a0GiB, and the GPUs there hold 24.0\u00a0GiB"
    assert render(told(old, NOW), "en") == "not used for 61 days, as far as Etoile knows"
