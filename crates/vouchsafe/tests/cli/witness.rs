//! `vouchsafe witness` as a process: what it signs is durable, whatever ends it.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::note::{KeyKind, Note, Signer, VerifierKey};
use vouchsafe_log::tile::{Tile, TileKind};
use vouchsafe_log::tree::{Frontier, consistency_proof};
use vouchsafe_log::witness::{AddCheckpoint, REQUEST_BYTES_MAX, checkpoint_path, read_answer};
use vouchsafe_log::{Hash, leaf_hash};

use crate::program::Program;

const ORIGIN: &str = "vouchsafe.example/log/7";

fn log() -> Signer {
    Signer::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap()
}

/// A history of a log.
struct History {
    roots: Vec<Hash>,
    nodes: HashMap<(u32, u64), Hash>,
}

impl History {
    fn new(name: &str, size: u64) -> Self {
        let (mut tree, mut nodes) = (Frontier::default(), HashMap::new());
        let mut roots = vec![tree.root()];
        for number in 0..size {
            for node in tree.append(leaf_hash(format!("{name}-{number}").as_bytes())) {
                nodes.insert((node.level, node.index), node.hash);
            }
            roots.push(tree.root());
        }
        Self { roots, nodes }
    }

    fn request(&self, old: u64, size: u64) -> AddCheckpoint {
        let proof =
            consistency_proof(old, size, &|level, index| self.nodes.get(&(level, index)).copied()).unwrap();
        let root = *self.roots.get(usize::try_from(size).unwrap()).unwrap();
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root, extensions: Vec::new() };
        AddCheckpoint { old, proof, checkpoint: checkpoint.signed(&log()).unwrap() }
    }
}

/// A witness that runs, and ends with the test.
struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vouchsafe"));
    let (key, state) = (program.folder().join("key"), program.folder().join("state"));
    command.args(["witness", "serve", "--listen", "127.0.0.1:0", "--key"]).arg(key);
    command.arg("--state").arg(state).args(["--log", &log().verifier().to_string()]);
    command
}

fn run(program: &Program) -> Running {
    let mut child = command(program).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("listening on http://").and_then(|rest| rest.split(' ').next());
    Running { child, address: address.unwrap().to_owned() }
}

impl Running {
    /// Status, headers in lower case, body; none if the witness is gone.
    fn send(&self, head: &str, body: &str) -> Option<(u16, String, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let length = body.len();
        let text = format!(
            "{head} HTTP/1.1\r\nhost: w\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        // A witness that refuses early may not read to the end.
        let _ = stream.write_all(text.as_bytes());
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, head.to_lowercase(), body.to_owned()))
    }

    fn ask(&self, request: &AddCheckpoint) -> Option<(u16, String, String)> {
        self.send("POST /add-checkpoint", &request.to_string())
    }

    /// The size that it says to have signed last.
    fn signed(&self) -> Option<u64> {
        let (status, _, body) = self.send(&format!("GET /{}", checkpoint_path(ORIGIN)), "").unwrap();
        if status == 404 {
            return None;
        }
        let note: Note = body.parse().unwrap();
        let checkpoint: Checkpoint = note.text().parse().unwrap();
        Some(checkpoint.size)
    }
}

/// A program with a key; and the key that others check with.
fn with_key(name: &str) -> (Program, VerifierKey) {
    let program = Program::new(name);
    let file = program.folder().join("key");
    let ran = program.run(&["witness", "init", "--name", "w.example/1", "--key", file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    (program, ran.out.trim_end().parse().unwrap())
}

#[test]
fn a_key_is_made_once_and_for_its_owner_alone() {
    let (program, key) = with_key("witness-init");
    assert_eq!((key.name(), key.kind()), ("w.example/1", KeyKind::Witness));
    let file: PathBuf = program.folder().join("key");
    let secret = std::fs::read(&file).unwrap();
    let again = program.run(&["witness", "init", "--name", "w", "--key", file.to_str().unwrap()]);
    assert_eq!(again.code, 2);
    assert_eq!(std::fs::read(&file).unwrap(), secret);
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let refused = command(&program).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("others may read this key"));
    let no_name = program.run(&["witness", "init", "--name", "a b", "--key", "x"]);
    assert_eq!(no_name.code, 2);
}

#[test]
fn it_signs_what_follows_and_refuses_the_rest() {
    let (program, key) = with_key("witness-serve");
    let (witness, history) = (run(&program), History::new("entry", 40));
    assert_eq!(witness.signed(), None);
    for (old, size) in [(0, 7), (7, 7), (7, 33)] {
        let request = history.request(old, size);
        let (status, _, body) = witness.ask(&request).unwrap();
        read_answer(status, &body, &request.checkpoint, &key).unwrap();
        assert_eq!(witness.signed(), Some(size));
    }
    let (status, head, body) = witness.ask(&history.request(7, 40)).unwrap();
    assert_eq!((status, body.as_str()), (409, "33\n"));
    assert!(head.contains("content-type: text/x.tlog.size"), "{head}");
    let fork = History::new("other", 40);
    assert_eq!(witness.ask(&fork.request(33, 40)).unwrap().0, 422);
    let mut unsigned = history.request(33, 40);
    unsigned.checkpoint = Note::new(unsigned.checkpoint.text().to_owned()).unwrap();
    Signer::new(ORIGIN, KeyKind::Log, &[9; 32]).unwrap().sign(&mut unsigned.checkpoint, 0);
    assert_eq!(witness.ask(&unsigned).unwrap().0, 403);
    for (head, body, expected) in [
        ("POST /add-checkpoint", "old 33\n", 400),
        ("GET /add-checkpoint", "", 405),
        ("POST /", "", 404),
        ("GET /../key", "", 404),
        ("GET /in-use/checkpoint", "", 404),
        ("POST /add-checkpoint", &"x".repeat(REQUEST_BYTES_MAX + 1), 413),
    ] {
        assert_eq!(witness.send(head, body).unwrap().0, expected, "{head}");
    }
    let second = command(&program).output().unwrap();
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("another witness uses"),
        "one folder, one witness"
    );
    // What cannot be kept is not signed.
    std::fs::remove_dir_all(program.folder().join("state")).unwrap();
    let (status, _, body) = witness.ask(&history.request(0, 40)).unwrap();
    assert_eq!((status, body.as_str()), (500, "the witness is in trouble\n"));
}

