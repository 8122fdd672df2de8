//! Entry bytes, pinned for ever: one entry of each activity, and a second reader that never saw this program.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use vouchsafe_core::account_link::{self, NewLink};
use vouchsafe_core::api_token::{self, NewToken};
use vouchsafe_core::audit::{Activity, Initiator};
use vouchsafe_core::data_collection::command::{self as collections, CollectionAsk, Submission};
use vouchsafe_core::data_collection::{CollectedFile, DataCollection, RemovedSecret};
use vouchsafe_core::decided::Write;
use vouchsafe_core::engineer::{
    EngineerChange, EngineerProfile, LoadCaps, Weekday, WorkingHours, WorkingSpan,
};
use vouchsafe_core::erasure::erase_user;
use vouchsafe_core::grant::GrantState;
use vouchsafe_core::id::TenantId;
use vouchsafe_core::log_key::{self, LogHead, LogKey};
use vouchsafe_core::pace::Usage;
use vouchsafe_core::passkey::{self, Enrolment, NewPasskey, PassUse, Way};
use vouchsafe_core::past_request::{self, PastRequest, PastText};
use vouchsafe_core::people::{self, NewUser};
use vouchsafe_core::permission::Permissions;
use vouchsafe_core::permit::{
    Caller, Facts, ImportPast, KeepAccountLink, KeepPasskey, ManageLog, ManageProblemTypes, ManageRoles,
    ManageStaff, RecordApprovers, RecordCollection, RecordDenied, RecordReminder, RecordRetention,
    RouteRequest, UseOwnTokens, authorize, for_service,
};
use vouchsafe_core::person::Person;
use vouchsafe_core::personal::Personal;
use vouchsafe_core::problem_type::{self, ProblemTypeChange, ProblemTypes};
use vouchsafe_core::read::{self, DeniedReads, PropertyRead, ReadRecord, TypedValue};
use vouchsafe_core::reminder::{self, Urgency, Waiting};
use vouchsafe_core::retention;
use vouchsafe_core::reveal::{self, RevealState};
use vouchsafe_core::role::custom::{self, RoleText};
use vouchsafe_core::role::manage::{self, Managers, Role};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_core::setup;
use vouchsafe_core::support_request::{RequestState, Resolution, SupportRequest};
use vouchsafe_core::tenant::{Assurance, SupportAccessPolicy, TenantKind};
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_store::{LogEntry, ResolvedOf, Work};

use crate::folder::{Home, id, person, token};
use crate::life::{StoreSink, lived, mighty};
use crate::steps::Step;
use crate::units::log_of;
use crate::world::{World, provider, support, tenant_id};

/// A life in which everything happens that people and time can do to a case.
fn story() -> World<StoreSink> {
    let tick = || Step::Advance { minutes: 1 };
    let days = |days: u32| Step::Advance { minutes: days * 24 * 60 };
    let ask = |of| Step::Ask { case: 0, of, categories: 0b1111, hours: 48, filtered: true };
    let approve = |side| Step::Approve {
        ask: 0,
        side,
        keep: 0,
        hours: 1,
        narrow: false,
        same_person: false,
        second: false,
    };
    let narrow = Step::Approve {
        ask: 0,
        side: 0,
        keep: 0b1000,
        hours: 1,
        narrow: true,
        same_person: false,
        second: false,
    };
    let steps = [
        Step::Open { named: 0b0110, consent: 2, engineer: true },
        Step::DecideConsent { case: 0, yes: true },
        Step::Update { case: 0, named: 0b0110, consent: 0, severe: true },
        Step::Post { case: 0, from_engineer: true },
        ask(0),
        Step::Preview { ask: 0, side: 0 },
        narrow,
        Step::Pause { tenant: 0, grant: 1 },
        Step::Confirm { tenant: 0, grant: 1 },
        ask(1),
        approve(0),
        Step::Reject { ask: 0, side: 1 },
        ask(0),
        Step::Reject { ask: 0, side: 0 },
        ask(2),
        approve(0),
        // This one asks for two approvers.
        approve(1),
        Step::Revoke { ask: 0, side: 0 },
        Step::Assign { case: 0, engineer: 1 },
        ask(0),
        days(5),
        Step::RecordExpiry { tenant: 0 },
        Step::Update { case: 0, named: 0b0110, consent: 1, severe: false },
        days(31),
        Step::RecordExpiry { tenant: 0 },
        Step::Close { case: 0 },
        Step::ProposeReopen { case: 0 },
        Step::Reopen { case: 0 },
    ];
    let steps: Vec<Step> = steps.into_iter().flat_map(|step| [step, tick()]).collect();
    lived(1 << 14, &steps)
}

