//! Named samples of every page: empty, one, many, ended, wrong, hostile.

mod access;
mod collection;
mod engineer;
mod general;
mod identity_providers;
mod log;
mod people;
mod request;
mod roles;

use vouchsafe_web::{
    CaseRef, Category, CategoryChoice, Choice, Chrome, EngineerView, FieldError, FormErrors, ReadsSummary,
    RenderError, ScopeView, Section, SignedIn, TimeView, VotesView, navigation, paths,
};

/// One page with a name.
pub(crate) struct Sample {
    /// The page, then what is special.
    pub(crate) name: &'static str,
    /// The page.
    pub(crate) html: Result<String, RenderError>,
}

/// Every sample.
pub(crate) fn all() -> Vec<Sample> {
    let mut all = general::samples();
    all.extend(access::samples());
    all.extend(request::samples());
    all.extend(collection::samples());
    all.extend(log::samples());
    all.extend(roles::samples());
    all.extend(engineer::samples());
    all.extend(people::samples());
    all.extend(identity_providers::samples());
    all
}

pub(crate) const S: &str = "sr_019a0f3c5d6e7a8b9c0d1e2f3a4b5c6d";
pub(crate) const SAR: &str = "sar_019a0f3d11117a8b9c0d1e2f3a4b5c6d";
pub(crate) const GRT: &str = "grt_019a0f3e22227a8b9c0d1e2f3a4b5c6d";
pub(crate) const DC: &str = "dc_019a0f3f33337a8b9c0d1e2f3a4b5c6d";
pub(crate) const OTHER: &str = "7b0c2c1e-52a4-4f7e-9a55-0d6f3f1c9e21";

/// What somebody could type who means ill: markup, quotes, a word without end, and text that turns direction.
pub(crate) fn hostile() -> String {
    format!("<script>alert(\"&'x'\")</script> {} \u{202e}שלום, مرحبا", "Donaudampfschiff".repeat(16))
}

pub(crate) fn text(value: &str) -> String {
    value.to_owned()
}

pub(crate) fn at(utc: &str, shown: &str) -> TimeView {
    TimeView { utc: text(utc), shown: text(shown) }
}

pub(crate) fn asked() -> TimeView {
    at("2026-11-23T09:14:07Z", "23 Nov 2026, 10:14 CET")
}

pub(crate) fn later() -> TimeView {
    at("2026-11-27T09:14:07Z", "27 Nov 2026, 10:14 CET")
}

fn signed_in(person: &str, tenant: &str, role: &str) -> Option<SignedIn> {
    Some(SignedIn { person_name: text(person), tenant_name: text(tenant), roles: vec![text(role)] })
}

pub(crate) fn customer(current: Option<Section>, waiting: u32) -> Chrome {
    let sections = [
        Section::Home,
        Section::SupportRequests,
        Section::PendingRequests,
        Section::ApprovedAccess,
        Section::History,
        Section::AuditLog,
        Section::Settings,
        Section::Approvers,
        Section::ApiTokens,
    ];
    Chrome {
        signed_in: signed_in("Alva Nygård", "Fjordline Logistics", "Service Support Administrator"),
        navigation: navigation(&sections, current, waiting),
        waiting,
        flash: None,
        time_zone: text("Europe/Oslo"),
        demo: true,
    }
}

pub(crate) fn engineer_chrome(current: Option<Section>) -> Chrome {
    let sections = [Section::Desk, Section::ApiReference];
    Chrome {
        signed_in: signed_in("Rafael Ortiz", "Lumen Cloud", "Support Engineer"),
        navigation: navigation(&sections, current, 0),
        time_zone: text("Europe/Madrid"),
        demo: true,
        ..Chrome::default()
    }
}

pub(crate) fn manager_chrome() -> Chrome {
    let sections = [Section::Queue, Section::ApiReference];
    Chrome {
        signed_in: signed_in("Mei Tanaka", "Lumen Cloud", "Support Manager"),
        navigation: navigation(&sections, Some(Section::Queue), 0),
        time_zone: text("Asia/Tokyo"),
        demo: true,
        ..Chrome::default()
    }
}

pub(crate) fn engineer() -> EngineerView {
    EngineerView {
        name: text("Rafael Ortiz"),
        employer: text("Lumen Cloud"),
        location: text("Madrid, Spain"),
    }
}

pub(crate) fn hostile_engineer() -> EngineerView {
    EngineerView { name: hostile(), employer: hostile(), location: hostile() }
}

pub(crate) fn case() -> CaseRef {
    CaseRef {
        number: text("2611230040001234"),
        title: text("People in Oslo cannot sign in since Monday"),
        href: paths::support_request(S),
    }
}

pub(crate) fn engineer_case() -> CaseRef {
    CaseRef { href: paths::case(S), ..case() }
}

pub(crate) fn foreign_case() -> CaseRef {
    CaseRef { number: text("2611230040001234"), title: String::new(), href: String::new() }
}

pub(crate) fn hostile_case() -> CaseRef {
    CaseRef { number: text("2611230040001234"), title: hostile(), href: paths::support_request(S) }
}

pub(crate) fn some_categories() -> Vec<Category> {
    vec![Category::SignInLogs, Category::ServiceConfiguration]
}

pub(crate) fn ticked(all: &[Category], ticked: &[Category]) -> Vec<CategoryChoice> {
    all.iter()
        .map(|category| CategoryChoice { category: *category, checked: ticked.contains(category) })
        .collect()
}

pub(crate) fn choices(values: &[(&str, &str)], selected: &str) -> Vec<Choice> {
    values
        .iter()
        .map(|(value, label)| Choice {
            value: text(value),
            label: text(label),
            hint: String::new(),
            selected: *value == selected,
        })
        .collect()
}

pub(crate) fn wrong(errors: &[(&str, &str)]) -> FormErrors {
    let items =
        errors.iter().map(|(field, message)| FieldError { field: text(field), message: text(message) });
    FormErrors { items: items.collect() }
}

pub(crate) fn scope() -> ScopeView {
    ScopeView {
        categories: some_categories(),
        duration: text("7 days"),
        data_from: Some(at("2026-11-16T00:00:00Z", "16 Nov 2026, 01:00 CET")),
        data_to: None,
        users: Vec::new(),
    }
}

pub(crate) fn reads() -> ReadsSummary {
    ReadsSummary {
        records: 41,
        people: Some(3),
        revealed: 0,
        last: Some(at("2026-11-23T10:02:00Z", "23 Nov 2026, 11:02 CET")),
        href: paths::grant_reads(GRT),
    }
}

pub(crate) fn no_reads() -> ReadsSummary {
    ReadsSummary { records: 0, people: None, revealed: 0, last: None, href: paths::grant_reads(GRT) }
}

pub(crate) fn one_vote() -> VotesView {
    VotesView { required: 1, given: Vec::new(), mine: false }
}
