"""How fast models usually answer is there again after a restart, and gone after a month."""

from pathlib import Path

from etoile.domain.routing.usual import LASTS_S, UsualPace, still_true
from etoile.store import tables
from etoile.store.database import Database
from etoile.store.paces import Paces

NOW_S = 1_700_000_000.0
SLOW = UsualPace(url="http://a:1", model="tiny", first_token_s=4.0, tokens_per_s=None, at_s=NOW_S)
FAST = UsualPace(url="http://b:1", model="tiny", first_token_s=0.2, tokens_per_s=90.0, at_s=NOW_S)


def test_it_is_there_again_and_the_latest_figure_counts(tmp_path: Path) -> None:
    path = tmp_path / "etoile.db"
    with Database(path, [tables.PACES]) as database:
        Paces(database).keep([SLOW, FAST], NOW_S)
    later = UsualPace(url="http://a:1", model="tiny", first_token_s=1.0, tokens_per_s=10.0, at_s=NOW_S + 9)
    with Database(path, [tables.PACES]) as database:
        kept = Paces(database)
        assert list(kept.read()) == [SLOW, FAST]
        kept.keep([later], NOW_S + 9)
        assert list(kept.read()) == [later, FAST]


def test_what_is_older_than_a_month_is_dropped_and_never_used(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", [tables.PACES]) as database:
        kept = Paces(database)
        kept.keep([SLOW], NOW_S)
        fresh = UsualPace(url="http://b:1", model="tiny", first_token_s=0.2, tokens_per_s=None, at_s=NOW_S + LASTS_S)
        assert list(still_true([SLOW, fresh], NOW_S + LASTS_S)) == [("http://a:1", "tiny"), ("http://b:1", "tiny")]
        assert list(still_true([SLOW, fresh], NOW_S + LASTS_S + 1)) == [("http://b:1", "tiny")]
        kept.keep([fresh], NOW_S + LASTS_S + 1)
        assert list(kept.read()) == [fresh]