/// What happens besides: set-up, settings, reads, imports.
async fn and_the_rest(world: &World<StoreSink>) {
    let home = &world.sink.home;
    let s = support();
    let ada = person(s, 1, "Ada");
    home.add_tenant(vouchsafe_core::tenant::Tenant {
        id: s,
        ..crate::folder::tenant(1, TenantKind::Customer)
    })
    .await
    .unwrap();
    home.add_person(ada.clone(), &["62e90394-69f5-4237-9190-012177145e10"]).await.unwrap();
    let link = setup::AccountLink { tenant: s, user: id(1), other_tenant: tenant_id(1), other_user: id(2) };
    home.set_up(&[s, tenant_id(1)], |cx| setup::link_accounts(link, cx)).await.unwrap();
    home.set_up(&[s], |cx| setup::issue_token(token(s, 1), cx)).await.unwrap();
    home.set_up(&[s], |cx| setup::revoke_token(token(s, 1), cx)).await.unwrap();

    let mut work = home.store.work().await.unwrap();
    work.lock([s]).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(ada.clone())));
    let admin = mighty(&ada);
    let tenant = work.tenant(s).await.unwrap().unwrap();
    let possible = setup::PossibleVoters { approvers: 1, consenters: 1 };
    let decided = setup::change_policy(&tenant, SupportAccessPolicy::default(), possible, None, &cx).unwrap();
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, decided).await.unwrap();
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, read::record_import(s, 56, 2, 1, &cx)).await.unwrap();

    let case = world.case(0).unwrap().request;
    let engineer = person(provider(), 9, "Eve");
    let mut reading = mighty(&engineer);
    reading.person.id = case.engineer().unwrap();
    let cx = work.context(Initiator::User(Box::new(engineer.clone())));
    let record = ReadRecord {
        id: id(5),
        tenant: s,
        support_request: case.id,
        grant: None,
        access_request: None,
        engineer: engineer.card(),
        at: work.now(),
        category: DataCategory::SignInLogs,
        query: Personal::new(engineer.id, "$filter=userPrincipalName eq 'ada@example.com'"),
        typed: vec![TypedValue {
            property: "userPrincipalName".to_owned(),
            value: Personal::new(engineer.id, "ada@example.com"),
        }],
        record_ids: vec!["r1".to_owned(), "r2".to_owned()],
        properties: vec![
            PropertyRead { name: "id".to_owned(), masked: false, revealed: false },
            PropertyRead { name: "ipAddress".to_owned(), masked: true, revealed: true },
        ],
        bytes: 1_234,
    };
    let root = vouchsafe_log::hex(&vouchsafe_log::root([b"r1".as_slice(), b"r2".as_slice()]));
    let permit = authorize(Facts::of_case(work.id(), &reading, &case, true), case.id).unwrap();
    work.record(permit, read::record(record, root, &cx)).await.unwrap();
    let mut grant = world.grants.values().find(|grant| grant.tenant == s).unwrap().clone();
    (grant.state, grant.expires) = (GrantState::Live, work.now() + Duration::days(1));
    grant.usage = Usage::begun(grant.expires);
    for (n, approves) in [(1, true), (2, false)] {
        let question = reveal::Question {
            id: id(n),
            property: "userPrincipalName".to_owned(),
            shown: "26be570a-ae82-4189-c4e2-a37c6808512d".to_owned(),
            of: "userId".to_owned(),
            value: "u1".to_owned(),
            justification: Some("Is it the same person?".to_owned()),
        };
        let cx = work.context(Initiator::User(Box::new(engineer.clone())));
        let decided = reveal::ask(&grant, &[], &engineer, question, &cx).unwrap();
        let permit = authorize(Facts::of_case(work.id(), &reading, &case, true), grant.id).unwrap();
        let rows = work.record(permit, decided).await.unwrap();
        let Some(Write::Reveal(asked)) = rows.into_iter().next() else { panic!("no reveal") };
        let facts = reveal::RevealFacts { grant: &grant, tenant: &tenant, linked_to_provider: false };
        let cx = work.context(Initiator::User(Box::new(ada.clone())));
        let decided = if approves {
            reveal::approve(&asked, &ada, facts, &cx)
        } else {
            reveal::reject(&asked, &ada, Some("Not needed."), facts, &cx)
        };
        let permit = authorize(Facts::of_grant(work.id(), &admin, &grant), grant.id).unwrap();
        work.record(permit, decided.unwrap()).await.unwrap();
        let kept = work.reveal(s, id(n)).await.unwrap().unwrap();
        assert_eq!(matches!(kept.state, RevealState::Approved { .. }), approves);
    }
    let denied = DeniedReads {
        log: s,
        tenant: s,
        support_request: case.id,
        category: DataCategory::AuditLogs,
        reason: "noLiveGrant".to_owned(),
        at: work.now(),
        count: 3,
    };
    let permit = for_service::<RecordDenied>(work.id(), s);
    work.record(permit, read::record_denied(denied, &cx)).await.unwrap();
    let permit = for_service::<RecordRetention>(work.id(), s);
    let cx = work.context(Initiator::Service);
    let gone = retention::record_deletion(s, DataCategory::SignInLogs, work.now(), 58, &cx);
    work.record(permit, gone).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(ada.clone())));
    let account = setup::Account { person: person(s, 77, "Uma"), roles: Vec::new() };
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, erase_user(&account, None, &ada, &cx).unwrap()).await.unwrap();
    let cx = work.context(Initiator::Service);
    let head = |size| LogHead { size, root: vouchsafe_log::hex(&vouchsafe_log::tree::empty_root()) };
    let permit = for_service::<ManageLog>(work.id(), s);
    work.record(permit, log_key::adopt_heads(s, head(7), Some(head(9)), &cx)).await.unwrap();
    let permit = for_service::<ManageLog>(work.id(), s);
    let key = LogKey {
        tenant: s,
        id: "1f8d9a3c".to_owned(),
        verifier_key: "vouchsafe.example/log/1+1f8d9a3c+AQIDBA==".to_owned(),
        sealed: vec![1],
        created: work.now(),
        signs_until: None,
    };
    let next = LogKey { id: "2f8d9a3c".to_owned(), ..key.clone() };
    work.record(permit, log_key::add_log_key(next, &[key], &cx)).await.unwrap();
    collected(&mut work, &ada, &reading, &case).await;
    work.commit().await.unwrap();
    of_the_desk(world, &ada).await;
    of_the_people(home, &ada).await;
    of_roles(world, &ada).await;
    of_lessons(home, &ada).await;
    crate::identity_providers::of_identity_providers(home, &ada).await;
    // What is new comes last: what was pinned before it stays.
    of_links(home, &ada).await;
}

