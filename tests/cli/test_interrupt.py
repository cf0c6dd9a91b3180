"""Ctrl+C at the command line stops the node's work."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT can be sent to a single process")
def test_ctrl_c_closes_the_connection(tmp_path: Path) -> None:
    folders = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
    with FakeNode(Script(answer="one two three four", hang_after=2)) as node:
        settings = tmp_path / "config.toml"
        settings.write_text(
            f'[[nodes]]\nname = "M1"\nurl = "{node.url}"\n[routing]\ndiscover = false\n[store]\nhistory = false\n'
        )
        command = [sys.executable, "-m", "etoile", "--config", str(settings), "ask", "Why is the sky blue, M1?"]
        with subprocess.Popen(command, env=os.environ | folders, stdout=subprocess.PIPE, text=True) as asking:
            try:
                assert asking.stdout is not None
                assert asking.stdout.read(3) == "one"
                asking.send_signal(signal.SIGINT)
                wait_until(node.left.is_set)
                assert asking.wait(60) != 0
            finally:
                asking.kill()
