//! An engineer with a live grant who wants to undo the masks: filters, orders, selections, counts, cursors, summaries
//! and ids, at random and in their thousands. Nothing that comes back may hold a true value that was not typed.

use std::collections::BTreeSet;

use serde_json::Value;
use vouchsafe_diagnostics::mask::{Class, Personal, Registry};
use vouchsafe_diagnostics::resource::{Resource, Shape};
use vouchsafe_store::{Reach, RecordQuery};

use crate::house::*;
use crate::rows::Stage;

/// Queries of the short form; the long one asks 10,000.
const QUERIES: u64 = 600;
/// Shorter values are found by chance.
const SECRET_CHARS_MIN: usize = 7;

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    /// Below `end`, by the generator SplitMix64.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Every value of a tenant that names or locates somebody.
async fn secrets(house: &House) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for resource in Resource::ALL {
        let mut query = RecordQuery { top: 1_000, ..RecordQuery::new(resource, Reach::everything()) };
        loop {
            let page = house.app.store().records(house.tenant(Org::Adatum), query.clone()).await.unwrap();
            for record in &page.records {
                let value = serde_json::from_str(&record.json).unwrap();
                gather(resource.schema().masks, &value, "", &mut secrets);
            }
            let Some(next) = page.next else { break };
            query.after = Some(next);
        }
    }
    secrets
}

