"""Where the frozen program begins: it is `etoile`, and it is the interpreter of its own child processes too."""

import os
import runpy
import sys
from pathlib import Path

CHILDREN = ("etoile.speech.synthesis", "etoile.speech.devices", "etoile.gpu.nvml_child")
"""What it starts itself as: `etoile -m MODULE ARGUMENTS`, as a Python would; nothing else is run so."""


def main() -> int:
    """Run a child, or the command line."""
    forget_own_libraries()
    if sys.platform == "win32":
        # A child talks through pipes, which a program without a console may not have.
        sys.executable = str(Path(sys.executable).with_name("etoile.exe"))
    if len(sys.argv) > 2 and sys.argv[1] == "-m" and sys.argv[2] in CHILDREN:
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    from etoile.cli import main

    return main()


def forget_own_libraries() -> None:
    """Let other programs that Etoile starts find the system's libraries: its own are only its own.

    PyInstaller's loader names them in LD_LIBRARY_PATH, keeps what was there before in LD_LIBRARY_PATH_ORIG, and does so
    again for each process of ours.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    sys.exit(main())
