//! The database crashes under load and its standby takes over (`quality.md`, *Faults and attacks*): what was acknowledged is
//! there, because no commit is answered before the standby has it (PostgreSQL, `synchronous_standby_names`); no log forks, and
//! nobody has to do anything to the nodes.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use vouchsafe_testkit::cluster::{Cluster, SUPERUSER};

use crate::house::Folder;
use crate::nodes::{Node, Place, Scene, check, made};

/// How often a standby takes over.
fn rounds() -> usize {
    if vouchsafe_testkit::long() { 20 } else { 1 }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn settings(port: u16) -> [String; 2] {
    ["listen_addresses=127.0.0.1".to_owned(), format!("port={port}")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_takes_over_under_load_has_all_that_was_acknowledged() {
    let folder = Folder::new();
    let port = free_port();
    let [listens, at] = settings(port);
    let started = Cluster::start(&folder.path().join("server-0"), &[&listens, &at]);
    let Some(mut server) = started else {
        println!("without PostgreSQL's programs there is nothing to try");
        return;
    };
    let place = Place { url: format!("postgres://{SUPERUSER}@127.0.0.1:{port}/postgres"), schema: None };
    let (http, data) = (Scene::client(), folder.path().join("data"));
    let world = made(&data, &place).await;
    let mut nodes = Vec::new();
    for number in 0..2 {
        nodes.push(Node::new(folder.path(), &place, number, "+0s").await);
    }
    for node in &nodes {
        node.ready(&http).await;
    }
    let scene = Scene::of(http, nodes, world);
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move {
                while !scene.is_over() {
                    scene.case().await;
                }
            })
        })
        .collect();
    let mut last = port;
    for round in 1..=rounds() {
        let port = free_port();
        let [listens, at] = settings(port);
        let home = folder.path().join(format!("server-{round}"));
        let (standby, before) = tokio::task::spawn_blocking(move || {
            let standby = server.standby(&home, &[&listens, &at]).unwrap();
            server.wait_for_standby();
            (standby, server)
        })
        .await
        .unwrap();
        tokio::time::sleep(Duration::from_secs(4)).await;
        let crashed = Instant::now();
        server = tokio::task::spawn_blocking(move || {
            before.crash();
            standby.promote();
            standby
        })
        .await
        .unwrap();
        for node in scene.nodes() {
            node.follow(&format!("127.0.0.1:{port}"));
        }
        let served = scene.counts().0;
        while scene.counts().0 < served + 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("round {round}: three more ends of access {:?} after the crash", crashed.elapsed());
        last = port;
    }
    scene.end();
    for task in tasks {
        task.await.unwrap();
    }
    scene.all_are_there().await;
    let (_, reads, _) = scene.counts();
    drop(scene);
    let logged = server.entries("Diagnostic data read");
    assert!(reads > 8 && logged >= reads, "{reads} reads were let through, {logged} are in the logs");
    let place = Place { url: format!("postgres://{SUPERUSER}@127.0.0.1:{last}/postgres"), schema: None };
    check(&data, &place).await;
}
