-- What every tenant's file of diagnostic records has; the tables of events follow from the schemas of their kinds
-- (src/records/layout.rs).

-- One batch of an import: when its events came, and between which times they happened.
CREATE TABLE IF NOT EXISTS batch (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    imported    INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT;
-- Dictionaries that JSON is packed with; what was packed with an old one stays readable.
CREATE TABLE IF NOT EXISTS packing (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    dictionary  BLOB NOT NULL
) STRICT;
-- Kinds of which more events happened in one microsecond than it has places for.
CREATE TABLE IF NOT EXISTS crowded (kind TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
-- Exact counts of events by time: of a kind, by a property, in steps of so many hours since 2020.
CREATE TABLE IF NOT EXISTS roll_up (
    kind        TEXT NOT NULL,
    counted     INTEGER NOT NULL,
    hours       INTEGER NOT NULL,
    category    INTEGER NOT NULL,
    step        INTEGER NOT NULL,
    value       INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    PRIMARY KEY (kind, counted, hours, category, step, value)
) STRICT, WITHOUT ROWID;
-- Objects that are no events, and the values of their columns.
CREATE TABLE IF NOT EXISTS object (
    kind        TEXT NOT NULL,
    id          TEXT NOT NULL,
    category    INTEGER NOT NULL,
    packing     INTEGER NOT NULL,
    json        BLOB NOT NULL,
    original    BLOB,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object_value (
    kind        TEXT NOT NULL,
    path        TEXT NOT NULL,
    value       ANY NOT NULL,
    id          TEXT NOT NULL,
    PRIMARY KEY (kind, path, value, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS object_value_by_id ON object_value (kind, id);
