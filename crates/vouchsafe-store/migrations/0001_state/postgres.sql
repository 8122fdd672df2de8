-- State of every tenant. The tenant id leads every primary and unique key, so that rows can be spread by it.
-- Times are microseconds since 1970-01-01T00:00:00Z; documents are JSON with personal values sealed.

CREATE TABLE deployment (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);

CREATE TABLE tenant (
    tenant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind IN ('provider', 'customer')),
    document  BYTEA NOT NULL
);

CREATE TABLE account (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    active    BIGINT NOT NULL CHECK (active IN (0, 1)),
    upn_hash  BYTEA NOT NULL,
    roles     TEXT COLLATE "C" NOT NULL,
    document  BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX account_by_upn ON account (tenant_id, upn_hash);

CREATE TABLE account_link (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    other_tenant TEXT COLLATE "C" NOT NULL,
    other_user   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, user_id, other_tenant, other_user)
);

CREATE TABLE api_token (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX api_token_by_hash ON api_token (tenant_id, hash);

CREATE TABLE session (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    hash       BYTEA NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);

CREATE TABLE person_key (
    tenant_id TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    wrapped   BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);

CREATE TABLE support_request (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    number       TEXT COLLATE "C" NOT NULL,
    status       TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'closed')),
    stage        TEXT COLLATE "C" NOT NULL,
    severity     TEXT COLLATE "C" NOT NULL,
    problem_type TEXT COLLATE "C" NOT NULL,
    assigned_to  TEXT COLLATE "C",
    created_at   BIGINT NOT NULL,
    closed_at    BIGINT,
    consent_expires_at BIGINT,
    document     BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_request_newest ON support_request (tenant_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX support_request_by_number ON support_request (tenant_id, number);

-- The provider's view of every case: whose it is and who works on it.
CREATE TABLE desk_case (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    id             TEXT COLLATE "C" NOT NULL,
    support_tenant TEXT COLLATE "C" NOT NULL,
    assigned_to    TEXT COLLATE "C",
    status         TEXT COLLATE "C" NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX desk_case_by_engineer ON desk_case (tenant_id, assigned_to, status);
CREATE INDEX desk_case_newest ON desk_case (tenant_id, created_at DESC, id DESC);

CREATE TABLE message (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, support_request, id)
);

CREATE TABLE access_side (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    side            TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    resource_tenant TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    pending_until   BIGINT NOT NULL,
    approved_at     BIGINT,
    expires_at      BIGINT,
    ended_at        BIGINT,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX access_side_of_case ON access_side (tenant_id, support_request);
CREATE INDEX access_side_newest ON access_side (tenant_id, created_at DESC, id DESC);
CREATE INDEX access_side_due ON access_side (status, pending_until, expires_at);

CREATE TABLE engineer_request (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    support_tenant  TEXT COLLATE "C" NOT NULL,
    resource_tenant TEXT COLLATE "C" NOT NULL,
    rests_on        TEXT COLLATE "C",
    engineer        TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX engineer_request_of_case ON engineer_request (tenant_id, support_request);
CREATE INDEX engineer_request_newest ON engineer_request (tenant_id, created_at DESC, id DESC);

CREATE TABLE access_grant (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    access_request  TEXT COLLATE "C",
    source          TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    ended_at        BIGINT,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX access_grant_of_case ON access_grant (tenant_id, support_request);
CREATE INDEX access_grant_of_request ON access_grant (tenant_id, access_request);
CREATE INDEX access_grant_by_case ON access_grant (support_request);
CREATE INDEX access_grant_newest ON access_grant (tenant_id, created_at DESC, id DESC);

CREATE TABLE read_record (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    grant_id        TEXT COLLATE "C",
    access_request  TEXT COLLATE "C",
    created_at      BIGINT NOT NULL,
    document        BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX read_record_of_grant ON read_record (tenant_id, grant_id, id);
CREATE INDEX read_record_of_request ON read_record (tenant_id, access_request, id);

-- Refused reads of the running minute; the sweeper turns past minutes into entries.
CREATE TABLE denied_read (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    minute          BIGINT NOT NULL,
    engineer_tenant TEXT COLLATE "C" NOT NULL,
    engineer        TEXT COLLATE "C" NOT NULL,
    support_request TEXT COLLATE "C" NOT NULL,
    data_tenant     TEXT COLLATE "C" NOT NULL,
    category        TEXT COLLATE "C" NOT NULL,
    reason          TEXT COLLATE "C" NOT NULL,
    last_at         BIGINT NOT NULL,
    count           BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, minute, engineer, support_request, data_tenant, category, reason)
);

CREATE TABLE log_head (
    tenant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size      BIGINT NOT NULL
);

CREATE TABLE audit_entry (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    sequence        BIGINT NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    activity_at     BIGINT NOT NULL,
    activity        TEXT COLLATE "C" NOT NULL,
    category        TEXT COLLATE "C" NOT NULL,
    result          TEXT COLLATE "C" NOT NULL,
    correlation_id  TEXT COLLATE "C" NOT NULL,
    initiator       TEXT COLLATE "C",
    target          TEXT COLLATE "C" NOT NULL,
    entry           BYTEA NOT NULL,
    openings        BYTEA NOT NULL,
    leaf            BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);
CREATE UNIQUE INDEX audit_entry_by_id ON audit_entry (tenant_id, id);
CREATE INDEX audit_entry_by_time ON audit_entry (tenant_id, activity_at, sequence);
CREATE INDEX audit_entry_by_target ON audit_entry (tenant_id, target, sequence);

CREATE TABLE outbox (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    topic      TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE idempotency (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    principal   TEXT COLLATE "C" NOT NULL,
    endpoint    TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    answer      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, principal, endpoint, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
