//! The façade's values, and every fixed statement. `$1` placeholders stand in the order of their first use, so that
//! the same text runs on both databases; a test prepares each one.

use crate::error::StoreError;

/// A value on its way into or out of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<vouchsafe_core::time::Timestamp> for Value {
    fn from(time: vouchsafe_core::time::Timestamp) -> Self {
        Self::Int(time.as_micros())
    }
}

macro_rules! from_id {
    ($($id:ident),*) => {$(
        impl From<vouchsafe_core::id::$id> for Value {
            fn from(id: vouchsafe_core::id::$id) -> Self {
                Self::Text(id.to_string())
            }
        }
    )*};
}

from_id!(
    TenantId,
    UserId,
    SupportRequestId,
    AccessRequestId,
    GrantId,
    ReadId,
    RevealId,
    DataCollectionId,
    MessageId,
    EntryId,
    RoleId,
    TokenId,
    OutboxId,
    EnrolmentId,
    SessionId,
    IdentityProviderId,
    AccountLinkId
);

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer; columns are taken by position.
#[derive(Debug)]
pub(crate) struct Row(Vec<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// Drops the first columns, so that the ones behind them are counted from 0.
    pub(crate) fn skip(&mut self, columns: usize) {
        self.0.drain(..columns.min(self.0.len()));
    }

    fn take(&mut self, column: usize) -> Value {
        self.0.get_mut(column).map_or(Value::Null, |value| std::mem::replace(value, Value::Null))
    }

    pub(crate) fn text(&mut self, column: usize) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| wrong(column))
    }

    pub(crate) fn opt_text(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.take(column) {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            Value::Int(_) | Value::Bytes(_) => Err(wrong(column)),
        }
    }

    pub(crate) fn parsed<T: std::str::FromStr>(&mut self, column: usize) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| wrong(column))
    }

    pub(crate) fn opt_parsed<T: std::str::FromStr>(
        &mut self,
        column: usize,
    ) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?.map(|text| text.parse().map_err(|_| wrong(column))).transpose()
    }

    pub(crate) fn bytes(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.take(column) {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Null | Value::Int(_) | Value::Text(_) => Err(wrong(column)),
        }
    }

    pub(crate) fn opt_bytes(&mut self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        match self.take(column) {
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::Null => Ok(None),
            Value::Int(_) | Value::Text(_) => Err(wrong(column)),
        }
    }

    pub(crate) fn opt_int(&mut self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.take(column) {
            Value::Int(number) => Ok(Some(number)),
            Value::Null => Ok(None),
            Value::Text(_) | Value::Bytes(_) => Err(wrong(column)),
        }
    }

    pub(crate) fn int(&mut self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| wrong(column))
    }

    pub(crate) fn count(&mut self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| wrong(column))
    }
}

fn wrong(column: usize) -> StoreError {
    StoreError::Corrupt(format!("column {column} has an unexpected value"))
}

/// A list of parameters for a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;

macro_rules! statements {
    ($($name:ident = $text:literal;)*) => {
        $(pub(crate) const $name: &str = $text;)*

        /// Every fixed statement, for the test that prepares them.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text),)*];
    };
}

