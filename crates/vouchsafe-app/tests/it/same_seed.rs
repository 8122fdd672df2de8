//! One history, one seed, two databases: the same state, the same entries, the same roots of all logs (`architecture.md`).

use std::path::Path;

use proptest::prelude::*;
use tokio::runtime::Runtime;
use vouchsafe_log::tree::Frontier;
use vouchsafe_store::Database;
use vouchsafe_testkit::cast::PROVIDER;
use vouchsafe_testkit::database::schema;
use vouchsafe_testkit::model::Command;
use vouchsafe_testkit::{Building, World, state};

use crate::commands::histories;
use crate::model::{Both, Difference, runner};
use crate::subject::Planted;

fn embedded(_: &Path) -> Database {
    Database::Embedded
}

fn postgres(folder: &Path) -> Database {
    Database::Postgres(Box::new(schema(folder)))
}

/// What a history has left: the state as text, and size and root of every tenant's log.
#[derive(Debug, PartialEq)]
struct Left {
    state: String,
    logs: Vec<(u64, String)>,
}

async fn left_by(history: &[Command], database: fn(&Path) -> Database) -> Result<Left, Difference> {
    let building = Building { seed: 11, sign_ins: 3, database: Some(database), ..Building::default() };
    let mut both = Both::new(World::build(building).await, Planted::Nothing);
    for command in history {
        if let Some(act) = both.advance(*command).await? {
            both.done(act);
        }
    }
    let world = &both.subject.world;
    let state = state::of(world).await;
    let mut reader = world.app.store().read().unwrap();
    let mut logs = Vec::new();
    for place in 0..=PROVIDER {
        let mut tree = Frontier::default();
        for leaf in reader.leaves_from(world.tenant(place), 0, 1_000_000).await.unwrap() {
            tree.append(leaf);
        }
        logs.push((tree.size(), vouchsafe_log::hex(&tree.root())));
    }
    Ok(Left { state, logs })
}

/// Where two texts first differ.
fn first_difference(one: &Left, other: &Left) -> String {
    let lines = one.state.lines().zip(other.state.lines());
    let differ = lines.into_iter().find(|(one, other)| one != other);
    format!("{:?}; logs {:?} and {:?}", differ, one.logs, other.logs)
}

#[test]
fn the_same_history_leaves_the_same_state_and_the_same_roots_on_both_databases() {
    let histories_tried = if vouchsafe_testkit::long() { 100 } else { 3 };
    let with_postgres = std::env::var_os("VOUCHSAFE_TEST_POSTGRES").is_some();
    let ran = runner(histories_tried, Planted::Nothing, 5).run(&histories(), |history| {
        let outcome: Result<(), Difference> = Runtime::new().unwrap().block_on(async {
            let here = left_by(&history, embedded).await?;
            let there = left_by(&history, if with_postgres { postgres } else { embedded }).await?;
            assert!(here.logs.iter().all(|(size, _)| *size > 0));
            if here == there { Ok(()) } else { Err(first_difference(&here, &there)) }
        });
        outcome.map_err(TestCaseError::fail)
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
}
