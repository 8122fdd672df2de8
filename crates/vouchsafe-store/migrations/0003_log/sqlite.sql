-- A tenant's tree above its leaf hashes (evidence.md): the hash of the number-th full subtree of 256^level leaves. All
-- others follow from these and from the leaves.
CREATE TABLE log_node (
    tenant_id TEXT NOT NULL,
    level     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (tenant_id, level, number)
) STRICT, WITHOUT ROWID;

-- The newest checkpoint of each log, as it was signed.
CREATE TABLE log_checkpoint (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    size      INTEGER NOT NULL,
    root      BLOB NOT NULL,
    note      TEXT NOT NULL
) STRICT;

-- Keys that checkpoints are signed with, sealed under the master key.
CREATE TABLE log_key (
    tenant_id    TEXT NOT NULL,
    id           TEXT NOT NULL,
    verifier_key TEXT NOT NULL,
    sealed       BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    signs_until  INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT;
