//! An evidence pack, with nothing but a key (`evidence.md`, *Checking it*).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use serde_json::Value;
use vouchsafe_client::api::audit::{DirectoryAudit, directory_audit};
use vouchsafe_log::checkpoint::Checkpoint;
use vouchsafe_log::policy::Policy;
use vouchsafe_log::replay::{Replay, Story as Kept};

use super::{Report, Verifier};
use crate::pack::archive::PackReader;
use crate::pack::claims::Held;
use crate::pack::compare::{all_among, differs};
use crate::pack::entry::Proven;
use crate::pack::story::Story;
use crate::pack::{
    ACCESS_REQUESTS, ENTRIES, ENTRIES_MAX, GRANTS, OBJECTS_MAX, POLICY, REPORT, SUPPORT_REQUEST, made_by,
    read_name, receipt_name, report,
};

/// Members that nothing is known of, which a report names at most.
const OPEN_NAMED_MAX: usize = 20;

/// What the entries of a pack have shown.
#[derive(Default)]
struct Walk {
    story: Story,
    kept: Kept,
    /// Checkpoints by size: root, key, witnesses.
    heads: BTreeMap<u64, Checkpoint>,
    keys: BTreeSet<String>,
    witnesses: BTreeSet<String>,
    erased: usize,
}

impl Verifier {
    /// Checks a pack: receipts against the key, everything else against the entries that they prove.
    pub(crate) fn pack(&self, input: impl Read + Seek) -> Report {
        let mut report = Report::default();
        match self.checked(input, &mut report) {
            Ok(()) => report.sound(),
            Err(fault) => report.broken(fault),
        }
    }

    fn checked(&self, input: impl Read + Seek, report: &mut Report) -> Result<(), String> {
        let mut pack = PackReader::open(input)?;
        let origin = pack.manifest.origin.clone();
        let policy = self.policy_for(&origin).ok_or_else(|| {
            format!("no key of the log {origin} is known: give it with --key, or verify the log once")
        })?;
        let walk = self.walk(&mut pack, &policy)?;
        let mut held = Held::default();
        claims(&mut pack, &walk.story, &mut held)?;
        let page = pack.text(REPORT)?;
        if page == report::render(&pack.manifest, &walk.story) {
            report.checked(format!("{REPORT} says what the entries say"));
        } else if pack.manifest.made_by == made_by() {
            return Err(format!("{REPORT} does not say what the entries say"));
        } else {
            report.not_proven(format!("what {REPORT} says: it was made by {}", pack.manifest.made_by));
        }
        if let Some(name) = pack.left_over() {
            return Err(format!("{name} belongs to none of the entries"));
        }
        told(report, &pack.manifest, &walk, &held);
        Ok(())
    }

    /// Every entry in its order, with its receipt.
    fn walk<R: Read + Seek>(&self, pack: &mut PackReader<R>, policy: &Policy) -> Result<Walk, String> {
        let mut walk = Walk::default();
        let mut replay = Replay::of_some().checking(super::signature::check);
        let claims = pack.lines(ENTRIES)?;
        if claims.is_empty() || claims.len() > ENTRIES_MAX {
            return Err(format!("{ENTRIES} has {} entries; a pack has 1 to {ENTRIES_MAX}", claims.len()));
        }
        for claim in &claims {
            let audit: DirectoryAudit =
                serde_json::from_value(claim.clone()).map_err(|error| format!("{ENTRIES}: {error}"))?;
            let id = audit.id.to_string();
            let at = |fault: String| format!("{id}: {fault}");
            let proven = Proven::of(&pack.text(&receipt_name(&id))?, policy).map_err(at)?;
            let manifest = &pack.manifest;
            if proven.id != id {
                return Err(at(format!("its receipt is of {}", proven.id)));
            }
            if proven.checkpoint.origin != manifest.origin || proven.text("/tenantId") != manifest.tenant_id {
                return Err(at("it is of another log".to_owned()));
            }
            if proven.text("/supportRequestId") != manifest.support_request_id
                && proven.text("/category") != "Policy"
                && !proven.is_about_passkeys()
            {
                return Err(at("it is of another case".to_owned()));
            }
            same_audit(claim, &proven).map_err(at)?;
            replay.entry(proven.bytes.as_bytes()).map_err(|broken| broken.to_string())?;
            proven.names_whom_it_signs().map_err(at)?;
            if let Some((read, proven)) = proven.read() {
                let name = read_name(&read);
                if let Some(place) = differs(&pack.json(&name)?, &proven, "", &mut Vec::new()) {
                    return Err(format!("{name}: `{place}` is not what the entry says"));
                }
            }
            self.head(&mut walk, &proven)?;
            walk.story.take(&proven);
        }
        walk.kept = replay.end().map_err(|broken| broken.to_string())?;
        Ok(walk)
    }

    /// Two checkpoints of one size that differ are a fork, whoever kept the other.
    fn head(&self, walk: &mut Walk, proven: &Proven) -> Result<(), String> {
        let head = &proven.checkpoint;
        let forked = || {
            format!(
                "{}: its checkpoint with {} entries is not the one that was seen elsewhere: the log was forked",
                proven.id, head.size
            )
        };
        let known = self.known.get(&head.origin);
        if known.is_some_and(|known| known.size == head.size && known.root != vouchsafe_log::hex(&head.root))
        {
            return Err(forked());
        }
        let seen = walk.heads.entry(head.size).or_insert_with(|| head.clone());
        if seen.root != head.root {
            return Err(forked());
        }
        walk.keys.insert(proven.key.clone());
        walk.witnesses.extend(proven.witnesses.iter().cloned());
        walk.erased += proven.erased;
        Ok(())
    }
}

