-- The nodes that remember who may read what, each with the number of times that it said so.
CREATE TABLE node (
    id   TEXT NOT NULL PRIMARY KEY,
    beat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