statements! {
    SETTING = "SELECT value FROM deployment WHERE name = $1";
    SET_SETTING = "INSERT INTO deployment (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    TAKE_LEASE = "INSERT INTO job_lease (name, holder, until_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at WHERE job_lease.holder = excluded.holder OR job_lease.until_at < $4";

    TENANT = "SELECT document FROM tenant WHERE tenant_id = $1";
    TENANTS = "SELECT tenant_id FROM tenant ORDER BY tenant_id";
    HAS_TENANT = "SELECT 1 FROM tenant WHERE tenant_id = $1";
    PUT_TENANT = "INSERT INTO tenant (tenant_id, kind, document) VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO UPDATE SET document = excluded.document";

    ACCOUNT = "SELECT document, roles FROM account WHERE tenant_id = $1 AND id = $2";
    ACCOUNTS = "SELECT document, roles FROM account WHERE tenant_id = $1 ORDER BY id";
    ACCOUNT_BY_UPN = "SELECT id FROM account WHERE tenant_id = $1 AND upn_hash = $2";
    PUT_ACCOUNT = "INSERT INTO account (tenant_id, id, active, upn_hash, roles, document) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, id) DO UPDATE SET active = excluded.active, upn_hash = excluded.upn_hash, roles = excluded.roles, document = excluded.document";
    LINKS = "SELECT other_tenant, other_user FROM account_link WHERE tenant_id = $1 AND user_id = $2 ORDER BY other_tenant, other_user";
    PUT_LINK = "INSERT INTO account_link (tenant_id, user_id, other_tenant, other_user) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, user_id, other_tenant, other_user) DO NOTHING";
    DELETE_LINK = "DELETE FROM account_link WHERE tenant_id = $1 AND user_id = $2 AND other_tenant = $3 AND other_user = $4";
    LINK_RECORD = "SELECT document, version, hash FROM account_link_record WHERE tenant_id = $1 AND id = $2";
    LINK_RECORDS_OF = "SELECT document, version, hash FROM account_link_record WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id";
    LINK_OFFERED = "SELECT document, version, hash FROM account_link_record WHERE tenant_id = $1 AND hash = $2";
    INSERT_LINK_RECORD = "INSERT INTO account_link_record (tenant_id, id, version, user_id, created_at, hash, document) VALUES ($1, $2, 1, $3, $4, $5, $6)";
    UPDATE_LINK_RECORD = "UPDATE account_link_record SET version = version + 1, hash = $1, document = $2 WHERE tenant_id = $3 AND id = $4 AND version = $5";

    ROLES = "SELECT document, version FROM role_definition WHERE tenant_id = $1 ORDER BY id";
    ROLE = "SELECT document, version FROM role_definition WHERE tenant_id = $1 AND id = $2";
    INSERT_ROLE = "INSERT INTO role_definition (tenant_id, id, version, document) VALUES ($1, $2, 1, $3)";
    UPDATE_ROLE = "UPDATE role_definition SET version = version + 1, document = $1 WHERE tenant_id = $2 AND id = $3 AND version = $4";
    DELETE_ROLE = "DELETE FROM role_definition WHERE tenant_id = $1 AND id = $2 AND version = $3";
    ASSIGNMENTS = "SELECT role_id, user_id, ends_at FROM role_assignment WHERE tenant_id = $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY user_id, role_id";
    ASSIGNMENTS_OF = "SELECT role_id FROM role_assignment WHERE tenant_id = $1 AND user_id = $2";
    PUT_ASSIGNMENT = "INSERT INTO role_assignment (tenant_id, role_id, user_id, created_at, ends_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, role_id, user_id) DO UPDATE SET ends_at = excluded.ends_at";
    DELETE_ASSIGNMENT = "DELETE FROM role_assignment WHERE tenant_id = $1 AND role_id = $2 AND user_id = $3";
    DELETE_ASSIGNMENTS_OF_ROLE = "DELETE FROM role_assignment WHERE tenant_id = $1 AND role_id = $2";
    LAST_OF_ACTIVITY = "SELECT MAX(activity_at) FROM audit_entry WHERE tenant_id = $1 AND target = $2 AND activity = $3";

    TOKEN_BY_HASH = "SELECT id, user_id, hash, expires_at, revoked_at, scopes, created_at, last_used_at, name FROM api_token WHERE tenant_id = $1 AND hash = $2";
    TOKEN_BY_ID = "SELECT id, user_id, hash, expires_at, revoked_at, scopes, created_at, last_used_at, name FROM api_token WHERE tenant_id = $1 AND id = $2";
    COUNT_GOOD_TOKENS = "SELECT COUNT(*) FROM api_token WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3";
    PUT_TOKEN = "INSERT INTO api_token (tenant_id, id, user_id, hash, expires_at, revoked_at, scopes, created_at, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, id) DO UPDATE SET revoked_at = excluded.revoked_at";
    NOTE_TOKEN_USE = "UPDATE api_token SET last_used_at = $1 WHERE tenant_id = $2 AND id = $3 AND (last_used_at IS NULL OR last_used_at < $1)";
    SESSION_BY_HASH = "SELECT hash, id, user_id, credential, created_at, seen_at, expires_at, provider_id, subject_hash, sid_hash FROM session WHERE tenant_id = $1 AND hash = $2";
    SESSIONS_OF = "SELECT hash, id, user_id, credential, created_at, seen_at, expires_at, provider_id, subject_hash, sid_hash FROM session WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at DESC, id LIMIT $3";
    PUT_SESSION = "INSERT INTO session (tenant_id, hash, id, user_id, credential, created_at, seen_at, expires_at, provider_id, subject_hash, sid_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    SESSION_SEEN = "UPDATE session SET seen_at = $1 WHERE tenant_id = $2 AND hash = $3";
    DELETE_SESSION = "DELETE FROM session WHERE tenant_id = $1 AND hash = $2";
    DELETE_SESSION_BY_ID = "DELETE FROM session WHERE tenant_id = $1 AND user_id = $2 AND id = $3";
    DELETE_OTHER_SESSIONS = "DELETE FROM session WHERE tenant_id = $1 AND user_id = $2 AND id <> $3";
    DELETE_SESSIONS_BY_PASSKEY = "DELETE FROM session WHERE tenant_id = $1 AND credential = $2";
    DELETE_SESSIONS_BY_PROVIDER = "DELETE FROM session WHERE tenant_id = $1 AND provider_id = $2";
    DELETE_SESSIONS_BY_SUBJECT = "DELETE FROM session WHERE tenant_id = $1 AND provider_id = $2 AND subject_hash = $3";
    DELETE_SESSIONS_BY_SID = "DELETE FROM session WHERE tenant_id = $1 AND provider_id = $2 AND sid_hash = $3";
    DELETE_SESSIONS_WITHOUT_SID = "DELETE FROM session WHERE tenant_id = $1 AND provider_id = $2 AND subject_hash = $3 AND sid_hash IS NULL";
    DELETE_OLD_SESSIONS = "DELETE FROM session WHERE expires_at < $1";

    PASSKEYS_OF = "SELECT document, counter, backup_eligible, last_used_at, removed_at FROM passkey WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, credential";
    PASSKEYS_SINCE = "SELECT document, counter, backup_eligible, last_used_at, removed_at FROM passkey WHERE tenant_id = $1 AND created_at > $2 AND removed_at IS NULL ORDER BY created_at DESC, credential LIMIT $3";
    PASSKEY_OWNER = "SELECT user_id FROM passkey WHERE tenant_id = $1 AND credential = $2";
    PUT_PASSKEY = "INSERT INTO passkey (tenant_id, credential, user_id, counter, backup_eligible, created_at, last_used_at, removed_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, credential) DO UPDATE SET removed_at = excluded.removed_at";
    PASSKEY_USED = "UPDATE passkey SET counter = $1, last_used_at = $2 WHERE tenant_id = $3 AND credential = $4";
    REMOVE_PASSKEYS_OF = "UPDATE passkey SET removed_at = $1 WHERE tenant_id = $2 AND user_id = $3 AND removed_at IS NULL";
    DELETE_PASSKEYS_OF = "DELETE FROM passkey WHERE tenant_id = $1 AND user_id = $2";
    ENROLMENT_BY_HASH = "SELECT id, user_id, created_at, expires_at, used_at, offered_by FROM enrolment WHERE tenant_id = $1 AND hash = $2";
    PUT_ENROLMENT = "INSERT INTO enrolment (tenant_id, id, user_id, hash, created_at, expires_at, used_at, offered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, id) DO UPDATE SET used_at = excluded.used_at";
    DELETE_UNUSED_ENROLMENTS_OF = "DELETE FROM enrolment WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL";
    DELETE_ENROLMENTS_OF = "DELETE FROM enrolment WHERE tenant_id = $1 AND user_id = $2";
    DELETE_OLD_ENROLMENTS = "DELETE FROM enrolment WHERE expires_at < $1";
    SPEND_CHALLENGE = "INSERT INTO spent_challenge (tenant_id, hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, hash) DO NOTHING";
    DELETE_OLD_CHALLENGES = "DELETE FROM spent_challenge WHERE expires_at < $1";

    IDENTITY_PROVIDERS = "SELECT document, version, secret FROM identity_provider WHERE tenant_id = $1 ORDER BY id";
    IDENTITY_PROVIDER = "SELECT document, version, secret FROM identity_provider WHERE tenant_id = $1 AND id = $2";
    INSERT_IDENTITY_PROVIDER = "INSERT INTO identity_provider (tenant_id, id, version, document, secret) VALUES ($1, $2, 1, $3, $4)";
    UPDATE_IDENTITY_PROVIDER = "UPDATE identity_provider SET version = version + 1, document = $1, secret = $2 WHERE tenant_id = $3 AND id = $4 AND version = $5";
    DELETE_IDENTITY_PROVIDER = "DELETE FROM identity_provider WHERE tenant_id = $1 AND id = $2 AND version = $3";
    IDENTITY_OWNER = "SELECT user_id FROM external_identity WHERE tenant_id = $1 AND provider_id = $2 AND subject_hash = $3";
    HAS_IDENTITY = "SELECT 1 FROM external_identity WHERE tenant_id = $1 AND provider_id = $2 AND user_id = $3";
    SAME_IDENTITY_IN = "SELECT b.user_id FROM external_identity a JOIN external_identity b ON b.subject_hash = a.subject_hash WHERE a.tenant_id = $1 AND a.user_id = $2 AND b.tenant_id = $3 ORDER BY b.user_id";
    PUT_IDENTITY = "INSERT INTO external_identity (tenant_id, provider_id, subject_hash, user_id, created_at) VALUES ($1, $2, $3, $4, $5)";
    DELETE_IDENTITIES_AT = "DELETE FROM external_identity WHERE tenant_id = $1 AND provider_id = $2";
    DELETE_IDENTITIES_OF = "DELETE FROM external_identity WHERE tenant_id = $1 AND user_id = $2";

    PERSON_KEY = "SELECT wrapped FROM person_key WHERE tenant_id = $1 AND person_id = $2";
    DESTROY_PERSON_KEY = "INSERT INTO person_key (tenant_id, person_id, wrapped) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, person_id) DO UPDATE SET wrapped = excluded.wrapped";
    REVOKE_TOKENS_OF = "UPDATE api_token SET revoked_at = $1 WHERE tenant_id = $2 AND user_id = $3 AND revoked_at IS NULL";
    DELETE_TOKENS_OF = "DELETE FROM api_token WHERE tenant_id = $1 AND user_id = $2";
    DELETE_SESSIONS_OF = "DELETE FROM session WHERE tenant_id = $1 AND user_id = $2";
    DELETE_ANSWERS_OF = "DELETE FROM idempotency WHERE tenant_id = $1 AND principal = $2";
    LAST_DECISION_OF = "SELECT MAX(activity_at) FROM audit_entry WHERE tenant_id = $1 AND initiator = $2 AND category = $3";
    PUT_PERSON_KEY = "INSERT INTO person_key (tenant_id, person_id, wrapped) VALUES ($1, $2, $3)";

    SUPPORT_REQUEST = "SELECT document, version FROM support_request WHERE tenant_id = $1 AND id = $2";
    SUPPORT_REQUEST_BY_ORIGIN = "SELECT document, version FROM support_request WHERE tenant_id = $1 AND origin = $2 AND external_id = $3";
    INSERT_SUPPORT_REQUEST = "INSERT INTO support_request (tenant_id, id, version, number, status, stage, severity, problem_type, assigned_to, created_at, closed_at, consent_expires_at, origin, external_id, document) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    UPDATE_SUPPORT_REQUEST = "UPDATE support_request SET version = version + 1, status = $1, stage = $2, severity = $3, assigned_to = $4, closed_at = $5, consent_expires_at = $6, document = $7 WHERE tenant_id = $8 AND id = $9 AND version = $10";
    PUT_DESK_CASE = "INSERT INTO desk_case (tenant_id, id, support_tenant, assigned_to, status, created_at, severity) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, id) DO UPDATE SET assigned_to = excluded.assigned_to, status = excluded.status, severity = excluded.severity";
    SET_DESK_SEVERITY = "UPDATE desk_case SET severity = $1 WHERE tenant_id = $2 AND id = $3";
    PUT_LAST_ASSIGNED = "INSERT INTO desk_engineer (tenant_id, engineer, last_assigned_at) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, engineer) DO UPDATE SET last_assigned_at = excluded.last_assigned_at WHERE excluded.last_assigned_at > desk_engineer.last_assigned_at";
    DESK_CASE = "SELECT support_tenant, assigned_to FROM desk_case WHERE tenant_id = $1 AND id = $2";
    OPEN_CASES = "SELECT assigned_to, severity, COUNT(*) FROM desk_case WHERE tenant_id = $1 AND status = 'open' AND assigned_to IS NOT NULL GROUP BY assigned_to, severity";
    LAST_ASSIGNED = "SELECT engineer, last_assigned_at FROM desk_engineer WHERE tenant_id = $1";
    WAITING_CASES = "SELECT d.id, d.support_tenant, d.created_at FROM desk_case d WHERE d.tenant_id = $1 AND d.status = 'open' AND (d.created_at > $2 OR (d.created_at = $2 AND d.id > $3)) AND (d.assigned_to IS NULL OR d.assigned_to IN (SELECT a.id FROM account a WHERE a.tenant_id = d.tenant_id AND a.active = 0)) ORDER BY d.created_at, d.id LIMIT $4";
    CASES_OF_ENGINEER = "SELECT id, support_tenant FROM desk_case WHERE tenant_id = $1 AND assigned_to = $2 AND status = 'open' ORDER BY created_at, id LIMIT $3";
    RESOLVED_AFTER = "SELECT position, id, support_tenant, engineer, severity, closed_at, resolved_before FROM resolved_case WHERE tenant_id = $1 AND position > $2 ORDER BY position LIMIT $3";
    PAST_REQUEST = "SELECT document FROM past_request WHERE tenant_id = $1 AND id = $2";
    HAS_PAST_REQUEST = "SELECT 1 FROM past_request WHERE tenant_id = $1 AND id = $2";
    INSERT_PAST_REQUEST = "INSERT INTO past_request (tenant_id, id, document) VALUES ($1, $2, $3)";
    PROBLEM_TYPES = "SELECT document, version FROM problem_type WHERE tenant_id = $1 ORDER BY id";
    INSERT_PROBLEM_TYPE = "INSERT INTO problem_type (tenant_id, id, version, document) VALUES ($1, $2, 1, $3)";
    UPDATE_PROBLEM_TYPE = "UPDATE problem_type SET version = version + 1, document = $1 WHERE tenant_id = $2 AND id = $3 AND version = $4";
    INSERT_RESOLVED_CASE = "INSERT INTO resolved_case (tenant_id, position, id, support_tenant, engineer, severity, closed_at, resolved_before) VALUES ($1, (SELECT COALESCE(MAX(position), 0) + 1 FROM resolved_case WHERE tenant_id = $1), $2, $3, $4, $5, $6, (SELECT COUNT(*) FROM resolved_case WHERE tenant_id = $1 AND id = $2))";

    MESSAGES = "SELECT document FROM message WHERE tenant_id = $1 AND support_request = $2 AND id > $3 ORDER BY id LIMIT $4";
    INSERT_MESSAGE = "INSERT INTO message (tenant_id, support_request, id, created_at, document) VALUES ($1, $2, $3, $4, $5)";

    ACCESS_SIDE = "SELECT document, version FROM access_side WHERE tenant_id = $1 AND id = $2";
    ACCESS_SIDES_OF_CASE = "SELECT document, version FROM access_side WHERE tenant_id = $1 AND support_request = $2 ORDER BY id";
    TENANTS_WAITING = "SELECT DISTINCT tenant_id FROM access_side WHERE status = 'pending' AND pending_until > $1";
    SIDES_WAITING = "SELECT document, version FROM access_side WHERE tenant_id = $1 AND status = 'pending' AND pending_until > $2 ORDER BY pending_until, id LIMIT $3";
    TENANTS_DUE = "SELECT tenant_id FROM access_side WHERE (status = 'pending' AND pending_until <= $1) OR (status = 'approved' AND expires_at <= $1) UNION SELECT tenant_id FROM support_request WHERE consent_expires_at <= $1";
    ACCESS_SIDES_DUE = "SELECT document, version FROM access_side WHERE tenant_id = $1 AND ((status = 'pending' AND pending_until <= $2) OR (status = 'approved' AND expires_at <= $2)) ORDER BY id LIMIT $3";
    INSERT_ACCESS_SIDE = "INSERT INTO access_side (tenant_id, id, version, support_request, side, status, resource_tenant, created_at, pending_until, approved_at, expires_at, ended_at, document) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    UPDATE_ACCESS_SIDE = "UPDATE access_side SET version = version + 1, status = $1, approved_at = $2, expires_at = $3, ended_at = $4, document = $5 WHERE tenant_id = $6 AND id = $7 AND version = $8";

    ENGINEER_REQUEST = "SELECT document FROM engineer_request WHERE tenant_id = $1 AND id = $2";
    ENGINEER_REQUESTS_OF_CASE = "SELECT document FROM engineer_request WHERE tenant_id = $1 AND support_request = $2 ORDER BY id";
    REQUESTS_ASKED = "SELECT COUNT(*) FROM engineer_request WHERE tenant_id = $1 AND engineer = $2 AND created_at > $3 AND CASE WHEN rests_on IS NULL THEN support_tenant ELSE resource_tenant END = $4";
    INSERT_ENGINEER_REQUEST = "INSERT INTO engineer_request (tenant_id, id, support_request, support_tenant, resource_tenant, rests_on, engineer, created_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    GRANT = "SELECT document, version, idle_at, records_known, records_since FROM access_grant WHERE tenant_id = $1 AND id = $2";
    GRANTS_OF_CASE = "SELECT document, version, idle_at, records_known, records_since FROM access_grant WHERE tenant_id = $1 AND support_request = $2 ORDER BY id";
    OPEN_GRANTS_OF_TENANT = "SELECT document, version, idle_at, records_known, records_since FROM access_grant WHERE tenant_id = $1 AND status <> 'ended' ORDER BY id";
    INSERT_GRANT = "INSERT INTO access_grant (tenant_id, id, version, support_request, access_request, source, status, created_at, expires_at, ended_at, idle_at, idle_for, records_known, records_since, document) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    UPDATE_GRANT = "UPDATE access_grant SET version = version + 1, status = $1, ended_at = $2, idle_at = $3, idle_for = $4, records_known = $5, records_since = $6, document = $7 WHERE tenant_id = $8 AND id = $9 AND version = $10";
    GRANT_READ = "UPDATE access_grant SET idle_at = $1 + idle_for, records_since = records_since + $2 WHERE tenant_id = $3 AND id = $4";
    GRANT_COUNTED = "UPDATE access_grant SET records_known = $1, records_since = 0 WHERE tenant_id = $2 AND id = $3";
    GRANTS_SPOKEN_OF = "UPDATE access_grant SET idle_at = $1 + idle_for WHERE tenant_id = $2 AND support_request = $3 AND status = 'live' AND idle_at > $1";
    GRANTS_IDLE = "SELECT document, version, idle_at, records_known, records_since FROM access_grant WHERE tenant_id = $1 AND status = 'live' AND idle_at <= $2 AND expires_at > $2 ORDER BY id LIMIT $3";
    TENANTS_IDLE = "SELECT DISTINCT tenant_id FROM access_grant WHERE status = 'live' AND idle_at <= $1 AND expires_at > $1";
    CONSENTS_DUE = "SELECT document, version FROM support_request WHERE tenant_id = $1 AND consent_expires_at <= $2 ORDER BY id LIMIT $3";

    REVEAL = "SELECT document, version FROM reveal WHERE tenant_id = $1 AND id = $2";
    REVEALS_OF_GRANT = "SELECT document, version FROM reveal WHERE tenant_id = $1 AND grant_id = $2 ORDER BY id";
    INSERT_REVEAL = "INSERT INTO reveal (tenant_id, id, version, grant_id, created_at, document) VALUES ($1, $2, 1, $3, $4, $5)";
    UPDATE_REVEAL = "UPDATE reveal SET version = version + 1, document = $1 WHERE tenant_id = $2 AND id = $3 AND version = $4";

    COLLECTION = "SELECT document, version FROM data_collection WHERE tenant_id = $1 AND id = $2";
    COLLECTIONS_OF_CASE = "SELECT document, version FROM data_collection WHERE tenant_id = $1 AND support_request = $2 ORDER BY id";
    COLLECTION_KEEPERS = "SELECT c.tenant_id FROM desk_case d JOIN data_collection c ON c.support_request = d.id WHERE d.tenant_id = $1 AND c.id = $2";
    COLLECTIONS_WAITING = "SELECT c.data_tenant, c.id FROM data_collection c JOIN desk_case d ON d.tenant_id = c.tenant_id AND d.id = c.support_request WHERE c.tenant_id = $1 AND c.data_tenant <> c.tenant_id AND d.status = 'open' AND EXISTS (SELECT 1 FROM access_side s WHERE s.tenant_id = c.data_tenant AND s.support_request = c.support_request) AND NOT EXISTS (SELECT 1 FROM data_collection o WHERE o.tenant_id = c.data_tenant AND o.id = c.id) ORDER BY c.id LIMIT $2";
    COLLECTIONS_DUE = "SELECT c.tenant_id, c.id FROM data_collection c JOIN support_request r ON r.tenant_id = c.support_tenant AND r.id = c.support_request WHERE c.tenant_id = c.data_tenant AND c.deleted_at IS NULL AND r.status = 'closed' AND r.closed_at <= $1 ORDER BY c.id LIMIT $2";
    INSERT_COLLECTION = "INSERT INTO data_collection (tenant_id, id, version, data_tenant, support_tenant, support_request, status, created_at, deleted_at, document) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9)";
    UPDATE_COLLECTION = "UPDATE data_collection SET version = version + 1, status = $1, deleted_at = $2, document = $3 WHERE tenant_id = $4 AND id = $5 AND version = $6";
    COLLECTION_KEY = "SELECT wrapped FROM data_collection_key WHERE tenant_id = $1 AND id = $2";
    INSERT_COLLECTION_KEY = "INSERT INTO data_collection_key (tenant_id, id, wrapped) VALUES ($1, $2, $3)";
    DELETE_COLLECTION_KEY = "DELETE FROM data_collection_key WHERE tenant_id = $1 AND id = $2";
    MESSAGE = "SELECT document FROM message WHERE tenant_id = $1 AND support_request = $2 AND id = $3";
    COLLECTION_MESSAGE = "SELECT document FROM data_collection_message WHERE tenant_id = $1 AND collection = $2 AND id = $3";
    ATTACHMENT_KEY = "SELECT wrapped FROM attachment_key WHERE tenant_id = $1 AND message = $2";
    INSERT_ATTACHMENT_KEY = "INSERT INTO attachment_key (tenant_id, message, support_tenant, support_request, wrapped) VALUES ($1, $2, $3, $4, $5)";
    DELETE_ATTACHMENT_KEY = "DELETE FROM attachment_key WHERE tenant_id = $1 AND message = $2";
    ATTACHMENTS_DUE = "SELECT k.tenant_id, k.message FROM attachment_key k JOIN support_request r ON r.tenant_id = k.support_tenant AND r.id = k.support_request WHERE r.status = 'closed' AND r.closed_at <= $1 ORDER BY k.message LIMIT $2";
    INSERT_COLLECTION_MESSAGE = "INSERT INTO data_collection_message (tenant_id, collection, id, created_at, document) VALUES ($1, $2, $3, $4, $5)";
    HAS_SIDE = "SELECT 1 FROM access_side WHERE tenant_id = $1 AND support_request = $2 LIMIT 1";

    READ_RECORD = "SELECT document FROM read_record WHERE tenant_id = $1 AND id = $2";
    INSERT_READ = "INSERT INTO read_record (tenant_id, id, support_request, grant_id, access_request, created_at, document) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    READS_OF_GRANT = "SELECT id, document FROM read_record WHERE tenant_id = $1 AND grant_id = $2 AND id > $3 ORDER BY id LIMIT $4";

    TYPED_VALUES = "SELECT COUNT(*) FROM typed_value WHERE tenant_id = $1 AND basis = $2 AND property = $3 AND hour = $4";
    PUT_TYPED_VALUE = "INSERT INTO typed_value (tenant_id, basis, property, hour, value_hash) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, basis, property, hour, value_hash) DO NOTHING";
    DELETE_OLD_TYPED_VALUES = "DELETE FROM typed_value WHERE hour < $1";

    COUNT_DENIED = "INSERT INTO denied_read (tenant_id, minute, engineer_tenant, engineer, support_request, data_tenant, category, reason, last_at, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) ON CONFLICT (tenant_id, minute, engineer, support_request, data_tenant, category, reason) DO UPDATE SET count = denied_read.count + 1, last_at = excluded.last_at";
    DENIED_BEFORE = "SELECT tenant_id, minute, engineer_tenant, engineer, support_request, data_tenant, category, reason, last_at, count FROM denied_read WHERE tenant_id = $1 AND minute < $2 ORDER BY minute, engineer, support_request, data_tenant, category, reason LIMIT $3";
    LOGS_OF_DENIED = "SELECT DISTINCT tenant_id FROM denied_read WHERE minute < $1";
    DELETE_DENIED = "DELETE FROM denied_read WHERE tenant_id = $1 AND minute = $2 AND engineer = $3 AND support_request = $4 AND data_tenant = $5 AND category = $6 AND reason = $7";

    LOG_SIZE = "SELECT size FROM log_head WHERE tenant_id = $1";
    ADD_LOG_HEAD = "INSERT INTO log_head (tenant_id, size) VALUES ($1, 0) ON CONFLICT (tenant_id) DO NOTHING";
    SET_LOG_SIZE = "UPDATE log_head SET size = $1 WHERE tenant_id = $2 AND size = $3";
    INSERT_ENTRY = "INSERT INTO audit_entry (tenant_id, sequence, id, activity_at, activity, category, result, correlation_id, initiator, target, support_request, entry, openings, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    ENTRY = "SELECT sequence, entry, openings, leaf FROM audit_entry WHERE tenant_id = $1 AND id = $2";
    ENTRIES_FROM = "SELECT sequence, entry, openings, leaf FROM audit_entry WHERE tenant_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";

    ACCOUNTS_AFTER = "SELECT document, roles FROM account WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    MESSAGES_AFTER = "SELECT document FROM message WHERE tenant_id = $1 AND (support_request, id) > ($2, $3) ORDER BY support_request, id LIMIT $4";
    CASES_AFTER = "SELECT document, version FROM support_request WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    ACCESS_SIDES_AFTER = "SELECT document, version FROM access_side WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    GRANTS_AFTER = "SELECT document, version, idle_at, records_known, records_since FROM access_grant WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    REVEALS_AFTER = "SELECT document, version FROM reveal WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    COLLECTIONS_AFTER = "SELECT document, version FROM data_collection WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    READS_AFTER = "SELECT document FROM read_record WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3";

    LOGS_BEHIND = "SELECT h.tenant_id FROM log_head h LEFT JOIN log_checkpoint c ON c.tenant_id = h.tenant_id WHERE h.size > COALESCE(c.size, 0)";
    LEAVES_FROM = "SELECT leaf FROM audit_entry WHERE tenant_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
    ENTRY_BYTES_FROM = "SELECT entry FROM audit_entry WHERE tenant_id = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
    LOG_NODES_FROM = "SELECT hash FROM log_node WHERE tenant_id = $1 AND level = $2 AND number >= $3 ORDER BY number LIMIT $4";
    PUT_LOG_NODE = "INSERT INTO log_node (tenant_id, level, number, hash) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, level, number) DO UPDATE SET hash = excluded.hash";
    CHECKPOINT = "SELECT size, root, note FROM log_checkpoint WHERE tenant_id = $1";
    CHECKPOINTS = "SELECT size, root, tenant_id FROM log_checkpoint";
    PUT_CHECKPOINT = "INSERT INTO log_checkpoint (tenant_id, size, root, note) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note WHERE log_checkpoint.size < excluded.size";
    COSIGNATURES = "SELECT line FROM log_cosignature WHERE tenant_id = $1 AND size = $2 AND root = $3 ORDER BY witness";
    COSIGNATURES_STORED = "SELECT witness, size, root, line FROM log_cosignature WHERE tenant_id = $1 ORDER BY witness";
    PUT_COSIGNATURE = "INSERT INTO log_cosignature (tenant_id, witness, size, root, line) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, witness) DO UPDATE SET size = excluded.size, root = excluded.root, line = excluded.line";
    LOGS_TO_COSIGN = "SELECT c.tenant_id, COALESCE(s.size, 0) FROM log_checkpoint c LEFT JOIN log_cosignature s ON s.tenant_id = c.tenant_id AND s.witness = $1 WHERE s.size IS NULL OR s.size <> c.size OR s.root <> c.root";
    LOG_KEYS = "SELECT id, verifier_key, sealed, created_at, signs_until FROM log_key WHERE tenant_id = $1 ORDER BY created_at, id";
    PUT_LOG_KEY = "INSERT INTO log_key (tenant_id, id, verifier_key, sealed, created_at, signs_until) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, id) DO UPDATE SET signs_until = excluded.signs_until";

    ASK_FOR_HEADS = "INSERT INTO heads_question (nonce, asked_at, parts) VALUES ($1, $2, 0)";
    HEADS_QUESTIONS = "SELECT nonce FROM heads_question WHERE parts = 0";
    ANSWER_HEADS_QUESTION = "UPDATE heads_question SET parts = $1 WHERE nonce = $2 AND parts = 0";
    PUT_HEADS_ANSWER = "INSERT INTO heads_answer (nonce, part, heads, tag) VALUES ($1, $2, $3, $4)";
    HEADS_ANSWERED = "SELECT parts FROM heads_question WHERE nonce = $1";
    HEADS_ANSWER = "SELECT heads, tag FROM heads_answer WHERE nonce = $1 ORDER BY part";
    DELETE_HEADS_QUESTION = "DELETE FROM heads_question WHERE nonce = $1";
    DELETE_OLD_HEADS_QUESTIONS = "DELETE FROM heads_question WHERE asked_at < $1";
    DELETE_OLD_HEADS_ANSWERS = "DELETE FROM heads_answer WHERE nonce NOT IN (SELECT nonce FROM heads_question)";

    INSERT_OUTBOX = "INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ($1, $2, $3, $4, $5)";
    OUTBOX_FROM = "SELECT id, topic, subject, created_at FROM outbox WHERE tenant_id = $1 AND id >= $2 ORDER BY id LIMIT $3";
    INSERT_OUTBOX_PAIR = "INSERT INTO outbox (tenant_id, id, topic, subject, created_at) VALUES ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10)";
    DELETE_OLD_OUTBOX = "DELETE FROM outbox WHERE created_at < $1";

    ANSWER = "SELECT fingerprint, answer FROM idempotency WHERE tenant_id = $1 AND principal = $2 AND endpoint = $3 AND key = $4 AND created_at > $5";
    PUT_ANSWER = "INSERT INTO idempotency (tenant_id, principal, endpoint, key, fingerprint, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, principal, endpoint, key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at";
    DELETE_OLD_ANSWERS = "DELETE FROM idempotency WHERE created_at < $1";
}

/// The setting by which a wrong master key is told.
pub(crate) const KEY_CHECK: &str = "masterKeyCheck";
/// The setting that names the provider.
pub(crate) const PROVIDER: &str = "provider";

/// The tables of the embedded database.
pub(crate) const SQLITE_TABLES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";

/// As [`postgres::EPOCHS`].
pub(crate) const SQLITE_EPOCHS: &str =
    "SELECT tenant_id, size FROM log_head WHERE tenant_id IN (SELECT value FROM json_each($1))";

/// What only PostgreSQL needs, or can say.
pub(crate) mod postgres {
    /// The sizes of the logs of many tenants, whose ids are a JSON array.
    pub(crate) const EPOCHS: &str = "SELECT tenant_id, size FROM log_head WHERE tenant_id IN (SELECT json_array_elements_text(CAST($1 AS json)))";
    pub(crate) const NODE_JOINS: &str = "INSERT INTO node (id, beat) VALUES ($1, 0)";
    pub(crate) const NODE_BEATS: &str = "UPDATE node SET beat = beat + 1 WHERE id = $1";
    pub(crate) const NODES: &str = "SELECT id, beat FROM node";
    /// Only if it has not said anything since.
    pub(crate) const NODE_IS_GONE: &str = "DELETE FROM node WHERE id = $1 AND beat = $2";
    pub(crate) const NODE_LEAVES: &str = "DELETE FROM node WHERE id = $1";
    pub(crate) const NOTIFY: &str = "SELECT pg_notify($1, $2)";
    /// Locks a log's head until the transaction ends; SQLite's one writer holds all of them.
    pub(crate) const LOCK_LOG_HEAD: &str = "SELECT size FROM log_head WHERE tenant_id = $1 FOR UPDATE";
    /// Keeps an account as it is until the transaction ends: nobody is disabled while something is done in their name.
    pub(crate) const KEEP_ACCOUNT: &str = "SELECT 1 FROM account WHERE tenant_id = $1 AND id = $2 FOR SHARE";
    /// Lets one closing after another take its place among the resolutions; each lets go with its commit.
    pub(crate) const QUEUE_RESOLUTIONS: &str =
        "SELECT value FROM deployment WHERE name = 'provider' FOR UPDATE";
    /// Microseconds since 1970 at this moment.
    pub(crate) const CLOCK: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

    pub(crate) const HAS_SCHEMA: &str = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    pub(crate) const MIGRATIONS: &str = "CREATE TABLE IF NOT EXISTS migration (name TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL)";
    pub(crate) const LOCK_MIGRATIONS: &str = "LOCK TABLE migration IN EXCLUSIVE MODE";
    pub(crate) const APPLIED: &str = "SELECT name, sha256 FROM migration ORDER BY name";
    pub(crate) const ADD_MIGRATION: &str = "INSERT INTO migration (name, sha256) VALUES ($1, $2)";
}

#[cfg(test)]
mod tests;
