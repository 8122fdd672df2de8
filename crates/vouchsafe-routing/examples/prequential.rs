//! How well assignment does on a file of resolved requests, by the prequential protocol.
//!
//! `cargo run --release -p vouchsafe-routing --example prequential -- FILE.csv [--without-component]` prints one line:
//! `{"acc1":…,"acc3":…,"acc5":…,"mrr":…,"n":…}`. For each of the last 20 % of the requests by creation time it ranks
//! all engineers, knowing only what was resolved before the request was created. An engineer who had resolved nothing
//! by then cannot be ranked and counts as missed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

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

type Failure = Box<dyn std::error::Error>;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is what it is for")]
fn main() -> ExitCode {
    let mut with_component = true;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--without-component" => with_component = false,
            _ => files.push(argument),
        }
    }
    let [file] = files.as_slice() else {
        eprintln!("usage: prequential FILE.csv [--without-component]");
        return ExitCode::from(2);
    };
    match read(file, with_component).and_then(|cases| measure(&cases)) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{file}: {failure}");
            ExitCode::FAILURE
        }
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
fn read(file: &str, with_component: bool) -> Result<Vec<Case>, Failure> {
    let mut reader = csv::Reader::from_path(file)?;
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

/// Runs the protocol; the figures as one line of JSON.
fn measure(cases: &[Case]) -> Result<String, Failure> {
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
        for (count, limit) in within.iter_mut().zip([1, 3, 5]) {
            *count += u32::from(place < limit);
        }
        reciprocal += 1.0 / (place + 1) as f64;
    }
    let share = |sum: f64| sum / measured as f64;
    let [acc1, acc3, acc5] = within.map(|count| share(f64::from(count)));
    let mrr = share(reciprocal);
    Ok(format!(r#"{{"acc1":{acc1:.4},"acc3":{acc3:.4},"acc5":{acc5:.4},"mrr":{mrr:.4},"n":{measured}}}"#))
}
