"""Make what people install: `python3 installer/build.py deb tar`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installer.building import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
