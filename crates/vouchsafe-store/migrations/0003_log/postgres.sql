-- A tenant's tree above its leaf hashes (evidence.md): the hash of the number-th full subtree of 256^level leaves. All
-- others follow from these and from the leaves.
CREATE TABLE log_node (
    tenant_id TEXT COLLATE "C" NOT NULL,
    level     BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, level, number)
);

-- The newest checkpoint of each log, as it was signed.
CREATE TABLE log_checkpoint (
    tenant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size      BIGINT NOT NULL,
    root      BYTEA NOT NULL,
    note      TEXT COLLATE "C" NOT NULL
);

-- Keys that checkpoints are signed with, sealed under the master key.
CREATE TABLE log_key (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    verifier_key TEXT COLLATE "C" NOT NULL,
    sealed       BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    signs_until  BIGINT,
    PRIMARY KEY (tenant_id, id)
);