/// What a tenant does with its people, and they with their passkeys.
async fn of_the_people(home: &Home, ada: &Person) {
    let s = ada.tenant;
    let mut work = home.store.work().await.unwrap();
    work.lock([s]).await.unwrap();
    let (admin, tenant) = (mighty(ada), work.tenant(s).await.unwrap().unwrap());
    let cx = work.context(Initiator::User(Box::new(ada.clone())));
    let domain = tenant.verified_domains.first().unwrap();
    let new = NewUser {
        id: id(91),
        display_name: "Ute".to_owned(),
        user_principal_name: format!("ute@{domain}"),
        active: true,
    };
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, people::invite(new, &tenant, &cx).unwrap()).await.unwrap();
    let account = work.account(s, id(91)).await.unwrap().unwrap();
    let created = work.now();
    let expires = created + passkey::PASS_LASTS;
    let pass = Enrolment {
        id: id(92),
        tenant: s,
        user: id(91),
        hash: [9; 32],
        created,
        expires,
        used: None,
        offered_by: Some(admin.person.id),
    };
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    let nothing = Permissions::default();
    let offered = passkey::offer(&account, pass.clone(), false, &admin, &nothing, &cx).unwrap();
    work.record(permit, offered).await.unwrap();
    assert_eq!(work.enrolment(s, [9; 32]).await.unwrap(), Some(pass.clone()));
    let hers = work.context(Initiator::User(Box::new(account.person.clone())));
    for n in 1..=3 {
        let held = work.passkeys_of(s, id(91)).await.unwrap();
        let new = NewPasskey {
            credential: format!("Y3JlZGVudGlhbC{n}"),
            public_key: "pQECAyYgASFYIA".to_owned(),
            relying_party: "vouchsafe.example".to_owned(),
            name: format!("Phone {n}"),
            counter: 0,
            backup_eligible: true,
        };
        let using =
            PassUse { pass: &pass, maker: Some(&admin), rights: &nothing, assurance: Assurance::Token };
        let way = held.first().map_or(Way::Pass(using), Way::Session);
        let permit = for_service::<KeepPasskey>(work.id(), s);
        work.record(permit, passkey::enrol(&account, new, way, &held, &hers).unwrap()).await.unwrap();
    }
    let held = work.passkeys_of(s, id(91)).await.unwrap();
    let permit = for_service::<KeepPasskey>(work.id(), s);
    work.record(permit, passkey::remove_own(&held[0], &held, &hers).unwrap()).await.unwrap();
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, passkey::remove_of_other(&held[1], &admin, &nothing, &cx).unwrap()).await.unwrap();
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, people::rename(&account, "Ute B.", &cx).unwrap()).await.unwrap();
    let permit = authorize(Facts::own_tenant(work.id(), &admin), s).unwrap();
    work.record(permit, people::delete(&account, &admin, &nothing, &cx).unwrap()).await.unwrap();
    let left = work.passkeys_of(s, id(91)).await.unwrap();
    assert!(left.len() == 3 && left.iter().all(|record| record.removed.is_some()));
    work.commit().await.unwrap();
}

