//! Replaying a log: whether its entries, in their order, keep the rules that they are there to prove (`evidence.md`,
//! *Checking it*). Written from the entries' format alone, apart from the rules that made them.
//!
//! Checked are: that entries are in canonical form, numbered without a gap, and all of one tenant; that every grant
//! begins with an approval, in the same entry, of the same categories and the same end; that every read names a grant that
//! was live, not paused and not over at its time, covers the read's category and belongs to its case, or is of the one
//! category that needs none; that nothing is read after its case was closed; and that no grant outlives its case, or a
//! data collection's the moment at which that goes back to its tenant or is over.
//!
//! Where somebody signed a decision, the passkey was enrolled earlier in the log, and signed what stands beside it; where the
//! tenant asks for signatures, no yes is without one ([`decision`]).
//!
//! The order of the log decides what covered what; times are compared only with the ends that grants state themselves.

pub mod decision;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use self::decision::{SignatureCheck, Signers};

/// The version of entries that is understood here.
const VERSION: u64 = 1;
/// The category that an engineer of a case reads without a grant.
const WITHOUT_GRANT: &str = "tenantProfile";

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {what}")]
pub struct Broken {
    /// Which entry, from 0.
    pub sequence: u64,
    /// What is wrong.
    pub what: String,
}

/// What the entries so far have said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// Whose log it is.
    pub tenant: Option<String>,
    /// Entries.
    pub entries: u64,
    /// Reads of diagnostic data.
    pub reads: u64,
    /// Records that those reads returned.
    pub records: u64,
    /// Refused reads.
    pub refused: u64,
    /// Grants that began.
    pub grants: u64,
    /// Approvals that the service recorded because a linked account had approved before.
    pub automatic: u64,
    /// Grants that have not ended.
    pub open_grants: u64,
    /// Cases that were opened in this log.
    pub cases: u64,
    /// Grants for cases of other tenants, whose closing this log does not show.
    pub grants_of_other_cases: u64,
    /// Keys that checkpoints of this log are signed with from some entry on.
    pub verifier_keys: Vec<String>,
    /// Numbers between the first and the last entry that were not there, where only some entries were taken.
    pub missing: u64,
    /// Entries at which an operator let the log go on from what the database held.
    pub adopted: Vec<u64>,
    /// Decisions whose signatures hold.
    pub signed: u64,
    /// Decisions whose signatures nobody looked at.
    pub unchecked_signatures: u64,
}

/// An entry by itself: read, and found to be in canonical form.
#[derive(Debug, Clone, PartialEq)]
pub struct Told(Value);

impl Told {
    /// Reads an entry's bytes.
    ///
    /// # Errors
    /// What is wrong with them, as a sentence about the entry.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let entry: Value = serde_json::from_slice(bytes).map_err(|_| "it is no JSON".to_owned())?;
        if crate::canonical(&entry).ok().as_deref() != Some(bytes) {
            return Err("it is not in canonical form (RFC 8785)".to_owned());
        }
        Ok(Self(entry))
    }
}

/// A grant that has not ended.
#[derive(Debug)]
struct OpenGrant {
    case: String,
    /// The data collection that it opens, if it opens one.
    collection: Option<String>,
    categories: Vec<String>,
    expires: String,
    paused: bool,
}

/// The state of a log as its entries tell it. Holds what is open; what has ended is forgotten.
#[derive(Debug, Default)]
pub struct Replay {
    story: Story,
    cases: HashMap<String, Case>,
    /// Those that the provider entered because they came from elsewhere: nothing of theirs is read without a grant.
    elsewhere: HashSet<String>,
    grants: HashMap<String, OpenGrant>,
    /// The unit of work of the last entry: what belongs together is complete when the next one begins.
    unit: String,
    /// Cases that were closed in it.
    closing: Vec<String>,
    /// Data collections that the engineer has no more, since that unit of work.
    given_back: Vec<String>,
    /// Only some entries are there, all of them of the cases that they tell of.
    some: bool,
    signers: Signers,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Open,
    Closed,
}

impl Replay {
    /// A replay of some entries of a log, in their order: all of the cases that they tell of. Numbers that are left out
    /// are counted in [`Story::missing`].
    #[must_use]
    pub fn of_some() -> Self {
        Self { some: true, ..Self::default() }
    }

