-- State of every tenant. The tenant id leads every primary and unique key, so that rows can be spread by it.
-- Times are microseconds since 1970-01-01T00:00:00Z; documents are JSON with personal values sealed.

CREATE TABLE deployment (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE tenant (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('provider', 'customer')),
    document  BLOB NOT NULL
) STRICT;

CREATE TABLE account (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    active    INTEGER NOT NULL CHECK (active IN (0, 1)),
    upn_hash  BLOB NOT NULL,
    roles     TEXT NOT NULL,
    document  BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX account_by_upn ON account (tenant_id, upn_hash);

CREATE TABLE account_link (
    tenant_id    TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    other_tenant TEXT NOT NULL,
    other_user   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, other_tenant, other_user)
) STRICT;

CREATE TABLE api_token (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    hash       BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX api_token_by_hash ON api_token (tenant_id, hash);

CREATE TABLE session (
    tenant_id  TEXT NOT NULL,
    hash       BLOB NOT NULL,
    user_id    TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hash)
) STRICT;

CREATE TABLE person_key (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    wrapped   BLOB NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
) STRICT;

CREATE TABLE support_request (
    tenant_id    TEXT NOT NULL,
    id           TEXT NOT NULL,
    version      INTEGER NOT NULL,
    number       TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    stage        TEXT NOT NULL,
    severity     TEXT NOT NULL,
    problem_type TEXT NOT NULL,
    assigned_to  TEXT,
    created_at   INTEGER NOT NULL,
    closed_at    INTEGER,
    consent_expires_at INTEGER,
    document     BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX support_request_newest ON support_request (tenant_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX support_request_by_number ON support_request (tenant_id, number);

-- The provider's view of every case: whose it is and who works on it.
CREATE TABLE desk_case (
    tenant_id      TEXT NOT NULL,
    id             TEXT NOT NULL,
    support_tenant TEXT NOT NULL,
    assigned_to    TEXT,
    status         TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX desk_case_by_engineer ON desk_case (tenant_id, assigned_to, status);
CREATE INDEX desk_case_newest ON desk_case (tenant_id, created_at DESC, id DESC);

CREATE TABLE message (
    tenant_id       TEXT NOT NULL,
    support_request TEXT NOT NULL,
    id              TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, support_request, id)
) STRICT;

CREATE TABLE access_side (
    tenant_id       TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    support_request TEXT NOT NULL,
    side            TEXT NOT NULL,
    status          TEXT NOT NULL,
    resource_tenant TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    pending_until   INTEGER NOT NULL,
    approved_at     INTEGER,
    expires_at      INTEGER,
    ended_at        INTEGER,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX access_side_of_case ON access_side (tenant_id, support_request);
CREATE INDEX access_side_newest ON access_side (tenant_id, created_at DESC, id DESC);
CREATE INDEX access_side_due ON access_side (status, pending_until, expires_at);

CREATE TABLE engineer_request (
    tenant_id       TEXT NOT NULL,
    id              TEXT NOT NULL,
    support_request TEXT NOT NULL,
    support_tenant  TEXT NOT NULL,
    resource_tenant TEXT NOT NULL,
    rests_on        TEXT,
    engineer        TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX engineer_request_of_case ON engineer_request (tenant_id, support_request);
CREATE INDEX engineer_request_newest ON engineer_request (tenant_id, created_at DESC, id DESC);

CREATE TABLE access_grant (
    tenant_id       TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    support_request TEXT NOT NULL,
    access_request  TEXT,
    source          TEXT NOT NULL,
    status          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX access_grant_of_case ON access_grant (tenant_id, support_request);
CREATE INDEX access_grant_of_request ON access_grant (tenant_id, access_request);
CREATE INDEX access_grant_by_case ON access_grant (support_request);
CREATE INDEX access_grant_newest ON access_grant (tenant_id, created_at DESC, id DESC);

CREATE TABLE read_record (
    tenant_id       TEXT NOT NULL,
    id              TEXT NOT NULL,
    support_request TEXT NOT NULL,
    grant_id        TEXT,
    access_request  TEXT,
    created_at      INTEGER NOT NULL,
    document        BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX read_record_of_grant ON read_record (tenant_id, grant_id, id);
CREATE INDEX read_record_of_request ON read_record (tenant_id, access_request, id);

-- Refused reads of the running minute; the sweeper turns past minutes into entries.
CREATE TABLE denied_read (
    tenant_id       TEXT NOT NULL,
    minute          INTEGER NOT NULL,
    engineer_tenant TEXT NOT NULL,
    engineer        TEXT NOT NULL,
    support_request TEXT NOT NULL,
    data_tenant     TEXT NOT NULL,
    category        TEXT NOT NULL,
    reason          TEXT NOT NULL,
    last_at         INTEGER NOT NULL,
    count           INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, minute, engineer, support_request, data_tenant, category, reason)
) STRICT;

CREATE TABLE log_head (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    size      INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_entry (
    tenant_id       TEXT NOT NULL,
    sequence        INTEGER NOT NULL,
    id              TEXT NOT NULL,
    activity_at     INTEGER NOT NULL,
    activity        TEXT NOT NULL,
    category        TEXT NOT NULL,
    result          TEXT NOT NULL,
    correlation_id  TEXT NOT NULL,
    initiator       TEXT,
    target          TEXT NOT NULL,
    entry           BLOB NOT NULL,
    openings        BLOB NOT NULL,
    leaf            BLOB NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) STRICT;
CREATE UNIQUE INDEX audit_entry_by_id ON audit_entry (tenant_id, id);
CREATE INDEX audit_entry_by_time ON audit_entry (tenant_id, activity_at, sequence);
CREATE INDEX audit_entry_by_target ON audit_entry (tenant_id, target, sequence);

CREATE TABLE outbox (
    tenant_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    topic      TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    tenant_id   TEXT NOT NULL,
    principal   TEXT NOT NULL,
    endpoint    TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer      BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, principal, endpoint, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