fn gather(masks: &Registry, value: &Value, path: &str, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                gather(masks, value, &path, secrets);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(masks, item, path, secrets)),
        Value::String(text) if names_somebody(masks.class(path)) && text.len() >= SECRET_CHARS_MIN => {
            secrets.insert(text.clone());
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn names_somebody(class: Class) -> bool {
    match class {
        Class::Id(_) => true,
        Class::Personal(personal) => match personal {
            Personal::UserPrincipalName
            | Personal::PersonName
            | Personal::Address
            | Personal::Mail
            | Personal::Phone => true,
            Personal::Sentence | Personal::Text | Personal::Hidden => false,
        },
        Class::Plain | Class::Switch(_) => false,
    }
}

/// What an attacker types, and what came back.
struct Attack {
    dice: Dice,
    base: String,
    /// Texts of answers: pseudonyms to use again.
    seen: Vec<String>,
    tokens: Vec<String>,
}

impl Attack {
    fn guess(&mut self) -> String {
        const GUESSES: &[&str] = &[
            "a",
            "an",
            "admin",
            "203.0.113.",
            "203.0.113.0/24",
            "198.51.100.7",
            "2001:db8:",
            "@adatum.example",
            "+1",
            "00000000-0000-0000-0000-000000000000",
            "6b1c7e0a-3f52-4c8d-9a41-0c5d2f7e1003",
            "%",
            "_",
            "' or 1 eq 1",
        ];
        let known = !self.seen.is_empty() && self.dice.below(2) == 0;
        let text =
            if known { self.dice.pick(&self.seen).clone() } else { (*self.dice.pick(GUESSES)).to_owned() };
        format!("'{}'", text.replace('\'', "''"))
    }

    fn condition(&mut self, paths: &[&str]) -> String {
        let path = *self.dice.pick(paths);
        let value = self.guess();
        match self.dice.below(9) {
            0 => format!("startswith({path},{value})"),
            1 => format!("endswith({path},{value})"),
            2 => format!("contains({path},{value})"),
            3 => format!("{path} in ({value},{})", self.guess()),
            4 => format!("not ({path} eq {value})"),
            5 => format!("{path} {} {value}", self.dice.pick(&["ne", "gt", "ge", "lt", "le"])),
            6 => format!("{path} eq null"),
            7 => {
                let (outer, inner) = path.rsplit_once('/').unwrap_or((path, "id"));
                format!("{outer}/any(x: x/{inner} eq {value})")
            }
            _ => format!("{path} eq {value}"),
        }
    }

    fn ask(&mut self) -> Ask {
        let schema = self.dice.pick(&Resource::ALL).schema();
        let paths: Vec<&str> = schema.masks.entries().iter().map(|(path, _)| *path).collect();
        let collection = format!("{}/{}", self.base, schema.path);
        match self.dice.below(10) {
            0 => {
                let id = self.guess().trim_matches('\'').to_owned();
                return Ask::get(format!("{collection}/{}", encoded(&id)));
            }
            1 => {
                let (by, filter) =
                    (*self.dice.pick(&["hour", "user", "app", "errorCode"]), self.condition(&paths));
                let path = format!("{}/auditLogs/signIns/summary", self.base);
                return Ask::get(path).query(&[("by", by), ("$filter", &filter)]);
            }
            _ if schema.shape == Shape::Singleton => return Ask::get(collection),
            _ => {}
        }
        let mut ask = Ask::get(collection).query(&[("$top", "5")]);
        if self.dice.below(4) > 0 {
            let filter = match self.dice.below(3) {
                0 => self.condition(&paths),
                1 => format!("{} and {}", self.condition(&paths), self.condition(&paths)),
                _ => format!("({} or {})", self.condition(&paths), self.condition(&paths)),
            };
            ask = ask.query(&[("$filter", &filter)]);
        }
        if self.dice.below(5) == 0 {
            ask = ask.query(&[("$orderby", *self.dice.pick(&paths))]);
        }
        if self.dice.below(5) == 0 {
            ask = ask.query(&[("$count", "true")]);
        }
        if self.dice.below(6) == 0 {
            ask = ask.query(&[("$select", self.dice.pick(&paths).split('/').next().unwrap())]);
        }
        if self.dice.below(6) == 0 && !self.tokens.is_empty() {
            ask = ask.query(&[("$skiptoken", &self.dice.pick(&self.tokens).clone())]);
        }
        ask
    }

    /// Keeps what can be used again.
    fn learn(&mut self, value: &Value) {
        match value {
            Value::Object(members) => members.values().for_each(|value| self.learn(value)),
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::String(text) => match text.split_once("$skiptoken=") {
                Some((_, token)) => self.tokens.push(token.to_owned()),
                None if self.seen.len() < 2_000 => self.seen.push(text.clone()),
                None => {}
            },
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The secrets that stand in a text: whole, or between signs that no value of theirs has.
fn found<'s>(secrets: &'s BTreeSet<String>, text: &str) -> Vec<&'s String> {
    let parts = text.split(['"', '\\', ' ', ',', '(', ')', '|', '<', '>', '\'', '~', ';', '`']);
    let whole = text.split('"');
    parts.chain(whole).filter_map(|part| secrets.get(part)).collect()
}

#[tokio::test]
async fn thousands_of_queries_tell_no_value_that_was_not_typed() {
    let house = House::new().await;
    let stage = Stage::set(&house).await;
    let secrets = secrets(&house).await;
    assert!(secrets.len() > 200, "only {} secrets", secrets.len());
    let base = house.base(stage.id("consented"), Org::Adatum);
    let mut attack = Attack { dice: Dice(7), base, seen: Vec::new(), tokens: Vec::new() };
    let queries = if vouchsafe_testkit::long() { 10_000 } else { QUERIES };
    let mut answered = 0;
    for _ in 0..queries {
        let ask = attack.ask();
        let reply = house.send(INES, ask.clone()).await;
        let body = reply.text();
        // What was typed comes back in problems and links.
        let typed = percent_decoded(&ask.path);
        for secret in found(&secrets, &body) {
            assert!(typed.contains(secret.as_str()), "{} tells {secret}: {body}", ask.path);
        }
        for (name, value) in &reply.headers {
            let value = value.to_str().unwrap();
            assert!(found(&secrets, value).is_empty(), "{} tells {name}: {value}", ask.path);
        }
        assert!(reply.status < 500, "{}: {body}", ask.path);
        if reply.status == 200 {
            answered += 1;
            attack.learn(&reply.json());
        }
    }
    assert!(answered > queries / 10, "only {answered} of {queries} were answered");
}

fn percent_decoded(path: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect::<Vec<_>>()
        .join(" ")
        + path
}
