//! One receipt.

use vouchsafe_log::opening::Enclosed;
use vouchsafe_log::receipt::Receipt;

use super::{Report, Verifier, origin_of};

impl Verifier {
    /// Checks a receipt with nothing but a key.
    pub(crate) fn receipt(&self, text: &str) -> Report {
        let mut report = Report::default();
        let receipt: Receipt = match text.parse() {
            Ok(receipt) => receipt,
            Err(error) => return report.broken(error),
        };
        let origin = origin_of(&receipt.checkpoint);
        let Some(policy) = self.policy_for(origin) else {
            return report.broken(format!(
                "no key of the log {origin} is known: give it with --key, or verify the log once"
            ));
        };
        let Some(extra) = &receipt.extra else {
            return report.broken("the receipt does not enclose its entry");
        };
        let enclosed = match Enclosed::from_bytes(extra) {
            Ok(enclosed) => enclosed,
            Err(error) => return report.broken(error),
        };
        match receipt.verify(enclosed.entry.as_bytes(), &policy) {
            Ok((checkpoint, trusted)) => {
                report.signed(&checkpoint, &trusted);
                report.checked(format!("the entry stands in that log, at place {}", receipt.index));
            }
            Err(error) => return report.broken(error),
        }
        let entry = match enclosed.verify() {
            Ok(entry) => entry,
            Err(error) => return report.broken(error),
        };
        let text = |member: &str| entry.get(member).and_then(|value| value.as_str()).unwrap_or_default();
        report.checked(format!("it says: {}, {}", text("activityDisplayName"), text("activityDateTime")));
        if !enclosed.openings.is_empty() {
            report.checked(format!("{} values are those that it commits to", enclosed.openings.len()));
        }
        if let Some(ids) = &enclosed.record_ids {
            report.checked(format!("the {} record ids are those that were read", ids.len()));
        }
        let committed = enclosed.entry.matches(vouchsafe_log::opening::COMMITMENT).count();
        let closed = committed.saturating_sub(enclosed.openings.len());
        if closed > 0 {
            report.not_proven(format!("what {closed} erased values were"));
        }
        report.not_proven("that the log has no other history: only a check of the whole log finds that");
        report.sound()
    }
}
