//! The page of a pack for people: what was asked, who decided when, what was read, when it ended, and how to check it.
//!
//! One file without script or anything from outside. It is made of proven entries alone, so that a verifier can make it
//! again and compare.

use std::fmt::Write as _;

use serde_json::Value;

use super::story::{Case, Granted, ROWS_MAX, Side, Story, kind};
use super::{Manifest, read_name};

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1f;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid #c8c8d0}h3{font-size:1rem}\
table{border-collapse:collapse;width:100%;font-size:.875rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e4e4ea;overflow-wrap:anywhere}\
dt{font-weight:600}dd{margin:0 0 .4rem}code{font-size:.875em;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}";

/// The page.
pub(crate) fn render(manifest: &Manifest, story: &Story) -> String {
    let mut page = Page::default();
    let title = format!("Evidence: {}", case_name(manifest, story));
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width\">");
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    page.element("title", &title);
    page.raw(&format!("<style>{STYLE}</style></head><body><main>"));
    page.element("h1", &title);
    page.facts(&[
        ("Support request", manifest.support_request_id.clone()),
        ("Organisation", manifest.tenant_id.clone()),
        ("Log", manifest.origin.clone()),
        ("Made", manifest.created_date_time.to_string()),
    ]);
    page.element("p", "All times are UTC. Everything on this page is said by entries of your log whose receipts are in this pack.");
    if let Some(case) = &story.case {
        request(&mut page, case);
    }
    asked(&mut page, story);
    given(&mut page, story);
    reads(&mut page, story);
    steps(&mut page, story);
    how_to_check(&mut page, manifest);
    page.raw("</main></body></html>\n");
    page.0
}

fn case_name(manifest: &Manifest, story: &Story) -> String {
    let number = story.case.as_ref().map(|case| text(&case.request, "/number"));
    let other = || story.requests.values().next().map(|side| text(&side.side, "/supportRequestNumber"));
    let number = number.or_else(other).filter(|number| !number.is_empty());
    number.map_or_else(|| manifest.support_request_id.clone(), |number| format!("support request {number}"))
}

fn request(page: &mut Page, case: &Case) {
    page.element("h2", "The support request");
    let of = |pointer: &str| text(&case.request, pointer);
    let ended = match &case.closed {
        Some((at, how)) => format!("{} ({})", plain(at), plain(how)),
        None => "it was open when this pack was made".to_owned(),
    };
    page.facts(&[
        ("Title", of("/title")),
        ("Severity", of("/severity")),
        ("Opened", of("/created")),
        ("Engineer", of("/assignment/displayName")),
        ("Closed", ended),
    ]);
    if let Some(consent) = &case.consent {
        let words = match kind(consent) {
            "consentGiven" => format!("yes, by {} on {}", text(consent, "/by"), text(consent, "/at")),
            "consentAwaiting" => format!("waiting for a further approval since {}", text(consent, "/since")),
            "consentExpired" => format!("it ended on {}", text(consent, "/at")),
            _ => "no, after it had been yes".to_owned(),
        };
        page.facts(&[("Collection of advanced diagnostic information", words)]);
    }
}

fn asked(page: &mut Page, story: &Story) {
    page.element("h2", "What was asked, and who decided");
    if story.requests.is_empty() {
        page.element("p", "No access to data was asked for.");
    }
    for (id, Side { side, approval, end }) in &story.requests {
        page.element("h3", &format!("Access request {id}"));
        let of = |pointer: &str| text(side, pointer);
        let who = [of("/requestedBy/displayName"), of("/requestedBy/employer"), of("/requestedBy/location")];
        let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
        page.facts(&[
            ("Asked", format!("{} by {}", of("/created"), who.join(", "))),
            ("Why", format!("{}: {}", of("/reasonCode"), of("/justification"))),
            ("Data of", of("/resourceTenant")),
            ("For", scope(side.get("requested").unwrap_or(&Value::Null))),
        ]);
        if let Some(approval) = approval {
            let automatic = approval.get("automatic") == Some(&Value::Bool(true));
            let how = if automatic {
                ", recorded by the service because the same person approved in another organisation"
            } else {
                ""
            };
            page.facts(&[
                (
                    "Approved",
                    format!(
                        "{} by {} ({}){how}",
                        text(approval, "/at"),
                        text(approval, "/byName"),
                        text(approval, "/by")
                    ),
                ),
                ("What was approved", scope(approval.get("scope").unwrap_or(&Value::Null))),
                ("Until", or(text(approval, "/expires"), "the support request is closed")),
                ("Comment", text(approval, "/comment")),
            ]);
        }
        match end {
            Some(end) => page.facts(&[("Ended", ending(end))]),
            None if approval.is_some() => page
                .facts(&[("Ended", "it stood when this pack was made, unless its time was over".to_owned())]),
            None => page.facts(&[("Decision", "none when this pack was made".to_owned())]),
        }
    }
}

fn given(page: &mut Page, story: &Story) {
    page.element("h2", "What could be read, and until when");
    if story.grants.is_empty() {
        page.element("p", "Nobody was given access to your data.");
        return;
    }
    page.header(&["Access", "Kinds of data", "From", "Until at the latest", "Ended"]);
    for (id, Granted { grant, end, .. }) in &story.grants {
        let from = match text(grant, "/source").as_str() {
            "consent" => "the answer yes to collecting advanced diagnostic information".to_owned(),
            "accessRequest" => text(grant, "/accessRequest"),
            other => other.to_owned(),
        };
        let ended = end.as_ref().map_or_else(|| "not when this pack was made".to_owned(), ending);
        page.row(&[
            format!("{id}, from {from}"),
            scope(grant),
            text(grant, "/created"),
            text(grant, "/expires"),
            ended,
        ]);
    }
    page.raw("</tbody></table>");
}

