"""Which NVIDIA driver there is: for reports, not for readings."""


def driver_version() -> str | None:
    """Return the version of the NVIDIA driver; None where there is none.  May block for as long as the driver does."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        return str(pynvml.nvmlSystemGetDriverVersion())
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()
