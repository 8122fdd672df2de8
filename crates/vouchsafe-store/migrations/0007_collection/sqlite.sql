-- Data collections: the customer collects. A row is its tenant's, or the provider's until it has reached its tenant.

CREATE TABLE data_collection (
    tenant_id       TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    data_tenant     TEXT NOT NULL,
    support_tenant  TEXT NOT NULL,
    support_request TEXT NOT NULL,
    status          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    deleted_at      INTEGER,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX data_collection_newest ON data_collection (tenant_id, created_at DESC, id DESC);
CREATE INDEX data_collection_of_case ON data_collection (support_request);

-- The key of a collection's files, wrapped by the master key. Without it nobody can read them, wherever copies are.
CREATE TABLE data_collection_key (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    wrapped   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

CREATE TABLE data_collection_message (
    tenant_id  TEXT NOT NULL,
    collection TEXT NOT NULL,
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    document   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, collection, id)
) STRICT;
