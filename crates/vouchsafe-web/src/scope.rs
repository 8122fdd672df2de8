//! What an access covers.

use crate::{Category, TimeView};

/// What an access covers, or would cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeView {
    /// Which categories.
    pub categories: Vec<Category>,
    /// How long, in words, such as `7 days`.
    pub duration: String,
    /// Only data from then on; `None` without a bound.
    pub data_from: Option<TimeView>,
    /// Only data before then; `None` without a bound.
    pub data_to: Option<TimeView>,
    /// Only data of these people (object ids or user principal names); empty for everyone.
    pub users: Vec<String>,
}
