//! Trust policies: which logs are known, and how many of which witnesses must have seen a checkpoint (C2SP `tlog-policy`).
//!
//! ```text
//! log <verifier key> [<url>]
//! witness <name> <verifier key> [<url>]
//! group <name> all|any|<k> <name>...
//! quorum <name>|none
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{KeyKind, Note, NoteError, Signed, VerifierKey};

/// Bytes of a policy at most.
pub const POLICY_BYTES_MAX: usize = 256 * 1_024;
/// Logs, witnesses and groups, each at most; the specification asks for 32.
pub const NAMES_MAX: usize = 256;

/// Whom to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<VerifierKey>,
    /// In the order of `witness` lines.
    witnesses: Vec<VerifierKey>,
    rules: BTreeMap<String, Rule>,
    /// None: no witness is asked for.
    quorum: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// The witness of this place.
    Witness(usize),
    /// So many of these.
    Group(usize, Vec<String>),
}

/// Why a text is no policy, or a checkpoint is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A line is wrong.
    #[error("line {line} of the policy: {reason}")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no `quorum` line.
    #[error("the policy has no quorum line")]
    NoQuorum,
    /// The policy is longer than [`POLICY_BYTES_MAX`].
    #[error("the policy is too long")]
    TooLong,
    /// The checkpoint is of a log that the policy does not know.
    #[error("the policy knows no log `{0}`")]
    UnknownLog(String),
    /// The checkpoint is none, or wrongly signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses have seen it.
    #[error("the witnesses that have signed ({0}) are too few for the quorum")]
    NoQuorumOf(usize),
}

impl From<NoteError> for PolicyError {
    fn from(error: NoteError) -> Self {
        Self::Checkpoint(error.into())
    }
}

/// Whom a trusted checkpoint is vouched for by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted<'p> {
    /// The log.
    pub log: &'p VerifierKey,
    /// Witnesses of the policy that have signed, and when.
    pub witnesses: Vec<Signed<'p>>,
}

impl Policy {
    /// The policy that knows one log and asks for no witness.
    #[must_use]
    pub fn of_log(log: VerifierKey) -> Self {
        Self { logs: vec![log], witnesses: Vec::new(), rules: BTreeMap::new(), quorum: None }
    }

    /// The checkpoint of a note, if a known log and a quorum of the witnesses have signed it.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn trusted(&self, note: &Note) -> Result<(Checkpoint, Trusted<'_>), PolicyError> {
        let claimed: Checkpoint = note.text().parse()?;
        let of_origin = self.logs.iter().filter(|log| log.name() == claimed.origin);
        let signed = of_origin.map(|log| (log, Checkpoint::verified(note, log, &self.witnesses)));
        let mut outcome = Err(PolicyError::UnknownLog(claimed.origin.clone()));
        // A log may have several keys, in turn; one of them is enough.
        for (log, verified) in signed {
            match verified {
                Ok((checkpoint, witnesses)) => {
                    outcome = Ok((checkpoint, Trusted { log, witnesses }));
                    break;
                }
                Err(error) => outcome = Err(error.into()),
            }
        }
        let (checkpoint, trusted) = outcome?;
        if self.quorum.as_ref().is_none_or(|name| self.holds(name, &trusted.witnesses)) {
            Ok((checkpoint, trusted))
        } else {
            Err(PolicyError::NoQuorumOf(trusted.witnesses.len()))
        }
    }

    /// Whether a witness or group has seen the checkpoint. Groups name only what stands before them, so this ends.
    fn holds(&self, name: &str, signed: &[Signed<'_>]) -> bool {
        match self.rules.get(name) {
            None => false,
            Some(Rule::Witness(place)) => {
                self.witnesses.get(*place).is_some_and(|key| signed.iter().any(|signed| signed.key == key))
            }
            Some(Rule::Group(enough, members)) => {
                members.iter().filter(|member| self.holds(member, signed)).count() >= *enough
            }
        }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        if text.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLong);
        }
        let mut draft = Draft::default();
        for (line, number) in text.split('\n').zip(1..) {
            draft.line(line).map_err(|reason| PolicyError::Line { line: number, reason })?;
        }
        let quorum = draft.quorum.ok_or(PolicyError::NoQuorum)?;
        let Draft { logs, witnesses, rules, .. } = draft;
        Ok(Self { logs, witnesses, rules, quorum })
    }
}

