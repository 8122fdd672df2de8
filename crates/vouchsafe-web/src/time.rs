//! A moment, for machines and for people.

use askama::Template;
use askama::filters::HtmlSafe;

/// A moment. Renders as `<time datetime="utc">shown</time>`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(source = r#"<time datetime="{{ utc }}">{{ shown }}</time>"#, ext = "html")]
pub struct TimeView {
    /// RFC 3339 in UTC, such as `2026-11-23T09:14:07Z`.
    pub utc: String,
    /// For people, with the zone named, such as `23 Nov 2026, 10:14 CET`.
    pub shown: String,
}

impl HtmlSafe for TimeView {}
