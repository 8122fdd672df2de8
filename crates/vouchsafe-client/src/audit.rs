//! The own tenant's logs: what was done, and who signed in.

use vouchsafe_api::audit::DirectoryAudit;
use vouchsafe_api::query::QueryOptions;
use vouchsafe_api::record::GraphRecord;
use vouchsafe_core::id::EntryId;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::pages::Pages;

const AUDITS: [&str; 3] = ["v1.0", "auditLogs", "directoryAudits"];
const SIGN_INS: [&str; 3] = ["v1.0", "auditLogs", "signIns"];

impl Client {
    /// The tenant's audit log.
    #[must_use]
    pub fn directory_audits(&self, query: &QueryOptions) -> Pages<DirectoryAudit> {
        Pages::new(self.clone(), self.address(&AUDITS, &query.encode()), None)
    }

    /// One audit entry.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn directory_audit(&self, id: EntryId) -> Result<Answer<DirectoryAudit>, ClientError> {
        let [version, logs, audits] = AUDITS;
        self.get(self.address(&[version, logs, audits, &id.to_string()], ""), None).await
    }

    /// The tenant's own imported sign-ins, unmasked.
    #[must_use]
    pub fn sign_ins(&self, query: &QueryOptions) -> Pages<GraphRecord> {
        Pages::new(self.clone(), self.address(&SIGN_INS, &query.encode()), None)
    }

    /// One of the tenant's own sign-ins.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn sign_in(&self, id: &str) -> Result<Answer<GraphRecord>, ClientError> {
        let [version, logs, sign_ins] = SIGN_INS;
        self.get(self.address(&[version, logs, sign_ins, id], ""), None).await
    }
}
