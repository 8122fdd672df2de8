//! A long mixed load on one node: memory stays flat, nothing fails, and every log verifies (`quality.md`, *Speed*). A few seconds in
//! the short form, an hour in the long one; `VOUCHSAFE_HOUR_SECONDS` says otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::house::Folder;
use crate::nodes::{Node, Place, Scene, check, made};

/// Cases that are opened, read for and ended side by side.
const AT_ONCE: usize = 4;
/// Of the time, how much is spent working; the rest nobody asks anything.
const SHARE: f64 = 0.8;
/// What memory may be more at the end than after the beginning: what allocators keep, and the log's right edge.
const GROWTH_MAX: f64 = 1.15;

fn lasts() -> Duration {
    let asked = std::env::var("VOUCHSAFE_HOUR_SECONDS").ok().and_then(|number| number.parse().ok());
    Duration::from_secs(asked.unwrap_or(if vouchsafe_testkit::long() { 3_600 } else { 12 }))
}

/// Resident memory of a process, in kB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_under_a_long_mixed_load_and_every_log_verifies() {
    if std::env::var_os("VOUCHSAFE_TEST_POSTGRES").is_none() {
        println!("without a PostgreSQL server there is nothing to try");
        return;
    }
    let (http, folder) = (Scene::client(), Folder::new());
    let data = folder.path().join("data");
    let place = Place::of(&data);
    let world = made(&data, &place).await;
    let node = Node::new(folder.path(), &place, 0, "+0s").await;
    node.ready(&http).await;
    let process = node.process_id();
    let scene = Scene::of(http, vec![node], world);
    let (begun, lasts) = (Instant::now(), lasts());
    let cases = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (scene, cases) = (Arc::clone(&scene), Arc::clone(&cases));
            tokio::spawn(async move {
                while begun.elapsed() < lasts {
                    let one = Instant::now();
                    scene.case().await;
                    cases.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(one.elapsed().mul_f64((1.0 - SHARE) / SHARE)).await;
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    while begun.elapsed() < lasts {
        tokio::time::sleep(lasts / 48).await;
        seen.push(resident(process));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let quarter = seen.len() / 4;
    let median = |part: &[u64]| {
        let mut part = part.to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    // The first quarter fills pools and caches.
    let (early, late) = (median(&seen[quarter..2 * quarter]), median(&seen[3 * quarter..]));
    let (ended, reads, permits) = scene.counts();
    println!(
        "{lasts:?}: {} cases, {ended} ends of access, {reads} reads, {permits} questions permitted; {early} kB resident after a quarter, {late} kB at the end",
        cases.load(Ordering::Relaxed),
    );
    assert!(ended > 1 && reads > 4, "too little load");
    if lasts >= Duration::from_secs(300) {
        assert!(late as f64 <= early as f64 * GROWTH_MAX, "memory grows: {seen:?}");
    }
    drop(scene);
    check(&data, &place).await;
}
