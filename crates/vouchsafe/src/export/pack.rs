//! An evidence pack of one case, made from what the server answers, and checked before it gets its name.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use vouchsafe_client::api::audit::DirectoryAudit;
use vouchsafe_client::api::collection::Collection;
use vouchsafe_client::api::query::{MAX_TOP, OrderBy, QueryOptions};
use vouchsafe_client::id::{EntryId, SupportRequestId};
use vouchsafe_client::time::Timestamp;
use vouchsafe_client::{Answer, Client, ClientError};
use vouchsafe_log::note::VerifierKey;
use vouchsafe_log::policy::Policy;

use super::audit::place;
use super::raw::{older, one_line, raw};
use crate::failure::Failure;
use crate::pack::archive::PackWriter;
use crate::pack::entry::Proven;
use crate::pack::story::Story;
use crate::pack::{
    ACCESS_REQUESTS, ENTRIES, ENTRIES_MAX, FORMAT, GRANTS, Manifest, OBJECTS_MAX, POLICY, REPORT,
    SUPPORT_REQUEST, VERSION, made_by, read_name, receipt_name, report,
};
use crate::session::Session;
use crate::verify::known::Known;
use crate::verify::{Verifier, policy_of};

/// What happens to passkeys.
const PASSKEY_ACTIVITIES: [&str; 5] = [
    "User registered security info",
    "User deleted security info",
    "Admin deleted security info",
    "Delete user",
    "Hard Delete user",
];
/// How often a pack is begun anew because the case went on meanwhile.
const ATTEMPTS: u32 = 3;

/// Writes a pack to a new file, or leaves none.
pub(crate) async fn export(
    session: &Session,
    case: SupportRequestId,
    to: Option<PathBuf>,
) -> Result<(), Failure> {
    let path = to.unwrap_or_else(|| PathBuf::from(format!("{case}.zip")));
    if path.exists() {
        return Err(Failure::Usage(format!("{} exists already", path.display())));
    }
    for _ in 0..ATTEMPTS {
        let draft = Draft::beside(&path)?;
        if let Some(entries) = whole(&session.client, case, &draft).await? {
            draft.named(&path)?;
            session.out.note(&format!("{}: {entries} entries with their receipts", path.display()))?;
            return session.out.note(&format!("Check it with: vouchsafe verify {}", path.display()));
        }
    }
    Err(Failure::Usage(format!("{case} changed each time while it was exported: run it again later")))
}

/// A file that goes away unless it gets its name.
struct Draft {
    path: PathBuf,
    file: File,
    keep: bool,
}

