"""The tables of `etoile.db`, in the order in which they came; what is asked of them stands with who asks."""

EXCHANGES = """
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY,
    at_s REAL NOT NULL,              -- seconds since 1970
    request TEXT NOT NULL,
    decision TEXT,                   -- run, ask, propose, refuse, route; NULL when the turn ended before one
    command TEXT,
    slots TEXT NOT NULL,             -- JSON
    ok INTEGER NOT NULL,
    answer TEXT,
    attribution TEXT NOT NULL,       -- JSON: [{"node", "model"}]
    elapsed_ms REAL
);
CREATE INDEX exchanges_at ON exchanges (at_s);
CREATE TABLE confirmed_servers (
    url TEXT PRIMARY KEY,            -- found on this machine, and confirmed by the user
    at_s REAL NOT NULL
)
"""

HOW_IT_WAS_UNDERSTOOD = """
ALTER TABLE exchanges ADD COLUMN language TEXT;
ALTER TABLE exchanges ADD COLUMN origin TEXT;                        -- voice, window, line, ...; NULL before this
ALTER TABLE exchanges ADD COLUMN confidence REAL;                    -- of the match: 0 to 1
ALTER TABLE exchanges ADD COLUMN reason TEXT;                        -- how the match came about, or why there is none
ALTER TABLE exchanges ADD COLUMN compound INTEGER NOT NULL DEFAULT 0;    -- it held further commands
ALTER TABLE exchanges ADD COLUMN undone INTEGER NOT NULL DEFAULT 0
"""

OFFERS = """
CREATE TABLE offers (
    key TEXT PRIMARY KEY,            -- see etoile.domain.learning.offers
    shown_s REAL,                    -- when it was last shown unasked; seconds since 1970
    refused_s REAL                   -- when the user wanted it never again
)
"""

FIT_RATIOS = """
CREATE TABLE fit_ratios (
    model TEXT NOT NULL,             -- what it is made of, not what somebody calls it
    flags TEXT NOT NULL,             -- how the engine was set
    context INTEGER NOT NULL,        -- tokens
    ratio REAL NOT NULL,             -- seen / estimated
    source TEXT NOT NULL,
    at_s REAL NOT NULL,              -- seconds since 1970
    PRIMARY KEY (model, flags, context)
) WITHOUT ROWID
"""

BENCHES = """
CREATE TABLE benches (
    node TEXT NOT NULL,
    model TEXT NOT NULL,
    at_s REAL NOT NULL,              -- seconds since 1970
    method INTEGER NOT NULL,         -- only measurements of one method compare
    rounds INTEGER NOT NULL,
    prompt_tokens INTEGER,           -- NULL is "not told", never 0
    output_tokens INTEGER,
    prompt_per_s REAL,               -- tokens a second
    output_per_s REAL,
    first_token_s REAL,
    load_s REAL,
    spread_percent REAL NOT NULL,
    by_server INTEGER NOT NULL,      -- whether the server counted, or we
    gpu_share REAL,                  -- 0 to 1
    digest TEXT,
    PRIMARY KEY (node, model, at_s)
) WITHOUT ROWID
"""

WHAT_BELONGS_TOGETHER = """
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    summary TEXT NOT NULL DEFAULT '',        -- of its beginning, once it was too long to be sent whole...
    upto INTEGER NOT NULL DEFAULT 0          -- ...up to the exchange of this place
);
ALTER TABLE exchanges ADD COLUMN conversation INTEGER;   -- NULL: of none
ALTER TABLE exchanges ADD COLUMN place INTEGER;          -- in its conversation, from 1; NULL: nothing refers to it
CREATE INDEX exchanges_conversation ON exchanges (conversation)
"""

ANSWERS = """
CREATE TABLE answers (
    sense TEXT PRIMARY KEY,          -- see etoile.domain.repeats
    at_s REAL NOT NULL,              -- seconds since 1970
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    attribution TEXT NOT NULL        -- JSON: [{"node", "model"}]
);
CREATE INDEX answers_at ON answers (at_s)
"""

WHAT_STAYS_HERE = """
-- The history was read for the answer.
ALTER TABLE exchanges ADD COLUMN private INTEGER NOT NULL DEFAULT 0
"""

DRAFTS = """
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY,
    process INTEGER NOT NULL,        -- whose turn it is
    turn INTEGER NOT NULL,
    at_s REAL NOT NULL,              -- seconds since 1970
    request TEXT NOT NULL,
    language TEXT,
    attribution TEXT NOT NULL DEFAULT '[]',     -- JSON: [{"node", "model"}]
    UNIQUE (process, turn)
);
CREATE TABLE pieces (
    id INTEGER PRIMARY KEY,
    draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    text TEXT NOT NULL               -- of the answer
);
CREATE INDEX pieces_draft ON pieces (draft)
"""

PACES = """
CREATE TABLE paces (
    url TEXT NOT NULL,               -- of the server, without a password
    model TEXT NOT NULL,
    first_token_s REAL,              -- NULL is "not known", never 0
    tokens_per_s REAL,
    at_s REAL NOT NULL,              -- seconds since 1970
    PRIMARY KEY (url, model)
) WITHOUT ROWID
"""

MIGRATIONS = [
    EXCHANGES,
    HOW_IT_WAS_UNDERSTOOD,
    OFFERS,
    FIT_RATIOS,
    BENCHES,
    WHAT_BELONGS_TOGETHER,
    ANSWERS,
    WHAT_STAYS_HERE,
    DRAFTS,
    PACES,
]
"""Never one changed that was released: a further one is appended."""
