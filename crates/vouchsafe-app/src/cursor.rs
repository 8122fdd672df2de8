//! List options and paging cursors. A cursor is opaque text that says where a page ended, in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use vouchsafe_core::id::GrantId;
use vouchsafe_diagnostics::filter;
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

/// Where a page ended. Pages of diagnostic data are bound to the grant that they were read under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The grant, for diagnostic data.
    pub grant: Option<GrantId>,
    /// The last item. For diagnostic data its id is a pseudonym.
    pub key: PageKey,
}

impl Cursor {
    /// The text of the cursor.
    #[must_use]
    pub fn text(&self) -> String {
        let grant = self.grant.map(|grant| grant.to_string()).unwrap_or_default();
        BASE64URL.encode(format!("{}|{grant}|{}", self.key.sort, self.key.id))
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// [`AppError::BadQuery`] for text that this service did not make.
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let wrong = || {
            bad("$skiptoken", "is not a token of this service: follow @odata.nextLink as it is".to_owned())
        };
        let bytes = BASE64URL.decode(text).map_err(|_| wrong())?;
        let plain = String::from_utf8(bytes).map_err(|_| wrong())?;
        let mut parts = plain.splitn(3, '|');
        let (Some(sort), Some(grant), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let grant = if grant.is_empty() { None } else { Some(grant.parse().map_err(|_| wrong())?) };
        let key = PageKey { sort: sort.parse().map_err(|_| wrong())?, id: id.to_owned() };
        Ok(Self { grant, key })
    }
}

pub(crate) fn bad(parameter: &'static str, message: String) -> AppError {
    AppError::BadQuery { parameter, message }
}
