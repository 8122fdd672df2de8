use proptest::prelude::*;

use super::*;
use crate::audit::Initiator;
use crate::engineer::EngineerProfile;
use crate::id::uuid_v7;
use crate::role;

fn start() -> Timestamp {
    Timestamp::from_millis(1_000_000_000)
}

fn id<I: crate::id::Id>(n: u8) -> I {
    I::from_uuid(uuid_v7(Timestamp::from_millis(9), [n; 10]))
}

fn at(now: Timestamp) -> Context {
    Context { now, initiator: Initiator::Service, provider: id(1) }
}

fn account(n: u8) -> Account {
    let person = Person {
        id: id(n),
        tenant: id(2),
        display_name: Personal::new(id(n), "Uma"),
        user_principal_name: Personal::new(id(n), "uma@contoso.example"),
        kind: PersonKind::User,
        active: true,
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
        profile: EngineerProfile::default(),
        deleted: None,
    };
    Account { person, roles: Vec::new() }
}

fn pass(n: u8, user: u8, created: Timestamp) -> Enrolment {
    let expires = created + PASS_LASTS;
    Enrolment {
        id: id(n),
        tenant: id(2),
        user: id(user),
        hash: [n; 32],
        created,
        expires,
        used: None,
        offered_by: None,
    }
}

/// A pass that the service made.
fn by(pass: &Enrolment) -> Way<'_> {
    static NOTHING: std::sync::LazyLock<Permissions> = std::sync::LazyLock::new(Permissions::default);
    Way::Pass(PassUse { pass, maker: None, rights: &NOTHING, assurance: Assurance::Token })
}

fn new(credential: usize) -> NewPasskey {
    NewPasskey {
        credential: format!("credential-{credential}"),
        public_key: "key".to_owned(),
        relying_party: "vouchsafe.example".to_owned(),
        name: "Phone".to_owned(),
        counter: 0,
        backup_eligible: true,
    }
}

fn record(decided: &Decided<KeepPasskey>) -> PasskeyRecord {
    let found = |write: &Write| if let Write::Passkey(row) = write { Some((**row).clone()) } else { None };
    decided.writes().iter().find_map(found).unwrap()
}

#[test]
fn a_pass_is_for_one_person_once_and_for_a_time() {
    let used = Enrolment { used: Some(start()), ..pass(1, 7, start()) };
    let over = pass(1, 7, start() - PASS_LASTS);
    let of_other = pass(1, 8, start());
    for wrong in [used, over, of_other] {
        let refused = enrol(&account(7), new(1), by(&wrong), &[], &at(start())).unwrap_err();
        assert_eq!(refused, Rejection::AlreadyEnded);
    }
    assert!(enrol(&account(7), new(1), by(&pass(1, 7, start())), &[], &at(start())).is_ok());
}

/// Somebody with these roles.
fn somebody(n: u8, roles: &[&str]) -> Caller {
    Caller { person: account(n).person, permissions: rights(roles) }
}

fn rights(roles: &[&str]) -> Permissions {
    Permissions::of(roles.iter().flat_map(|name| role::by_name(name).unwrap().actions.iter().copied()), true)
}

#[test]
fn a_pass_counts_only_while_its_maker_may_do_as_much_as_its_person() {
    let (lesser, above) = (["Authentication Administrator"], ["Global Administrator"]);
    let pass = Enrolment { offered_by: Some(id(9)), ..pass(1, 7, start()) };
    let used = |maker: Option<&Caller>, rights: &Permissions| {
        let using = PassUse { pass: &pass, maker, rights, assurance: Assurance::Token };
        enrol(&account(7), new(1), Way::Pass(using), &[], &at(start())).map(drop)
    };
    assert_eq!(used(Some(&somebody(9, &lesser)), &rights(&[])), Ok(()));
    assert_eq!(used(Some(&somebody(9, &above)), &rights(&above)), Ok(()));
    let ended = Err(Rejection::AlreadyEnded);
    assert_eq!(used(Some(&somebody(9, &lesser)), &rights(&above)), ended, "they were given more since");
    assert_eq!(used(Some(&somebody(9, &[])), &rights(&lesser)), ended, "the maker has lost roles since");
    assert_eq!(used(None, &rights(&[])), ended, "the maker is gone");
    assert_eq!(used(Some(&somebody(8, &above)), &rights(&[])), ended, "somebody else");
}

