"""`python -m etoile`: the same as the `etoile` command."""

import sys

from etoile.cli import main

sys.exit(main())
