//! The prequential protocol: for each of the last 20 % of the requests by creation time, all engineers are ranked by
//! what was resolved before the request was created. An engineer who had resolved nothing by then cannot be ranked and
//! counts as missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use vouchsafe_routing::{EngineerId, Expertise, Request, Resolved, TenantId};

/// Columns that a file must have, in any order.
const COLUMNS: [&str; 8] = [
    "id",
    "createdDateTime",
    "resolvedDateTime",
    "priority",
    "component",
    "title",
    "description",
    "engineer",
];
/// The share of requests that is measured: one in this many.
const MEASURED: usize = 5;

/// Places within which a right answer counts.
const WITHIN: [usize; 3] = [1, 3, 5];

/// Why a file cannot be measured.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Measures a file; without components, if they are to be left out.
///
/// # Errors
/// The file cannot be read, is not of the shape, or holds too few requests; the text says what and where.
pub(crate) fn run(file: &str, with_component: bool) -> Result<Figures, Failure> {
    measure(&read(csv::Reader::from_path(file)?, with_component)?)
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    /// Shares of the requests whose resolver was among the first 1, 3 and 5.
    pub(crate) accuracy: [f64; 3],
    /// Mean of 1 / place of the resolver.
    pub(crate) reciprocal_rank: f64,
    /// Requests measured.
    pub(crate) requests: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accuracy: [one, three, five], reciprocal_rank, requests } = self;
        write!(
            to,
            r#"{{"acc1":{one:.4},"acc3":{three:.4},"acc5":{five:.4},"mrr":{reciprocal_rank:.4},"n":{requests}}}"#
        )
    }
}

/// A row of the file.
struct Case {
    id: String,
    created: Timestamp,
    resolved: Timestamp,
    priority: String,
    components: Vec<String>,
    title: String,
    description: String,
    engineer: EngineerId,
}

impl Case {
    /// Calls `then` with the request as the model sees it.
    fn with_request<T>(&self, then: impl FnOnce(Request<'_>) -> T) -> T {
        let problem_types: Vec<&str> = self.components.iter().map(String::as_str).collect();
        then(Request {
            title: &self.title,
            description: &self.description,
            problem_types: &problem_types,
            priority: &self.priority,
            opened: self.created,
        })
    }

    fn learn(&self, model: &mut Expertise) -> Result<(), Failure> {
        let learned = self.with_request(|request| {
            model.learn(&Resolved {
                request,
                number: &self.id,
                tenant: TenantId(0),
                engineer: self.engineer,
                resolved: self.resolved,
                reopened: false,
            })
        });
        learned.map_err(|cause| format!("{}: {cause}", self.id).into())
    }
}

/// The cases in order of creation.
fn read<R: std::io::Read>(mut reader: csv::Reader<R>, with_component: bool) -> Result<Vec<Case>, Failure> {
    let headers = reader.headers()?.clone();
    let mut places = BTreeMap::new();
    for column in COLUMNS {
        let place = headers.iter().position(|header| header.trim_start_matches('\u{feff}') == column);
        places.insert(column, place.ok_or_else(|| format!("has no column `{column}`"))?);
    }
    let mut ids = BTreeSet::new();
    let mut engineers: BTreeMap<String, EngineerId> = BTreeMap::new();
    let mut cases = Vec::new();
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: &str| places.get(column).and_then(|place| record.get(*place)).unwrap_or_default();
        let time = |column: &str| -> Result<Timestamp, Failure> {
            let text = cell(column);
            text.parse().map_err(|_| format!("line {line}: `{column}` is no time: `{text}`").into())
        };
        if cell("engineer").is_empty() {
            return Err(format!("line {line}: `engineer` is empty").into());
        }
        if !ids.insert(cell("id").to_owned()) {
            return Err(format!("line {line}: the id `{}` stands there twice", cell("id")).into());
        }
        let next = EngineerId(engineers.len() as u128);
        let components = cell("component").split(',').map(str::trim).filter(|part| !part.is_empty());
        let case = Case {
            id: cell("id").to_owned(),
            created: time("createdDateTime")?,
            resolved: time("resolvedDateTime")?,
            priority: cell("priority").to_owned(),
            components: if with_component { components.map(str::to_owned).collect() } else { Vec::new() },
            title: cell("title").to_owned(),
            description: cell("description").to_owned(),
            engineer: *engineers.entry(cell("engineer").to_owned()).or_insert(next),
        };
        if case.resolved < case.created {
            return Err(format!("line {line}: resolved before it was created").into());
        }
        cases.push(case);
    }
    cases.sort_by(|one, other| one.created.cmp(&other.created).then_with(|| one.id.cmp(&other.id)));
    Ok(cases)
}

