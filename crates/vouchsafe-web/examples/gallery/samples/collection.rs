//! Samples of the pages about data collections.

use vouchsafe_web::page::{
    self, AskCollectionView, CollectedEntryView, CollectedFileView, CollectionPart, CustomersPart,
    DataCollectionView, DataCollectionsView,
};
use vouchsafe_web::{Author, Category, CollectionRow, CollectionStatus, Section, paths};

use super::request::messages;
use super::{
    DC, GRT, OTHER, S, Sample, asked, case, choices, customer, engineer, engineer_case, engineer_chrome,
    hostile, hostile_case, hostile_engineer, later, some_categories, text, ticked, wrong,
};

pub(crate) fn samples() -> Vec<Sample> {
    let list = |rows| DataCollectionsView {
        chrome: customer(Some(Section::DataCollections), 0),
        rows,
        older_href: None,
    };
    let one = |view: &DataCollectionView| page::data_collection(view);
    vec![
        Sample { name: "data-collections-empty", html: page::data_collections(&list(Vec::new())) },
        Sample { name: "data-collections-many", html: page::data_collections(&list(rows())) },
        Sample { name: "data-collection-requested", html: one(&requested()) },
        Sample { name: "data-collection-filled", html: one(&filled()) },
        Sample { name: "data-collection-wrong", html: one(&refused()) },
        Sample { name: "data-collection-sent", html: one(&sent()) },
        Sample { name: "data-collection-deleted", html: one(&deleted()) },
        Sample { name: "data-collection-declined", html: one(&declined()) },
        Sample { name: "data-collection-for-engineer", html: one(&for_engineer()) },
        Sample { name: "data-collection-hostile", html: one(&ill_meant()) },
        Sample { name: "ask-collection", html: page::ask_collection(&ask()) },
        Sample { name: "ask-collection-wrong", html: page::ask_collection(&ask_wrong()) },
    ]
}

pub(crate) fn row(who: &str) -> CollectionRow {
    CollectionRow {
        id: text(DC),
        number: text("2611230040001234"),
        who: text(who),
        categories: some_categories(),
        status: CollectionStatus::Requested,
        asked: asked(),
    }
}

fn rows() -> Vec<CollectionRow> {
    let all = [
        CollectionStatus::Requested,
        CollectionStatus::InPreparation,
        CollectionStatus::Submitted,
        CollectionStatus::Accepted,
        CollectionStatus::Returned,
        CollectionStatus::Declined,
        CollectionStatus::Cancelled,
    ];
    let hostile_row = CollectionRow { who: hostile(), ..row("") };
    all.map(|status| CollectionRow { status, ..row("Rafael Ortiz") })
        .into_iter()
        .chain([hostile_row])
        .collect()
}

fn part(may_fill: bool, may_send: bool, grant: &str) -> CollectionPart {
    CollectionPart::Customer(CustomersPart {
        may_fill,
        may_send,
        grant_id: text(grant),
        may_remove: !grant.is_empty(),
    })
}

fn requested() -> DataCollectionView {
    DataCollectionView {
        chrome: customer(Some(Section::DataCollections), 0),
        id: text(DC),
        version: text("1"),
        case: case(),
        tenant: text("Fjordline Logistics"),
        engineer: engineer(),
        status: CollectionStatus::Requested,
        categories: some_categories(),
        data_from: Some(asked()),
        data_to: None,
        instructions: text("Please export the sign-ins of the night shift since Monday, as JSON."),
        asked: asked(),
        reason: String::new(),
        deleted: None,
        files: Vec::new(),
        part: part(true, false, ""),
        messages: Vec::new(),
        may_write: true,
        idempotency_key: text("k5"),
        body: String::new(),
        typed_reason: String::new(),
        errors: wrong(&[]),
    }
}

