use std::collections::BTreeSet;

use rusqlite::Connection;

use super::ALL;

/// `$1` is a name to SQLite, which numbers parameters by their first use. Where the n-th is `$n`, values bound in order
/// are those that the other database's numbers mean.
#[test]
fn every_statement_prepares_and_its_placeholders_stand_in_the_order_of_their_numbers() {
    let connection = Connection::open_in_memory().unwrap();
    crate::migrate::run(&connection).unwrap();
    assert!(ALL.len() > 50);
    for (name, text) in ALL {
        let statement = connection.prepare(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for n in 1..=statement.parameter_count() {
            assert_eq!(statement.parameter_index(&format!("${n}")).unwrap(), Some(n), "{name}: {text}");
        }
    }
}

#[test]
fn every_statement_names_its_tenant_or_is_a_known_job_over_all() {
    let over_all = [
        "SETTING",
        "SET_SETTING",
        "DELETE_OLD_SESSIONS",
        "TENANTS",
        "TENANTS_DUE",
        "LOGS_OF_DENIED",
        "LOGS_BEHIND",
        "CHECKPOINTS",
        "LOGS_TO_COSIGN",
        "DELETE_OLD_OUTBOX",
        "DELETE_OLD_ANSWERS",
        "TENANTS_IDLE",
        "DELETE_OLD_TYPED_VALUES",
    ];
    let without: BTreeSet<&str> = ALL
        .iter()
        .filter(|(_, text)| !text.contains("tenant_id = $") && !text.contains("(tenant_id"))
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(without, over_all.into());
}
