"""The tables of `metrics.db`, and what is asked of them.

Values are whole numbers, because SQLite keeps small ones in one to three bytes: tenths of a degree, of a percent and
of a watt, and MiB; NULL is "not reported", never 0.  `seconds` and `minutes` are written at their end alone, which
touches few pages of the disk however many cards there are; `quarters`, which a year of one card is read from, is in the
order of the cards.  Rows are rolled up in the order in which they came (`rolled`), not by the clock: when that is set
back a minute has two rows, readers put them together, and every sample counts once.
"""

FIRST = """
CREATE TABLE samples (
    uuid TEXT NOT NULL,
    at_s REAL NOT NULL,              -- seconds since 1970
    temperature_c INTEGER,           -- NULL is "not reported", never 0
    utilization_percent INTEGER,
    memory_used_bytes INTEGER,
    power_w REAL,
    fan_percent INTEGER,
    PRIMARY KEY (uuid, at_s)
) WITHOUT ROWID
"""

LEVELS = """
CREATE TABLE cards (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    host TEXT,                       -- this and what follows: as last known
    name TEXT,
    number INTEGER,                  -- the index
    kind TEXT NOT NULL DEFAULT 'gpu',
    memory_total_bytes INTEGER,
    power_limit_w REAL,
    seen_s INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE seconds (
    id INTEGER PRIMARY KEY,          -- in the order in which they came
    at_s INTEGER NOT NULL,           -- seconds since 1970
    card INTEGER NOT NULL,
    temperature_dc INTEGER, utilization_permille INTEGER, memory_used_mib INTEGER, power_dw INTEGER,
    fan_permille INTEGER
);
CREATE TABLE minutes (
    id INTEGER PRIMARY KEY,
    at_s INTEGER NOT NULL,           -- where the minute begins
    card INTEGER NOT NULL,
    n INTEGER NOT NULL,              -- samples
    temperature_min_dc INTEGER, temperature_mean_dc INTEGER, temperature_max_dc INTEGER,
    utilization_min_permille INTEGER, utilization_mean_permille INTEGER, utilization_max_permille INTEGER,
    memory_used_min_mib INTEGER, memory_used_mean_mib INTEGER, memory_used_max_mib INTEGER,
    power_min_dw INTEGER, power_mean_dw INTEGER, power_max_dw INTEGER,
    fan_min_permille INTEGER, fan_mean_permille INTEGER, fan_max_permille INTEGER
);
CREATE TABLE quarters (
    id INTEGER NOT NULL,             -- the last of the minutes that it was made of
    at_s INTEGER NOT NULL,           -- where the quarter of an hour begins
    card INTEGER NOT NULL,
    n INTEGER NOT NULL,
    temperature_min_dc INTEGER, temperature_mean_dc INTEGER, temperature_max_dc INTEGER,
    utilization_min_permille INTEGER, utilization_mean_permille INTEGER, utilization_max_permille INTEGER,
    memory_used_min_mib INTEGER, memory_used_mean_mib INTEGER, memory_used_max_mib INTEGER,
    power_min_dw INTEGER, power_mean_dw INTEGER, power_max_dw INTEGER,
    fan_min_permille INTEGER, fan_mean_permille INTEGER, fan_max_permille INTEGER,
    PRIMARY KEY (card, at_s, id)
) WITHOUT ROWID;
CREATE TABLE rolled (
    level INTEGER PRIMARY KEY,       -- 1 for seconds, 60 for minutes
    id INTEGER NOT NULL              -- the last row of it that the next level holds
) WITHOUT ROWID;

CREATE VIEW levels (
    level, id, at_s, card, n,
    temperature_min_dc, temperature_mean_dc, temperature_max_dc,
    utilization_min_permille, utilization_mean_permille, utilization_max_permille,
    memory_used_min_mib, memory_used_mean_mib, memory_used_max_mib,
    power_min_dw, power_mean_dw, power_max_dw,
    fan_min_permille, fan_mean_permille, fan_max_permille
) AS
    SELECT 1, id, at_s, card, 1, temperature_dc, temperature_dc, temperature_dc,
        utilization_permille, utilization_permille, utilization_permille,
        memory_used_mib, memory_used_mib, memory_used_mib,
        power_dw, power_dw, power_dw, fan_permille, fan_permille, fan_permille
    FROM seconds
    UNION ALL SELECT 60, * FROM minutes
    UNION ALL SELECT 900, * FROM quarters;

CREATE VIEW history AS               -- each level, with what was not rolled up to it yet
    SELECT level AS read_at, * FROM levels
    UNION ALL SELECT 60, * FROM levels WHERE level = 1 AND id > (SELECT id FROM rolled WHERE level = 1)
    UNION ALL SELECT 900, * FROM levels WHERE level = 1 AND id > (SELECT id FROM rolled WHERE level = 1)
    UNION ALL SELECT 900, * FROM levels WHERE level = 60 AND id > (SELECT id FROM rolled WHERE level = 60);

INSERT INTO cards (uuid, seen_s) SELECT uuid, CAST(max(at_s) AS INTEGER) FROM samples GROUP BY uuid;
INSERT INTO minutes
    SELECT NULL, CAST(at_s AS INTEGER) / 60 * 60, cards.id, count(*),
        min(temperature_c) * 10, CAST(round(avg(temperature_c) * 10) AS INTEGER), max(temperature_c) * 10,
        min(utilization_percent) * 10, CAST(round(avg(utilization_percent) * 10) AS INTEGER),
        max(utilization_percent) * 10,
        min(memory_used_bytes) >> 20, CAST(round(avg(memory_used_bytes)) AS INTEGER) >> 20,
        max(memory_used_bytes) >> 20,
        CAST(round(min(power_w) * 10) AS INTEGER), CAST(round(avg(power_w) * 10) AS INTEGER),
        CAST(round(max(power_w) * 10) AS INTEGER),
        min(fan_percent) * 10, CAST(round(avg(fan_percent) * 10) AS INTEGER), max(fan_percent) * 10
    FROM samples JOIN cards USING (uuid) WHERE at_s >= (SELECT max(at_s) FROM samples) - 86400 GROUP BY 2, 3;
INSERT INTO quarters
    SELECT 0, CAST(at_s AS INTEGER) / 900 * 900, cards.id, count(*),
        min(temperature_c) * 10, CAST(round(avg(temperature_c) * 10) AS INTEGER), max(temperature_c) * 10,
        min(utilization_percent) * 10, CAST(round(avg(utilization_percent) * 10) AS INTEGER),
        max(utilization_percent) * 10,
        min(memory_used_bytes) >> 20, CAST(round(avg(memory_used_bytes)) AS INTEGER) >> 20,
        max(memory_used_bytes) >> 20,
        CAST(round(min(power_w) * 10) AS INTEGER), CAST(round(avg(power_w) * 10) AS INTEGER),
        CAST(round(max(power_w) * 10) AS INTEGER),
        min(fan_percent) * 10, CAST(round(avg(fan_percent) * 10) AS INTEGER), max(fan_percent) * 10
    FROM samples JOIN cards USING (uuid) GROUP BY 2, 3;
INSERT INTO rolled SELECT 1, 0 UNION ALL SELECT 60, ifnull(max(id), 0) FROM minutes;
DROP TABLE samples
"""

