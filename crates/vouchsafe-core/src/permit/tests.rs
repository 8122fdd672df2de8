//! The permission matrix: every role tries every action in every relation; a person reads the result.

use std::fmt::Write as _;

use super::*;
use crate::engineer::EngineerProfile;
use crate::id::{Id, uuid_v7};
use crate::person::PersonKind;
use crate::personal::Personal;
use crate::role;
use crate::time::Timestamp;

pub(super) fn any_subject<I: Id>() -> I {
    I::from_uuid(uuid_v7(Timestamp::from_millis(0), [0; 10]))
}

fn caller(roles: &[&str], active: bool) -> Caller {
    let id = any_subject();
    let actions = roles.iter().flat_map(|name| role::by_name(name).unwrap().actions.iter().copied());
    Caller {
        person: Person {
            id,
            tenant: any_subject(),
            display_name: Personal::new(id, "n"),
            user_principal_name: Personal::new(id, "n@example.com"),
            kind: PersonKind::User,
            active,
            employer: String::new(),
            location: String::new(),
            expertise: Vec::new(),
            profile: EngineerProfile::default(),
            deleted: None,
        },
        permissions: Permissions::of(actions, true),
    }
}

const COLUMNS: &[&str] = &[
    "Global Administrator",
    "Service Support Administrator",
    "Security Reader",
    "Data Feed",
    "Support Engineer",
    "Support Manager",
    "Provider Administrator",
    "Case Intake",
];

/// Who may do what, in words, one table a relation.
fn matrix() -> String {
    let mut text = String::from(
        "Who may do what.\n\n\
         yes = allowed; no = refused, the person may know the thing; - = the person is told that it does not exist.\n\
         A person without roles, a disabled account and a stranger get - everywhere.\n",
    );
    for (relation, heading) in [
        (Relation::OwnTenant, "The thing belongs to the person's own tenant"),
        (Relation::AssignedEngineer, "The person is the engineer assigned to the case"),
        (
            Relation::Desk,
            "The person works for the provider; the case is assigned to somebody else or nobody",
        ),
        (Relation::Intake, "The person works for the provider; the case came from elsewhere"),
    ] {
        let _ = writeln!(text, "\n{heading}\n");
        let _ = write!(text, "{:<18}", "");
        COLUMNS.iter().for_each(|column| {
            let _ = write!(text, "| {column} ");
        });
        text.push('\n');
        let columns: Vec<_> = COLUMNS.iter().map(|role| verdicts(&caller(&[role], true), relation)).collect();
        for row in 0..columns[0].len() {
            let _ = write!(text, "{:<18}", columns[0][row].0);
            for (column, name) in columns.iter().zip(COLUMNS) {
                let word = match column[row].1 {
                    Ok(()) => "yes",
                    Err(Denied::Forbidden) => "no",
                    Err(Denied::Hidden) => "-",
                };
                let _ = write!(text, "| {word:<width$} ", width = name.len());
            }
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_permission_matrix_is_as_reviewed() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../../tests/golden", omit_expression => true }, {
        insta::assert_snapshot!("permission-matrix", matrix());
    });
}

#[test]
fn without_roles_disabled_or_a_stranger_nothing_exists() {
    let everything: Vec<&str> = role::built_in().iter().map(|role| role.display_name).collect();
    let nobodies = Relation::ALL.map(|relation| (caller(&[], true), relation));
    let disabled = Relation::ALL.map(|relation| (caller(&everything, false), relation));
    let stranger = [(caller(&everything, true), Relation::Stranger)];
    for (caller, relation) in nobodies.into_iter().chain(disabled).chain(stranger) {
        for (action, verdict) in verdicts(&caller, relation) {
            assert_eq!(verdict, Err(Denied::Hidden), "{action} {relation:?}");
        }
    }
}

#[test]
fn facts_of_one_thing_give_no_permit_for_another_of_its_kind() {
    let admin = caller(&["Global Administrator"], true);
    let (own, other) =
        (admin.person.tenant, TenantId::from_uuid(uuid_v7(Timestamp::from_millis(1), [1; 10])));
    let facts = Facts::own_tenant(WorkId(1), &admin);
    assert!(authorize::<ReadLog>(facts, own).is_ok());
    assert_eq!(authorize::<ReadLog>(facts, other).map(drop), Err(Denied::Hidden));
}

#[test]
fn a_permit_names_its_subject_and_its_unit_of_work() {
    let admin = caller(&["Global Administrator"], true);
    let permit = authorize::<ReadLog>(Facts::own_tenant(WorkId(7), &admin), admin.person.tenant).unwrap();
    assert_eq!((permit.subject(), permit.work()), (admin.person.tenant, WorkId(7)));
}
