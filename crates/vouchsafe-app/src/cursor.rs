//! List options and paging cursors. A cursor is opaque text that says where a page ended, in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vouchsafe_core::id::GrantId;
use vouchsafe_diagnostics::filter;
use vouchsafe_store::seal::MasterKey;
use vouchsafe_store::{ListQuery, Order, PageKey};

use crate::AppError;

/// The query options of a list, as parsed from the wire but not yet understood.
#[derive(Debug, Clone)]
pub struct ListOptions {
    /// `$filter`.
    pub filter: Option<String>,
    /// `$orderby`: property and whether descending.
    pub order_by: Option<(String, bool)>,
    /// `$top`.
    pub top: u32,
    /// `$skiptoken`.
    pub skip_token: Option<String>,
    /// `$count`.
    pub count: bool,
}

impl Default for ListOptions {
    fn default() -> Self {
        Self { filter: None, order_by: None, top: 100, skip_token: None, count: false }
    }
}

impl ListOptions {
    /// Understands filter, order and cursor. `sorted_by` is the only property that `$orderby` may name.
    pub(crate) fn understood(&self, sorted_by: &str) -> Result<ListQuery, AppError> {
        let after = match &self.skip_token {
            Some(token) => Some(Cursor::parse(token)?.key),
            None => None,
        };
        Ok(ListQuery {
            filter: self.filter()?,
            order: self.order(sorted_by)?,
            top: self.top,
            after,
            count: self.count,
        })
    }

    pub(crate) fn filter(&self) -> Result<Option<filter::Filter>, AppError> {
        let wrong = |error: filter::FilterError| bad("$filter", error.to_string());
        self.filter.as_deref().map(filter::parse).transpose().map_err(wrong)
    }

    pub(crate) fn order(&self, sorted_by: &str) -> Result<Order, AppError> {
        match &self.order_by {
            None => Ok(Order::NewestFirst),
            Some((property, descending)) if property == sorted_by => {
                Ok(if *descending { Order::NewestFirst } else { Order::OldestFirst })
            }
            Some((property, _)) => {
                Err(bad("$orderby", format!("can sort by `{sorted_by}` only, not by `{property}`")))
            }
        }
    }
}

/// Where a page of a list ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last item.
    pub key: PageKey,
}

impl Cursor {
    /// The text of the cursor.
    #[must_use]
    pub fn text(&self) -> String {
        BASE64URL.encode(format!("{}|{}", self.key.sort, self.key.id))
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// [`AppError::BadQuery`] for text that this service did not make.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let bytes = BASE64URL.decode(text).map_err(|_| foreign())?;
        let plain = String::from_utf8(bytes).map_err(|_| foreign())?;
        let (sort, id) = plain.split_once('|').ok_or_else(foreign)?;
        let key = PageKey { sort: sort.parse().map_err(|_| foreign())?, id: id.to_owned() };
        Ok(Self { key })
    }
}

/// Where a page of diagnostic records ended. It is sealed: a place in the data can hold what the page masked. It goes
/// on only under the grant and in the collection that it was made in.
#[derive(Debug, Clone)]
pub(crate) struct RecordCursor {
    /// The grant that the page was read under, if any.
    pub(crate) grant: Option<GrantId>,
    sealed: Vec<u8>,
}

impl RecordCursor {
    /// Seals a place for readers of `collection` under a grant, or without one for `basis`.
    pub(crate) fn text(
        master: &MasterKey,
        grant: Option<GrantId>,
        basis: &str,
        place: &impl Serialize,
    ) -> Result<String, AppError> {
        let plain = serde_json::to_vec(place).map_err(|_| foreign())?;
        let sealed = master.seal_cursor(basis, &plain)?;
        let grant = grant.map(|grant| grant.to_string()).unwrap_or_default();
        Ok(format!("{grant}.{}", BASE64URL.encode(sealed)))
    }

    /// Reads which grant a cursor belongs to.
    ///
    /// # Errors
    /// [`AppError::BadQuery`] for text that this service did not make.
    pub(crate) fn parse(text: &str) -> Result<Self, AppError> {
        let (grant, sealed) = text.split_once('.').ok_or_else(foreign)?;
        let grant = if grant.is_empty() { None } else { Some(grant.parse().map_err(|_| foreign())?) };
        Ok(Self { grant, sealed: BASE64URL.decode(sealed).map_err(|_| foreign())? })
    }

    /// The place.
    ///
    /// # Errors
    /// [`AppError::BadQuery`] where the cursor was made for another basis.
    pub(crate) fn place<P: DeserializeOwned>(&self, master: &MasterKey, basis: &str) -> Result<P, AppError> {
        let plain = master.open_cursor(basis, &self.sealed).map_err(|_| foreign())?;
        serde_json::from_slice(&plain).map_err(|_| foreign())
    }
}

fn foreign() -> AppError {
    bad("$skiptoken", "is not a token of this list: follow @odata.nextLink as it is".to_owned())
}

pub(crate) fn bad(parameter: &'static str, message: String) -> AppError {
    AppError::BadQuery { parameter, message }
}
