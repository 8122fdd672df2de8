-- The key of the files of a message, wrapped by the master key, and the case whose closing ends them. Without the key nobody can
-- read the files, wherever copies are.
CREATE TABLE attachment_key (
    tenant_id       TEXT NOT NULL,
    message         TEXT NOT NULL,
    support_tenant  TEXT NOT NULL,
    support_request TEXT NOT NULL,
    wrapped         BLOB NOT NULL,
    PRIMARY KEY (tenant_id, message)
) STRICT;
CREATE INDEX attachment_key_of_case ON attachment_key (support_tenant, support_request);
