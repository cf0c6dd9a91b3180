"""From the words of a request to a command of Etoile's own, or to none."""

from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.check import check
from etoile.domain.matching.confidence import RUNS
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.parsing import parse

__all__ = ["RUNS", "Catalogue", "Matcher", "check", "parse"]
