use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::leaf_hash;
use crate::tree::{Frontier, consistency_proof};

const ORIGIN: &str = "vouchsafe.example/log/7";
const TIME: u64 = 1_700_000_000;

fn log() -> Signer {
    Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap()
}

fn witness() -> Witness {
    let signer = Signer::new("witness.example", KeyKind::Witness, &[2; 32]).unwrap();
    Witness::new(signer, vec![log().verifier().clone()]).unwrap()
}

/// A history: the same entries in every history up to `fork`, others after it.
struct History {
    roots: Vec<Hash>,
    nodes: HashMap<(u32, u64), Hash>,
}

impl History {
    fn new(size: u64, fork: u64, name: &str) -> Self {
        let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
        let mut roots = vec![tree.root()];
        for number in 0..size {
            let name = if number < fork { "entry" } else { name };
            for node in tree.append(leaf_hash(format!("{name}-{number}").as_bytes())) {
                nodes.insert((node.level, node.index), node.hash);
            }
            roots.push(tree.root());
        }
        Self { roots, nodes }
    }

    fn checkpoint(&self, size: u64) -> Checkpoint {
        let root = self.roots[size as usize];
        Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() }
    }

    fn proof(&self, old: u64, size: u64) -> Vec<Hash> {
        consistency_proof(old, size, &|level, index| self.nodes.get(&(level, index)).copied()).unwrap()
    }

    fn request(&self, old: u64, size: u64) -> AddCheckpoint {
        let proof = if old <= size { self.proof(old, size) } else { Vec::new() };
        AddCheckpoint { old, proof, checkpoint: self.checkpoint(size).signed(&log()).unwrap() }
    }

    fn seen(&self, size: u64) -> Option<Seen> {
        Some(Seen { size, root: self.roots[size as usize] })
    }
}

fn plain(size: u64) -> History {
    History::new(size, size, "entry")
}

#[test]
fn the_bytes_of_a_request_and_its_answer_stay_as_they_are() {
    let history = plain(11);
    let request = history.request(4, 11);
    let text = request.to_string();
    assert_eq!(text, include_str!("../../tests/golden/old-4-to-11.add-checkpoint"));
    assert_eq!(text.parse(), Ok(request.clone()));
    let witness = witness();
    let consistent = witness.decide(&request, history.seen(4)).unwrap();
    let (note, line) = witness.cosign(&consistent, TIME);
    assert_eq!(line, include_str!("../../tests/golden/old-4-to-11.cosignature"));
    assert_eq!(note.to_string(), format!("{}{line}", request.checkpoint));
    // `printf 'vouchsafe.example/log/7' | sha256sum`
    assert_eq!(
        checkpoint_path(ORIGIN),
        "a750ed5867527bb3ab63d04af58e276e9b6094bde1a4bfabce9913b6ff7ebfe1/checkpoint"
    );
}

/// Each row: what was seen, what is asked, and the status with what people or programs read of it.
#[test]
fn every_refusal_has_the_status_of_the_specification() {
    let history = plain(20);
    let fork = History::new(20, 3, "fork");
    let mut rows: Vec<(&str, Option<Seen>, AddCheckpoint, u16)> = vec![
        ("the first", None, history.request(0, 5), 200),
        ("the first of nothing", None, history.request(0, 0), 200),
        ("a larger one", history.seen(5), history.request(5, 12), 200),
        ("the same once more", history.seen(5), history.request(5, 5), 200),
        ("the first without knowing", history.seen(5), history.request(0, 12), 409),
        ("from a size that is none", None, history.request(3, 12), 409),
        ("an older one", history.seen(12), history.request(5, 5), 409),
        ("an older one, knowing", history.seen(12), history.request(12, 5), 400),
        ("another history, proven by itself", history.seen(5), fork.request(5, 12), 422),
        ("another root of the same size", history.seen(5), fork.request(5, 5), 422),
        (
            "another history that is the same so far",
            history.seen(3),
            History::new(20, 3, "fork").request(3, 9),
            200,
        ),
    ];
    let mut spoilt = |what, old, size, spoil: &dyn Fn(&mut AddCheckpoint), status| {
        let mut request = history.request(old, size);
        spoil(&mut request);
        let seen = if old == 0 { None } else { history.seen(old) };
        rows.push((what, seen, request, status));
    };
    spoilt("a proof of the first", 0, 5, &|request| request.proof.push([7; 32]), 422);
    spoilt("a proof of the same", 5, 5, &|request| request.proof.push([7; 32]), 422);
    spoilt("a proof too long", 5, 12, &|request| request.proof.push([7; 32]), 422);
    spoilt("a proof too short", 5, 12, &|request| request.proof.truncate(1), 422);
    spoilt("a wrong proof", 5, 12, &|request| request.proof[0][0] ^= 1, 422);
    let stranger = Signer::new(ORIGIN, KeyKind::Log, &[9; 32]).unwrap();
    let signed_by_stranger = |request: &mut AddCheckpoint| {
        request.checkpoint = Note::new(request.checkpoint.text().to_owned()).unwrap();
        stranger.sign(&mut request.checkpoint, 0);
    };
    spoilt("signed by a stranger", 5, 12, &signed_by_stranger, 403);
    let other = Signer::new("vouchsafe.example/log/8", KeyKind::Log, &[1; 32]).unwrap();
    let of_other_log = |request: &mut AddCheckpoint| {
        let origin = other.verifier().name().to_owned();
        request.checkpoint = Checkpoint { origin, ..plain(12).checkpoint(12) }.signed(&other).unwrap();
    };
    spoilt("a log that is not known", 5, 12, &of_other_log, 404);
    let empty_with_root = |request: &mut AddCheckpoint| {
        let checkpoint = Checkpoint { root: [7; 32], ..plain(0).checkpoint(0) };
        request.checkpoint = checkpoint.signed(&log()).unwrap();
    };
    spoilt("a root of nothing", 0, 0, &empty_with_root, 422);
    let no_checkpoint = |request: &mut AddCheckpoint| {
        request.checkpoint = Note::new("nothing\n".to_owned()).unwrap();
        log().sign(&mut request.checkpoint, 0);
    };
    spoilt("no checkpoint", 0, 5, &no_checkpoint, 400);
    for (what, seen, request, status) in rows {
        let outcome = witness().decide(&request, seen);
        let found = outcome.as_ref().map_or_else(Refusal::status, |_| 200);
        assert_eq!(found, status, "{what}: {outcome:?}");
        if let Err(Refusal::OldSize(size)) = outcome {
            assert_eq!(outcome.unwrap_err().body(), format!("{size}\n"), "{what}");
            assert_eq!(size, seen.map_or(0, |seen| seen.size), "{what}");
        }
    }
}