fn file(name: &str, removed: &[(&str, &str)]) -> CollectedFileView {
    CollectedFileView {
        name: text(name),
        size: text("1.2 MB"),
        sha256: "5e".repeat(32),
        removed: removed.iter().map(|(kind, count)| (text(kind), text(count))).collect(),
        places: removed.iter().map(|(kind, _)| (text(kind), format!("{name}, line 12"))).collect(),
        records: Some(0),
        download: Some(paths::collected_file(DC, name)),
        entries: Vec::new(),
    }
}

/// An archive of exports with a log in it.
fn bundle(name: &str, entry: &str) -> CollectedFileView {
    let entry = CollectedEntryView {
        name: text(entry),
        size: text("8.0 KiB"),
        download: Some(paths::collected_entry(DC, name, entry)),
    };
    CollectedFileView { records: Some(412), download: None, entries: vec![entry], ..file(name, &[]) }
}

fn filled() -> DataCollectionView {
    DataCollectionView {
        status: CollectionStatus::InPreparation,
        files: vec![
            bundle("exports.zip", "logs/authenticator.log"),
            file("trace.har", &[("jwt", "3"), ("cookie", "12")]),
        ],
        part: part(true, true, ""),
        messages: messages(Author::You, Author::Support),
        ..requested()
    }
}

fn refused() -> DataCollectionView {
    DataCollectionView {
        errors: wrong(&[("file", "`secret.zip` is encrypted: pack it without a password.")]),
        ..filled()
    }
}

fn sent() -> DataCollectionView {
    DataCollectionView { status: CollectionStatus::Submitted, part: part(false, false, GRT), ..filled() }
}

fn deleted() -> DataCollectionView {
    DataCollectionView {
        status: CollectionStatus::Accepted,
        files: Vec::new(),
        deleted: Some(later()),
        part: part(false, false, ""),
        may_write: false,
        ..requested()
    }
}

fn declined() -> DataCollectionView {
    DataCollectionView {
        status: CollectionStatus::Declined,
        reason: text("We may not take logs out of this tenant."),
        part: CollectionPart::Reader,
        ..requested()
    }
}

fn for_engineer() -> DataCollectionView {
    DataCollectionView {
        chrome: engineer_chrome(Some(Section::Desk)),
        case: engineer_case(),
        part: CollectionPart::Engineer {
            sign_ins: Some(paths::collected_sign_ins(S, OTHER, DC)),
            may_review: true,
            may_cancel: false,
        },
        ..sent()
    }
}

fn ill_meant() -> DataCollectionView {
    DataCollectionView {
        chrome: engineer_chrome(Some(Section::Desk)),
        case: hostile_case(),
        tenant: hostile(),
        engineer: hostile_engineer(),
        instructions: hostile(),
        reason: hostile(),
        files: vec![file(&hostile(), &[("jwt", "1")]), bundle(&hostile(), &hostile())],
        body: hostile(),
        typed_reason: hostile(),
        part: CollectionPart::Engineer { sign_ins: None, may_review: true, may_cancel: true },
        ..filled()
    }
}

fn ask() -> AskCollectionView {
    let all: Vec<Category> = Category::ALL.into_iter().filter(|c| *c != Category::TenantProfile).collect();
    AskCollectionView {
        chrome: engineer_chrome(Some(Section::Desk)),
        id: text(S),
        case: engineer_case(),
        idempotency_key: text("k6"),
        tenants: choices(&[("t1", "Fjordline Logistics"), (OTHER, OTHER)], "t1"),
        categories: ticked(&all, &[Category::SignInLogs]),
        data_from: String::new(),
        data_to: String::new(),
        instructions: String::new(),
        errors: wrong(&[]),
    }
}

fn ask_wrong() -> AskCollectionView {
    AskCollectionView {
        instructions: hostile(),
        data_from: text("2026-11-23T00:00"),
        data_to: text("2026-11-22T00:00"),
        errors: wrong(&[
            ("tenantId", "Choose whose data."),
            ("dataCategories", "Tick at least one."),
            ("dataTo", "Choose a time after the first one."),
        ]),
        ..ask()
    }
}
