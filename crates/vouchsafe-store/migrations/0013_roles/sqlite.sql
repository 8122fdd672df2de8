-- Roles that a tenant has defined itself.
CREATE TABLE role_definition (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    version   INTEGER NOT NULL,
    document  BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

-- Who holds which role, by role: what lists and rules look at. What a call needs of its caller stands in the account's row;
-- both are written together. Expiry is computed, so a row may outlive its time until the account changes.
CREATE TABLE role_assignment (
    tenant_id  TEXT NOT NULL,
    role_id    TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ends_at    INTEGER,
    PRIMARY KEY (tenant_id, role_id, user_id)
) STRICT;
CREATE INDEX role_assignment_of_user ON role_assignment (tenant_id, user_id);

INSERT INTO role_assignment (tenant_id, role_id, user_id, created_at)
WITH RECURSIVE piece (tenant_id, user_id, role_id, rest) AS (
    SELECT tenant_id, id, '', roles || ' ' FROM account
    UNION ALL
    SELECT tenant_id, user_id, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM piece WHERE rest <> ''
)
SELECT DISTINCT tenant_id, role_id, user_id, 0 FROM piece WHERE role_id <> '';