/// A policy as far as it was read.
#[derive(Default)]
struct Draft {
    logs: Vec<VerifierKey>,
    witnesses: Vec<VerifierKey>,
    rules: BTreeMap<String, Rule>,
    /// Names that are members of a group: each may be one once.
    members: BTreeSet<String>,
    quorum: Option<Option<String>>,
}

impl Draft {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.contains(|c: char| c.is_ascii_control() && c != '\t') {
            return Err("it holds a control character".to_owned());
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with('#') => Ok(()),
            ["log", key] | ["log", key, _] => self.log(key),
            ["witness", name, key] | ["witness", name, key, _] => self.witness(name, key),
            ["group", name, enough, members @ ..] => self.group(name, enough, members),
            ["quorum", name] => self.set_quorum(name),
            [word, ..] => Err(format!("`{word}` is not followed by what it needs, or is no keyword")),
        }
    }

    fn log(&mut self, key: &str) -> Result<(), String> {
        let key = key_of(key, KeyKind::Log)?;
        if self.logs.iter().any(|known| known.public() == key.public()) {
            return Err("the log's key stands there already".to_owned());
        }
        room_for_one(self.logs.len(), "logs")?;
        self.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str) -> Result<(), String> {
        let key = key_of(key, KeyKind::Witness)?;
        if self.witnesses.iter().any(|known| known.public() == key.public()) {
            return Err("the witness's key stands there already".to_owned());
        }
        room_for_one(self.witnesses.len(), "witnesses")?;
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(key);
        Ok(())
    }

    fn group(&mut self, name: &str, enough: &str, members: &[&str]) -> Result<(), String> {
        let enough = match enough {
            "all" => members.len(),
            "any" => 1,
            number => {
                number.parse().map_err(|_| format!("`{number}` is neither `all`, `any` nor a number"))?
            }
        };
        if members.is_empty() || !(1..=members.len()).contains(&enough) {
            return Err(format!("{enough} of {} members can never have signed, or need not", members.len()));
        }
        for member in members {
            if !self.rules.contains_key(*member) {
                return Err(format!("`{member}` is not defined before"));
            }
            if !self.members.insert((*member).to_owned()) {
                return Err(format!("`{member}` is a member of a group already"));
            }
        }
        self.define(name, Rule::Group(enough, members.iter().map(|member| (*member).to_owned()).collect()))
    }

    fn set_quorum(&mut self, name: &str) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("there is a quorum already".to_owned());
        }
        if name != "none" && !self.rules.contains_key(name) {
            return Err(format!("`{name}` is not defined before"));
        }
        self.quorum = Some((name != "none").then(|| name.to_owned()));
        Ok(())
    }

    fn define(&mut self, name: &str, rule: Rule) -> Result<(), String> {
        if name == "none" || self.rules.contains_key(name) {
            return Err(format!("the name `{name}` is taken"));
        }
        room_for_one(self.rules.len() / 2, "names")?;
        self.rules.insert(name.to_owned(), rule);
        Ok(())
    }
}

fn key_of(text: &str, kind: KeyKind) -> Result<VerifierKey, String> {
    let key: VerifierKey = text.parse().map_err(|error: NoteError| error.to_string())?;
    if key.kind() == kind { Ok(key) } else { Err(format!("`{text}` is a key of the other kind")) }
}