fn reads(page: &mut Page, story: &Story) {
    page.element("h2", "What was read");
    page.element("p", &format!("{} reads of {} records in all.", story.reads_count, story.records_count));
    if story.reads.is_empty() {
        return;
    }
    page.header(&[
        "When",
        "Who",
        "Kind of data",
        "Query",
        "Records",
        "Seen as pseudonyms",
        "Under",
        "Record ids",
    ]);
    for row in &story.reads {
        let properties = row.read.get("properties").and_then(Value::as_array).into_iter().flatten();
        let (masked, all) = properties.fold((0_u32, 0_u32), |(masked, all), property| {
            (masked + u32::from(property.get("masked") == Some(&Value::Bool(true))), all + 1)
        });
        page.row(&[
            row.at.clone(),
            text(&row.read, "/engineer/displayName"),
            text(&row.read, "/dataCategory"),
            text(&row.read, "/query"),
            row.read.get("count").map(Value::to_string).unwrap_or_default(),
            format!("{masked} of {all} properties"),
            or(text(&row.read, "/grantId"), "basic data, which needs no approval"),
            read_name(&text(&row.read, "/id")),
        ]);
    }
    page.raw("</tbody></table>");
    more(page, story.reads_count, story.reads.len());
}

fn steps(page: &mut Page, story: &Story) {
    page.element("h2", "What else happened");
    page.header(&["When", "What", "Who", "Place in the log"]);
    for step in &story.steps {
        page.row(&[step.at.clone(), step.activity.clone(), plain(&step.by), step.place.to_string()]);
    }
    page.raw("</tbody></table>");
    more(page, story.entries - story.reads_count, story.steps.len());
}

/// Says that a table was cut off.
fn more(page: &mut Page, all: u64, shown: usize) {
    if all > u64::try_from(shown).unwrap_or(u64::MAX) {
        page.element(
            "p",
            &format!("This page shows the first {ROWS_MAX}; auditEntries.ndjson has all {all}."),
        );
    }
}

fn how_to_check(page: &mut Page, manifest: &Manifest) {
    page.element("h2", "How to check it");
    page.element("p", "Do not believe this page: check the pack. No server is asked, and nothing in the pack is taken on trust but the key that you give, which your vendor publishes:");
    page.raw("<p><code>vouchsafe verify PACK.zip --key KEY</code></p>");
    page.element("p", "The server that this pack came from named these keys. Compare them with what is published elsewhere:");
    for key in &manifest.verifier_keys {
        page.raw("<p><code>");
        page.text(key);
        page.raw("</code></p>");
    }
    page.element("p", "A pack cannot show that nothing was left out. A check of the whole log does: vouchsafe verify https://HOST/log/TENANT.");
}

/// Categories, rows and time of a scope or a grant.
fn scope(scope: &Value) -> String {
    let categories = scope.get("dataCategories").and_then(Value::as_array).into_iter().flatten();
    let categories: Vec<String> = categories.map(plain).collect();
    let mut words = vec![categories.join(", ")];
    for (pointer, before) in
        [("/duration", "for "), ("/filter/dataFrom", "events from "), ("/filter/dataTo", "events before ")]
    {
        let text = text(scope, pointer);
        if !text.is_empty() {
            words.push(format!("{before}{text}"));
        }
    }
    if let Some(users) = scope.pointer("/filter/users").and_then(Value::as_array) {
        let users: Vec<String> = users.iter().map(plain).collect();
        words.push(format!("about {}", users.join(", ")));
    }
    words.join("; ")
}

/// How something ended.
fn ending(end: &Value) -> String {
    let how = or(text(end, "/how"), kind(end));
    let (by, reason) = (text(end, "/by"), text(end, "/reason"));
    let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{} {how}{by}{reason}", text(end, "/at"))
}

fn or(text: String, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).map(plain).unwrap_or_default()
}

/// A value for people; what was erased is a commitment, which is an object.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Object(_) => "(erased)".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}

/// HTML under construction. Texts are escaped; so is everything that came from an entry.
#[derive(Default)]
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                // Direction overrides could make a line read as another one.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                    self.0.push('\u{fffd}')
                }
                c if c.is_control() && c != '\n' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        let _ = write!(self.0, "<{name}>");
        self.text(text);
        let _ = write!(self.0, "</{name}>");
    }

    /// Facts by name; what is empty is left out.
    fn facts(&mut self, facts: &[(&str, String)]) {
        self.raw("<dl>");
        for (name, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            self.element("dt", name);
            self.element("dd", fact);
        }
        self.raw("</dl>");
    }

    fn header(&mut self, names: &[&str]) {
        self.raw("<table><thead><tr>");
        names.iter().for_each(|name| self.element("th", name));
        self.raw("</tr></thead><tbody>");
    }

    fn row(&mut self, cells: &[String]) {
        self.raw("<tr>");
        cells.iter().for_each(|cell| self.element("td", cell));
        self.raw("</tr>");
    }
}