    /// The same replay, which has signatures of decisions checked.
    #[must_use]
    pub fn checking(self, check: SignatureCheck) -> Self {
        Self { signers: Signers::checked_by(check), ..self }
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// [`Broken`] with the first rule that it breaks; what comes after it means nothing.
    pub fn entry(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.told(Told::read(bytes).as_ref())
    }

    /// Takes in the next entry, which was read before.
    ///
    /// # Errors
    /// As [`Replay::entry`].
    pub fn told(&mut self, told: Result<&Told, &String>) -> Result<(), Broken> {
        let taken = told.map_err(String::clone).and_then(|told| self.take(&told.0));
        taken.map_err(|what| Broken { sequence: self.story.entries, what })?;
        self.story.entries += 1;
        Ok(())
    }

    /// What was told, after the last entry.
    ///
    /// # Errors
    /// [`Broken`] at the last entry if its unit of work leaves something undone.
    pub fn end(mut self) -> Result<Story, Broken> {
        let sequence = self.story.entries.saturating_sub(1);
        self.unit_ends().map_err(|what| Broken { sequence, what })?;
        self.story.open_grants = u64::try_from(self.grants.len()).unwrap_or(u64::MAX);
        Ok(self.story)
    }

    fn take(&mut self, entry: &Value) -> Result<(), String> {
        if entry.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err("its version is not understood".to_owned());
        }
        let sequence = entry.get("sequence").and_then(Value::as_u64);
        if let Some(later) = sequence.filter(|sequence| self.some && *sequence > self.story.entries) {
            // What stands before the first one is not between two.
            self.story.missing += if self.story.tenant.is_some() { later - self.story.entries } else { 0 };
            self.story.entries = later;
        }
        if sequence != Some(self.story.entries) {
            return Err("its sequence number is not its place".to_owned());
        }
        let tenant = text(entry, "tenantId")?;
        match &self.story.tenant {
            Some(known) if known != tenant => return Err("it is of another tenant".to_owned()),
            Some(_) => {}
            None => self.story.tenant = Some(tenant.to_owned()),
        }
        let unit = text(entry, "correlationId")?;
        if self.unit != unit {
            self.unit_ends()?;
            unit.clone_into(&mut self.unit);
        }
        let events = entry.get("events").and_then(Value::as_array).ok_or("it has no events")?;
        for event in events {
            self.event(entry, events, event)?;
        }
        Ok(())
    }

    /// What was begun in the last unit of work must be whole now.
    fn unit_ends(&mut self) -> Result<(), String> {
        for case in std::mem::take(&mut self.closing) {
            let outlives = |(_, grant): &(&String, &OpenGrant)| grant.case == case;
            if let (Some(Case::Closed), Some((grant, _))) =
                (self.cases.get(&case), self.grants.iter().find(outlives))
            {
                return Err(format!("{case} was closed, but {grant} did not end with it"));
            }
        }
        for collection in std::mem::take(&mut self.given_back) {
            let opens = |(_, grant): &(&String, &OpenGrant)| grant.collection.as_ref() == Some(&collection);
            if let Some((grant, _)) = self.grants.iter().find(opens) {
                return Err(format!("{collection} was given back, but {grant} did not end with it"));
            }
        }
        Ok(())
    }

    fn event(&mut self, entry: &Value, beside: &[Value], event: &Value) -> Result<(), String> {
        match text(event, "of")? {
            "supportRequest" => {
                self.signers.consented(beside, text(event, "id")?, inner(event)?)?;
                self.case(text(event, "id")?, inner(event)?)
            }
            "grant" => self.grant(entry, beside, text(event, "id")?, inner(event)?),
            "read" => self.read(entry, event.get("read").ok_or("a read says nothing")?),
            "readDenied" => {
                self.story.refused += event.get("count").and_then(Value::as_u64).unwrap_or_default();
                Ok(())
            }
            "accessRequest" => {
                let automatic = inner(event)?.pointer("/approval/automatic") == Some(&Value::Bool(true));
                self.story.automatic += u64::from(automatic);
                self.signers.voted(beside, text(event, "id")?, inner(event)?)
            }
            "dataCollection" => {
                if matches!(text(inner(event)?, "type")?, "returned" | "declined" | "cancelled") {
                    self.given_back.push(text(event, "id")?.to_owned());
                }
                Ok(())
            }
            "passkeyAdded" => self.signers.added(entry, event),
            "passkeyRemoved" => self.signers.removed(event),
            "userDeleted" | "userErased" => self.signers.left(event),
            "policyChanged" => self.signers.policy(beside, event),
            "policySigned" => {
                let checked = self.signers.policy_signed(entry, beside, event)?;
                self.story.signed += u64::from(checked);
                self.story.unchecked_signatures += u64::from(!checked);
                Ok(())
            }
            "decisionSigned" => {
                let checked = self.signers.signed(entry, beside, event)?;
                self.story.signed += u64::from(checked);
                self.story.unchecked_signatures += u64::from(!checked);
                Ok(())
            }
            "logKeyAdded" => {
                self.story.verifier_keys.push(text(event, "verifierKey")?.to_owned());
                Ok(())
            }
            "logHeadsAdopted" => self.adopted(event),
            _ => Ok(()),
        }
    }

