-- Roles that a tenant has defined itself.
CREATE TABLE role_definition (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    document  BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Who holds which role, by role: what lists and rules look at. What a call needs of its caller stands in the account's row;
-- both are written together. Expiry is computed, so a row may outlive its time until the account changes.
CREATE TABLE role_assignment (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    role_id    TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at    BIGINT,
    PRIMARY KEY (tenant_id, role_id, user_id)
);
CREATE INDEX role_assignment_of_user ON role_assignment (tenant_id, user_id);

INSERT INTO role_assignment (tenant_id, role_id, user_id, created_at)
SELECT DISTINCT a.tenant_id, piece.role_id, a.id, 0 FROM account a CROSS JOIN LATERAL unnest(string_to_array(a.roles, ' ')) AS piece (role_id) WHERE piece.role_id <> '';