/// A link between accounts of two tenants, from its offer to its end, and an offer that is withdrawn.
async fn of_links(home: &Home, ada: &Person) {
    let (s, r) = (ada.tenant, tenant_id(1));
    home.add_tenant(vouchsafe_core::tenant::Tenant {
        id: r,
        ..crate::folder::tenant(2, TenantKind::Customer)
    })
    .await
    .unwrap();
    let rita = person(r, 93, "Rita");
    home.add_person(rita.clone(), &[]).await.unwrap();
    let mut work = home.store.work().await.unwrap();
    work.lock([s, r]).await.unwrap();
    let (of_s, of_r) = (work.tenant(s).await.unwrap().unwrap(), work.tenant(r).await.unwrap().unwrap());
    let (admin, other_admin) = (mighty(ada), mighty(&rita));
    let (hers, theirs) = (
        work.context(Initiator::User(Box::new(ada.clone()))),
        work.context(Initiator::User(Box::new(rita.clone()))),
    );
    let (facts, other_facts) =
        (Facts::own_tenant(work.id(), &admin), Facts::own_tenant(work.id(), &other_admin));
    let nothing = Permissions::default();
    for n in [94_u8, 96] {
        let new = NewLink { id: id(u64::from(n)), hash: Some([n; 32]) };
        let held = work.link_records_of(s, ada.id).await.unwrap();
        let offered = account_link::offer(new, ada, &held, &hers).unwrap();
        work.record(authorize::<KeepAccountLink>(facts, s).unwrap(), offered).await.unwrap();
    }
    assert_eq!(work.link_offered(s, [94; 32]).await.unwrap(), None);
    let offer = work.link_offered(s, [96; 32]).await.unwrap().unwrap();
    let new = NewLink { id: id(97), hash: None };
    let accepted =
        account_link::accept(new, (&rita, &of_r), (&offer, ada, &of_s), &[], true, &theirs).unwrap();
    work.record(authorize::<KeepAccountLink>(other_facts, r).unwrap(), accepted).await.unwrap();
    let both = async |work: &mut Work| {
        let mine = work.link_record(s, id(96)).await.unwrap().unwrap();
        (mine, work.link_record(r, id(97)).await.unwrap().unwrap())
    };
    let (mine, other) = both(&mut work).await;
    let agreed = account_link::agree((&mine, &other), &hers).unwrap();
    work.record(authorize::<KeepAccountLink>(facts, s).unwrap(), agreed).await.unwrap();
    let (mine, other) = both(&mut work).await;
    let confirmed = account_link::confirm((&mine, &other), &admin, &nothing, &hers).unwrap();
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), confirmed).await.unwrap();
    let (mine, other) = both(&mut work).await;
    let confirmed = account_link::confirm((&other, &mine), &other_admin, &nothing, &theirs).unwrap();
    work.record(authorize::<ManageRoles>(other_facts, r).unwrap(), confirmed).await.unwrap();
    let (mine, other) = both(&mut work).await;
    assert!(work.links(s, ada.id).await.unwrap().contains(&(r, rita.id)));
    let removed = account_link::remove(&mine, Some(&other), &hers).unwrap();
    work.record(authorize::<KeepAccountLink>(facts, s).unwrap(), removed).await.unwrap();
    assert!(!work.links(s, ada.id).await.unwrap().contains(&(r, rita.id)));
    let service = work.context(Initiator::Service);
    for urgency in [Urgency::Reminder, Urgency::Escalation] {
        let until = work.now() + Duration::days(1);
        let waiting = Waiting { request: id(1), support_request: id(2), until };
        let decided = reminder::remind(s, waiting, urgency, &service);
        work.record(for_service::<RecordReminder>(work.id(), s), decided).await.unwrap();
    }
    work.commit().await.unwrap();
}

