-- Where a tenant's people sign in besides their passkeys. The secret of its client is sealed under the master key.
CREATE TABLE identity_provider (
    tenant_id TEXT NOT NULL,
    id        TEXT NOT NULL,
    version   INTEGER NOT NULL,
    document  BLOB NOT NULL,
    secret    BLOB,
    PRIMARY KEY (tenant_id, id)
) STRICT;

-- Which account belongs to whom at an identity provider. The hash is keyed, of issuer and subject, and the same in every
-- tenant: so it is noticed when somebody of the provider decides for a customer.
CREATE TABLE external_identity (
    tenant_id    TEXT NOT NULL,
    provider_id  TEXT NOT NULL,
    subject_hash BLOB NOT NULL,
    user_id      TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, provider_id, subject_hash)
) STRICT;
CREATE INDEX external_identity_of_user ON external_identity (tenant_id, user_id);
CREATE INDEX external_identity_by_subject ON external_identity (tenant_id, subject_hash);

-- With which identity provider a session began, as whom there, and in which session there: what ends when that says so.
ALTER TABLE session ADD COLUMN provider_id TEXT;
ALTER TABLE session ADD COLUMN subject_hash BLOB;
ALTER TABLE session ADD COLUMN sid_hash BLOB;
CREATE INDEX session_by_provider ON session (tenant_id, provider_id, subject_hash);
