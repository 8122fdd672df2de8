//! What a check found.

use serde::Serialize;
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::policy::Trusted;

use crate::failure::Failure;
use crate::output::Output;

/// What was checked, what could not be proven, and the first thing that is wrong.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Whether all holds that was checked.
    pub(crate) holds: bool,
    /// What was found to be true.
    pub(crate) checked: Vec<String>,
    /// What nobody can tell from this alone.
    pub(crate) not_proven: Vec<String>,
    /// The first thing that is wrong, with its position.
    pub(crate) fault: Option<String>,
}

impl Report {
    /// Adds something that is true.
    pub(crate) fn checked(&mut self, what: impl Into<String>) {
        self.checked.push(what.into());
    }

    /// Adds who vouches for a checkpoint.
    pub(crate) fn signed(&mut self, checkpoint: &Checkpoint, trusted: &Trusted<'_>) {
        self.checked(format!(
            "the checkpoint of {} with {} entries is signed by key {}",
            checkpoint.origin,
            checkpoint.size,
            vouchsafe_log::hex(&trusted.log.id())
        ));
        for witness in &trusted.witnesses {
            self.checked(format!("the witness {} has seen it", witness.key.name()));
        }
    }

    /// Adds something that cannot be told.
    pub(crate) fn not_proven(&mut self, what: impl Into<String>) {
        self.not_proven.push(what.into());
    }

    /// Ends it with what is wrong.
    pub(crate) fn broken(mut self, what: impl ToString) -> Self {
        self.fault = Some(what.to_string());
        self
    }

    /// Ends it well.
    pub(crate) fn sound(self) -> Self {
        Self { holds: true, ..self }
    }

    /// Prints it. What does not hold is a failure.
    pub(crate) fn print(self, out: &Output, name: &str) -> Result<(), Failure> {
        if out.is_json() {
            out.json(&serde_json::to_string(&self).unwrap_or_default())?;
        } else {
            for line in &self.checked {
                out.line(&format!("ok          {line}"))?;
            }
            for line in &self.not_proven {
                out.line(&format!("not proven  {line}"))?;
            }
        }
        match self.fault {
            None if self.holds => Ok(()),
            fault => Err(Failure::DoesNotHold { name: name.to_owned(), fault: fault.unwrap_or_default() }),
        }
    }
}