SLOWED = """
CREATE TABLE slowed (                -- when heat slowed a card down
    card INTEGER NOT NULL,
    since_s INTEGER NOT NULL,
    until_s INTEGER NOT NULL,
    PRIMARY KEY (card, since_s)
) WITHOUT ROWID
"""

MIGRATIONS = [FIRST, LEVELS, SLOWED]
"""Of `metrics.db`, in the order in which they came."""

_TOGETHER = """
    sum(n),
    min(temperature_min_dc),
    CAST(round(1.0 * sum(temperature_mean_dc * n) / sum(n) FILTER (WHERE temperature_mean_dc NOT NULL)) AS INTEGER),
    max(temperature_max_dc),
    min(utilization_min_permille),
    CAST(round(1.0 * sum(utilization_mean_permille * n)
        / sum(n) FILTER (WHERE utilization_mean_permille NOT NULL)) AS INTEGER),
    max(utilization_max_permille),
    min(memory_used_min_mib),
    CAST(round(1.0 * sum(memory_used_mean_mib * n) / sum(n) FILTER (WHERE memory_used_mean_mib NOT NULL)) AS INTEGER),
    max(memory_used_max_mib),
    min(power_min_dw),
    CAST(round(1.0 * sum(power_mean_dw * n) / sum(n) FILTER (WHERE power_mean_dw NOT NULL)) AS INTEGER),
    max(power_max_dw),
    min(fan_min_permille),
    CAST(round(1.0 * sum(fan_mean_permille * n) / sum(n) FILTER (WHERE fan_mean_permille NOT NULL)) AS INTEGER),
    max(fan_max_permille)
"""
"""What several rows come to."""

# The statements below are put together from constants of this file alone.

