"""Set Etoile up and start it: `python3 installer/dev.py run`, `python3 installer/dev.py test`.

This file stays readable to old Pythons, so that they end with one clear sentence.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Etoile needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installer.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
