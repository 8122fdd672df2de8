//! What the whole deployment looks like, to show that something changed nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vouchsafe_core::id::TenantId;
use vouchsafe_core::permission::Permissions;
use vouchsafe_core::permit::{Caller, Facts, ReadLog, Scope, WorkId, authorize};
use vouchsafe_store::{ListQuery, Order};

use crate::house::*;

const EVERY_LIST: &[&str] = &[
    "/v1.0/support/requests",
    "/v1.0/support/accessRequests",
    "/v1.0/support/grants",
    "/v1.0/support/dataCollections",
    "/v1.0/policies/supportAccess",
    "/v1.0/auditLogs/signIns",
];

impl House {
    /// Entries in a tenant's log.
    pub(crate) async fn log_size(&self, tenant: TenantId) -> u64 {
        let mut reader = self.app.store().read().unwrap();
        let somebody = reader.accounts(tenant).await.unwrap().remove(0).person.id;
        let (caller, _) = reader.caller(tenant, somebody).await.unwrap().unwrap();
        let mut caller = Caller::clone(&caller);
        caller.permissions = Permissions::of(["microsoft.directory/auditLogs/allProperties/read"], true);
        let permit = authorize::<ReadLog>(Facts::own_tenant(WorkId(0), &caller), tenant).unwrap();
        let query = ListQuery { filter: None, order: Order::NewestFirst, top: 1, after: None, count: true };
        reader.list_entries(Scope::of_tenant(permit), false, &query).await.unwrap().total.unwrap()
    }

    /// The size of every log.
    pub(crate) async fn log_sizes(&self) -> Vec<u64> {
        let mut sizes = Vec::new();
        for tenant in &self.world.tenants {
            sizes.push(self.log_size(*tenant).await);
        }
        sizes
    }

    /// The size of every log, and every list as those see it who see most.
    pub(crate) async fn snapshot(&self) -> BTreeMap<String, Value> {
        let mut seen = BTreeMap::new();
        seen.insert("logs".to_owned(), json!(self.log_sizes().await));
        for who in [PRIYA, OMAR, YUKI, RUTH, INES] {
            for path in EVERY_LIST {
                let list = path.starts_with("/v1.0/support") || path.ends_with("signIns");
                let options = if list { "?$top=1000&$count=true" } else { "" };
                seen.insert(
                    format!("{path} for {who:?}"),
                    self.glance(who, &format!("{path}{options}")).await,
                );
            }
        }
        seen
    }
}
