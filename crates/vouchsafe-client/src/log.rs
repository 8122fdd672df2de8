//! The own tenant's log: keys, receipts, checkpoint, tiles.

use reqwest::Url;
use vouchsafe_api::collection::Collection;
use vouchsafe_api::log_key::LogKey;
use vouchsafe_core::id::{EntryId, TenantId};

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// The keys that checkpoints of the tenant's log are signed with, oldest first.
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn log_keys(&self) -> Result<Answer<Collection<LogKey>>, ClientError> {
        self.get(self.address(&["v1.0", "auditLogs", "logKeys"], ""), None).await
    }

    /// The receipt of an audit entry (C2SP `tlog-proof`).
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn receipt(&self, id: EntryId) -> Result<Vec<u8>, ClientError> {
        let id = id.to_string();
        self.get_bytes(self.address(&["v1.0", "auditLogs", "directoryAudits", &id, "receipt"], "")).await
    }

    /// The newest checkpoint of a tenant's log (C2SP `tlog-checkpoint`).
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn log_checkpoint(&self, tenant: TenantId) -> Result<Vec<u8>, ClientError> {
        self.get_bytes(self.log_address(tenant, "checkpoint")).await
    }

    /// A tile of a tenant's log by its path, such as `tile/0/000` (C2SP `tlog-tiles`).
    ///
    /// # Errors
    /// Any [`ClientError`].
    pub async fn log_tile(&self, tenant: TenantId, path: &str) -> Result<Vec<u8>, ClientError> {
        self.get_bytes(self.log_address(tenant, path)).await
    }

    fn log_address(&self, tenant: TenantId, path: &str) -> Url {
        let tenant = tenant.to_string();
        let segments: Vec<&str> = ["log", &tenant].into_iter().chain(path.split('/')).collect();
        self.address(&segments, "")
    }
}
