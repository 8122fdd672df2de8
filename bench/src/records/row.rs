//! A sign-in as the peers keep it: the columns that are filtered by, and the JSON.

use std::borrow::Cow;

use serde::Deserialize;
use vouchsafe_core::time::Timestamp;

/// The peers' table, in each one's own words for the types. DuckDB makes its own from the file.
pub(crate) const TABLE: &str = "CREATE TABLE sign_in (id TEXT NOT NULL, created BIGINT NOT NULL, user_id TEXT, upn TEXT, app_id TEXT, app TEXT, ip TEXT, correlation_id TEXT, error_code BIGINT, json TEXT NOT NULL)";

/// The peers' indexes, made after the rows. Texts are folded, so the indexes serve spelling variants too.
pub(crate) const INDEXES: [&str; 6] = [
    "CREATE UNIQUE INDEX sign_in_id ON sign_in (id)",
    "CREATE INDEX sign_in_created ON sign_in (created)",
    "CREATE INDEX sign_in_user ON sign_in (user_id, created)",
    "CREATE INDEX sign_in_error ON sign_in (error_code, created)",
    "CREATE INDEX sign_in_ip ON sign_in (ip, created)",
    "CREATE INDEX sign_in_correlation ON sign_in (correlation_id)",
];

/// The columns of one line.
#[derive(Debug)]
pub(crate) struct Row<'l> {
    pub(crate) id: Cow<'l, str>,
    /// Microseconds since 1970.
    pub(crate) created: i64,
    pub(crate) user_id: Option<String>,
    pub(crate) upn: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) app: Option<String>,
    pub(crate) ip: Option<String>,
    pub(crate) correlation_id: Option<Cow<'l, str>>,
    pub(crate) error_code: Option<i64>,
    pub(crate) json: &'l str,
}

impl<'l> Row<'l> {
    /// Reads a Graph `signIn` object.
    pub(crate) fn read(json: &'l str) -> Self {
        let line: Line<'l> = serde_json::from_str(json).unwrap();
        let created: Timestamp = line.created_date_time.parse().unwrap();
        // The product keeps an empty text as absent, as exports write it.
        let present = |text: &Cow<'_, str>| !text.is_empty();
        let folded = |text: Option<Cow<'_, str>>| text.filter(present).map(|text| text.to_lowercase());
        Self {
            id: line.id,
            created: created.as_micros(),
            user_id: folded(line.user_id),
            upn: folded(line.user_principal_name),
            app_id: folded(line.app_id),
            app: folded(line.app_display_name),
            ip: folded(line.ip_address),
            correlation_id: line.correlation_id.filter(present),
            error_code: line.status.and_then(|status| status.error_code),
            json,
        }
    }
}

/// What of the line is read; the rest is skipped without being kept.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line<'l> {
    #[serde(borrow)]
    id: Cow<'l, str>,
    #[serde(borrow)]
    created_date_time: Cow<'l, str>,
    #[serde(borrow)]
    user_id: Option<Cow<'l, str>>,
    #[serde(borrow)]
    user_principal_name: Option<Cow<'l, str>>,
    #[serde(borrow)]
    app_id: Option<Cow<'l, str>>,
    #[serde(borrow)]
    app_display_name: Option<Cow<'l, str>>,
    #[serde(borrow)]
    ip_address: Option<Cow<'l, str>>,
    #[serde(borrow)]
    correlation_id: Option<Cow<'l, str>>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    error_code: Option<i64>,
}