    fn case(&mut self, id: &str, event: &Value) -> Result<(), String> {
        let known = self.cases.get(id).copied();
        let next = match (text(event, "type")?, known) {
            ("opened", None) => {
                self.story.cases += 1;
                if event.pointer("/request/origin").is_some_and(|origin| !origin.is_null()) {
                    self.elsewhere.insert(id.to_owned());
                }
                Case::Open
            }
            ("opened", Some(_)) => return Err(format!("{id} is opened a second time")),
            ("closed", Some(Case::Open)) => {
                self.closing.push(id.to_owned());
                Case::Closed
            }
            ("closed", _) => return Err(format!("{id} is closed, but is not open")),
            ("reopened", Some(Case::Closed)) => Case::Open,
            ("reopened", _) => return Err(format!("{id} is opened again, but is not closed")),
            (_, Some(same)) => same,
            (_, None) => return Err(format!("{id} changes, but was never opened")),
        };
        self.cases.insert(id.to_owned(), next);
        Ok(())
    }

    fn grant(&mut self, entry: &Value, beside: &[Value], id: &str, event: &Value) -> Result<(), String> {
        let known = || format!("{id} changes, but is not open");
        match text(event, "type")? {
            "given" => self.given(entry, beside, id, event.get("grant").ok_or("a grant says nothing")?),
            "paused" => {
                self.grants.get_mut(id).ok_or_else(known)?.paused = true;
                Ok(())
            }
            "confirmed" => {
                self.grants.get_mut(id).ok_or_else(known)?.paused = false;
                Ok(())
            }
            "ended" => self.grants.remove(id).map(drop).ok_or_else(known),
            _ => self.grants.get(id).map(drop).ok_or_else(known),
        }
    }

    /// A grant begins with an approval of just this.
    fn given(&mut self, entry: &Value, beside: &[Value], id: &str, grant: &Value) -> Result<(), String> {
        let case = text(grant, "supportRequest")?;
        let (categories, expires) = (grant.get("dataCategories"), grant.get("expires"));
        let approves = |event: &Value| match text(grant, "source") {
            Ok("accessRequest") => {
                let approval = event.pointer("/event/approval");
                let approval = approval.filter(|_| event.get("id") == grant.get("accessRequest"));
                approval.is_some_and(|approval| {
                    approval.get("grant").and_then(Value::as_str) == Some(id)
                        && approval.pointer("/scope/dataCategories") == categories
                        && approval.get("expires") == expires
                })
            }
            Ok("consent") => event.get("event").is_some_and(|given| {
                text(given, "type") == Ok("consentGiven")
                    && given.get("grant").and_then(Value::as_str) == Some(id)
                    && given.get("expires") == expires
            }),
            Ok("collection") => event.get("event").is_some_and(|sent| {
                event.get("id") == grant.get("collection")
                    && text(sent, "type") == Ok("submitted")
                    && sent.get("grant").and_then(Value::as_str) == Some(id)
                    && sent.get("expires") == expires
            }),
            Ok(_) | Err(_) => false,
        };
        if !beside.iter().any(approves) {
            return Err(format!("{id} begins without an approval of what it allows"));
        }
        if self.cases.get(case) == Some(&Case::Closed) {
            return Err(format!("{id} begins after {case} was closed"));
        }
        if text(grant, "tenant")? != text(entry, "tenantId")? {
            return Err(format!("{id} is of another tenant"));
        }
        let categories = categories.and_then(Value::as_array).into_iter().flatten();
        let open = OpenGrant {
            case: case.to_owned(),
            collection: grant.get("collection").and_then(Value::as_str).map(str::to_owned),
            categories: categories.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
            expires: instant(text(grant, "expires")?)?,
            paused: false,
        };
        self.story.grants += 1;
        self.story.grants_of_other_cases += u64::from(!self.cases.contains_key(case));
        match self.grants.insert(id.to_owned(), open) {
            None => Ok(()),
            Some(_) => Err(format!("{id} begins a second time")),
        }
    }

