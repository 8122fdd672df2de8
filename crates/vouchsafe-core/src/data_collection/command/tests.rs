//! Every act in every state, and what an order of acts leaves behind.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::audit::Initiator;
use crate::id::{Id, UserId, uuid_v7};
use crate::permit::Action;
use crate::person::PersonKind;
use crate::time::Timestamp;

fn id<I: Id>(n: u8) -> I {
    I::from_uuid(uuid_v7(Timestamp::from_millis(i64::from(n)), [n; 10]))
}

fn person(n: u8) -> Person {
    let who: UserId = id(n);
    Person {
        deleted: None,
        id: who,
        tenant: id(n),
        display_name: Personal::new(who, "Ann"),
        user_principal_name: Personal::new(who, "ann@contoso.example"),
        kind: PersonKind::User,
        active: true,
        employer: String::new(),
        location: String::new(),
        expertise: Vec::new(),
        profile: crate::engineer::EngineerProfile::default(),
    }
}

fn cx() -> Context {
    Context { now: Timestamp::from_millis(1_000), initiator: Initiator::Service, provider: id(9) }
}

fn collection(state: CollectionState) -> DataCollection {
    let engineer = person(9).card();
    DataCollection {
        id: id(5),
        tenant: id(1),
        kept_by: id(1),
        support_request: id(6),
        support_tenant: id(1),
        support_request_number: "1".to_owned(),
        instructions: Personal::new(engineer.id, "Please."),
        engineer,
        data_categories: vec![DataCategory::SignInLogs],
        filter: None,
        created: Timestamp::from_millis(1),
        state,
        files: vec![file(1, "a.json")],
        grant: None,
        deleted: None,
        version: 3,
    }
}

fn file(number: u32, name: &str) -> CollectedFile {
    CollectedFile {
        number,
        name: Personal::new(id(1), name),
        bytes: 7,
        sha256: String::new(),
        received: Timestamp::from_millis(2),
        removed: BTreeMap::new(),
        places: Vec::new(),
        records: Some(0),
        entries: Vec::new(),
    }
}

fn states() -> [CollectionState; 7] {
    let (at, by) = (Timestamp::from_millis(3), id(1));
    [
        CollectionState::Requested,
        CollectionState::InPreparation,
        CollectionState::Submitted { by, at },
        CollectionState::Accepted { at },
        CollectionState::Returned { at, reason: None },
        CollectionState::Declined { by, at, reason: None },
        CollectionState::Cancelled { at },
    ]
}

/// The collection after a decision, and what happened to it.
fn done<A: Action>(decided: Decided<A>) -> (Vec<CollectionEvent>, DataCollection) {
    let (entries, writes, _) = decided.into_parts();
    let events = entries
        .into_iter()
        .flat_map(|entry| entry.events)
        .filter_map(|event| if let Event::DataCollection { event, .. } = event { Some(event) } else { None });
    let row = writes
        .into_iter()
        .find_map(|write| if let Write::DataCollection(row) = write { Some(*row) } else { None });
    (events.collect(), row.unwrap())
}

fn outcome<A: Action>(result: Result<Decided<A>, Rejection>) -> String {
    match result {
        Ok(decided) => done(decided).1.state.name().to_owned(),
        Err(Rejection::Invalid { field, .. }) => format!("invalid {field}"),
        Err(other) => format!("{other:?}"),
    }
}

fn extent() -> Extent {
    Extent { records: 1, people: None }
}

fn sent(
    known: &DataCollection,
    before: Option<&Grant>,
    open: bool,
) -> Result<Decided<SubmitCollection>, Rejection> {
    let policy = SupportAccessPolicy::default();
    let submission =
        Submission { request_open: open, before, grant: id(8), extent: extent(), policy: &policy };
    submit(known, &submission, &person(1), &cx())
}

fn live_grant() -> Grant {
    let (_, writes, _) = sent(&collection(CollectionState::InPreparation), None, true).unwrap().into_parts();
    let grant =
        writes.into_iter().find_map(|write| if let Write::Grant(row) = write { Some(*row) } else { None });
    grant.unwrap()
}

#[test]
fn every_act_in_every_state() {
    let (prep, sub, dec, can) = ("inPreparation", "submitted", "declined", "cancelled");
    let (acc, ret, no, over) = ("accepted", "returned", "Conflict", "AlreadyEnded");
    // add a file, submit while the last grant lives, submit after it, decline, cancel, accept, return
    let expected = [
        [prep, sub, sub, dec, can, no, no],
        [prep, sub, sub, dec, can, no, no],
        [no, no, sub, no, no, acc, ret],
        [no, no, sub, no, no, no, no],
        [prep, sub, sub, dec, can, no, no],
        [over; 7],
        [over; 7],
    ];
    let (by, cx, grant) = (person(1), cx(), live_grant());
    for (state, expected) in states().into_iter().zip(expected) {
        let known = collection(state);
        let found = [
            outcome(add_file(&known, true, file(2, "b.json"), &cx)),
            outcome(sent(&known, Some(&grant), true)),
            outcome(sent(&known, None, true)),
            outcome(decline(&known, None, &by, None, &cx)),
            outcome(cancel(&known, None, &cx)),
            outcome(accept(&known, true, &cx)),
            outcome(give_back(&known, Some(&grant), true, &by, None, &cx)),
        ];
        assert_eq!(found, expected, "{:?}", known.state);
        let closed = "CaseClosed";
        assert_eq!(outcome(add_file(&known, false, file(2, "b.json"), &cx)), closed);
        assert_eq!(outcome(sent(&known, None, false)), closed);
        assert_eq!(outcome(accept(&known, false, &cx)), closed);
    }
}