#[test]
fn where_decisions_must_be_signed_a_first_passkey_waits_as_well_but_for_the_tenants_first() {
    let nothing = Permissions::default();
    let signs_from = |offered_by: Option<UserId>, assurance: Assurance| {
        let pass = Enrolment { offered_by, ..pass(1, 7, start()) };
        let maker = somebody(9, &["Global Administrator"]);
        let using = PassUse { pass: &pass, maker: Some(&maker), rights: &nothing, assurance };
        let decided = enrol(&account(7), new(1), Way::Pass(using), &[], &at(start())).unwrap();
        let PasskeyRecord { passkey, .. } = record(&decided);
        assert!(!passkey.recovered);
        passkey.signs_from
    };
    assert_eq!(signs_from(Some(id(9)), Assurance::Passkey), start() + RECOVERED_WAITS);
    assert_eq!(signs_from(Some(id(9)), Assurance::StepUp), start() + RECOVERED_WAITS);
    assert_eq!(signs_from(Some(id(9)), Assurance::Token), start());
    assert_eq!(signs_from(None, Assurance::Passkey), start());
}

#[test]
fn service_accounts_and_disabled_ones_enrol_nothing() {
    let pass = pass(1, 7, start());
    let change = |change: fn(&mut Person)| {
        let mut account = account(7);
        change(&mut account.person);
        enrol(&account, new(1), by(&pass), &[], &at(start())).is_err()
    };
    assert!(change(|person| person.kind = PersonKind::Service));
    assert!(change(|person| person.active = false));
    assert!(change(|person| person.deleted = Some(start())));
}

#[test]
fn the_last_own_passkey_stays() {
    let pass = pass(1, 7, start());
    let first = record(&enrol(&account(7), new(1), by(&pass), &[], &at(start())).unwrap());
    let held = [first.clone()];
    assert!(matches!(remove_own(&first, &held, &at(start())), Err(Rejection::Forbidden(_))));
    let second = enrol(&account(7), new(2), Way::Session(&first), &held, &at(start())).unwrap();
    let held = [first.clone(), record(&second)];
    let gone = record(&remove_own(&first, &held, &at(start())).unwrap());
    assert_eq!(remove_own(&gone, &held, &at(start())).unwrap_err(), Rejection::AlreadyEnded);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Pass,
    /// By a session with the n-th of those that are left.
    Session(usize),
    Remove(usize),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::Pass),
        (0usize..4).prop_map(Step::Session),
        (0usize..4).prop_map(Step::Remove),
        (1u32..30).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..24)
}

proptest! {
    /// Whatever a person does, alone or with passes: but for the very first pass, nothing that goes back to a pass signs a
    /// decision within a day of it. Adding passkeys by a session never shortens the wait.
    #[test]
    fn what_goes_back_to_a_recovery_waits_a_day(steps in steps()) {
        let (account, mut now) = (account(7), start());
        let mut held: Vec<PasskeyRecord> = Vec::new();
        // For each passkey, when the pass was used that it goes back to, and whether that was the first.
        let mut roots: Vec<(Timestamp, bool)> = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            let left: Vec<usize> = (0..held.len()).filter(|i| held[*i].removed.is_none()).collect();
            let enrolled = match step {
                Step::Wait(hours) => {
                    now = now + Duration::hours(hours);
                    continue;
                }
                Step::Remove(which) => {
                    if let Some(i) = left.get(which).copied()
                        && let Ok(decided) = remove_own(&held[i], &held, &at(now))
                    {
                        held[i] = record(&decided);
                    }
                    continue;
                }
                Step::Pass => {
                    let pass = pass(u8::try_from(n).unwrap(), 7, now);
                    let root = (now, held.is_empty());
                    enrol(&account, new(n), by(&pass), &held, &at(now)).map(|decided| (decided, root))
                }
                Step::Session(which) => {
                    let Some(i) = left.get(which).copied() else { continue };
                    let root = roots[i];
                    enrol(&account, new(n), Way::Session(&held[i]), &held, &at(now)).map(|decided| (decided, root))
                }
            };
            if let Ok((decided, root)) = enrolled {
                held.push(record(&decided));
                roots.push(root);
            }
        }
        for (passkey, (used, first)) in held.iter().zip(&roots) {
            let earliest = if *first { *used } else { *used + RECOVERED_WAITS };
            prop_assert!(passkey.passkey.signs_from >= earliest);
            prop_assert!(passkey.passkey.signs_from >= passkey.passkey.created);
        }
    }
}
