//! The own tenant's sign-ins, unmasked, without a grant and without a record.

use serde_json::Value;
use vouchsafe_core::permit::{Facts, ReadOwnSignIns, authorize};
use vouchsafe_diagnostics::resource::{Resource, Schema};
use vouchsafe_store::{Reach, StoreError, StoredRecord};

use crate::call::acting;
use crate::case::LOOK;
use crate::cursor::{ListOptions, RecordCursor};
use crate::read::{known_properties, record_query};
use crate::{App, AppError, Who};

/// A page of the own tenant's sign-ins.
#[derive(Debug, Clone)]
pub struct SignInListing {
    /// The records.
    pub records: Vec<Value>,
    /// `$skiptoken` of the next page.
    pub next: Option<String>,
    /// `@odata.count`.
    pub total: Option<u64>,
}

impl App {
    /// The own tenant's sign-ins.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] without the permission.
    pub async fn own_sign_ins(
        &self,
        who: Who,
        options: &ListOptions,
        select: Option<&[String]>,
    ) -> Result<SignInListing, AppError> {
        self.may_read_own(who).await.map_err(AppError::unhidden)?;
        known_properties(schema(), select)?;
        let basis = format!("own|{}", who.tenant);
        let mut asked = record_query(Resource::SignIn, options, options.filter()?, Reach::everything())?;
        if let Some(token) = &options.skip_token {
            asked.after = Some(RecordCursor::parse(token)?.place(self.store.master(), &basis)?);
        }
        let page = self.store.records(who.tenant, asked).await?;
        let records = page.records.iter().map(|record| selected(record, select)).collect::<Result<_, _>>()?;
        let seal = |place| RecordCursor::text(self.store.master(), None, &basis, &place);
        Ok(SignInListing { records, next: page.next.map(seal).transpose()?, total: page.total })
    }

    /// One of the own tenant's sign-ins.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn own_sign_in(
        &self,
        who: Who,
        id: &str,
        select: Option<&[String]>,
    ) -> Result<Value, AppError> {
        self.may_read_own(who).await?;
        known_properties(schema(), select)?;
        let found = self.store.record(who.tenant, Resource::SignIn, id, &Reach::everything()).await?;
        selected(&found.ok_or(AppError::NotFound)?, select)
    }

    async fn may_read_own(&self, who: Who) -> Result<(), AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        drop(authorize::<ReadOwnSignIns>(Facts::own_tenant(LOOK, &me.caller), who.tenant)?);
        Ok(())
    }
}

fn schema() -> &'static Schema {
    Resource::SignIn.schema()
}

/// The record as JSON with only the selected top-level properties.
fn selected(record: &StoredRecord, select: Option<&[String]>) -> Result<Value, AppError> {
    let damaged = |error| AppError::Internal(StoreError::Corrupt(format!("a stored record: {error}")));
    let mut value: Value = serde_json::from_str(&record.json).map_err(damaged)?;
    if let (Some(select), Value::Object(members)) = (select, &mut value) {
        members.retain(|name, _| select.contains(name));
    }
    Ok(value)
}
