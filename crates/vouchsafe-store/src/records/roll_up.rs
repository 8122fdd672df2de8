//! Exact counts of events by time, kept in the transaction that adds or deletes them.

use std::collections::HashMap;

use rusqlite::Connection;

use super::layout::Layout;
use super::place;
use super::summary::SummaryBy;
use crate::error::StoreError;

/// Counts that wait to be written at most.
const WAITING_MAX: usize = 500_000;
/// What stands for "no value" among the values of a group.
pub(super) const ABSENT: i64 = i64::MIN;
/// By what a count without a property is kept.
const PLAIN: i64 = 0;

const ADD: &str = "INSERT INTO roll_up (kind, counted, hours, category, step, value, count) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, counted, hours, category, step, value) DO UPDATE SET count = count + excluded.count";
const CLEAN: &str = "DELETE FROM roll_up WHERE kind = ? AND counted = ? AND hours = ? AND category = ? AND step = ? AND value = ? AND count = 0";

/// Lengths of the steps that a count is kept in, in hours, from short to long; each is a whole number of the one before.
/// People are many, so theirs are long, and longer ones keep a month's count quick.
pub(super) fn steps(by: SummaryBy) -> &'static [i64] {
    match by {
        SummaryBy::Hour | SummaryBy::ErrorCode | SummaryBy::App => &[1],
        SummaryBy::User => &[24, 192],
    }
}

/// The number that a count is kept under.
pub(super) fn counted(by: SummaryBy) -> i64 {
    match by {
        SummaryBy::Hour => PLAIN,
        SummaryBy::ErrorCode => 1,
        SummaryBy::App => 2,
        SummaryBy::User => 3,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Counter {
    counted: i64,
    hours: i64,
    category: i64,
    step: i64,
    value: i64,
}

/// Changes of the counts of one kind that are not written yet.
#[derive(Debug)]
pub(super) struct RollUp {
    layout: &'static Layout,
    waiting: HashMap<Counter, i64>,
}

impl RollUp {
    pub(super) fn new(layout: &'static Layout) -> Self {
        Self { layout, waiting: HashMap::new() }
    }

    /// Counts an event, or takes it away. `values` are the numbers of its groups.
    pub(super) fn add(&mut self, at: i64, category: i64, values: &[Option<i64>], by: i64) {
        let hour = place::hour(at);
        self.count(SummaryBy::Hour, hour, category, 0, by);
        for (counted, group) in &self.layout.counted {
            let value = values.get(*group).copied().flatten().unwrap_or(ABSENT);
            self.count(*counted, hour, category, value, by);
        }
    }

    fn count(&mut self, summary: SummaryBy, hour: i64, category: i64, value: i64, by: i64) {
        for hours in steps(summary) {
            let step = hour.div_euclid(*hours);
            let counter = Counter { counted: counted(summary), hours: *hours, category, step, value };
            *self.waiting.entry(counter).or_insert(0) += by;
        }
    }

    /// Whether it is time to write.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_MAX
    }

    /// Writes all changes.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut changes: Vec<_> = self.waiting.drain().filter(|(_, by)| *by != 0).collect();
        changes.sort_unstable();
        let mut add = connection.prepare_cached(ADD)?;
        let mut clean = connection.prepare_cached(CLEAN)?;
        let kind = self.layout.name.as_str();
        for (Counter { counted, hours, category, step, value }, by) in changes {
            add.execute((kind, counted, hours, category, step, value, by))?;
            if by < 0 {
                clean.execute((kind, counted, hours, category, step, value))?;
            }
        }
        Ok(())
    }
}
