-- Problem types that the provider has added or changed; what is built in and was never changed has no row.
CREATE TABLE problem_type (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    version   INTEGER NOT NULL,
    document  BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
