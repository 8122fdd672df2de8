//! Who may have to do with what, and what everybody else is told.

use crate::cast::CAST;

use super::{Grant, Model, Outcome, Person};

impl Model {
    /// A case of the caller's own tenant, for someone who may.
    pub(super) fn own_case(&self, by: Person, case: usize) -> Result<(), Outcome> {
        let own = self.cases[case].tenant == CAST[by].tenant;
        if own && self.tickets(by) { Ok(()) } else { Err(self.unless_works(by, case)) }
    }

    /// What who may not decide about a case and what belongs to it is told: its engineer and the manager see it.
    pub(super) fn unless_works(&self, by: Person, case: usize) -> Outcome {
        let sees = CAST[by].manager || self.cases[case].engineer == Some(by);
        if sees { Outcome::Forbidden } else { Outcome::NotFound }
    }

    /// A case for its engineer. Whoever else may see it is told that it is not for them.
    pub(super) fn worked_case(&self, by: Person, case: usize) -> Result<(), Outcome> {
        if self.cases[case].engineer == Some(by) {
            return Ok(());
        }
        let sees = CAST[by].manager || self.own_case(by, case).is_ok();
        Err(if sees { Outcome::Forbidden } else { Outcome::NotFound })
    }

    /// A grant over the own tenant's data, for someone who may. Its engineer and the manager see it while it is not over.
    pub(super) fn own_grant(&self, by: Person, grant: usize) -> Result<(), Outcome> {
        let Grant { tenant, case, .. } = self.grants[grant];
        if CAST[by].tenant == tenant && self.tickets(by) {
            return Ok(());
        }
        Err(if self.open_grant(grant) { self.unless_works(by, case) } else { Outcome::NotFound })
    }
}
