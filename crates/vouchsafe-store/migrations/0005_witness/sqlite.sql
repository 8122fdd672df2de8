-- What each witness signed last of each log (evidence.md, Witness): its signature line, and the tree that the line is about.
CREATE TABLE log_cosignature (
    tenant_id TEXT NOT NULL,
    witness   TEXT NOT NULL,
    size      INTEGER NOT NULL,
    root      BLOB NOT NULL,
    line      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, witness)
) STRICT, WITHOUT ROWID;
