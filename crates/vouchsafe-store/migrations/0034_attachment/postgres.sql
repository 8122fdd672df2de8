-- The key of the files of a message, wrapped by the master key, and the case whose closing ends them. Without the key nobody can
-- read the files, wherever copies are.
CREATE TABLE attachment_key (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    message         TEXT COLLATE "C" NOT NULL,
    support_tenant  TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    wrapped         BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, message)
);
CREATE INDEX attachment_key_of_case ON attachment_key (support_tenant, support_request);
