"""What an app that only waits has not imported: each of these comes once it is wanted."""

import subprocess
import sys

import pytest

IDLE = """
import sys
import etoile.main, etoile.gpu.nvml, etoile.notify.desktop, etoile.notify.surroundings, etoile.parts.hearing
import etoile.speech.downloads, etoile.speech.ears, etoile.speech.hotkeys, etoile.speech.placed, etoile.speech.voice
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """Return the modules that stand ready while nobody asks anything, and there is no node."""
    run = subprocess.run([sys.executable, "-c", IDLE], capture_output=True, text=True, check=True, timeout=60)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "unwanted",
    [
        pytest.param(
            {"asyncio", "anyio", "httpcore", "httpx", "etoile.llm.router", "etoile.parts.net"}, id="the router"
        ),
        pytest.param({"ssl", "_ssl", "hashlib", "_hashlib", "hmac", "secrets"}, id="OpenSSL"),
        pytest.param(
            {"sounddevice", "_sounddevice", "_cffi_backend", "Xlib", "etoile.speech.spoken"}, id="sound and keys"
        ),
        pytest.param({"http", "email", "html", "urllib.request"}, id="HTTP"),
        pytest.param({"etoile.caring", "etoile.fitting", "etoile.gpu.far", "etoile.llm.guide"}, id="care for nodes"),
        pytest.param(
            {
                "etoile.interpreter",
                "etoile.domain.matching.matcher",
                "etoile.domain.matching.tokens",
                "etoile.catalogue",
            },
            id="the matcher",
        ),
        pytest.param({"etoile.actions.runner", "etoile.actions.table"}, id="actions"),
        pytest.param({"etoile.learner", "etoile.aliases", "etoile.store.learning"}, id="what learns"),
        pytest.param(
            {"etoile.domain.plan", "etoile.domain.commander.running", "etoile.domain.tasks.model", "etoile.domain.fit"},
            id="the work of nodes",
        ),
        pytest.param({"etoile.domain.alerting.words", "etoile.domain.repeats"}, id="tables of words"),
        pytest.param(
            {f"etoile.gui.{name}" for name in ("window", "pill", "hottest", "sparkline", "chart_plot", "severity")},
            id="windows and charts",
        ),
        pytest.param({"psutil", "pynvml", "difflib", "statistics", "fractions", "pickle"}, id="libraries"),
    ],
)
def test_it_is_not_there(imported: set[str], unwanted: set[str]) -> None:
    assert "etoile.parts.nodes" in imported
    assert not unwanted & imported
