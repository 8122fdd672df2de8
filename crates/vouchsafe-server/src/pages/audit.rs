//! The tenant's audit log.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use vouchsafe_api::audit::{AuditResult, DirectoryAudit};
use vouchsafe_app::AppError;
use vouchsafe_core::audit::{Activity, AuditCategory};
use vouchsafe_core::id::{EntryId, SupportRequestId};
use vouchsafe_core::permission::Permission;
use vouchsafe_store::LogEntry;
use vouchsafe_web::page::{self, AuditEntryView, AuditFilter, AuditLogView, AuditRow, ModifiedProperty};
use vouchsafe_web::{Choice, Fact, FormErrors, Section, paths};

use super::answer::{Answer, Failure, page as show, page_with};
use super::complaint::{time, wrong};
use super::form::{Asked, Fields};
use super::moment::exact;
use super::rows;
use super::visitor::Visitor;
use super::words::quoted;
use crate::Server;
use crate::api::evidence::receipt_file;
use crate::pages::id::Id;
use crate::wire::audit::directory_audit;

/// Numbers of support requests by id.
type Numbers = BTreeMap<SupportRequestId, String>;

/// `/audit-log`
pub(crate) async fn log(State(server): State<Server>, visitor: Visitor, asked: Asked) -> Answer {
    let mut view = AuditLogView {
        chrome: visitor.chrome(Some(Section::AuditLog)),
        filter: shown_filter(&asked.fields),
        rows: Vec::new(),
        older_href: None,
    };
    let filter = match filter(&asked.fields) {
        Ok(filter) => filter,
        Err(errors) => {
            view.filter.errors = errors;
            return page_with(StatusCode::BAD_REQUEST, page::audit_log(&view));
        }
    };
    let listed = match server.app.audit_log(visitor.who, &asked.list(filter)).await {
        Ok(listed) => listed,
        Err(AppError::BadQuery { parameter: "$filter", message }) => {
            view.filter.errors = wrong("initiatedBy", &format!("This {message}."));
            return page_with(StatusCode::BAD_REQUEST, page::audit_log(&view));
        }
        Err(error) => return Err(error.into()),
    };
    let numbers = numbers(&server, &visitor, &listed.items).await?;
    view.rows = listed.items.iter().filter_map(directory_audit).map(|audit| row(&audit, &numbers)).collect();
    view.older_href = asked.older(listed.next.map(rows::token));
    show(page::audit_log(&view))
}

/// `/audit-log/{id}`
pub(crate) async fn entry(State(server): State<Server>, visitor: Visitor, Id(id): Id<EntryId>) -> Answer {
    let entry = server.app.audit_entry(visitor.who, id).await?;
    let audit = directory_audit(&entry).ok_or_else(Failure::not_found)?;
    let numbers = numbers(&server, &visitor, std::slice::from_ref(&entry)).await?;
    let read = entry.text("/events/0/read/id").filter(|_| !visitor.is_provider());
    let view = AuditEntryView {
        chrome: visitor.chrome(Some(Section::AuditLog)),
        entry: row(&audit, &numbers),
        facts: facts(&audit),
        modified: audit
            .target_resources
            .iter()
            .flat_map(|target| &target.modified_properties)
            .map(|property| ModifiedProperty {
                name: property.display_name.clone(),
                old_value: property.old_value.clone().unwrap_or_default(),
                new_value: property.new_value.clone().unwrap_or_default(),
            })
            .collect(),
        read_href: read.map(paths::read).unwrap_or_default(),
        has_receipt: visitor.may(Permission::ReadAuditLog),
    };
    show(page::audit_entry(&view))
}

/// `/audit-log/{id}/receipt`
pub(crate) async fn receipt(State(server): State<Server>, visitor: Visitor, Id(id): Id<EntryId>) -> Answer {
    let receipt = server.app.receipt(visitor.who, id).await?;
    Ok(receipt_file(id, receipt.to_string())?)
}

async fn numbers(server: &Server, visitor: &Visitor, entries: &[LogEntry]) -> Result<Numbers, Failure> {
    let ids = entries.iter().filter_map(|entry| entry.text("/supportRequestId")?.parse().ok()).collect();
    Ok(server.app.case_numbers(visitor.who, &ids).await?)
}

fn detail<'a>(audit: &'a DirectoryAudit, key: &str) -> Option<&'a str> {
    audit.additional_details.iter().find(|detail| detail.key == key).map(|detail| detail.value.as_str())
}