/// Whether an entry in Graph's shape says what the proven one says. Of the lists, what is there must be proven: a later
/// version may tell more of the same entry.
fn same_audit(claim: &Value, proven: &Proven) -> Result<(), String> {
    let made = directory_audit(&proven.entry).ok_or("it cannot be read")?;
    let mut made = serde_json::to_value(made).map_err(|error| error.to_string())?;
    let mut claim = claim.clone();
    for list in ["/additionalDetails", "/targetResources/0/modifiedProperties"] {
        let (claimed, proven) =
            (claim.pointer_mut(list).map(Value::take), made.pointer_mut(list).map(Value::take));
        if !all_among(&claimed.unwrap_or_default(), &proven.unwrap_or_default()) {
            return Err(format!("`{}` is not what the entry says", list.trim_start_matches('/')));
        }
    }
    let mut open = Vec::new();
    let place = differs(&claim, &made, "", &mut open).or_else(|| open.into_iter().next());
    place.map_or(Ok(()), |place| Err(format!("`{place}` is not what the entry says")))
}

/// Everything that the server said of the case.
fn claims<R: Read + Seek>(pack: &mut PackReader<R>, story: &Story, held: &mut Held) -> Result<(), String> {
    let at = pack.manifest.created_date_time;
    if ![SUPPORT_REQUEST, ACCESS_REQUESTS, GRANTS].into_iter().any(|name| pack.has(name)) {
        held.entries_alone = true;
        return hold_policy(pack, story, held);
    }
    if pack.has(SUPPORT_REQUEST) {
        story.hold_case(&pack.json(SUPPORT_REQUEST)?, at, held)?;
    } else if story.case.is_some() {
        return Err(format!("{SUPPORT_REQUEST} is missing"));
    }
    let requests = pack.lines(ACCESS_REQUESTS)?;
    let grants = pack.lines(GRANTS)?;
    if requests.len().max(grants.len()) > OBJECTS_MAX {
        return Err(format!("a pack has {OBJECTS_MAX} access requests and grants at most"));
    }
    requests.iter().try_for_each(|request| story.hold_request(request, at, held))?;
    grants.iter().try_for_each(|grant| story.hold_grant(grant, at, held))?;
    let listed = |claims: &[Value]| -> BTreeSet<String> {
        claims.iter().filter_map(|claim| claim.get("id")?.as_str().map(str::to_owned)).collect()
    };
    let (asked, given) = (listed(&requests), listed(&grants));
    let missing = story.requests.keys().find(|id| !asked.contains(*id));
    if let Some(id) = missing.or_else(|| story.grants.keys().find(|id| !given.contains(*id))) {
        return Err(format!("{id} is missing, though the entries tell of it"));
    }
    hold_policy(pack, story, held)
}

fn hold_policy<R: Read + Seek>(
    pack: &mut PackReader<R>,
    story: &Story,
    held: &mut Held,
) -> Result<(), String> {
    if pack.has(POLICY) { story.hold_policy(&pack.json(POLICY)?, held) } else { Ok(()) }
}

/// Says what was checked, and what a pack cannot prove.
fn told(report: &mut Report, manifest: &crate::pack::Manifest, walk: &Walk, held: &Held) {
    let (first, last) = walk.story.places.unwrap_or_default();
    report.checked(format!("it holds the {} files that its manifest names", manifest.files.len()));
    let keys: Vec<&str> = walk.keys.iter().map(String::as_str).collect();
    report.checked(format!(
        "{} entries of the case stand in the log {}, at places {first} to {last}, under {} checkpoints signed by key {}",
        walk.story.entries,
        manifest.origin,
        walk.heads.len(),
        keys.join(", ")
    ));
    if walk.kept.signed > 0 {
        report.checked(format!(
            "{} decisions are signed by passkeys that were enrolled before, each over what it decided",
            walk.kept.signed
        ));
    }
    for witness in &walk.witnesses {
        report.checked(format!("the witness {witness} has seen a checkpoint of them"));
    }
    report.checked(format!(
        "{} reads of {} records rest each on a grant that was live and covered them; their record ids are those that were read",
        walk.kept.reads, walk.kept.records
    ));
    report.checked(format!("{} grants began with an approval of what they allow", walk.kept.grants));
    report.checked(format!(
        "{} claims about requests, decisions, scopes, statuses and times are those of the entries",
        held.claims
    ));
    report.not_proven(format!(
        "that no entry of the case was left out: {} numbers between the first and the last are not in the pack. A check of the whole log tells",
        walk.kept.missing
    ));
    if walk.heads.len() > 1 {
        report.not_proven("that its checkpoints are of one history: a check of the whole log tells");
    }
    if walk.erased > 0 {
        report.not_proven(format!("what {} erased values were", walk.erased));
    }
    if held.entries_alone {
        report.not_proven(
            "what the server said of the case beside its entries: the pack has none of it, as from somebody who may read the log alone",
        );
    }
    let open: BTreeSet<&str> = held.open.iter().map(String::as_str).collect();
    if !open.is_empty() {
        let named: Vec<&str> = open.into_iter().take(OPEN_NAMED_MAX).collect();
        report.not_proven(format!("what the entries do not tell: {}", named.join(", ")));
    }
    report.not_proven("that nothing was read without leaving an entry: no log can show what is not in it");
}
