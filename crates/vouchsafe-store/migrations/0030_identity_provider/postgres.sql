-- Where a tenant's people sign in besides their passkeys. The secret of its client is sealed under the master key.
CREATE TABLE identity_provider (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    document  BYTEA NOT NULL,
    secret    BYTEA,
    PRIMARY KEY (tenant_id, id)
);

-- Which account belongs to whom at an identity provider. The hash is keyed, of issuer and subject, and the same in every
-- tenant: so it is noticed when somebody of the provider decides for a customer.
CREATE TABLE external_identity (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    provider_id  TEXT COLLATE "C" NOT NULL,
    subject_hash BYTEA NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider_id, subject_hash)
);
CREATE INDEX external_identity_of_user ON external_identity (tenant_id, user_id);
CREATE INDEX external_identity_by_subject ON external_identity (tenant_id, subject_hash);

-- With which identity provider a session began, as whom there, and in which session there: what ends when that says so.
ALTER TABLE session ADD COLUMN provider_id TEXT COLLATE "C";
ALTER TABLE session ADD COLUMN subject_hash BYTEA;
ALTER TABLE session ADD COLUMN sid_hash BYTEA;
CREATE INDEX session_by_provider ON session (tenant_id, provider_id, subject_hash);
