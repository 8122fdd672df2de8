-- Problem types that the provider has added or changed; what is built in and was never changed has no row.
CREATE TABLE problem_type (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    document  BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