fn room_for_one(there: usize, what: &str) -> Result<(), String> {
    if there < NAMES_MAX { Ok(()) } else { Err(format!("more than {NAMES_MAX} {what}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Signer;
    use crate::tree::empty_root;

    const ORIGIN: &str = "vouchsafe.example/log/7";

    fn signer(name: &str, kind: KeyKind, seed: u8) -> Signer {
        Signer::new(name, kind, &[seed; 32]).unwrap()
    }

    fn witness(number: u8) -> Signer {
        signer(&format!("w{number}.example"), KeyKind::Witness, 10 + number)
    }

    /// A checkpoint that the log and these witnesses have signed.
    fn seen_by(witnesses: &[u8]) -> Note {
        let checkpoint =
            Checkpoint { origin: ORIGIN.to_owned(), size: 0, root: empty_root(), extensions: Vec::new() };
        let mut note = checkpoint.signed(&signer(ORIGIN, KeyKind::Log, 1)).unwrap();
        for number in witnesses {
            witness(*number).sign(&mut note, 1_000 + u64::from(*number));
        }
        note
    }

    fn policy(rules: &str) -> Result<Policy, PolicyError> {
        let log = signer(ORIGIN, KeyKind::Log, 1);
        let witnesses: String =
            (1..=5).map(|number| format!("witness W{number} {}\n", witness(number).verifier())).collect();
        format!("# whom we trust\nlog {} https://logs.example/\n{witnesses}\n{rules}", log.verifier()).parse()
    }

    /// The example of the specification: two of three, and any of two others.
    #[test]
    fn a_quorum_of_groups_is_counted_as_written() {
        let policy =
            policy("group X 2 W1 W2 W3\ngroup Y any W4 W5\n\tgroup both all X Y \nquorum both\n").unwrap();
        for (witnesses, enough) in [
            (&[][..], false),
            (&[1, 2], false),
            (&[4, 5], false),
            (&[1, 4], false),
            (&[1, 3, 5], true),
            (&[1, 2, 3, 4, 5], true),
        ] {
            let note = seen_by(witnesses);
            let trusted = policy.trusted(&note);
            assert_eq!(trusted.is_ok(), enough, "{witnesses:?}");
            if let Ok((_, trusted)) = trusted {
                assert_eq!(trusted.witnesses.len(), witnesses.len());
            }
        }
    }

    #[test]
    fn without_a_quorum_the_log_is_enough_but_a_wrong_witness_is_not_passed_over() {
        let policy = policy("quorum none").unwrap();
        assert!(policy.trusted(&seen_by(&[])).is_ok());
        let mut note = seen_by(&[2]);
        let mut line = note.signatures()[1].clone();
        line.signature[20] ^= 1;
        note.add(line);
        assert!(matches!(policy.trusted(&note), Err(PolicyError::Checkpoint(_))));
    }

    #[test]
    fn a_log_that_is_not_named_is_not_trusted() {
        let other = "vouchsafe.example/log/8";
        let checkpoint =
            Checkpoint { origin: other.to_owned(), size: 0, root: empty_root(), extensions: Vec::new() };
        let note = checkpoint.signed(&signer(other, KeyKind::Log, 1)).unwrap();
        let known = Policy::of_log(signer(ORIGIN, KeyKind::Log, 1).verifier().clone());
        assert_eq!(known.trusted(&note).unwrap_err(), PolicyError::UnknownLog(other.to_owned()));
        assert!(known.trusted(&seen_by(&[])).is_ok());
    }

    #[test]
    fn malformed_policies_name_the_line() {
        let line = |rules: &str| match policy(rules) {
            Err(PolicyError::Line { line, .. }) => line - 8,
            other => panic!("{rules}: {other:?}"),
        };
        for rules in [
            "quorum W9",
            "group X 0 W1\nquorum X",
            "group X 2 W1\nquorum X",
            "group X any\nquorum X",
            "group X all W9\nquorum X",
            "group none all W1",
            "group W1 all W2",
            "witness Q nonsense",
            "walrus",
            "log",
            "quorum none\u{b}",
        ] {
            assert_eq!(line(rules), 1, "{rules}");
        }
        assert_eq!(line("group X all W1\ngroup Y all W1"), 2);
        assert_eq!(line("quorum none\nquorum none"), 2);
        assert_eq!(policy("group X all W1"), Err(PolicyError::NoQuorum));
        let log = signer(ORIGIN, KeyKind::Log, 1);
        assert_eq!(line(&format!("log {}", log.verifier())), 1);
        assert_eq!(line(&format!("witness W6 {}", log.verifier())), 1);
    }
}
