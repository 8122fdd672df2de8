//! What was read, in one sentence.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::TimeView;

/// What was read under one access. Renders as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "part/reads.html")]
pub struct ReadsSummary {
    /// How many records.
    pub records: u64,
    /// Of how many people; `None` where the records name nobody.
    pub people: Option<u64>,
    /// In how many reads a masked value was shown in clear.
    pub revealed: u64,
    /// When the last read was; `None` while there was none.
    pub last: Option<TimeView>,
    /// The page that lists the reads; empty for no link (as on that page itself).
    pub href: String,
}

impl HtmlSafe for ReadsSummary {}