impl Draft {
    fn beside(path: &Path) -> Result<Self, Failure> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let draft = path.with_file_name(name);
        let file = File::options().read(true).write(true).create_new(true).open(&draft);
        let file = file.map_err(|source| Failure::File { path: draft.clone(), source })?;
        Ok(Self { path: draft, file, keep: false })
    }

    /// Names it; a file that came to be meanwhile stays what it is.
    fn named(mut self, path: &Path) -> Result<(), Failure> {
        let named = self.file.sync_all().and_then(|()| fs::hard_link(&self.path, path));
        let named = named.or_else(|error| {
            // Some file systems have no hard links.
            let no_links =
                matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied);
            if !no_links || path.exists() {
                return Err(error);
            }
            self.keep = true;
            fs::rename(&self.path, path)
        });
        named.map_err(|source| Failure::File { path: path.to_owned(), source })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.keep {
            // Whoever asked has been told of the failure that led here.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whose log it is, and which keys sign it.
struct Log {
    tenant: String,
    origin: String,
    keys: Vec<VerifierKey>,
    policy: Policy,
}

async fn log(client: &Client) -> Result<Log, Failure> {
    let tenant = client.me().await?.body.tenant_id.to_string();
    let keys = client.log_keys().await?.body.value;
    let keys: Vec<VerifierKey> = keys.iter().filter_map(|key| key.verifier_key.parse().ok()).collect();
    let none = || Failure::Usage("the log has no key yet: nothing of it was published".to_owned());
    let origin = keys.last().map(|key| key.name().to_owned()).ok_or_else(none)?;
    let policy = policy_of(&keys).ok_or_else(none)?;
    Ok(Log { tenant, origin, keys, policy })
}

/// Writes everything and checks it; gives the number of entries, or nothing if the case went on meanwhile.
async fn whole(client: &Client, case: SupportRequestId, draft: &Draft) -> Result<Option<usize>, Failure> {
    let failed = |source| Failure::File { path: draft.path.clone(), source };
    let log = log(client).await?;
    let file = draft.file.try_clone().map_err(failed)?;
    let mut pack = PackWriter::new(BufWriter::new(file));
    let entries = entries(client, case, &log.tenant, &mut pack).await?;
    if entries.of_case == 0 {
        return Err(Failure::Usage(format!("your tenant's log has no entry of {case}")));
    }
    let story = receipts(client, &entries.ids, &log, &mut pack).await?;
    objects(client, case, &story, &mut pack).await?;
    if newest(client, case).await? != entries.newest {
        return Ok(None);
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        made_by: made_by(),
        created_date_time: now(),
        origin: log.origin,
        verifier_keys: log.keys.iter().map(VerifierKey::to_string).collect(),
        tenant_id: log.tenant,
        support_request_id: case.to_string(),
        files: std::collections::BTreeMap::new(),
    };
    pack.add(REPORT, report::render(&manifest, &story).as_bytes()).map_err(failed)?;
    pack.finish(manifest)
        .and_then(|output| output.into_inner().map_err(io::IntoInnerError::into_error))
        .map_err(failed)?;
    // What does not hold is not handed out.
    let verifier = Verifier { policy: Some(log.policy), keys: Vec::new(), known: Known::nothing() };
    let written = File::open(&draft.path).map_err(failed)?;
    match verifier.pack(BufReader::new(written)).fault {
        None => Ok(Some(entries.ids.len())),
        Some(fault) => Err(Failure::DoesNotHold { name: "what the server answered".to_owned(), fault }),
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's edge: a pack says when it was made")]
fn now() -> Timestamp {
    Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
}

type Pack = PackWriter<BufWriter<File>>;

/// The entries of a pack.
struct Entries {
    ids: Vec<EntryId>,
    of_case: usize,
    /// Place of the last one of the case.
    newest: Option<u64>,
}

/// Writes the entries of the case, and those that changed the tenant's settings, in the order of the log.
async fn entries(
    client: &Client,
    case: SupportRequestId,
    tenant: &str,
    pack: &mut Pack,
) -> Result<Entries, Failure> {
    let settings = format!("targetResources/any(t: t/id eq '{tenant}') and category eq 'Policy'");
    let mut settings_changed = Vec::new();
    let mut pages = client.directory_audits(&sorted(&settings, MAX_TOP));
    while let Some(page) = pages.next().await? {
        settings_changed.extend(lines(&page)?);
        too_many(settings_changed.len(), OBJECTS_MAX, "changes of settings")?;
    }
    settings_changed.extend(passkeys(client, case).await?);
    settings_changed.sort_by_key(|line| line.place);
    let mut settings_changed = settings_changed.into_iter().peekable();
    let mut found = Entries { ids: Vec::new(), of_case: 0, newest: None };
    pack.begin(ENTRIES).map_err(Failure::Local)?;
    let mut write = |line: Line, found: &mut Entries| {
        found.ids.push(line.id);
        pack.write(line.text.as_bytes()).and_then(|()| pack.write(b"\n")).map_err(Failure::Local)
    };
    let mut pages = client.directory_audits(&sorted(&of_case(case), MAX_TOP));
    while let Some(page) = pages.next().await? {
        for line in lines(&page)? {
            while let Some(earlier) = settings_changed.next_if(|other| other.place < line.place) {
                write(earlier, &mut found)?;
            }
            (found.of_case, found.newest) = (found.of_case + 1, Some(line.place));
            write(line, &mut found)?;
        }
        too_many(found.ids.len(), ENTRIES_MAX, "entries")?;
    }
    settings_changed.try_for_each(|line| write(line, &mut found))?;
    too_many(found.ids.len(), ENTRIES_MAX, "entries")?;
    Ok(found)
}

/// The entries of the passkeys of everybody who did something about the access of a case: what signatures are checked with.
async fn passkeys(client: &Client, case: SupportRequestId) -> Result<Vec<Line>, Failure> {
    let mut people = BTreeSet::new();
    let decided = format!("{} and category eq 'SupportAccessManagement'", of_case(case));
    let mut pages = client.directory_audits(&sorted(&decided, MAX_TOP));
    while let Some(page) = pages.next().await? {
        let by = |entry: &DirectoryAudit| entry.initiated_by.user.as_ref().map(|user| user.id.to_string());
        people.extend(page.body.value.iter().filter_map(by));
        too_many(people.len(), OBJECTS_MAX, "people")?;
    }
    let mut found = Vec::new();
    for person in people {
        let names = PASSKEY_ACTIVITIES.map(|name| format!("'{name}'")).join(", ");
        let theirs =
            format!("targetResources/any(t: t/id eq '{person}') and activityDisplayName in ({names})");
        let mut pages = client.directory_audits(&sorted(&theirs, MAX_TOP));
        while let Some(page) = pages.next().await? {
            found.extend(lines(&page)?);
            too_many(found.len(), OBJECTS_MAX, "passkeys")?;
        }
    }
    Ok(found)
}

/// Writes the receipt of each entry, and each read.
async fn receipts(client: &Client, ids: &[EntryId], log: &Log, pack: &mut Pack) -> Result<Story, Failure> {
    let bar = ProgressBar::new(u64::try_from(ids.len()).unwrap_or_default());
    let mut story = Story::default();
    for id in ids {
        let bytes = client.receipt(*id).await?;
        let proven = Proven::of(&String::from_utf8_lossy(&bytes), &log.policy)
            .map_err(|fault| Failure::DoesNotHold { name: format!("the receipt of {id}"), fault })?;
        pack.add(&receipt_name(&id.to_string()), &bytes).map_err(Failure::Local)?;
        if let Some((read, value)) = proven.read() {
            pack.add(&read_name(&read), value.to_string().as_bytes()).map_err(Failure::Local)?;
        }
        story.take(&proven);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(story)
}

/// Writes what the server says of the case now. Whoever may read the log and not the case gets a pack of its entries alone.
async fn objects(
    client: &Client,
    case: SupportRequestId,
    story: &Story,
    pack: &mut Pack,
) -> Result<(), Failure> {
    if let Some(shown) = shown(client, case, story).await? {
        if let Some(request) = shown.request {
            pack.add(SUPPORT_REQUEST, request.as_bytes()).map_err(Failure::Local)?;
        }
        for (name, lines) in [(ACCESS_REQUESTS, shown.access_requests), (GRANTS, shown.grants)] {
            pack.begin(name).map_err(Failure::Local)?;
            for line in lines {
                pack.write(line.as_bytes()).and_then(|()| pack.write(b"\n")).map_err(Failure::Local)?;
            }
        }
    }
    if let Some(policy) = if_shown(client.support_access_policy().await)? {
        pack.add(POLICY, policy.as_bytes()).map_err(Failure::Local)?;
    }
    Ok(())
}

/// What the server says of a case, as it said it.
struct Shown {
    /// None where the case is another organisation's: this log has no entry of the case itself.
    request: Option<String>,
    access_requests: Vec<String>,
    grants: Vec<String>,
}

/// What the server says of the case; nothing if the caller may not see all of it that the entries tell of.
async fn shown(client: &Client, case: SupportRequestId, story: &Story) -> Result<Option<Shown>, Failure> {
    let request = if_shown(client.support_request(case).await)?;
    if request.is_none() && story.case.is_some() {
        return Ok(None);
    }
    let filter = QueryOptions { filter: Some(of_case(case)), top: MAX_TOP, ..QueryOptions::default() };
    let mut pages = client.access_requests(&filter);
    let mut access_requests = Vec::new();
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(error) if is_not_shown(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        access_requests.extend(raw(&page)?);
        too_many(access_requests.len(), OBJECTS_MAX, "access requests")?;
    }
    too_many(story.grants.len(), OBJECTS_MAX, "grants")?;
    let mut grants = Vec::new();
    for id in story.grants.keys().filter_map(|id| id.parse().ok()) {
        match if_shown(client.grant(id).await)? {
            Some(grant) => grants.push(one_line(&grant)),
            None => return Ok(None),
        }
    }
    Ok(Some(Shown { request, access_requests, grants }))
}

/// Place of the newest entry of the case.
async fn newest(client: &Client, case: SupportRequestId) -> Result<Option<u64>, Failure> {
    let mut query = sorted(&of_case(case), 1);
    query.orderby.iter_mut().for_each(|by| by.descending = true);
    let page = client.directory_audits(&query).next().await?;
    Ok(page.and_then(|page| page.body.value.first().and_then(place)))
}

fn of_case(case: SupportRequestId) -> String {
    format!("supportRequestId eq '{case}'")
}

fn sorted(filter: &str, top: u32) -> QueryOptions {
    let orderby = vec![OrderBy { path: "sequence".to_owned(), descending: false }];
    QueryOptions { filter: Some(filter.to_owned()), orderby, top, ..QueryOptions::default() }
}

fn too_many(count: usize, limit: usize, what: &str) -> Result<(), Failure> {
    if count > limit {
        return Err(Failure::Usage(format!(
            "the case has more than the {limit} {what} that a pack has room for"
        )));
    }
    Ok(())
}

/// An entry as the server sent it.
struct Line {
    id: EntryId,
    place: u64,
    text: String,
}

fn lines(page: &Answer<Collection<DirectoryAudit>>) -> Result<Vec<Line>, Failure> {
    let items = page.body.value.iter().zip(raw(page)?);
    let lines = items.map(|(entry, text)| Some(Line { id: entry.id, place: place(entry)?, text }));
    lines.collect::<Option<_>>().ok_or_else(older)
}

/// What the server shows, as it sent it; nothing if the caller may not see it.
fn if_shown<T>(answer: Result<Answer<T>, ClientError>) -> Result<Option<String>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer.raw)),
        Err(error) if is_not_shown(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the caller may not see it.
fn is_not_shown(error: &ClientError) -> bool {
    matches!(error, ClientError::Problem { problem, .. } if matches!(problem.status, 403 | 404))
}
