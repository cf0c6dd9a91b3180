"""The history of the GPUs: every sample counts once, whatever the clock does and whenever the app is killed."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.domain.history import DAY_S, HOUR_S, CardHistory, Level, Measure, Span, Stretch
from etoile.store import sample_tables
from etoile.store.database import Database
from etoile.store.samples import FLUSH_S, STEADY_S, Samples
from tests.store.sampling import NOON_S, Clocks, fill_a_year, open_database, open_samples, reading


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def samples(database: Database, clocks: Clocks) -> Samples:
    return open_samples(database, clocks)


def _run(samples: Samples, clocks: Clocks, seconds: int, *cards: GpuReading, step_s: float = 1.0) -> None:
    for _ in range(int(seconds / step_s)):
        samples.keep(cards)
        clocks.passes(step_s)


def _read(samples: Samples, span: Span, uuid: str = "GPU-0") -> CardHistory:
    return samples.read(uuid, span).result(5)


def _counts(database: Database) -> dict[int, int]:
    """Return how many samples each level tells of, those included that were not rolled up yet."""
    return dict(
        database.read(
            lambda connection: connection.execute("SELECT read_at, sum(n) FROM history GROUP BY 1").fetchall()
        )
    )


def _rows(database: Database, table: str) -> list[tuple[int, int, int]]:
    """Return time, samples and mean temperature of each row."""
    return database.read(
        lambda connection: connection.execute(
            f"SELECT at_s, n, temperature_mean_dc FROM {table} ORDER BY at_s, id"  # noqa: S608  # a table of ours
        ).fetchall()
    )


def test_seconds_become_minutes_and_minutes_quarters(samples: Samples, clocks: Clocks, database: Database) -> None:
    for minute in range(31):
        for second in range(60):
            samples.keep([reading(temperature_c=60 + minute % 2 + (second == 7) * 20)])
            clocks.passes(1)
    samples.flush()
    assert _rows(database, "minutes")[:2] == [(NOON_S, 60, 603), (NOON_S + 60, 60, 613)]
    assert _rows(database, "quarters") == [(NOON_S, 900, 608), (NOON_S + 900, 900, 608)]
    hour, day = _read(samples, Span.HOUR), _read(samples, Span.DAY)
    assert [point for point in hour.series[Measure.TEMPERATURE] if point.highest > 79][:2] == [
        (NOON_S + 5, 60.0, 64.0, 80.0),
        (NOON_S + 65, 61.0, 65.0, 81.0),
    ]
    assert day.series[Measure.TEMPERATURE][0] == (NOON_S, 60.0, 60.8, 81.0), "two minutes a point"
    assert day.series[Measure.MEMORY][0] == (NOON_S, *[8 * 2.0**30] * 3)
    assert day.series[Measure.POWER][0] == (NOON_S, 200.5, 200.5, 200.5)


def test_what_was_just_kept_is_in_every_span(samples: Samples, clocks: Clocks) -> None:
    _run(samples, clocks, 3, reading(temperature_c=71))
    for span in Span:
        [point] = _read(samples, span).series[Measure.TEMPERATURE]
        assert point[1:] == (71.0, 71.0, 71.0), span


def test_who_zooms_in_reads_finer_data_and_no_peak_is_lost(samples: Samples, clocks: Clocks) -> None:
    for second in range(600):
        samples.keep([reading(temperature_c=90 if second == 301 else 60)])
        clocks.passes(1)
    whole = _read(samples, Span.HOUR)
    part = samples.read("GPU-0", Stretch(60, NOON_S + 330, Level.SECOND)).result(5)
    assert (part.since_s, part.until_s, part.now_s) == (NOON_S + 270, NOON_S + 330, NOON_S + 601)
    assert whole.oldest_s == part.oldest_s == NOON_S
    assert len(part.series[Measure.TEMPERATURE]) == 60
    assert [point for point in part.series[Measure.TEMPERATURE] if point.highest > 60] == [(NOON_S + 301, 90, 90, 90)]
    assert max(point.highest for point in whole.series[Measure.TEMPERATURE]) == 90
    now = samples.read("GPU-0", Stretch(60, None, Level.SECOND)).result(5)
    assert (now.until_s, len(now.series[Measure.TEMPERATURE])) == (NOON_S + 601, 59)


def test_when_heat_slowed_a_card_down_is_kept(samples: Samples, clocks: Clocks, database: Database) -> None:
    hot = reading(throttle=("sw_thermal",))
    for seconds, told in (
        (5, reading()),
        (20, hot),
        (10, reading(throttle=("sw_power_cap",))),
        (5, hot),
        (60, reading()),
    ):
        _run(samples, clocks, seconds, told)
    _run(samples, clocks, 3, hot)
    assert _read(samples, Span.HOUR).slowed == ((NOON_S + 5, NOON_S + 39), (NOON_S + 100, NOON_S + 102))
    assert _read(samples, Span.DAY).slowed == ((NOON_S + 5, NOON_S + 102),), "nearer than a point"
    assert _read(samples, Span.HOUR, "GPU-1").slowed == ()
    assert samples.read("GPU-0", Stretch(30, NOON_S + 90, Level.SECOND)).result(5).slowed == ()
    samples.forget_all()
    assert database.read(lambda connection: connection.execute("SELECT count(*) FROM slowed").fetchone()) == (0,)


@pytest.mark.parametrize("minutes", [0, 2, 40])
def test_since_when_anything_is_known(samples: Samples, clocks: Clocks, minutes: int) -> None:
    _run(samples, clocks, minutes * 60 + 1, reading())
    assert _read(samples, Span.HOUR).oldest_s == NOON_S
    assert _read(samples, Span.HOUR, "GPU-never-seen").oldest_s is None


def test_what_is_not_reported_is_not_zero(samples: Samples, clocks: Clocks, database: Database) -> None:
    _run(samples, clocks, 90, reading(fan_percent=None))
    for span in (Span.HOUR, Span.DAY):
        history = _read(samples, span)
        assert history.series[Measure.FAN] == ()
        assert history.series[Measure.TEMPERATURE]
    _run(samples, clocks, 30, reading(fan_percent=0))
    assert {point.highest for point in _read(samples, Span.HOUR).series[Measure.FAN]} == {0.0}
    [point] = _read(samples, Span.DAY).series[Measure.FAN]
    assert point.mean == 0.0, "what was not reported has no part in the mean"


@pytest.mark.parametrize(
    "silent",
    [
        *[{"state": state} for state in GpuState if state is not GpuState.OK],
        {"simulated": True},
    ],
)
def test_a_card_that_measures_nothing_leaves_no_trace(
    samples: Samples, clocks: Clocks, database: Database, silent: dict[str, Any]
) -> None:
    _run(samples, clocks, 70, reading(**silent))
    samples.flush()
    assert _counts(database) == {}
    assert _read(samples, Span.DAY).cards == ()


def test_a_gap_stays_a_gap(samples: Samples, clocks: Clocks) -> None:
    _run(samples, clocks, 60, reading())
    _run(samples, clocks, 600, reading(state=GpuState.ASLEEP))
    _run(samples, clocks, 60, reading())
    times = [point.at_s - NOON_S for point in _read(samples, Span.HOUR).series[Measure.TEMPERATURE]]
    assert times == [*range(0, 60, 5), *range(660, 720, 5)]


def test_a_reading_that_is_told_again_counts_once(samples: Samples, clocks: Clocks, database: Database) -> None:
    for second in range(20):
        samples.keep([reading(at_s=100.0 + second // 5), reading(1)])
        clocks.passes(1)
    samples.flush()
    assert _counts(database)[1] == 4 + 20


def test_seconds_are_written_together(samples: Samples, clocks: Clocks, database: Database) -> None:
    _run(samples, clocks, int(FLUSH_S), reading())
    assert _counts(database) == {}
    _run(samples, clocks, 1, reading())
    assert _counts(database)[1] == FLUSH_S + 1


def test_what_waits_is_written_when_the_app_ends(tmp_path: Path, clocks: Clocks) -> None:
    with open_database(tmp_path) as database, open_samples(database, clocks) as samples:
        samples.keep([reading()])
    with open_database(tmp_path) as database:
        assert _counts(database)[1] == 1


class TestTheClock:
    @pytest.mark.parametrize("step_s", [-3600, -90, -30, -1, 1, 45, 3600, -40 * DAY_S, 400 * DAY_S])
    def test_that_is_set_neither_doubles_nor_loses(
        self, samples: Samples, clocks: Clocks, database: Database, step_s: int
    ) -> None:
        _run(samples, clocks, 1000, reading())
        clocks.now_s += step_s
        _run(samples, clocks, 500, reading())
        clocks.now_s -= step_s
        _run(samples, clocks, 200, reading())
        samples.flush()
        assert _counts(database) == {1: 1700, 60: 1700, 900: 1700}
        rolled = sum(count for _, count, _ in _rows(database, "minutes"))
        assert rolled == 1700 - 1700 % 60, "all but the last, unfinished minute"

    def test_that_staggers_neither_doubles_nor_loses(
        self, samples: Samples, clocks: Clocks, database: Database
    ) -> None:
        chance = random.Random(5)
        for _ in range(3000):
            samples.keep([reading(), reading(1)])
            clocks.passes(1)
            if chance.random() < 0.02:
                clocks.now_s += chance.choice((-700, -61, -3, 2, 59, 1000))
        samples.flush()
        assert set(_counts(database).values()) == {6000}

    def test_that_is_wrong_by_years_deletes_nothing_at_once(
        self, samples: Samples, clocks: Clocks, database: Database
    ) -> None:
        _run(samples, clocks, 2 * HOUR_S, reading(), step_s=10)
        before = len(_rows(database, "minutes"))
        clocks.now_s += 10 * 366 * DAY_S
        _run(samples, clocks, int(STEADY_S) - 60, reading(), step_s=10)
        clocks.now_s -= 10 * 366 * DAY_S
        _run(samples, clocks, int(STEADY_S) - 60, reading(), step_s=10)
        samples.flush()
        assert len(_rows(database, "minutes")) >= before


def _ages_s(database: Database, clocks: Clocks) -> dict[int, float]:
    """Return how old the oldest row of each level is."""
    oldest = database.read(
        lambda connection: connection.execute("SELECT level, min(at_s) FROM levels GROUP BY 1").fetchall()
    )
    return {level: clocks.now_s - at_s for level, at_s in oldest}


def test_what_is_old_goes(tmp_path: Path, clocks: Clocks) -> None:
    fill_a_year(tmp_path / "metrics.db", [reading()], until_s=NOON_S)
    with open_database(tmp_path) as database, open_samples(database, clocks) as samples:
        clocks.passes(12 * HOUR_S)
        _run(samples, clocks, 2 * HOUR_S, reading(), step_s=20)
        ages_s = _ages_s(database, clocks)
        assert HOUR_S <= ages_s[1] < 1.2 * HOUR_S
        assert DAY_S <= ages_s[60] < 1.1 * DAY_S
        clocks.passes(4 * DAY_S)
        _run(samples, clocks, 2 * HOUR_S, reading(), step_s=20)
        assert 365 * DAY_S <= _ages_s(database, clocks)[900] < 367 * DAY_S


def test_a_card_that_is_gone_keeps_its_name_until_its_history_is_gone(tmp_path: Path, clocks: Clocks) -> None:
    with open_database(tmp_path) as database, open_samples(database, clocks) as samples:
        _run(samples, clocks, 1000, reading(), reading(1, name="NVIDIA GeForce RTX 3080", host="hermes"))
        clocks.passes(300 * DAY_S)
        _run(samples, clocks, 1000, reading())
        [_, gone] = _read(samples, Span.YEAR).cards
        assert (gone.name, gone.host, gone.index) == ("NVIDIA GeForce RTX 3080", "hermes", 1)
        assert NOON_S + 900 <= gone.seen_s <= NOON_S + 1000
        assert len(_read(samples, Span.YEAR, "GPU-1").series[Measure.POWER]) == 1
        clocks.passes(80 * DAY_S)
        _run(samples, clocks, 2000, reading())
        assert [card.uuid for card in _read(samples, Span.YEAR).cards] == ["GPU-0"]


def test_a_card_goes_by_its_uuid_whatever_its_index_and_host(samples: Samples, clocks: Clocks) -> None:
    _run(samples, clocks, 90, reading())
    moved = reading(index=4, host="hermes", power_limit_w=320.0, kind=Kind.PROCESSOR)
    _run(samples, clocks, 90, moved)
    history = _read(samples, Span.HOUR)
    assert history.card
    assert (history.card.index, history.card.host, history.card.kind) == (4, "hermes", Kind.PROCESSOR)
    assert (history.card.memory_total_bytes, history.card.power_limit_w) == (24 << 30, 320.0)
    assert len(history.series[Measure.TEMPERATURE]) == 36


def test_an_unknown_card_has_no_history(samples: Samples) -> None:
    history = _read(samples, Span.MONTH, "GPU-never-seen")
    assert history.card is None
    assert set(map(len, history.series.values())) == {0}


def test_what_older_versions_kept_is_taken_over(tmp_path: Path, clocks: Clocks) -> None:
    path = tmp_path / "metrics.db"
    Database(path, sample_tables.MIGRATIONS[:1]).close()
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                ("GPU-0", NOON_S - 30 * DAY_S + second + 0.25, 50 + second % 2, None, 3 << 30, 99.95, 40)
                for second in range(0, 31 * DAY_S, 600)
            ],
        )
    connection.close()
    clocks.now_s += DAY_S
    with Database(path, sample_tables.MIGRATIONS) as database, open_samples(database, clocks) as samples:
        day, month = _read(samples, Span.DAY), _read(samples, Span.MONTH)
        assert day.card
        assert day.card.name is None
        assert len(day.series[Measure.TEMPERATURE]) in (143, 144)
        assert len(month.series[Measure.TEMPERATURE]) in (719, 720)
        assert month.series[Measure.POWER][5][1:] == (100.0, 100.0, 100.0)
        assert month.series[Measure.UTILIZATION] == ()
        _run(samples, clocks, 2000, reading())
        assert _read(samples, Span.HOUR).series[Measure.UTILIZATION]
        samples.flush()
        total = 31 * 144 + 2000
        assert _counts(database)[900] == total


WRITER = """
import sys
from pathlib import Path
from tests.store.sampling import Clocks, open_database, open_samples, reading

