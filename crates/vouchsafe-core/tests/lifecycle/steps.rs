//! What can be done in the world. Numbers choose among what exists, so that every step means something.

use proptest::prelude::*;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Open {
        named: u8,
        consent: u8,
        engineer: bool,
    },
    Update {
        case: u8,
        named: u8,
        consent: u8,
        severe: bool,
    },
    DecideConsent {
        case: u8,
        yes: bool,
    },
    Ask {
        case: u8,
        of: u8,
        categories: u8,
        hours: u16,
        filtered: bool,
    },
    /// `side`: 0 is S's record, 1 is R's.
    Approve {
        ask: u8,
        side: u8,
        keep: u8,
        hours: u16,
        narrow: bool,
        same_person: bool,
        /// Whether the tenant's other approver votes.
        second: bool,
    },
    Preview {
        ask: u8,
        side: u8,
    },
    Reject {
        ask: u8,
        side: u8,
    },
    Revoke {
        ask: u8,
        side: u8,
    },
    Cancel {
        ask: u8,
    },
    Close {
        case: u8,
    },
    Assign {
        case: u8,
        engineer: u8,
    },
    Reopen {
        case: u8,
    },
    ProposeReopen {
        case: u8,
    },
    Post {
        case: u8,
        from_engineer: bool,
    },
    Remove {
        tenant: u8,
        grant: u8,
    },
    RemoveAll {
        tenant: u8,
        case: Option<u8>,
    },
    RecordExpiry {
        tenant: u8,
    },
    RecordIdle {
        tenant: u8,
    },
    /// Too much was read under it.
    Pause {
        tenant: u8,
        grant: u8,
    },
    Confirm {
        tenant: u8,
        grant: u8,
    },
    Advance {
        minutes: u32,
    },
}

/// A life: it begins with a case that names both resource tenants, so that most steps find something to do.
pub(crate) fn life() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..80).prop_map(|mut steps| {
        steps.insert(0, Step::Open { named: 0b1110, consent: 0, engineer: true });
        steps
    })
}

fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>;
    let tenant = || 0u8..3;
    // R acts as often as S.
    let side = || 0u8..2;
    let named = || n().prop_map(|bits| bits | 0b0110);
    let who = || (prop::bool::weighted(0.2), any::<bool>());
    let decide = (n(), side(), n(), 1u16..200, prop::bool::weighted(0.3), who()).prop_map(
        |(ask, side, keep, hours, narrow, (same_person, second))| Step::Approve {
            ask,
            side,
            keep,
            hours,
            narrow,
            same_person,
            second,
        },
    );
    prop_oneof![
        2 => (named(), 0u8..3, prop::bool::weighted(0.9))
            .prop_map(|(named, consent, engineer)| Step::Open { named, consent, engineer }),
        3 => (n(), named(), 0u8..4, any::<bool>())
            .prop_map(|(case, named, consent, severe)| Step::Update { case, named, consent, severe }),
        1 => (n(), any::<bool>()).prop_map(|(case, yes)| Step::DecideConsent { case, yes }),
        12 => (n(), n(), 1u8.., 1u16..300, any::<bool>()).prop_map(
            |(case, of, categories, hours, filtered)| Step::Ask { case, of, categories, hours, filtered }
        ),
        30 => decide,
        2 => (n(), side()).prop_map(|(ask, side)| Step::Preview { ask, side }),
        1 => (n(), side()).prop_map(|(ask, side)| Step::Reject { ask, side }),
        3 => (n(), side()).prop_map(|(ask, side)| Step::Revoke { ask, side }),
        2 => n().prop_map(|ask| Step::Cancel { ask }),
        1 => n().prop_map(|case| Step::Close { case }),
        2 => (n(), n()).prop_map(|(case, engineer)| Step::Assign { case, engineer }),
        2 => n().prop_map(|case| Step::Reopen { case }),
        1 => n().prop_map(|case| Step::ProposeReopen { case }),
        1 => (n(), any::<bool>()).prop_map(|(case, from_engineer)| Step::Post { case, from_engineer }),
        2 => (tenant(), n()).prop_map(|(tenant, grant)| Step::Remove { tenant, grant }),
        1 => (tenant(), prop::option::of(n())).prop_map(|(tenant, case)| Step::RemoveAll { tenant, case }),
        4 => tenant().prop_map(|tenant| Step::RecordExpiry { tenant }),
        3 => tenant().prop_map(|tenant| Step::RecordIdle { tenant }),
        2 => (tenant(), n()).prop_map(|(tenant, grant)| Step::Pause { tenant, grant }),
        4 => (tenant(), n()).prop_map(|(tenant, grant)| Step::Confirm { tenant, grant }),
        6 => prop_oneof![6 => 1u32..90, 2 => 90u32..60 * 24 * 3, 1 => Just(60u32 * 24 * 16),
            1 => Just(60u32 * 24 * 7)]
            .prop_map(|minutes| Step::Advance { minutes }),
    ]
}