/// What a tenant does with its roles, and with tokens that are limited.
async fn of_roles(world: &World<StoreSink>, ada: &Person) {
    let home = &world.sink.home;
    let s = support();
    let mut work = home.store.work().await.unwrap();
    work.lock([s]).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(ada.clone())));
    let admin = mighty(ada);
    let facts = Facts::own_tenant(work.id(), &admin);
    let kind = TenantKind::Customer;
    let text = RoleText {
        display_name: "Night desk".to_owned(),
        description: "Whoever is on call.".to_owned(),
        actions: vec!["vouchsafe.support/accessRequests/approve".to_owned()],
        enabled: true,
    };
    let decided = custom::define(id(1), (s, kind), text.clone(), &[], (ada, &cx)).unwrap();
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), decided).await.unwrap();
    let role = work.custom_roles(s).await.unwrap().remove(0);
    let text = RoleText { display_name: "Day desk".to_owned(), ..text };
    let decided = custom::change(&role, kind, text, (&[], &Managers::default()), (ada, &cx)).unwrap();
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), decided).await.unwrap();
    let role = work.custom_roles(s).await.unwrap().remove(0);
    assert_eq!((role.display_name.as_str(), role.version), ("Day desk", 2));
    let account = work.account(s, ada.id).await.unwrap().unwrap();
    let ends = Some(work.now() + Duration::days(1));
    let decided = manage::assign(&account, kind, Role::Custom(&role), ends, &cx).unwrap();
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), decided).await.unwrap();
    let account = work.account(s, ada.id).await.unwrap().unwrap();
    let held = role.id.to_string();
    assert!(work.assignments(s).await.unwrap().iter().any(|(user, one)| *user == ada.id && one.role == held));
    let decided = manage::unassign(&account, &held, &Managers::default(), &cx).unwrap();
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), decided).await.unwrap();
    assert!(work.assignments(s).await.unwrap().iter().all(|(_, one)| one.role != held));
    work.record(authorize::<ManageRoles>(facts, s).unwrap(), custom::delete(&role, 0, &cx).unwrap())
        .await
        .unwrap();
    assert!(work.custom_roles(s).await.unwrap().is_empty());
    let tenant = work.tenant(s).await.unwrap().unwrap();
    let service = work.context(Initiator::Service);
    let decided = manage::record_missing_approvers(&tenant, 0, &service);
    work.record(for_service::<RecordApprovers>(work.id(), s), decided).await.unwrap();
    let new = NewToken {
        id: id(90),
        hash: [9; 32],
        name: "Nightly export".to_owned(),
        scopes: vec!["vouchsafe.support/accessRequests/read".to_owned()],
        expires: work.now() + Duration::days(30),
        latest: None,
    };
    let decided = api_token::make_own(new, &admin, 0, &cx).unwrap();
    work.record(authorize::<UseOwnTokens>(facts, s).unwrap(), decided).await.unwrap();
    let token = work.token_by_id(s, id(90)).await.unwrap().unwrap();
    assert_eq!((token.name.text(), token.scopes.unwrap().iter().count()), ("Nightly export", 1));
    let decided = api_token::revoke(&token, &cx).unwrap();
    work.record(authorize::<UseOwnTokens>(facts, s).unwrap(), decided).await.unwrap();
    work.commit().await.unwrap();
}

