-- Sessions of the pages, anew: when they began, when they were last used, and with which passkey they began. Those that
-- were open end, and their people sign in again.
DROP TABLE session;
CREATE TABLE session (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    credential TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX session_by_user ON session (tenant_id, user_id);

-- Passkeys, removed ones too: who ever had one and enrols with a pass has recovered.
CREATE TABLE passkey (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    credential      TEXT COLLATE "C" NOT NULL,
    user_id         TEXT COLLATE "C" NOT NULL,
    counter         BIGINT NOT NULL,
    backup_eligible BIGINT NOT NULL CHECK (backup_eligible IN (0, 1)),
    created_at      BIGINT NOT NULL,
    last_used_at    BIGINT,
    removed_at      BIGINT,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, credential)
);
CREATE INDEX passkey_by_user ON passkey (tenant_id, user_id);

-- One-time passes for passkeys.
CREATE TABLE enrolment (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX enrolment_by_hash ON enrolment (tenant_id, hash);
CREATE INDEX enrolment_by_user ON enrolment (tenant_id, user_id);

-- Challenges that were answered, as long as they could be answered once more.
CREATE TABLE spent_challenge (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