fn row(audit: &DirectoryAudit, numbers: &Numbers) -> AuditRow {
    let user = audit.initiated_by.user.as_ref().map(|user| {
        user.display_name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| user.id.clone())
    });
    let service = || audit.initiated_by.app.as_ref().and_then(|app| app.display_name.clone());
    let case: Option<SupportRequestId> = detail(audit, "supportRequestId").and_then(|id| id.parse().ok());
    let target = audit.target_resources.first().and_then(|target| target.display_name.clone());
    AuditRow {
        id: audit.id.to_string(),
        at: exact(audit.activity_date_time),
        activity: audit.activity_display_name.clone(),
        category: category_words(&audit.category),
        initiated_by: user.or_else(service).unwrap_or_default(),
        automatic: detail(audit, "automatic") == Some("true"),
        target: target.unwrap_or_default(),
        support_request_number: case.and_then(|case| numbers.get(&case).cloned()).unwrap_or_default(),
        succeeded: match audit.result {
            AuditResult::Success => true,
            AuditResult::Failure | AuditResult::Timeout | AuditResult::UnknownFutureValue => false,
        },
    }
}

fn facts(audit: &DirectoryAudit) -> Vec<Fact> {
    let fact =
        |label: &str, value: &str| Fact { label: label.to_owned(), value: value.to_owned(), masked: false };
    let mut facts = Vec::new();
    if let Some(upn) = audit.initiated_by.user.as_ref().and_then(|user| user.user_principal_name.as_deref()) {
        facts.push(fact("User name", upn));
    }
    if !audit.result_reason.is_empty() {
        facts.push(fact("Reason of the failure", &audit.result_reason));
    }
    let target = audit.target_resources.first().map(|target| target.id.as_str());
    facts.push(fact("Target", target.unwrap_or_default()));
    for detail in &audit.additional_details {
        let label = match detail.key.as_str() {
            "supportRequestId" | "automatic" => continue,
            "decidedBy" => "Decided by",
            "grantId" => "Access",
            "comment" => "Comment",
            "reason" => "Reason",
            "justification" => "Justification",
            "engineer" => "Engineer",
            "query" => "Query",
            "sequence" => "Place in the log",
            other => other,
        };
        facts.push(fact(label, &detail.value));
    }
    facts.push(fact("Correlation ID", &audit.correlation_id));
    facts
}

/// The log's categories in words.
const CATEGORIES: &[(AuditCategory, &str)] = &[
    (AuditCategory::SupportAccessManagement, "Support access"),
    (AuditCategory::SupportDataAccess, "Reads of data"),
    (AuditCategory::SupportRequestManagement, "Support requests"),
    (AuditCategory::UserManagement, "People and tokens"),
    (AuditCategory::RoleManagement, "Roles"),
    (AuditCategory::DirectoryManagement, "Organisation"),
    (AuditCategory::Policy, "Settings"),
];

fn category_words(name: &str) -> String {
    let known = CATEGORIES.iter().find(|(category, _)| category.name() == name);
    known.map_or_else(|| name.to_owned(), |(_, words)| (*words).to_owned())
}

fn shown_filter(fields: &Fields) -> AuditFilter {
    let choice = |value: &str, label: &str, chosen: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        selected: value == chosen,
    };
    let (category, activity) = (fields.text("category"), fields.text("activityDisplayName"));
    let mut categories = vec![choice("", "All", category)];
    categories.extend(CATEGORIES.iter().map(|(known, words)| choice(known.name(), words, category)));
    let mut activities = vec![choice("", "All", activity)];
    activities.extend(Activity::ALL.iter().map(|known| choice(known.name(), known.name(), activity)));
    AuditFilter {
        categories,
        activities,
        initiated_by: fields.text("initiatedBy").to_owned(),
        from: fields.text("from").to_owned(),
        to: fields.text("to").to_owned(),
        errors: FormErrors::default(),
    }
}

/// The form's fields as a filter of the log.
fn filter(fields: &Fields) -> Result<String, FormErrors> {
    let mut conditions = Vec::new();
    for property in ["category", "activityDisplayName"] {
        if let Some(value) = fields.some(property) {
            conditions.push(format!("{property} eq {}", quoted(value)));
        }
    }
    if let Some(who) = fields.some("initiatedBy") {
        let who = quoted(who);
        conditions.push(format!(
            "(startswith(initiatedBy/user/displayName, {who}) or startswith(initiatedBy/user/userPrincipalName, {who}) \
             or initiatedBy/app/displayName eq {who})"
        ));
    }
    for (name, op) in [("from", "ge"), ("to", "lt")] {
        if let Some(at) = time(fields, name)? {
            conditions.push(format!("activityDateTime {op} {at}"));
        }
    }
    Ok(conditions.join(" and "))
}