    fn read(&mut self, entry: &Value, read: &Value) -> Result<(), String> {
        let (id, category) = (text(read, "id")?, text(read, "category")?);
        let case = text(entry, "supportRequestId")?;
        if self.cases.get(case) == Some(&Case::Closed) {
            return Err(format!("{id} read for {case} after that was closed"));
        }
        if let Some(grant) = read.get("grant").and_then(Value::as_str) {
            let open = self.grants.get(grant);
            let open = open.ok_or_else(|| format!("{id} rests on {grant}, which is not open"))?;
            let at = instant(text(entry, "activityDateTime")?)?;
            let wrong = if open.paused {
                "is paused"
            } else if at >= open.expires {
                "was over by then"
            } else if open.case != case {
                "is of another case"
            } else if !open.categories.iter().any(|covered| covered == category) {
                "does not cover its category"
            } else {
                ""
            };
            if !wrong.is_empty() {
                return Err(format!("{id} rests on {grant}, which {wrong}"));
            }
        } else if category != WITHOUT_GRANT {
            return Err(format!("{id} read {category} without a grant"));
        } else if self.elsewhere.contains(case) {
            return Err(format!("{id} read for {case}, which came from elsewhere, without a grant"));
        } else if self.cases.get(case) != Some(&Case::Open) {
            return Err(format!("{id} rests on {case}, which is not open here"));
        }
        self.story.reads += 1;
        self.story.records += read.get("count").and_then(Value::as_u64).unwrap_or_default();
        Ok(())
    }

    /// Where an operator let the log go on. Fewer entries than were published are a loss that nothing makes good.
    fn adopted(&mut self, event: &Value) -> Result<(), String> {
        let size = |head: &str| event.pointer(&format!("/{head}/size")).and_then(Value::as_u64);
        let adopted = size("adopted").ok_or("adopted heads say no size")?;
        if let Some(published) = size("published").filter(|published| *published > adopted) {
            return Err(format!(
                "an operator let the log go on with {adopted} entries though {published} were published"
            ));
        }
        self.story.adopted.push(self.story.entries);
        Ok(())
    }
}

fn text<'a>(value: &'a Value, member: &str) -> Result<&'a str, String> {
    value.get(member).and_then(Value::as_str).ok_or_else(|| format!("it has no `{member}`"))
}

fn inner(event: &Value) -> Result<&Value, String> {
    event.get("event").ok_or_else(|| "an event says nothing".to_owned())
}

