"""Where the frozen program begins: it is `etoile`, and it is the interpreter of its own child processes too."""

import runpy
import sys

CHILDREN = ("etoile.speech.synthesis", "etoile.gpu.nvml_child")
"""What it starts itself as: `etoile -m MODULE ARGUMENTS`, as a Python would; nothing else is run so."""


def main() -> int:
    """Run a child, or the command line."""
    if len(sys.argv) > 2 and sys.argv[1] == "-m" and sys.argv[2] in CHILDREN:
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    from etoile.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