/// What the provider does with its engineers. The log is that of `by`'s tenant, as for everything besides.
async fn of_the_desk(world: &World<StoreSink>, by: &Person) {
    let home = &world.sink.home;
    let s = support();
    let engineer = person(s, 7, "Ines");
    home.add_person(engineer.clone(), &[]).await.unwrap();
    let mut work = home.store.work().await.unwrap();
    let mut request = world.case(0).unwrap().request;
    let reached = work.tenants_of_case(provider(), &request).await.unwrap();
    work.lock(reached).await.unwrap();
    let cx = work.context(Initiator::User(Box::new(by.clone())));
    let hours = WorkingHours {
        time_zone: "Europe/Berlin".to_owned(),
        week: vec![WorkingSpan {
            weekday: Weekday::Monday,
            from: "09:00".to_owned(),
            until: "17:00".to_owned(),
        }],
        days_off: Personal::new(engineer.id, "2027-01-01"),
    };
    let profile = EngineerProfile {
        languages: vec!["de".to_owned()],
        hours: Some(hours),
        caps: Some(LoadCaps { critical: 5, moderate: 4, minimal: 3 }),
        ..EngineerProfile::default()
    };
    let steps = [
        EngineerChange { profile: Some(profile), ..EngineerChange::default() },
        EngineerChange { active: Some(false), ..EngineerChange::default() },
        EngineerChange { active: Some(true), ..EngineerChange::default() },
    ];
    let types = ProblemTypes::built_in(s);
    for step in steps {
        let account = work.account(s, engineer.id).await.unwrap().unwrap();
        let decided = vouchsafe_core::engineer::change(&account, step, &types, by.id, &cx).unwrap();
        let admin = mighty(by);
        let permit = authorize::<ManageStaff>(Facts::own_tenant(work.id(), &admin), s).unwrap();
        work.record(permit, decided).await.unwrap();
    }
    request = work.support_request(s, request.id).await.unwrap().unwrap();
    let case = work.case(provider(), request).await.unwrap();
    let permit = for_service::<RouteRequest>(work.id(), case.request.id);
    let cx = work.context(Initiator::Service);
    let decided = vouchsafe_core::case::route(&case, None, &BTreeMap::new(), &cx).unwrap();
    work.record(permit, decided).await.unwrap();
    work.commit().await.unwrap();
}

/// What assignment is given to learn from. The log is that of `by`'s tenant, as for everything besides.
async fn of_lessons(home: &Home, by: &Person) {
    let s = by.tenant;
    let mut work = home.store.work().await.unwrap();
    work.lock([s]).await.unwrap();
    let text = PastText {
        id: "OLD-1",
        created: "2007-11-06T05:45:00Z",
        resolved: "2007-11-06T20:47:00Z",
        title: "Prompted twice",
        ..PastText::default()
    };
    let past = PastRequest::read(&text, s, by.id, work.now()).unwrap();
    let cx = work.context(Initiator::User(Box::new(by.clone())));
    let manager = mighty(by);
    let permit = authorize::<ImportPast>(Facts::own_tenant(work.id(), &manager), s).unwrap();
    work.record(permit, past_request::take_in(s, vec![past.clone()], 2, 1, &cx)).await.unwrap();
    assert_eq!(work.past_request(s, "OLD-1").await.unwrap(), Some(past));
    assert!(work.has_past_request(s, "OLD-1").await.unwrap());
    assert!(!work.has_past_request(s, "OLD-2").await.unwrap());
    let lesson = work.resolved_after(s, 0, 10).await.unwrap().remove(0);
    assert_eq!((lesson.engineer, lesson.of), (by.id, ResolvedOf::Past("OLD-1".to_owned())));
    let none = ProblemTypeChange::default();
    let renamed = ProblemTypeChange { display_name: Some("Keys".to_owned()), ..none.clone() };
    let retired = ProblemTypeChange { retired: Some(true), ..none.clone() };
    let facts = Facts::own_tenant(work.id(), &manager);
    let types = work.problem_types(s).await.unwrap();
    assert_eq!(types, ProblemTypes::built_in(s));
    let decided = problem_type::add(&types, "signIn/tokens", "Tokens", &cx).unwrap();
    work.record(authorize::<ManageProblemTypes>(facts, s).unwrap(), decided).await.unwrap();
    for change in [renamed, retired] {
        let types = work.problem_types(s).await.unwrap();
        let old = types.find("signIn/tokens").unwrap();
        let decided = problem_type::change(&types, old, change, &cx).unwrap();
        work.record(authorize::<ManageProblemTypes>(facts, s).unwrap(), decided).await.unwrap();
    }
    let kept = work.problem_types(s).await.unwrap().find("signIn/tokens").unwrap().clone();
    assert_eq!((kept.display_name.as_str(), kept.retired, kept.version), ("Keys", true, 3));
    work.commit().await.unwrap();
}