READ = f"""
SELECT at_s / :point_s * :point_s, {_TOGETHER}
FROM history
WHERE read_at = :level AND card = :card AND at_s >= :since_s AND at_s < :until_s
GROUP BY 1 ORDER BY 1
"""  # noqa: S608
"""The history of one card: for each point its time, how many samples it has, and what they come to."""

OLDEST = """
SELECT coalesce(
    (SELECT min(at_s) FROM quarters WHERE card = :card),
    (SELECT min(at_s) FROM minutes WHERE card = :card),
    (SELECT min(at_s) FROM seconds WHERE card = :card)
)
"""
"""From when on anything is known of a card.  Only of a new one, of which there is little, no quarter of an hour is."""

ROLL_UP = {
    60: f"""
INSERT INTO minutes
SELECT NULL, at_s / 60 * 60, card, {_TOGETHER}
FROM levels WHERE level = 1 AND id > :rolled
GROUP BY 2, 3 ORDER BY 2, 3
""",  # noqa: S608
    900: f"""
INSERT INTO quarters
SELECT max(id), at_s / 900 * 900, card, {_TOGETHER}
FROM levels WHERE level = 60 AND id > :rolled
GROUP BY 2, 3
""",  # noqa: S608
}
"""Makes rows of a level from those below it that came after the one called `rolled`."""

ROLLED = "SELECT id FROM rolled WHERE level = ?"

WAITING = {
    1: "SELECT at_s FROM seconds WHERE id > ? ORDER BY id LIMIT 1",
    60: "SELECT at_s FROM minutes WHERE id > ? ORDER BY id LIMIT 1",
}
"""When the first row of a level is from that was not rolled up yet."""

ALL_ROLLED = {
    1: "UPDATE rolled SET id = (SELECT max(id) FROM seconds) WHERE level = 1",
    60: "UPDATE rolled SET id = (SELECT max(id) FROM minutes) WHERE level = 60",
}

FORGET_ALL = (
    *(f"DELETE FROM {table}" for table in ("seconds", "minutes", "quarters", "slowed", "cards")),  # noqa: S608  # names of ours
    "UPDATE rolled SET id = 0",
)
"""Leaves no measurement and no card; ids begin at 1 again."""

KEEP = "INSERT INTO seconds VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"

# It goes on where it is not long ago that it was so: one row for each time, however long that is.
SLOWED_STILL = """
UPDATE slowed SET until_s = max(until_s, :at_s)
WHERE card = :card AND since_s = (SELECT max(since_s) FROM slowed WHERE card = :card AND since_s <= :at_s)
    AND until_s >= :at_s - :apart_s
"""
SLOWED_AGAIN = "INSERT OR IGNORE INTO slowed VALUES (:card, :at_s, :at_s)"
WHEN_SLOWED = """
SELECT since_s, until_s FROM slowed
WHERE card = :card AND since_s < :until_s AND until_s >= :since_s ORDER BY since_s
"""

KEEP_CARD = """
INSERT INTO cards (uuid, host, name, number, kind, memory_total_bytes, power_limit_w, seen_s)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uuid) DO UPDATE SET
    host = excluded.host, name = excluded.name, number = excluded.number, kind = excluded.kind,
    memory_total_bytes = excluded.memory_total_bytes, power_limit_w = excluded.power_limit_w, seen_s = excluded.seen_s
"""

CARDS = """
SELECT id, uuid, host, name, number, kind, memory_total_bytes, power_limit_w, seen_s
FROM cards ORDER BY host, number, uuid
"""

# What the next level holds and is too old goes; the newest row stays, so that no number is given twice.
DROP_SECONDS = """
DELETE FROM seconds WHERE at_s < :oldest_s AND id < (SELECT id FROM rolled WHERE level = 1)
"""
DROP_MINUTES = """
DELETE FROM minutes WHERE at_s < :oldest_s AND id < (SELECT id FROM rolled WHERE level = 60)
"""
# A day of each card at a time: after a long absence many are too old, and nobody is to wait for that.
DROP_QUARTERS = """
DELETE FROM quarters
WHERE card = :card AND at_s < min(:oldest_s, (SELECT min(at_s) FROM quarters WHERE card = :card) + 86400)
"""
DROP_SLOWED = "DELETE FROM slowed WHERE until_s < :oldest_s"
DROP_CARDS = """
DELETE FROM cards
WHERE seen_s < :oldest_s AND NOT EXISTS (SELECT 1 FROM quarters WHERE card = cards.id)
"""
