//! Which conditional access policies concern a sign-in, and with what result.

use super::super::World;
use super::super::json::Json;
use super::super::objects::policies::{ADMINISTRATORS, COMPLIANT, LEGACY as NO_LEGACY, MFA, PAYROLL, Policy};
use super::outcome::{BLOCKED, SESSION_TOO_OLD, lacks_second_factor, reaches_policies};
use super::{LEGACY, Scene, Who};

/// A policy and what it said.
#[derive(Debug, Clone, Copy)]
struct Applied {
    policy: &'static Policy,
    result: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Success,
    Failure,
    /// A policy that is only watched would have blocked.
    WouldFail,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::WouldFail => "reportOnlyFailure",
        }
    }

    fn failed_if(failed: bool) -> Self {
        if failed { Self::Failure } else { Self::Success }
    }
}

impl Scene<'_> {
    /// Adds `conditionalAccessStatus` and `appliedConditionalAccessPolicies`.
    pub(super) fn write_policies(&self, world: &World, at: i64, json: &mut Json<'_>) {
        let applied = self.applied(world, at);
        let has = |verdict| applied.iter().flatten().any(|applied| applied.result == verdict);
        let status = if has(Verdict::Failure) {
            "failure"
        } else if has(Verdict::Success) {
            "success"
        } else {
            "notApplied"
        };
        json.text("conditionalAccessStatus", status);
        json.list("appliedConditionalAccessPolicies", applied.iter().flatten(), |json, applied| {
            let Policy { name, control, session, .. } = applied.policy;
            json.id("id", applied.policy.id(world)).text("displayName", name);
            json.texts("enforcedGrantControls", control.iter().map(|control| control.in_sign_ins));
            json.texts("enforcedSessionControls", session.iter().map(|_| "SignInFrequency"));
            json.text("result", applied.result.as_str());
        });
    }

    fn applied(&self, world: &World, at: i64) -> [Option<Applied>; 5] {
        let (Who::Person(person), Some(spot)) = (self.who, self.spot) else { return [None; 5] };
        if !reaches_policies(self.code) {
            return [None; 5];
        }
        let [_, mail, files, _, _, portal, ..] = &world.apps.everyday;
        let is_legacy = self.client == LEGACY;
        let is_compliant =
            self.device.and_then(|device| device.registration.as_ref()).is_some_and(|it| it.is_compliant);
        let of_payroll =
            if at <= world.change { Verdict::WouldFail } else { Verdict::failed_if(self.code == BLOCKED) };
        let when = |applies: bool, policy, result| applies.then_some(Applied { policy, result });
        [
            when(!spot.is_trusted && !is_legacy, &MFA, Verdict::failed_if(lacks_second_factor(self.code))),
            when(self.app.id == world.apps.payroll.id && !spot.is_trusted, &PAYROLL, of_payroll),
            when(
                (self.app.id == mail.id || self.app.id == files.id) && !is_compliant,
                &COMPLIANT,
                Verdict::WouldFail,
            ),
            when(is_legacy, &NO_LEGACY, Verdict::Failure),
            when(
                person.is_administrator && (self.app.id == portal.id || self.code == SESSION_TOO_OLD),
                &ADMINISTRATORS,
                Verdict::failed_if(self.code == SESSION_TOO_OLD),
            ),
        ]
    }
}
