-- Sessions of the pages, anew: when they began, when they were last used, and with which passkey they began. Those that
-- were open end, and their people sign in again.
DROP TABLE session;
CREATE TABLE session (
    tenant_id  TEXT NOT NULL,
    hash       BLOB NOT NULL,
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    credential TEXT,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hash)
) STRICT;
CREATE INDEX session_by_user ON session (tenant_id, user_id);

-- Passkeys, removed ones too: who ever had one and enrols with a pass has recovered.
CREATE TABLE passkey (
    tenant_id       TEXT NOT NULL,
    credential      TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    counter         INTEGER NOT NULL,
    backup_eligible INTEGER NOT NULL CHECK (backup_eligible IN (0, 1)),
    created_at      INTEGER NOT NULL,
    last_used_at    INTEGER,
    removed_at      INTEGER,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, credential)
) STRICT;
CREATE INDEX passkey_by_user ON passkey (tenant_id, user_id);

-- One-time passes for passkeys.
CREATE TABLE enrolment (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    hash       BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX enrolment_by_hash ON enrolment (tenant_id, hash);
CREATE INDEX enrolment_by_user ON enrolment (tenant_id, user_id);

-- Challenges that were answered, as long as they could be answered once more.
CREATE TABLE spent_challenge (
    tenant_id  TEXT NOT NULL,
    hash       BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hash)
) STRICT;
