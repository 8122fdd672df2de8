//! Query options and headers that several routes take, as the document describes them.
#![expect(dead_code, reason = "these are descriptions: the extractors read the values")]

use utoipa::IntoParams;

/// The options of a list (OData).
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// Which items, such as `status eq 'open' and createdDateTime ge 2026-11-01T00:00:00Z`.
    #[param(rename = "$filter")]
    filter: Option<String>,
    /// The property to sort by, with `asc` or `desc`.
    #[param(rename = "$orderby")]
    orderby: Option<String>,
    /// How many items a page holds at most.
    #[param(rename = "$top", minimum = 1, maximum = 1000, default = 100)]
    top: Option<u32>,
    /// Where the page begins: from `@odata.nextLink`.
    #[param(rename = "$skiptoken")]
    skiptoken: Option<String>,
    /// Whether `@odata.count` tells how many items all pages hold.
    #[param(rename = "$count")]
    count: Option<bool>,
    /// The top-level properties wanted, separated by commas.
    #[param(rename = "$select")]
    select: Option<String>,
}

/// The option of one record.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SelectParameter {
    /// The top-level properties wanted, separated by commas.
    #[param(rename = "$select")]
    select: Option<String>,
}

/// The options of a summary.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryParameters {
    /// What to count by.
    #[param(inline)]
    by: vouchsafe_api::summary::SummaryBy,
    /// Which items, such as `createdDateTime ge 2026-11-01T00:00:00Z`.
    #[param(rename = "$filter")]
    filter: Option<String>,
}

/// The grant that a read is to use.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct GrantParameter {
    /// Id of the grant to read under; the oldest live one without it.
    #[param(rename = "vouchsafe-grant")]
    grant: Option<String>,
}

/// A condition on what the caller has seen (RFC 9110 section 13.1.1).
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatchParameter {
    /// The `ETag` that the caller has seen; a stale one is 412.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}

/// Makes a POST safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IdempotencyParameter {
    /// 1 to 255 visible ASCII characters; the same key and body within 24 hours answers the first result again.
    #[param(rename = "Idempotency-Key", max_length = 255)]
    idempotency_key: Option<String>,
}
