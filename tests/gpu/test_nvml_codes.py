"""Our numbers of NVML are those of NVIDIA's own binding."""

import pynvml
import pytest

from etoile.gpu import nvml_codes

REASON = "CLOCKS_EVENT_REASON_"


@pytest.mark.parametrize("name", [name for name in vars(nvml_codes) if name.isupper()])
def test_it_is_nvidias_own(name: str) -> None:
    reason = name.removeprefix(REASON).title().replace("_", "")
    theirs = f"nvmlClocksEventReason{reason}" if name.startswith(REASON) else name
    assert getattr(nvml_codes, name) == getattr(pynvml, theirs)
