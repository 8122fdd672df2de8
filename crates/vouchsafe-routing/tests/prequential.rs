//! The figures that assignment must keep, on the public file of resolved requests.

#[path = "../examples/prequential/protocol.rs"]
mod protocol;

/// The file, beside the project; absent for someone who only has the project.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/routing/resolved-requests.csv");
/// Least accuracy among the first 1, 3 and 5, and least mean reciprocal rank.
const ACCURACY_MIN: [f64; 3] = [0.40, 0.63, 0.74];
const RECIPROCAL_RANK_MIN: f64 = 0.55;

#[test]
fn it_beats_what_was_to_beat() {
    if !std::path::Path::new(FILE).exists() {
        println!("skipped: {FILE} is absent");
        return;
    }
    let figures = protocol::run(FILE, true).expect("figures");
    assert!(figures.accuracy.iter().zip(ACCURACY_MIN).all(|(found, least)| *found >= least), "{figures}");
    assert!(figures.reciprocal_rank >= RECIPROCAL_RANK_MIN, "{figures}");
}
