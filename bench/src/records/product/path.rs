//! Questions as paths of Microsoft Graph, and the rows of their answers.

use serde_json::Value;
use vouchsafe_core::time::Timestamp;

use crate::http::encoded;
use crate::records::question::{By, PAGE, Question, Rows, Span};

/// Path and query after the base, `/v1.0` or that of a case.
pub(crate) fn of(question: &Question) -> String {
    match question {
        Question::Id(id) => format!("/auditLogs/signIns/{id}"),
        Question::Newest(span) => list(&within(*span)),
        Question::User(user, span) => list(&format!("userId eq {} and {}", text(user), within(*span))),
        Question::Error(code, span) => list(&format!("status/errorCode eq {code} and {}", within(*span))),
        Question::ErrorByHour(code, span) => format!(
            "{}&$filter={}",
            summary(By::Hour),
            encoded(&format!("status/errorCode eq {code} and {}", within(*span)))
        ),
        Question::Address(address) => list(&format!("ipAddress eq {}", text(address))),
        Question::Correlation(id) => list(&format!("correlationId eq {}", text(id))),
        Question::AppContains(part, span) => {
            list(&format!("contains(appDisplayName,{}) and {}", text(part), within(*span)))
        }
        Question::UpnContains(part, span) => {
            list(&format!("contains(userPrincipalName,{}) and {}", text(part), within(*span)))
        }
        Question::Summary(by) => summary(*by),
    }
}

/// The newest of all, so many.
pub(crate) fn newest(rows: usize) -> String {
    format!("/auditLogs/signIns?$top={rows}")
}

fn list(filter: &str) -> String {
    format!("{}&$filter={}", newest(PAGE), encoded(filter))
}

fn summary(by: By) -> String {
    format!("/auditLogs/signIns/summary?by={}", by.name())
}

fn within(span: Span) -> String {
    let time = Timestamp::from_micros;
    format!("createdDateTime ge {} and createdDateTime lt {}", time(span.from), time(span.to))
}

/// A text of the filter language.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The rows of an answer in the form in which all engines give them.
pub(crate) fn rows(question: &Question, body: &Value) -> Rows {
    if let Question::Id(_) = question {
        return vec![record(body)];
    }
    let row = if question.counts() { count } else { record };
    body["value"].as_array().unwrap().iter().map(row).collect()
}

fn record(record: &Value) -> (String, i64) {
    let created: Timestamp = record["createdDateTime"].as_str().unwrap().parse().unwrap();
    (record["id"].as_str().unwrap().to_owned(), created.as_micros())
}

/// Hours in microseconds, and nothing where a value is absent.
fn count(row: &Value) -> (String, i64) {
    let key = row["key"].as_str().unwrap_or_default();
    let key = key.parse::<Timestamp>().map_or_else(|_| key.to_owned(), |hour| hour.as_micros().to_string());
    (key, row["count"].as_i64().unwrap())
}
