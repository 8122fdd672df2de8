//! How access is used, and what keeps it in use: reads, messages, and the word that lets a paused one go on.

use crate::cast::{PROVIDER, Tenant};

use super::command::latest;
use super::{Act, Command, IDLE, Model, Outcome, Person, Pick, SIGN_INS};

impl Model {
    /// What a read, a confirmation or a message means now.
    pub(super) fn meant_of_use(&self, command: Command) -> Option<Act> {
        let case = |number| latest(number, self.cases.len());
        let owner = |case: usize| Some(self.cases[case].tenant);
        let by_engineer = |by, case: usize| match by {
            Pick::Right(_) => self.picked(by, owner(case), self.cases[case].engineer),
            Pick::Anybody(_) => self.picked(by, None, None),
        };
        match command {
            Command::Read { by, case: n, tenant, grant } => {
                let grant = grant.and_then(|grant| latest(grant, self.grants.len()));
                Some(Act::Read(by_engineer(by, case(n)?), case(n)?, tenant, grant))
            }
            Command::Confirm { by, grant } => {
                let grant = latest(grant, self.grants.len())?;
                Some(Act::Confirm(self.picked(by, Some(self.grants[grant].tenant), None), grant))
            }
            Command::Post { by: Pick::Right(0), case: n } => {
                Some(Act::Post(by_engineer(Pick::Right(0), case(n)?), case(n)?))
            }
            Command::Post { by, case: n } => {
                Some(Act::Post(self.picked(by, owner(case(n)?), None), case(n)?))
            }
            Command::Open { .. }
            | Command::Consent { .. }
            | Command::VoteConsent { .. }
            | Command::Name { .. }
            | Command::Ask { .. }
            | Command::Approve { .. }
            | Command::Reject { .. }
            | Command::Revoke { .. }
            | Command::Cancel { .. }
            | Command::Remove { .. }
            | Command::RemoveAll { .. }
            | Command::Assign { .. }
            | Command::Close { .. }
            | Command::Reopen { .. }
            | Command::Policy { .. }
            | Command::Advance(_)
            | Command::AdvanceToEnd { .. }
            | Command::Sweep => None,
        }
    }

    pub(super) fn confirm(&mut self, by: Person, grant: usize) -> Result<(), Outcome> {
        self.own_grant(by, grant)?;
        if !Self::same_person(by, PROVIDER).is_empty() {
            return Err(Outcome::Forbidden);
        }
        if !self.open_grant(grant) {
            return Err(Outcome::AlreadyEnded);
        }
        if self.live(grant) {
            return Err(Outcome::Conflict);
        }
        self.grants[grant].idle = self.now + IDLE;
        Ok(())
    }

    pub(super) fn post(&mut self, by: Person, case: usize) -> Result<(), Outcome> {
        let customer = self.own_case(by, case).is_ok();
        if !customer {
            self.worked_case(by, case)?;
        }
        self.open_only(case)?;
        self.cases[case].stage = if customer { "waitingForEngineer" } else { "waitingForCustomer" };
        let support = self.cases[case].tenant;
        for grant in 0..self.grants.len() {
            // A message keeps access to S's own data in use; what is paused stays so.
            if (self.grants[grant].tenant, self.grants[grant].case) == (support, case) && self.live(grant) {
                self.grants[grant].idle = self.now + IDLE;
            }
        }
        Ok(())
    }

    pub(super) fn read(
        &mut self,
        by: Person,
        case: usize,
        tenant: Tenant,
        named: Option<usize>,
    ) -> Result<(), Outcome> {
        if self.cases[case].engineer != Some(by) {
            return Err(Outcome::NotFound);
        }
        let used = match named {
            None => self.may_read(by, tenant, case)?,
            Some(named) => {
                let grant = &self.grants[named];
                if (grant.tenant, grant.case) != (tenant, case) {
                    return Err(Outcome::NoLiveGrant);
                } else if !self.open_grant(named) {
                    return Err(Outcome::GrantEnded);
                } else if grant.scope.categories & SIGN_INS == 0 {
                    return Err(Outcome::NoLiveGrant);
                } else if !self.live(named) {
                    return Err(Outcome::GrantPaused);
                }
                named
            }
        };
        self.has_read(used);
        Ok(())
    }
}
