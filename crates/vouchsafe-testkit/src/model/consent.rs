//! What the consent question does, from `lifecycle.md`.

use crate::cast::{CAST, PROVIDER};

use super::{ADVANCED, Consent, Grant, IDLE, Model, Outcome, Person, Scope};

impl Model {
    /// A *yes*: a vote, but of somebody who also works for the provider, whose *yes* waits for others'.
    pub(super) fn say_yes(&mut self, by: Person, case: usize) {
        let votes = self.may_vote(by);
        let (asker, given) = match self.cases[case].consent {
            Consent::Awaiting(asker, given) => (asker, given),
            Consent::No | Consent::Given(_) => (by, 0),
        };
        let counting = |given: u32| {
            (0..CAST.len()).filter(|person| given >> person & 1 == 1 && self.may_vote(*person)).count()
        };
        let with_mine = given | u32::from(votes) << by;
        if votes && counting(with_mine) >= self.settings[self.cases[case].tenant].required {
            self.give_consent(case);
        } else {
            self.cases[case].consent = Consent::Awaiting(asker, with_mine);
        }
    }

    fn give_consent(&mut self, case: usize) {
        let tenant = self.cases[case].tenant;
        let expires = self.now + self.settings[tenant].consent_lasts;
        let scope = Scope { categories: ADVANCED, minutes: 0, from: None, to: None };
        let idle = self.now + IDLE;
        let grant = Grant { tenant, case, ask: None, scope, created: self.now, expires, idle, ended: None };
        self.grants.push(grant);
        self.cases[case].consent = Consent::Given(self.grants.len() - 1);
    }

    pub(super) fn answer(&mut self, by: Person, case: usize, yes: bool) -> Result<(), Outcome> {
        self.own_case(by, case)?;
        self.open_only(case)?;
        if yes && !self.settings[CAST[by].tenant].consent {
            return Err(Outcome::Forbidden);
        }
        match (self.cases[case].consent, yes) {
            (Consent::Given(grant), true) if self.open_grant(grant) => {}
            (_, true) => self.say_yes(by, case),
            (Consent::Given(grant), false) if self.open_grant(grant) => self.end_grant(grant, true),
            (Consent::Awaiting(..), false) => self.cases[case].consent = Consent::No,
            (_, false) => {}
        }
        Ok(())
    }

    pub(super) fn vote_consent(&mut self, by: Person, case: usize, yes: bool) -> Result<(), Outcome> {
        self.own_case(by, case)?;
        if !Self::same_person(by, PROVIDER).is_empty() {
            return Err(Outcome::Forbidden);
        }
        self.open_only(case)?;
        match self.cases[case].consent {
            Consent::Awaiting(asker, _) if asker == by => return Err(Outcome::Forbidden),
            Consent::Awaiting(..) if yes && !self.settings[CAST[by].tenant].consent => {
                return Err(Outcome::Forbidden);
            }
            Consent::Awaiting(..) if yes => self.say_yes(by, case),
            Consent::Awaiting(..) => self.cases[case].consent = Consent::No,
            Consent::Given(grant) if self.open_grant(grant) => return Err(Outcome::Conflict),
            Consent::Given(_) | Consent::No => return Err(Outcome::AlreadyEnded),
        }
        Ok(())
    }
}