/// A time of RFC 3339 in UTC in a form that sorts as the times do: with nine digits of a second.
fn instant(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no time in UTC");
    let (whole, fraction) =
        text.strip_suffix('Z').ok_or_else(wrong)?.split_at_checked(19).ok_or_else(wrong)?;
    let fraction = fraction.strip_prefix('.').unwrap_or(fraction);
    let digits = |c: char| c.is_ascii_digit();
    if fraction.len() > 9 || !fraction.chars().all(digits) || !whole.is_ascii() {
        return Err(wrong());
    }
    Ok(format!("{whole}.{fraction:0<9}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AT: &str = "2027-01-15T09:00:00Z";

    /// Entries of one log, numbered as they come; `unit` says which belong together.
    fn log(entries: &[(u32, Value)]) -> Vec<Vec<u8>> {
        let numbered = entries.iter().enumerate().map(|(sequence, (unit, events))| {
            let entry = json!({
                "version": 1, "sequence": sequence, "tenantId": "t", "correlationId": unit.to_string(),
                "supportRequestId": "sr_1", "activityDateTime": AT, "events": events,
            });
            crate::canonical(&entry).unwrap()
        });
        numbered.collect()
    }

    fn replayed(entries: &[(u32, Value)]) -> Result<Story, Broken> {
        let mut replay = Replay::default();
        for entry in log(entries) {
            replay.entry(&entry)?;
        }
        replay.end()
    }

    fn case(kind: &str) -> Value {
        json!({ "of": "supportRequest", "id": "sr_1", "event": { "type": kind } })
    }

    fn grant(kind: &str) -> Value {
        json!({ "of": "grant", "id": "grt_1", "event": { "type": kind } })
    }

    /// An approval and its grant.
    fn given(expires: &str) -> [Value; 2] {
        let (categories, id) = (json!(["signInLogs"]), "grt_1");
        [
            json!({ "of": "accessRequest", "id": "sar_1", "event": { "type": "approved", "approval": {
                "grant": id, "scope": { "dataCategories": categories }, "expires": expires, "automatic": false } } }),
            json!({ "of": "grant", "id": id, "event": { "type": "given", "grant": {
                "tenant": "t", "supportRequest": "sr_1", "accessRequest": "sar_1", "source": "accessRequest",
                "dataCategories": categories, "expires": expires } } }),
        ]
    }

    fn read(grant: Value, category: &str) -> Value {
        json!({ "of": "read", "read": { "id": "rd_1", "grant": grant, "category": category, "count": 3 } })
    }

    fn lively() -> Vec<(u32, Value)> {
        vec![(1, json!([case("opened")])), (2, json!(given("2027-01-15T10:00:00.5Z")))]
    }

    #[test]
    fn a_read_under_a_live_grant_holds() {
        let mut log = lively();
        log.push((3, json!([read(json!("grt_1"), "signInLogs")])));
        log.push((4, json!([read(Value::Null, "tenantProfile")])));
        log.push((5, json!([case("closed")])));
        log.push((5, json!([grant("ended")])));
        let story = replayed(&log).unwrap();
        assert_eq!((story.entries, story.reads, story.records), (6, 2, 6));
        assert_eq!((story.grants, story.open_grants, story.grants_of_other_cases), (1, 0, 0));
    }

    #[test]
    fn a_collection_that_was_sent_opens_itself_alone() {
        let given = |sent: &str, collection: &str| {
            let grant = json!({
                "tenant": "t", "supportRequest": "sr_1", "source": "collection", "collection": collection,
                "dataCategories": ["signInLogs"], "expires": "2027-01-15T10:00:00Z",
            });
            json!([
                { "of": "grant", "id": "grt_1", "event": { "type": "given", "grant": grant } },
                { "of": "dataCollection", "id": "dc_1", "event": {
                    "type": sent, "grant": "grt_1", "expires": "2027-01-15T10:00:00Z" } },
            ])
        };
        let log = |events| {
            [(1, json!([case("opened")])), (2, events), (3, json!([read(json!("grt_1"), "signInLogs")]))]
        };
        assert_eq!(replayed(&log(given("submitted", "dc_1"))).unwrap().reads, 1);
        for wrong in [given("requested", "dc_1"), given("submitted", "dc_2")] {
            assert!(replayed(&log(wrong)).unwrap_err().what.contains("without an approval"));
        }
        // It ends in the same unit of work in which the collection goes back to its tenant.
        let back = |kind: &str| json!({ "of": "dataCollection", "id": "dc_1", "event": { "type": kind } });
        for kind in ["returned", "declined", "cancelled"] {
            let after = |events: Value| {
                let [case, sent, read] = log(given("submitted", "dc_1"));
                replayed(&[case, sent, read, (4, events), (5, json!([]))])
            };
            assert_eq!(after(json!([back(kind), grant("ended")])).unwrap().open_grants, 0);
            assert!(after(json!([back(kind)])).unwrap_err().what.contains("given back"));
        }
    }

    #[test]
    fn what_breaks_a_rule_is_found_at_its_entry() {
        let read_now = || json!([read(json!("grt_1"), "signInLogs")]);
        let after = |more: &[(u32, Value)]| {
            let log: Vec<_> = lively().into_iter().chain(more.iter().cloned()).collect();
            replayed(&log).unwrap_err()
        };
        let found = |broken: Broken, sequence: u64, words: &str| {
            assert_eq!(broken.sequence, sequence, "{broken}");
            assert!(broken.what.contains(words), "{broken}");
        };
        found(after(&[(3, json!([grant("ended")])), (4, read_now())]), 3, "not open");
        found(after(&[(3, json!([grant("paused")])), (4, read_now())]), 3, "paused");
        found(after(&[(3, json!([read(json!("grt_1"), "auditLogs")]))]), 2, "category");
        found(after(&[(3, json!([read(json!("grt_2"), "signInLogs")]))]), 2, "not open");
        found(after(&[(3, json!([read(Value::Null, "signInLogs")]))]), 2, "without a grant");
        found(after(&[(3, json!([case("closed")])), (4, json!([]))]), 3, "did not end");
        found(after(&[(3, json!([case("closed")]))]), 2, "did not end");
        let ended = [(3, json!([case("closed"), grant("ended")])), (4, read_now())];
        found(after(&ended), 3, "closed");
        let ended = [(3, json!([case("closed"), grant("ended")])), (4, json!(given(AT)))];
        found(after(&ended), 3, "after sr_1 was closed");
        let lost = json!({ "of": "logHeadsAdopted", "adopted": { "size": 1 }, "published": { "size": 2 } });
        found(after(&[(3, json!([lost]))]), 2, "2 were published");

        let entered = json!({ "of": "supportRequest", "id": "sr_1", "event": {
            "type": "opened", "request": { "origin": { "name": "phone", "externalId": "7" } } } });
        let basic = [(1, json!([entered])), (2, json!([read(Value::Null, "tenantProfile")]))];
        found(replayed(&basic).unwrap_err(), 1, "from elsewhere");

        let over = [(1, json!([case("opened")])), (2, json!(given(AT))), (3, read_now())];
        found(replayed(&over).unwrap_err(), 2, "over by then");
        let [_, alone] = given(AT);
        found(
            replayed(&[(1, json!([case("opened")])), (2, json!([alone]))]).unwrap_err(),
            1,
            "without an approval",
        );
        let [mut other, wide] = given(AT);
        other["event"]["approval"]["scope"]["dataCategories"] = json!(["auditLogs"]);
        found(
            replayed(&[(1, json!([case("opened")])), (2, json!([other, wide]))]).unwrap_err(),
            1,
            "without an approval",
        );
    }

    #[test]
    fn some_entries_are_replayed_in_their_order_and_what_is_missing_is_counted() {
        let mut entries = lively();
        entries.push((3, json!([read(json!("grt_1"), "signInLogs")])));
        entries.push((4, json!([])));
        entries.push((5, json!([grant("ended")])));
        let entries = log(&entries);
        let some = |places: &[usize]| {
            let mut replay = Replay::of_some();
            places.iter().try_for_each(|place| replay.entry(&entries[*place]))?;
            replay.end()
        };
        let story = some(&[0, 1, 2, 4]).unwrap();
        assert_eq!((story.entries, story.reads, story.missing), (5, 1, 1));
        // What stands before the first is another's.
        assert_eq!(some(&[1, 2]).unwrap().missing, 0);
        // A read without the grant that it rests on is found, as is a number that comes again.
        assert_eq!(some(&[0, 2]).unwrap_err().sequence, 2);
        assert!(some(&[0, 1, 1]).unwrap_err().what.contains("place"));
        assert!(some(&[1, 0]).is_err());
    }

    #[test]
    fn a_gap_another_tenant_and_another_form_are_found() {
        let mut entries = log(&lively());
        let mut replay = Replay::default();
        assert!(replay.entry(&entries[1]).unwrap_err().what.contains("place"));
        let mut replay = Replay::default();
        replay.entry(&entries[0]).unwrap();
        let other = String::from_utf8(entries[1].clone())
            .unwrap()
            .replace("\"tenantId\":\"t\"", "\"tenantId\":\"u\"");
        assert!(replay.entry(other.as_bytes()).unwrap_err().what.contains("another tenant"));
        entries[1].push(b' ');
        assert!(replay.entry(&entries[1]).unwrap_err().what.contains("canonical"));
    }

    #[test]
    fn times_sort_by_their_fractions() {
        let sorted = [
            "2027-01-15T08:00:00Z",
            "2027-01-15T08:00:00.05Z",
            "2027-01-15T08:00:00.5Z",
            "2027-01-15T08:00:01Z",
        ];
        let keys: Vec<String> = sorted.iter().map(|time| instant(time).unwrap()).collect();
        assert!(keys.is_sorted(), "{keys:?}");
        for wrong in ["2027-01-15T08:00:00+01:00", "2027", "2027-01-15T08:00:00.xZ", ""] {
            assert!(instant(wrong).is_err(), "{wrong}");
        }
    }
}