/// Data collections, one for each end that they can come to.
async fn collected(work: &mut Work, ada: &Person, engineer: &Caller, case: &SupportRequest) {
    let (s, admin) = (case.tenant, mighty(ada));
    let hers = work.context(Initiator::User(Box::new(ada.clone())));
    let theirs = work.context(Initiator::User(Box::new(engineer.person.clone())));
    for (n, end) in (1..).zip(["accepted", "returned", "declined", "cancelled"]) {
        let ask = CollectionAsk {
            id: id(n),
            tenant: s,
            reached: true,
            open: 0,
            data_categories: vec![DataCategory::SignInLogs],
            filter: None,
            instructions: "Please export the sign-ins.".to_owned(),
        };
        let permit = authorize(Facts::of_case(work.id(), engineer, case, true), case.id).unwrap();
        let decided = collections::ask(case, ask, &engineer.person, &theirs).unwrap();
        let mut known = row(work.record(permit, decided).await.unwrap());
        let own =
            |known: &DataCollection, work: &Work| Facts::of_collection(work.id(), &admin, known, case, false);
        let desk = |known: &DataCollection, work: &Work| {
            Facts::of_collection(work.id(), engineer, known, case, true)
        };
        if end == "declined" {
            let permit = authorize(own(&known, work), known.id).unwrap();
            let decided = collections::decline(&known, None, ada, Some("We may not."), &hers).unwrap();
            known = row(work.record(permit, decided).await.unwrap());
        } else if end == "cancelled" {
            let permit = authorize(desk(&known, work), known.id).unwrap();
            known =
                row(work.record(permit, collections::cancel(&known, None, &theirs).unwrap()).await.unwrap());
        } else {
            known = sent(work, ada, case, known).await;
            let permit = authorize(desk(&known, work), known.id).unwrap();
            let decided = if end == "accepted" {
                collections::accept(&known, true, &theirs)
            } else {
                let grant = work.grant(s, known.grant.unwrap()).await.unwrap();
                let said = Some("Only half of it.");
                collections::give_back(&known, grant.as_ref(), true, &engineer.person, said, &theirs)
            };
            known = row(work.record(permit, decided.unwrap()).await.unwrap());
        }
        assert_eq!(known.state.name(), end);
        let kept = work.collection(s, known.id).await.unwrap().unwrap();
        assert_eq!(kept, known);
    }
    let known = work.collection(s, id(1)).await.unwrap().unwrap();
    assert!(work.collection_key(s, known.id).await.unwrap().is_some());
    let at = Timestamp::from_micros(0);
    let state = RequestState::Closed { at, resolution: Resolution::Resolved, reopen_proposed: false };
    let closed = SupportRequest { state, ..case.clone() };
    let permit = for_service::<RecordCollection>(work.id(), known.id);
    let gone = collections::record_deletion(&known, &closed, &work.context(Initiator::Service)).unwrap();
    work.record(permit, gone).await.unwrap();
    assert_eq!(work.collection_key(s, known.id).await.unwrap(), None);
}

/// A collection with a file and a message, sent.
async fn sent(work: &mut Work, ada: &Person, case: &SupportRequest, known: DataCollection) -> DataCollection {
    let admin = mighty(ada);
    let cx = work.context(Initiator::User(Box::new(ada.clone())));
    let mine = |text: &str| Personal::new(ada.id, text);
    let file = CollectedFile {
        number: 1,
        name: mine("sign-ins.json"),
        bytes: 7,
        sha256: "00".repeat(32),
        received: work.now(),
        removed: BTreeMap::from([("jwt".to_owned(), 1)]),
        places: vec![RemovedSecret {
            kind: "jwt".to_owned(),
            place: mine("sign-ins.json, $.value[0].token"),
        }],
        records: Some(7),
        entries: Vec::new(),
    };
    let permit = authorize(Facts::of_collection(work.id(), &admin, &known, case, false), known.id).unwrap();
    let known =
        row(work.record(permit, collections::add_file(&known, true, file, &cx).unwrap()).await.unwrap());
    let permit = authorize(Facts::of_collection(work.id(), &admin, &known, case, false), known.id).unwrap();
    let message = work.new_id(known.tenant);
    let decided =
        collections::write_message(&known, true, message, "There it is.", Vec::new(), ada, &cx).unwrap();
    work.record(permit, decided).await.unwrap();
    let policy = SupportAccessPolicy::default();
    let submission = Submission {
        request_open: true,
        before: None,
        grant: work.new_id(known.tenant),
        extent: vouchsafe_core::pace::Extent { records: 7, people: Some(2) },
        policy: &policy,
    };
    let permit = authorize(Facts::of_collection(work.id(), &admin, &known, case, false), known.id).unwrap();
    let decided = collections::submit(&known, &submission, ada, &cx).unwrap();
    row(work.record(permit, decided).await.unwrap())
}

fn row(rows: Vec<Write>) -> DataCollection {
    let found = rows
        .into_iter()
        .find_map(|write| if let Write::DataCollection(row) = write { Some(*row) } else { None });
    found.unwrap()
}

