//! Samples of what was read and of the audit log.

use vouchsafe_web::page::{
    self, AuditEntryView, AuditFilter, AuditLogView, AuditRow, ModifiedProperty, ReadProperty, ReadRow,
    ReadView, ReadsView,
};
use vouchsafe_web::{Category, Fact, ReadsSummary, Section, paths};

use super::{
    GRT, SAR, Sample, asked, case, choices, customer, engineer, hostile, hostile_case, hostile_engineer,
    no_reads, reads, text, wrong,
};

pub(crate) fn samples() -> Vec<Sample> {
    vec![
        Sample {
            name: "reads-empty",
            html: page::reads(&ReadsView { summary: no_reads(), ..reads_view(Vec::new()) }),
        },
        Sample { name: "reads-many", html: page::reads(&reads_view(vec![read_row(), revealed_row()])) },
        Sample { name: "reads-hostile", html: page::reads(&reads_hostile()) },
        Sample { name: "read", html: page::read(&read_view()) },
        Sample {
            name: "read-empty",
            html: page::read(&ReadView {
                properties: Vec::new(),
                record_ids: Vec::new(),
                typed: Vec::new(),
                ..read_view()
            }),
        },
        Sample { name: "audit-log-empty", html: page::audit_log(&log(Vec::new())) },
        Sample { name: "audit-log-many", html: page::audit_log(&log(entries())) },
        Sample { name: "audit-log-wrong", html: page::audit_log(&log_wrong()) },
        Sample { name: "audit-entry", html: page::audit_entry(&entry_view(entry())) },
        Sample { name: "audit-entry-hostile", html: page::audit_entry(&entry_hostile()) },
    ]
}

fn read_row() -> ReadRow {
    ReadRow {
        id: text("rd_019a0f3f33337a8b9c0d1e2f3a4b5c6d"),
        at: asked(),
        engineer_name: text("Rafael Ortiz"),
        category: Category::SignInLogs,
        query: text("createdDateTime ge 2026-11-20T00:00:00Z and status/errorCode eq 53003"),
        count: 41,
        revealed: 0,
    }
}

fn revealed_row() -> ReadRow {
    ReadRow {
        category: Category::ServiceConfiguration,
        query: String::new(),
        count: 1,
        revealed: 2,
        ..read_row()
    }
}

fn reads_view(rows: Vec<ReadRow>) -> ReadsView {
    ReadsView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        case: case(),
        engineer: engineer(),
        summary: ReadsSummary { href: String::new(), ..reads() },
        access_href: paths::access_request(SAR),
        rows,
        older_href: None,
    }
}

fn reads_hostile() -> ReadsView {
    let row = ReadRow { query: hostile(), engineer_name: hostile(), ..read_row() };
    ReadsView { case: hostile_case(), engineer: hostile_engineer(), ..reads_view(vec![row]) }
}

fn read_view() -> ReadView {
    let property = |name: &str, masked: bool| ReadProperty { name: text(name), masked, revealed: false };
    ReadView {
        chrome: customer(Some(Section::ApprovedAccess), 0),
        read: read_row(),
        bytes: 18_204,
        typed: vec![(text("userPrincipalName"), text("ola@fjordline.example"))],
        properties: vec![
            property("createdDateTime", false),
            property("userPrincipalName", true),
            property("ipAddress", true),
            property("status/errorCode", false),
        ],
        record_ids: (1..=7).map(|n| format!("66ea54eb-6301-4ee5-be62-ff5a759b010{n}")).collect(),
        reads_href: paths::grant_reads(GRT),
    }
}

fn entry() -> AuditRow {
    AuditRow {
        id: text("dir_9f1c7c52-6c0e-4c53-9a3b-0f2a7a9d1e44"),
        at: asked(),
        activity: text("Access approved"),
        category: text("Support access management"),
        initiated_by: text("Alva Nygård"),
        automatic: false,
        target: text("Sign-in logs, Service configuration"),
        support_request_number: text("2611230040001234"),
        succeeded: true,
    }
}

fn entries() -> Vec<AuditRow> {
    vec![
        AuditRow {
            id: text("dir_2"),
            activity: text("Diagnostic data read"),
            category: text("Support data access"),
            initiated_by: text("Rafael Ortiz, Lumen Cloud"),
            target: text("41 sign-ins of 3 people"),
            ..entry()
        },
        entry(),
        AuditRow {
            id: text("dir_3"),
            initiated_by: text("Support access service"),
            automatic: true,
            target: String::new(),
            ..entry()
        },
        AuditRow {
            id: text("dir_4"),
            activity: text("Diagnostic data read denied"),
            succeeded: false,
            support_request_number: String::new(),
            ..entry()
        },
        AuditRow {
            id: text("dir_5"),
            activity: hostile(),
            initiated_by: hostile(),
            target: hostile(),
            ..entry()
        },
    ]
}

fn log(rows: Vec<AuditRow>) -> AuditLogView {
    let filter = AuditFilter {
        categories: choices(
            &[
                ("", "All"),
                ("SupportAccessManagement", "Support access management"),
                ("SupportDataAccess", "Support data access"),
            ],
            "SupportAccessManagement",
        ),
        activities: choices(&[("", "All"), ("Access approved", "Access approved")], ""),
        ..AuditFilter::default()
    };
    let older_href = (!rows.is_empty()).then(|| format!("{}?$skiptoken=abc", paths::audit_log()));
    AuditLogView { chrome: customer(Some(Section::AuditLog), 0), filter, rows, older_href }
}

fn log_wrong() -> AuditLogView {
    let mut view = log(Vec::new());
    view.filter.initiated_by = hostile();
    view.filter.from = text("2026-11-23T10:00");
    view.filter.to = text("2026-11-22T10:00");
    view.filter.errors = wrong(&[("to", "Choose a time after the first one.")]);
    view
}

fn entry_view(entry: AuditRow) -> AuditEntryView {
    let fact = |label: &str, value: &str| Fact { label: text(label), value: text(value), masked: false };
    AuditEntryView {
        chrome: customer(Some(Section::AuditLog), 0),
        entry,
        facts: vec![
            fact("From address", "198.51.100.7"),
            fact("Logged by", "Core Directory"),
            fact("Correlation ID", "5b0d8f0e-2f7d-4e0a-8d55-3a1c5b1f7a90"),
            fact("Reason", ""),
        ],
        modified: vec![
            ModifiedProperty {
                name: text("Status"),
                old_value: text("Pending"),
                new_value: text("Approved"),
            },
            ModifiedProperty {
                name: text("Until"),
                old_value: String::new(),
                new_value: text("2026-11-30T09:20:00Z"),
            },
        ],
        read_href: String::new(),
        has_receipt: true,
    }
}

fn entry_hostile() -> AuditEntryView {
    let entry = AuditRow {
        activity: hostile(),
        initiated_by: hostile(),
        target: hostile(),
        automatic: true,
        ..entry()
    };
    AuditEntryView {
        facts: vec![Fact { label: hostile(), value: hostile(), masked: false }],
        modified: vec![ModifiedProperty { name: hostile(), old_value: hostile(), new_value: hostile() }],
        read_href: paths::read("rd_019a0f4044447a8b9c0d1e2f3a4b5c6d"),
        has_receipt: false,
        ..entry_view(entry)
    }
}