fn measure(cases: &[Case]) -> Result<Figures, Failure> {
    let measured = cases.len() / MEASURED;
    if measured == 0 {
        return Err(format!("{} requests are too few: at least {MEASURED} are needed", cases.len()).into());
    }
    let mut closing: Vec<&Case> = cases.iter().collect();
    closing.sort_by(|one, other| one.resolved.cmp(&other.resolved).then_with(|| one.id.cmp(&other.id)));
    let mut closing = closing.into_iter().peekable();
    let mut model = Expertise::new();
    let (mut within, mut reciprocal) = ([0_u32; 3], 0.0);
    for case in cases.iter().skip(cases.len() - measured) {
        while let Some(closed) = closing.next_if(|closed| closed.resolved < case.created) {
            closed.learn(&mut model)?;
        }
        let ranked = case.with_request(|request| model.likelihoods(&request, case.created));
        let Some(place) = ranked.iter().position(|one| one.engineer == case.engineer) else { continue };
        for (count, limit) in within.iter_mut().zip(WITHIN) {
            *count += u32::from(place < limit);
        }
        reciprocal += 1.0 / (place + 1) as f64;
    }
    let share = |sum: f64| sum / measured as f64;
    Ok(Figures {
        accuracy: within.map(|count| share(f64::from(count))),
        reciprocal_rank: share(reciprocal),
        requests: measured,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "id,createdDateTime,resolvedDateTime,priority,component,title,description,engineer\n";

    fn failure(rows: &str) -> String {
        let cases = read(csv::Reader::from_reader(rows.as_bytes()), true);
        cases.and_then(|cases| measure(&cases)).expect_err("refused").to_string()
    }

    #[test]
    fn a_wrong_file_is_named_with_its_line() {
        let row = |id: &str, created: &str, engineer: &str| {
            format!(
                "{id},{created},2026-01-02T00:00:00Z,Major,a,\"a title,\nof two lines\",text,{engineer}\n"
            )
        };
        let good = row("A-1", "2026-01-01T00:00:00Z", "e");
        let cases = [
            ("id,title\n".to_owned(), "has no column `createdDateTime`"),
            (HEADER.to_owned(), "0 requests are too few: at least 5 are needed"),
            (format!("{HEADER}{good}"), "1 requests are too few: at least 5 are needed"),
            (format!("{HEADER}{good}{good}"), "line 4: the id `A-1` stands there twice"),
            (
                format!("{HEADER}{}", row("A-1", "yesterday", "e")),
                "line 2: `createdDateTime` is no time: `yesterday`",
            ),
            (format!("{HEADER}{}", row("A-1", "2026-01-01T00:00:00Z", "")), "line 2: `engineer` is empty"),
            (
                format!("{HEADER}{}", row("A-1", "2026-01-03T00:00:00Z", "e")),
                "line 2: resolved before it was created",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(failure(&text), expected);
        }
    }

    #[test]
    fn only_what_was_resolved_before_is_known() {
        // Ten requests; the eighth and later are never resolved in time, so the ninth and tenth find one engineer only.
        let mut text = HEADER.to_owned();
        for day in 1..=10 {
            let (resolved, engineer) = if day < 8 { (day, "early") } else { (28, "late") };
            text += &format!(
                "A-{day},2026-01-{day:02}T00:00:00Z,2026-01-{resolved:02}T01:00:00Z,,,t,d,{engineer}\n"
            );
        }
        let cases = read(csv::Reader::from_reader(text.as_bytes()), true).expect("a file");
        let figures = measure(&cases).expect("figures");
        assert_eq!((figures.accuracy, figures.reciprocal_rank, figures.requests), ([0.0; 3], 0.0, 2));
        let again = text.replace("late", "early");
        let cases = read(csv::Reader::from_reader(again.as_bytes()), true).expect("a file");
        let figures = measure(&cases).expect("figures").to_string();
        assert_eq!(figures, r#"{"acc1":1.0000,"acc3":1.0000,"acc5":1.0000,"mrr":1.0000,"n":2}"#);
    }
}
