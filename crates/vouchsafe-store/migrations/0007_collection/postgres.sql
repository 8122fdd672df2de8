-- Data collections: the customer collects. A row is its tenant's, or the provider's until it has reached its tenant.

CREATE TABLE data_collection (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    data_tenant     TEXT COLLATE "C" NOT NULL,
    support_tenant  TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    deleted_at      BIGINT,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX data_collection_newest ON data_collection (tenant_id, created_at DESC, id DESC);
CREATE INDEX data_collection_of_case ON data_collection (support_request);

-- The key of a collection's files, wrapped by the master key. Without it nobody can read them, wherever copies are.
CREATE TABLE data_collection_key (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    wrapped   BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE data_collection_message (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    document   BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, collection, id)
);
