//! The same questions to every engine: first whether all answer alike, then how fast.

use std::time::{Duration, Instant};

use super::draw::Draw;
use super::engines::{Engine, Engines};
use super::question::{By, Question, Rows};
use crate::rounds::{Goal, Series, Times, judged};

/// Askings of one engine in one round, at most. At least there is one.
const ASKINGS_MAX: usize = 200;
/// Within what an index must answer, in milliseconds, for 99 of 100 askings.
const INDEXED_P99_MS: f64 = 10.0;
/// Within what a summary must be there, in milliseconds.
const SUMMARY_MS: f64 = 100.0;

/// Questions that are judged alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Queries,
    Search,
    Summaries,
}

/// One kind of question with the values that it is asked with in turn.
struct Asking {
    name: String,
    questions: Vec<Question>,
}

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Queries => "queries that an index answers",
            Self::Search => "text inside a week, newest 50",
            Self::Summaries => "summaries",
        }
    }

    fn askings(self, draw: &Draw) -> Vec<Asking> {
        let week = draw.week;
        match self {
            Self::Queries => vec![
                each("id", &draw.ids, |id| Question::Id(id.clone())),
                each("user and week, newest 50", &draw.users, |user| Question::User(user.clone(), week)),
                each("error and week, newest 50", &draw.errors, |code| Question::Error(*code, week)),
                each("IP address, newest 50", &draw.addresses, |ip| Question::Address(ip.clone())),
                each("correlation id", &draw.correlations, |id| Question::Correlation(id.clone())),
            ],
            Self::Search => {
                let app = |part: &String| Question::AppContains(part.clone(), week);
                let name = |what: &str, word: &String| format!("app's name contains a {what} word, {word:?}");
                vec![
                    each(&name("frequent", &draw.frequent), std::slice::from_ref(&draw.frequent), app),
                    each(&name("rare", &draw.rare), std::slice::from_ref(&draw.rare), app),
                    each("app's name contains what none does", &["zzqx".to_owned()], app),
                    each("sign-in name contains some letters", &draw.names, |part| {
                        Question::UpnContains(part.clone(), week)
                    }),
                ]
            }
            Self::Summaries => {
                let by =
                    |by: &By| each(&format!("all by {}", by.name()), &[*by], |by| Question::Summary(*by));
                let mut askings: Vec<Asking> = By::ALL.iter().map(by).collect();
                askings.push(each("error and week, by hour", &draw.errors, |code| {
                    Question::ErrorByHour(*code, week)
                }));
                askings
            }
        }
    }

    /// Prints what was to be reached.
    fn judge(self, name: &str, times: &[(Engine, Times)]) {
        let of = |engine| times.iter().find(|(of, _)| *of == engine).map(|(_, times)| times);
        let Some(ours) = of(Engine::Product) else {
            println!("  {name}: refused by the product (see above)   NOT REACHED\n");
            return;
        };
        match self {
            Self::Queries => {
                let p99 = Series(vec![ours.percentile(0.99)]);
                judged(&format!("  {name}: p99"), "ms", &p99, Goal::Below(INDEXED_P99_MS));
            }
            Self::Search => {
                if let Some(theirs) = of(Engine::DuckDb) {
                    let over = ours.medians().over(&theirs.medians());
                    judged("  time over DuckDB's", "x", &over, Goal::AtMost(1.0));
                }
            }
            Self::Summaries => {
                judged(&format!("  {name}"), "ms", &ours.medians(), Goal::AtMost(SUMMARY_MS));
            }
        }
        println!();
    }
}

fn each<T>(name: &str, values: &[T], question: impl Fn(&T) -> Question) -> Asking {
    Asking { name: name.to_owned(), questions: values.iter().map(question).collect() }
}

/// Measures and prints.
pub(crate) async fn run(section: Section, engines: &mut Engines, rounds: usize, lasts: Duration) {
    println!("## {}\n", section.title());
    for asking in section.askings(&engines.draw) {
        eprintln!("asking: {}", asking.name);
        let able = agreeing(engines, &asking).await;
        let mut times: Vec<(Engine, Times)> = able.iter().map(|engine| (*engine, Times::default())).collect();
        for round in 0..rounds {
            for (engine, times) in &mut times {
                times.push(one_round(engines, *engine, &asking.questions, round, lasts).await);
            }
        }
        print(&asking.name, &times);
        section.judge(&asking.name, &times);
    }
}

/// The engines that answer, after every question was put to each of them once; all must answer alike. This also warms
/// them.
async fn agreeing(engines: &mut Engines, asking: &Asking) -> Vec<Engine> {
    let mut able = Vec::new();
    let mut expected: Vec<Rows> = Vec::new();
    'engines: for engine in Engine::ALL {
        for (at, question) in asking.questions.iter().enumerate() {
            let Some((rows, _)) = engines.ask(engine, question).await else { continue 'engines };
            match expected.get(at) {
                // Nothing that would be measured after a difference could be compared.
                Some(expected) => {
                    assert!(rows == *expected, "{}", difference(engine, question, &rows, expected));
                }
                None => expected.push(rows),
            }
        }
        able.push(engine);
    }
    able
}

/// How an answer differs from bare SQLite's.
fn difference(engine: Engine, question: &Question, rows: &Rows, expected: &Rows) -> String {
    let different = rows.iter().zip(expected).find(|(ours, theirs)| ours != theirs);
    format!(
        "{} and {} disagree on {question:?}: {} rows against {}; the first that differ: {different:?}",
        engine.name(),
        Engine::Sqlite.name(),
        rows.len(),
        expected.len()
    )
}

/// The milliseconds of one round's askings.
async fn one_round(
    engines: &mut Engines,
    engine: Engine,
    questions: &[Question],
    round: usize,
    lasts: Duration,
) -> Vec<f64> {
    let begun = Instant::now();
    let mut times = Vec::new();
    // Each round begins elsewhere, so that a slow engine does not ask the same few each time.
    for question in questions.iter().cycle().skip(round * ASKINGS_MAX / 3) {
        if !times.is_empty() && (times.len() >= ASKINGS_MAX || begun.elapsed() >= lasts) {
            break;
        }
        // What is refused took for ever.
        times.push(engines.ask(engine, question).await.map_or(f64::INFINITY, |(_, took)| took));
    }
    times
}

fn print(name: &str, times: &[(Engine, Times)]) {
    println!("{name}");
    for (engine, times) in times {
        let (median, min, max) = times.medians().summary();
        println!(
            "  {:<14} {median:>9.3} ms ({min:.3} - {max:.3})   p99 {:>9.3} ms   of {}",
            engine.name(),
            times.percentile(0.99),
            times.count()
        );
    }
}
