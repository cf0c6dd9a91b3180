"""What the tests of speech share: the virtual desktop, where its programs are installed."""

from tests.desktop.conftest import desktop

__all__ = ["desktop"]