/// The first entry of each activity, over the logs of all tenants.
fn one_of_each(logs: &BTreeMap<TenantId, Vec<LogEntry>>) -> String {
    let mut first = BTreeMap::new();
    for entry in logs.values().flatten() {
        let activity = entry.text("/activityDisplayName").unwrap().to_owned();
        first.entry(activity).or_insert_with(|| String::from_utf8(entry.bytes.clone()).unwrap());
    }
    let found: BTreeSet<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        found,
        Activity::ALL.iter().map(|activity| activity.name()).collect(),
        "activities in the story"
    );
    first.iter().map(|(activity, bytes)| format!("# {activity}\n{bytes}\n")).collect()
}

/// What the second reader reads. Salts are those that were drawn while the log was written.
fn for_the_second_reader(log: &[LogEntry], salts: &[[u8; 32]]) -> Value {
    let mut left = salts.iter();
    let entries = log.iter().map(|entry| {
        let drawn: Vec<&[u8; 32]> = left.by_ref().take(entry.openings.len()).collect();
        let openings = entry.openings.iter().map(|(pointer, opening)| {
            let text = &opening.text;
            let stands = entry.entry.pointer(pointer).unwrap()["$sha256"].as_str().unwrap();
            let is = |salt: &&&[u8; 32]| vouchsafe_log::hex(&vouchsafe_log::commit(salt, text).unwrap()) == stands;
            let salt = drawn.iter().find(is).unwrap_or_else(|| panic!("no salt opens {pointer}"));
            assert_eq!(opening.salt, **salt, "{pointer}");
            json!({ "pointer": pointer, "salt": vouchsafe_log::hex(salt.as_slice()), "text": text })
        });
        let bytes = String::from_utf8(entry.bytes.clone()).unwrap();
        json!({ "bytes": bytes, "leaf": vouchsafe_log::hex(&entry.leaf), "openings": openings.collect::<Vec<_>>() })
    });
    json!({ "entries": entries.collect::<Vec<_>>() })
}

/// Runs the second reader; `None` where there is no Python.
#[expect(clippy::print_stdout, reason = "says why the test proves nothing here")]
fn second_reader(input: &Value) -> Option<(bool, String)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_entries.py");
    let child = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        println!("skipped: there is no python3 to run the second reader with");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap().trim().to_owned()))
}

fn logs_of(world: &World<StoreSink>) -> BTreeMap<TenantId, Vec<LogEntry>> {
    let runtime = &world.sink.runtime;
    runtime.block_on(and_the_rest(world));
    (0..3)
        .map(tenant_id)
        .map(|tenant| (tenant, runtime.block_on(log_of(&world.sink.home.store, tenant))))
        .collect()
}

#[test]
fn the_bytes_of_one_entry_of_each_activity_are_as_pinned() {
    let text = one_of_each(&logs_of(&story()));
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../golden", omit_expression => true }, {
        insta::assert_snapshot!("entries", text);
    });
}

#[test]
fn a_second_reader_finds_every_entry_sound_and_every_change_to_one() {
    let world = story();
    for (tenant, log) in logs_of(&world) {
        let input = for_the_second_reader(&log, &world.sink.home.draws.salts(tenant));
        let openings: usize = log.iter().map(|entry| entry.openings.len()).sum();
        let Some(said) = second_reader(&input) else { return };
        assert_eq!(said, (true, format!("{} entries, {openings} openings", log.len())));
        let change = |pointer: &str, from: &str, to: &str| {
            let mut changed = input.clone();
            let place = changed.pointer_mut(pointer).unwrap();
            *place = place.as_str().unwrap().replacen(from, to, 1).into();
            second_reader(&changed).unwrap()
        };
        let first = "entry 0: ";
        for (pointer, from, to, told) in [
            ("/entries/0/bytes", "success", "Success", "its leaf hash is not that of its bytes"),
            ("/entries/0/bytes", "{", "{ ", "its bytes are not canonical"),
            ("/entries/0/leaf", "", "0", "its leaf hash is not that of its bytes"),
        ] {
            assert_eq!(change(pointer, from, to), (false, format!("{first}{told}")));
        }
        let with_text = log.iter().position(|entry| !entry.openings.is_empty()).unwrap();
        for (member, to) in [("text", "x"), ("salt", "00")] {
            let (sound, said) = change(&format!("/entries/{with_text}/openings/0/{member}"), "", to);
            assert!(!sound && said.contains("is to something else"), "{said}");
        }
        let mut shorter = input.clone();
        shorter["entries"].as_array_mut().unwrap().remove(0);
        assert_eq!(second_reader(&shorter), Some((false, format!("{first}it is not in its place"))));
    }
}
