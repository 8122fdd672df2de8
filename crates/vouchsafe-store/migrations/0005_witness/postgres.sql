-- What each witness signed last of each log (evidence.md, Witness): its signature line, and the tree that the line is about.
CREATE TABLE log_cosignature (
    tenant_id TEXT COLLATE "C" NOT NULL,
    witness   TEXT COLLATE "C" NOT NULL,
    size      BIGINT NOT NULL,
    root      BYTEA NOT NULL,
    line      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, witness)
);
