"""Which NVIDIA driver there is: for reports, not for readings."""

from etoile.errors import NvmlUnavailable


def driver_version() -> str | None:
    """Return the version of the NVIDIA driver; None where there is none.  May block for as long as the driver does."""
    from etoile.gpu.nvml_library import open_nvml

    try:
        nvml = open_nvml()
    except NvmlUnavailable:
        return None
    try:
        return nvml.version()
    finally:
        nvml.close()
