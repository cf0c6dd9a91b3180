"""What was seen of a model comes back for settings like those, and for no others."""

from pathlib import Path

import pytest

from etoile.domain.fit import Calibration
from etoile.store import tables
from etoile.store.database import Database
from etoile.store.fits import FitRatios

SEEN = Calibration(ratio=1.05, source="log", at_s=1.0)
LATER = Calibration(ratio=0.97, source="ollama", at_s=2.0)


@pytest.mark.parametrize(
    ("model", "flags", "context", "found"),
    [
        ("llama", "f16", 8192, SEEN),
        ("llama", "f16", 16384, SEEN),
        ("llama", "f16", 4096, SEEN),
        ("llama", "f16", 16385, None),
        ("llama", "f16", 4095, None),
        ("llama", "q8_0", 8192, None),
        ("qwen", "f16", 8192, None),
    ],
)
def test_a_ratio_serves_for_contexts_that_are_near(
    tmp_path: Path, model: str, flags: str, context: int, found: Calibration | None
) -> None:
    with Database(tmp_path / "etoile.db", [tables.FIT_RATIOS]) as database:
        ratios = FitRatios(database)
        ratios.keep("llama", "f16", 8192, SEEN)
        assert ratios.nearest(model, flags, context) == found


def test_the_nearest_and_the_latest_counts(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", [tables.FIT_RATIOS]) as database:
        ratios = FitRatios(database)
        ratios.keep("llama", "f16", 8192, SEEN)
        ratios.keep("llama", "f16", 12000, LATER)
        assert ratios.nearest("llama", "f16", 11000) == LATER
        ratios.keep("llama", "f16", 8192, LATER)
        assert ratios.nearest("llama", "f16", 8192) == LATER