clocks = Clocks(float(sys.argv[2]))
with open_database(Path(sys.argv[1])) as database:
    samples = open_samples(database, clocks)
    cards = [reading(number) for number in range(4)]
    kept = 0
    while True:
        samples.keep(cards)
        clocks.passes(1)
        kept += len(cards)
        if kept % 800 == 0:
            samples.flush()
            database.read(lambda connection: None)
            print(kept, flush=True)
"""


def test_killed_at_any_moment_it_leaves_a_whole_file(tmp_path: Path) -> None:
    """Kill -9 a process that writes as fast as it can, again and again: nothing that was written is lost or doubled."""
    chance = random.Random(11)
    before = 0
    for life in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(NOON_S + life * 10_000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout
        told = [int(writer.stdout.readline()) for _ in range(chance.randint(1, 30))]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout.readlines() if line.endswith("\n")]
        writer.wait(60)
        writer.stdout.close()
        with open_database(tmp_path) as database:
            assert database.opened.result() is None, "the file is whole"
            check = database.read(lambda connection: connection.execute("PRAGMA integrity_check").fetchone())
            assert check == ("ok",)
            counts = _counts(database)
            assert counts[60] == counts[900], "each level tells of the same samples"
            assert counts[900] >= before + told[-1], "what was said to be written is there"
            before = counts[900]
            [[doubled]] = database.read(
                lambda connection: connection.execute(
                    "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT card, at_s FROM seconds)) FROM seconds"
                ).fetchall()
            )
            assert doubled == 0


def test_everything_is_forgotten_and_what_follows_is_kept(samples: Samples, database: Database, clocks: Clocks) -> None:
    card = reading()
    _run(samples, clocks, 2 * 3600, card, step_s=30.0)
    samples.flush()
    samples.forget_all()
    assert not any(samples.read(card.uuid, Span.DAY).result(20).series.values())
    [(left,)] = database.read(lambda connection: connection.execute("SELECT count(*) FROM levels").fetchall())
    assert left == 0
    _run(samples, clocks, 1800, card, step_s=30.0)
    samples.flush()
    assert any(samples.read(card.uuid, Span.DAY).result(20).series.values())