#[test]
fn a_submission_opens_the_collection_alone_and_ends_the_grant_before() {
    let grant = live_grant();
    assert_eq!((grant.source, grant.collection), (GrantSource::Collection, Some(id(5))));
    let again =
        sent(&collection(CollectionState::Returned { at: cx().now, reason: None }), Some(&grant), true);
    let (_, writes, _) = again.unwrap().into_parts();
    let open = writes.iter().filter(|write| matches!(write, Write::Grant(row) if row.is_open_on_record()));
    assert_eq!(open.count(), 1);
    let mut empty = collection(CollectionState::InPreparation);
    empty.files.clear();
    assert_eq!(outcome(sent(&empty, None, true)), "invalid files");
    empty.deleted = Some(cx().now);
    assert_eq!(outcome(sent(&empty, None, true)), "AlreadyEnded");
}

/// The grants that a decision writes, and whether each is open.
fn grants<A: Action>(decided: Result<Decided<A>, Rejection>) -> Vec<(GrantId, bool)> {
    let (_, writes, _) = decided.unwrap().into_parts();
    let open = |write: &Write| {
        if let Write::Grant(row) = write { Some((row.id, row.is_open_on_record())) } else { None }
    };
    writes.iter().filter_map(open).collect()
}

#[test]
fn what_goes_back_to_the_tenant_ends_the_grant_of_what_was_sent() {
    let (by, cx, grant) = (person(1), cx(), live_grant());
    let sent = collection(CollectionState::Submitted { by: by.id, at: cx.now });
    let ended = [(grant.id, false)];
    assert_eq!(grants(give_back(&sent, Some(&grant), true, &by, None, &cx)), ended);
    let returned = collection(CollectionState::Returned { at: cx.now, reason: None });
    assert_eq!(grants(decline(&returned, Some(&grant), &by, None, &cx)), ended);
    assert_eq!(grants(cancel(&returned, Some(&grant), &cx)), ended);
    assert!(grants(accept(&sent, true, &cx)).is_empty());
    // The grant of a former submission opens nothing, and neither does that of the last one while the tenant has it.
    for state in states() {
        let open = matches!(state, CollectionState::Submitted { .. } | CollectionState::Accepted { .. });
        let known = DataCollection { grant: Some(grant.id), ..collection(state) };
        assert_eq!((known.is_open_to(grant.id), known.is_open_to(id(7))), (open, false), "{:?}", known.state);
    }
}

#[test]
fn names_lead_nowhere_and_stand_once() {
    for good in ["sign-ins.json", "Trace 1 (proxy).har", "Prüfung.zip", "a"] {
        assert_eq!(file_name(good), Ok(good));
    }
    let long = "a".repeat(FILE_NAME_CHARS_MAX + 1);
    for bad in [
        "",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "C:a",
        " a",
        "a ",
        "a.",
        ".hidden",
        "a\0b",
        "a\nb",
        "a\u{202e}b",
        "\u{feff}a",
        &long,
    ] {
        assert!(file_name(bad).is_err(), "{bad:?}");
    }
    let known = collection(CollectionState::InPreparation);
    let (_, row) = done(add_file(&known, true, file(2, "a.json"), &cx()).unwrap());
    assert_eq!(row.files.iter().map(|file| file.number).collect::<Vec<_>>(), [2]);
    assert_eq!(outcome(add_file(&known, true, file(2, "A.json"), &cx())), "invalid name");
}

proptest! {
    /// Whatever is done in whatever order: folding the events gives the row, no two files have one number, and what has
    /// ended does not come back.
    #[test]
    fn an_order_of_acts_keeps_its_promises(steps in proptest::collection::vec(0u8..7, 0..40)) {
        let mut known = collection(CollectionState::Requested);
        let (by, cx) = (person(1), cx());
        for step in steps {
            let number = known.next_number();
            let acted = match step {
                0 => add_file(&known, true, file(number, &format!("f{}", number % 5)), &cx).map(done),
                1 => remove_file(&known, true, number - 1, &cx).map(done),
                2 => decline(&known, None, &by, None, &cx).map(done),
                3 => cancel(&known, None, &cx).map(done),
                4 => accept(&known, true, &cx).map(done),
                5 => give_back(&known, None, true, &by, None, &cx).map(done),
                _ => sent(&known, None, true).map(done),
            };
            let Ok((events, row)) = acted else { continue };
            let over = matches!(known.state, CollectionState::Declined { .. } | CollectionState::Cancelled { .. });
            prop_assert!(!over);
            prop_assert_eq!(events.iter().fold(Some(known), DataCollection::evolve).unwrap(), row.clone());
            let numbers: std::collections::BTreeSet<_> = row.files.iter().map(|file| file.number).collect();
            prop_assert_eq!(numbers.len(), row.files.len());
            known = row;
        }
    }
}