#[test]
fn malformed_requests_name_the_line() {
    let whole = plain(11).request(4, 11).to_string();
    let line = |from: &str, to: &str| match whole.replacen(from, to, 1).parse::<AddCheckpoint>() {
        Err(RequestError::Line { line, .. }) => line,
        other => panic!("{from:?} {to:?}: {other:?}"),
    };
    assert_eq!(line("old 4", "old 04"), 1);
    assert_eq!(line("old 4", "old -4"), 1);
    assert_eq!(line("old 4", "older"), 1);
    assert_eq!(line("old 4\n", "old 4\nAAAA\n"), 2);
    assert_eq!(line("old 4\n", "old 4\n\r\n"), 2);
    let hash = format!("{}\n", BASE64.encode([0; 32]));
    assert_eq!(line("old 4\n", &format!("old 4\n{}", hash.repeat(WITNESS_PROOF_MAX))), 65);
    let long = format!("{whole}{}", "x".repeat(REQUEST_BYTES_MAX));
    assert_eq!(long.parse::<AddCheckpoint>(), Err(RequestError::TooLong));
    let longest = AddCheckpoint { proof: vec![[0; 32]; WITNESS_PROOF_MAX], ..plain(11).request(4, 11) };
    assert_eq!(longest.to_string().parse(), Ok(longest));
}

#[test]
fn what_is_kept_holds_the_signatures_of_known_keys_alone() {
    let mut request = plain(5).request(0, 5);
    let stranger = Signer::new("stranger.example", KeyKind::Log, &[9; 32]).unwrap();
    stranger.sign(&mut request.checkpoint, 0);
    let consistent = witness().decide(&request, None).unwrap();
    assert_eq!(consistent.note().signatures().len(), 1);
    // A known key's wrong signature beside its right one is no slip.
    let mut wrong = request.checkpoint.signatures()[0].clone();
    wrong.signature[3] ^= 1;
    request.checkpoint.add(wrong);
    assert_eq!(witness().decide(&request, None).unwrap_err().status(), 403);
}

#[test]
fn keys_of_the_wrong_kind_make_no_witness() {
    let signer = || Signer::new("witness.example", KeyKind::Witness, &[2; 32]).unwrap();
    assert!(Witness::new(log(), Vec::new()).is_err());
    assert!(Witness::new(signer(), vec![signer().verifier().clone()]).is_err());
}