/// Killed at any moment, it never forgets a size that it has signed.
#[test]
fn what_was_signed_before_a_crash_is_kept_after_it() {
    let (program, key) = with_key("witness-crash");
    let history = History::new("entry", 4_000);
    let mut acknowledged = 0;
    for round in 0..6_u64 {
        let witness = run(&program);
        let kept = witness.signed().unwrap_or(0);
        assert!(kept >= acknowledged, "{kept} were kept of {acknowledged}");
        acknowledged = kept;
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                let mut old = kept;
                while old < 4_000 {
                    let request = history.request(old, old + 1);
                    let Some((status, _, body)) = witness.ask(&request) else { break };
                    read_answer(status, &body, &request.checkpoint, &key).unwrap();
                    old += 1;
                }
                old
            });
            std::thread::sleep(Duration::from_millis(60 + round * 37));
            let pid = i32::try_from(witness.child.id()).unwrap();
            assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
            acknowledged = asking.join().unwrap();
        });
    }
    assert!(acknowledged > 0);
    let witness = run(&program);
    let kept = witness.signed().unwrap();
    assert!(kept == acknowledged || kept == acknowledged + 1, "{kept} of {acknowledged}");
    assert_eq!(witness.ask(&History::new("other", 4_000).request(kept, kept + 5)).unwrap().0, 422);
}

impl History {
    /// Puts the log of this size into a folder: the checkpoint and the tiles of hashes.
    fn put(&self, folder: &Path, size: u64) {
        let nodes = |level: u32, index: u64| self.nodes.get(&(level, index)).copied();
        for tile in Tile::of_tree(size).filter(|tile| tile.kind != TileKind::Entries) {
            let path = folder.join(tile.to_string());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, tile.hashes(&nodes).unwrap()).unwrap();
        }
        std::fs::write(folder.join("checkpoint"), self.request(0, size).checkpoint.to_string()).unwrap();
    }
}

/// Without a server: what follows is signed and kept, a shorter log and another history are not.
#[test]
fn a_folder_is_cosigned_once_it_follows_and_no_other_history_ever() {
    let (program, key) = with_key("witness-cosign");
    let path = |name: &str| program.folder().join(name).to_str().unwrap().to_owned();
    let cosign = |folder: &str| {
        let (folder, key, state) = (path(folder), path("key"), path("state"));
        let log = log().verifier().to_string();
        program.run(&["witness", "cosign", &folder, "--key", &key, "--state", &state, "--log", &log])
    };
    let (history, fork) = (History::new("entry", 700), History::new("other", 700));
    for size in [3, 3, 256, 300, 700] {
        let folder = format!("log-{size}");
        history.put(Path::new(&path(&folder)), size);
        let ran = cosign(&folder);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{size}");
        let note: Note = ran.out.parse().unwrap();
        assert_eq!(note.verify(&[key.clone(), log().verifier().clone()]).unwrap().len(), 2, "{size}");
        assert_eq!(note.text().parse::<Checkpoint>().unwrap().size, size);
    }
    let shorter = cosign("log-300");
    assert_eq!((shorter.code, shorter.out.as_str()), (1, ""));
    assert!(shorter.err.contains("had 700"), "{}", shorter.err);
    fork.put(Path::new(&path("fork")), 700);
    let other = cosign("fork");
    assert_eq!((other.code, other.out.as_str()), (1, ""));
    assert!(other.err.contains("does not follow"), "{}", other.err);
    assert_eq!(cosign("nowhere").code, 2);
    // Whoever serves goes on from there.
    let witness = run(&program);
    assert_eq!(witness.signed(), Some(700));
}