#[test]
fn only_a_right_signature_of_the_witness_is_taken_from_an_answer() {
    let (witness, history) = (witness(), plain(12));
    let key = witness.verifier().clone();
    let signed = |size| {
        let consistent = witness.decide(&history.request(0, size), None).unwrap();
        witness.cosign(&consistent, TIME).1
    };
    let asked = history.request(0, 12).checkpoint;
    let read = |status, body: &str| read_answer(status, body, &asked, &key);
    let line = read(200, &signed(12)).unwrap();
    let mut note = asked.clone();
    note.add(line);
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap()[0].time, Some(TIME));
    let stranger = Signer::new("stranger.example", KeyKind::Witness, &[9; 32]).unwrap();
    let mut by_stranger = Note::new(asked.text().to_owned()).unwrap();
    stranger.sign(&mut by_stranger, TIME);
    let foreign = by_stranger.signatures()[0].to_string();
    assert!(read(200, &format!("{foreign}what is this\n{}", signed(12))).is_ok());
    assert_eq!(read(200, &foreign), Err(Declined::Signature(NoteError::Unknown)));
    assert_eq!(read(200, ""), Err(Declined::Signature(NoteError::Unknown)));
    let wrong = NoteError::Wrong("witness.example".to_owned());
    assert_eq!(read(200, &signed(11)), Err(Declined::Signature(wrong.clone())), "of another checkpoint");
    let mut timeless = Note::new(asked.text().to_owned()).unwrap();
    Signer::new("witness.example", KeyKind::Witness, &[2; 32]).unwrap().sign(&mut timeless, 0);
    assert_eq!(read(200, &timeless.signatures()[0].to_string()), Err(Declined::Signature(wrong)));
    assert_eq!(read(409, "17\n"), Err(Declined::Seen(17)));
    for body in ["017\n", "17", "many\n", ""] {
        assert_eq!(read(409, body), Err(Declined::Status(409)));
    }
    assert_eq!(read(422, &signed(12)), Err(Declined::Status(422)));
}

/// One request of an attack.
#[derive(Debug, Clone)]
struct Attempt {
    history: usize,
    size: u64,
    /// None: the size that the witness has seen.
    old: Option<u64>,
    /// Which history proves it.
    prover: usize,
    spoil: Option<prop::sample::Index>,
}

fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let spoil = prop::option::weighted(0.1, any::<prop::sample::Index>());
    let one = (0usize..3, 0u64..40, prop::option::weighted(0.2, 0u64..40), 0usize..3, any::<bool>(), spoil)
        .prop_map(|(history, size, old, other, own, spoil)| {
            let prover = if own { history } else { other };
            Attempt { history, size, old, prover, spoil }
        });
    proptest::collection::vec(one, 1..30)
}

proptest! {
    #![proptest_config(crate::cases(64))]

    /// Whatever is asked in whatever order, of histories that part somewhere: one of them holds all that was signed.
    #[test]
    fn a_witness_never_signs_two_heads_that_contradict_each_other(
        attempts in attempts(), forks in (0u64..40, 0u64..40),
    ) {
        let histories = [
            History::new(40, 40, "entry"), History::new(40, forks.0, "left"), History::new(40, forks.1, "right"),
        ];
        let witness = witness();
        let mut seen: Option<Seen> = None;
        let mut signed: Vec<Seen> = Vec::new();
        for Attempt { history, size, old, prover, spoil } in attempts {
            let old = old.unwrap_or(seen.map_or(0, |seen| seen.size));
            let mut request = histories[history].request(old, size);
            request.proof = if old <= size { histories[prover].proof(old, size) } else { Vec::new() };
            if let Some(spoil) = spoil.filter(|_| !request.proof.is_empty()) {
                let at = spoil.index(request.proof.len());
                request.proof[at][0] ^= 1;
            }
            let request: AddCheckpoint = request.to_string().parse().unwrap();
            if let Ok(consistent) = witness.decide(&request, seen) {
                prop_assert_eq!(consistent.head().root, histories[history].roots[size as usize]);
                seen = Some(consistent.head());
                signed.push(consistent.head());
            }
        }
        let holds = |history: &History| signed.iter().all(|head| history.roots[head.size as usize] == head.root);
        prop_assert!(histories.iter().any(holds), "{:?}", signed);
        prop_assert!(signed.is_sorted_by_key(|head| head.size));
    }

    /// An honest log is never refused.
    #[test]
    fn a_log_that_only_grows_is_always_signed(steps in proptest::collection::vec(0u64..9, 1..8)) {
        let history = plain(80);
        let (witness, mut seen, mut size) = (witness(), None, 0);
        for step in steps {
            let old = size;
            size += step;
            let consistent = witness.decide(&history.request(old, size), seen).unwrap();
            seen = Some(consistent.head());
        }
    }

    #[test]
    fn any_flipped_bit_of_a_request_is_found(old in 1u64..20, added in 1u64..20, at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let history = plain(40);
        let request = history.request(old, old + added);
        let mut bytes = request.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let read = String::from_utf8(bytes).ok().and_then(|text| text.parse::<AddCheckpoint>().ok());
        prop_assert!(read.is_none_or(|read| witness().decide(&read, history.seen(old)).is_err()));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(?s).{0,200}", status in 0u16..600) {
        let _ = text.parse::<AddCheckpoint>();
        let _ = format!("old 3\n{text}").parse::<AddCheckpoint>();
        let _ = read_answer(status, &text, &plain(1).request(0, 1).checkpoint, witness().verifier());
    }
}
