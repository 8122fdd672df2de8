//! Sign-ins of a tenant, read under a case. Every page is a read: its record is durable before its first byte leaves,
//! and it stops being sent when access ends.

mod record;

use axum::extract::State;
use http::StatusCode;
use vouchsafe_app::view::CaseView;
use vouchsafe_app::{AppError, ListOptions, MaskedAnswer, ReadQuery, Wanted};
use vouchsafe_core::grant::GrantStatus;
use vouchsafe_core::id::{DataCollectionId, SupportRequestId, TenantId};
use vouchsafe_core::scope::DataCategory;
use vouchsafe_diagnostics::mask::MaskError;
use vouchsafe_diagnostics::resource::Resource;
use vouchsafe_web::page::{self, SignInFilter, SignInPage, SignInRow, SignInsState, SignInsView};
use vouchsafe_web::{Choice, EngineerStatus, FormErrors, Section};

use super::answer::{Answer, Failure, HTML, page_with};
use super::case::tenant_name;
use super::complaint::{time, wrong};
use super::form::{Asked, Fields};
use super::moment::moment;
use super::rows;
use super::visitor::Visitor;
use super::words::quoted;
use crate::Server;
use crate::api::diagnostics::sent;
use crate::extract::DataOf;
use crate::pages::id::Id;

/// `/desk/{id}/{tenantId}/sign-ins`
pub(crate) async fn list(
    State(server): State<Server>,
    visitor: Visitor,
    Id(data): Id<DataOf>,
    asked: Asked,
) -> Answer {
    visitor.of_provider()?;
    let place = Place::of(&server, &visitor, data).await?;
    let filter = match filter(&asked.fields) {
        Ok(filter) => filter,
        Err(errors) => return refused(&server, &visitor, &place, &asked, errors).await,
    };
    let query = place.query(Wanted::Page(asked.list(filter)));
    let render = |page: &MaskedAnswer| place.known(&visitor, |view| rendered(view, &asked, page));
    match server.app.read(visitor.who, &query, render).await {
        Ok(answer) => Ok(sent(&server, answer, HTML)),
        Err(AppError::NoRead(_)) => no_access(&visitor, &place, &asked),
        Err(error) => refused(&server, &visitor, &place, &asked, filter_errors(error)?).await,
    }
}

/// `/desk/{id}/{tenantId}/sign-ins/{recordId}`
pub(crate) async fn one(
    State(server): State<Server>,
    visitor: Visitor,
    Id((data, record)): Id<(DataOf, String)>,
    asked: Asked,
) -> Answer {
    visitor.of_provider()?;
    let place = Place::of(&server, &visitor, data).await?;
    let query = place.query(Wanted::One(record));
    let render = |page: &MaskedAnswer| place.known(&visitor, |view| record::rendered(view, page));
    match server.app.read(visitor.who, &query, render).await {
        Ok(answer) if answer.found => Ok(sent(&server, answer, HTML)),
        Ok(_) => Err(Failure::not_found()),
        Err(AppError::NoRead(_)) => no_access(&visitor, &place, &asked),
        Err(error) => Err(error.into()),
    }
}

/// Where is read.
struct Place {
    case: SupportRequestId,
    tenant: TenantId,
    /// What the customer collected, if that is read.
    collection: Option<DataCollectionId>,
    /// The case, if the person may see it. Who may not is refused by the read, which says so in the log.
    seen: Option<CaseView>,
}

impl Place {
    async fn of(
        server: &Server,
        visitor: &Visitor,
        DataOf { case, tenant, collection }: DataOf,
    ) -> Result<Self, Failure> {
        let seen = match server.app.request(visitor.who, case).await {
            Ok(seen) => Some(seen),
            Err(AppError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { case, tenant, collection, seen })
    }

    /// The oldest live grant is used, or the one that the page's cursor is bound to.
    fn query(&self, wanted: Wanted) -> ReadQuery {
        ReadQuery {
            collection: self.collection,
            case: self.case,
            tenant: self.tenant,
            grant: None,
            resource: Resource::SignIn,
            wanted,
            select: None,
        }
    }

    /// The body of an answer, of what surrounds it. A read of an unseen case fails before there is a body.
    fn known(&self, visitor: &Visitor, body: impl FnOnce(SignInsView) -> Vec<u8>) -> Vec<u8> {
        self.view(visitor, SignInFilter::default(), SignInsState::NoAccess).map(body).unwrap_or_default()
    }

    fn view(&self, visitor: &Visitor, filter: SignInFilter, state: SignInsState) -> Option<SignInsView> {
        let case = self.seen.as_ref()?;
        Some(SignInsView {
            chrome: visitor.chrome(Some(Section::Desk)),
            id: self.case.to_string(),
            case: rows::desk_case(case),
            tenant_id: self.tenant.to_string(),
            tenant: tenant_name(case, self.tenant),
            collection: self.collection.map(|id| id.to_string()),
            filter,
            state,
        })
    }
}

/// The page of masked records. It is made before its read record is written, because that holds its length.
fn rendered(mut view: SignInsView, asked: &Asked, masked: &MaskedAnswer) -> Vec<u8> {
    view.filter = shown_filter(&asked.fields, FormErrors::default());
    view.state = SignInsState::Readable(SignInPage {
        status: EngineerStatus::Live,
        until: masked.grant.as_ref().map(|grant| moment(grant.expires)),
        grant_id: masked.grant.as_ref().map(|grant| grant.id.to_string()).unwrap_or_default(),
        read_id: masked.read.to_string(),
        rows: masked.records.values().map(|record| linked(record::row(&record), asked)).collect(),
        older_href: asked.older(masked.next.clone()),
    });
    bytes(page::sign_ins(&view))
}

/// The row with a link to the same person's sign-ins. A mask in the link is no personal value.
fn linked(row: SignInRow, asked: &Asked) -> SignInRow {
    let masked = row.user.parse::<uuid::Uuid>().is_ok();
    let user_href = if masked { asked.with("user", &row.user) } else { String::new() };
    SignInRow { user_href, ..row }
}

/// A page as bytes; one that could not be rendered is empty, and the log says so.
fn bytes(html: Result<String, vouchsafe_web::RenderError>) -> Vec<u8> {
    let failed = |error: vouchsafe_web::RenderError| {
        tracing::error!(error = &error as &dyn std::error::Error, "a page was not rendered");
        String::new()
    };
    html.unwrap_or_else(failed).into_bytes()
}

/// 403: no live access. Why is not said.
fn no_access(visitor: &Visitor, place: &Place, asked: &Asked) -> Answer {
    let filter = shown_filter(&asked.fields, FormErrors::default());
    let view = place.view(visitor, filter, SignInsState::NoAccess).ok_or_else(Failure::not_found)?;
    page_with(StatusCode::FORBIDDEN, page::sign_ins(&view))
}

/// 400: the filter form again. Nothing was read.
async fn refused(
    server: &Server,
    visitor: &Visitor,
    place: &Place,
    asked: &Asked,
    errors: FormErrors,
) -> Answer {
    let filter = Some(format!("supportRequestId eq '{}' and tenantId eq '{}'", place.case, place.tenant));
    let grants = server.app.grants(visitor.who, &ListOptions { filter, ..ListOptions::default() }).await?;
    let live = grants.items.iter().find(|view| {
        view.status == GrantStatus::Live
            && view.grant.collection == place.collection
            && view.grant.data_categories.contains(&DataCategory::SignInLogs)
    });
    let Some(live) = live else { return no_access(visitor, place, asked) };
    let state = SignInsState::Readable(SignInPage {
        status: EngineerStatus::Live,
        until: Some(moment(live.grant.expires)),
        grant_id: String::new(),
        read_id: String::new(),
        rows: Vec::new(),
        older_href: None,
    });
    let filter = shown_filter(&asked.fields, errors);
    let view = place.view(visitor, filter, state).ok_or_else(Failure::not_found)?;
    page_with(StatusCode::BAD_REQUEST, page::sign_ins(&view))
}

/// What a refused query means for the form.
///
/// # Errors
/// What is not the form's matter.
fn filter_errors(error: AppError) -> Result<FormErrors, Failure> {
    let field = |path: &str| if path == "ipAddress" { "ipAddress" } else { "user" };
    Ok(match error {
        AppError::Masked(MaskError::MaskedProperty { path }) => {
            wrong(field(&path), "This is masked: write a mask from the list, or the whole value.")
        }
        AppError::Masked(MaskError::OneWay { path }) => {
            wrong(field(&path), "This mask cannot be looked up: write the whole value.")
        }
        AppError::Masked(MaskError::Address { path }) => wrong(
            field(&path),
            "Write a mask from the list, a whole address, or a network such as 203.0.113.0/24.",
        ),
        AppError::TooCostly => wrong("from", "This takes too long: narrow it by time, user or error code."),
        AppError::TooManyTyped { .. } => wrong(
            "user",
            "Twenty different values were written here within this hour, and no more are allowed. Use masks from the list.",
        ),
        AppError::BadQuery { parameter: "$filter", message } => {
            wrong("appDisplayName", &format!("This filter cannot be used: it {message}."))
        }
        error @ (AppError::Unauthenticated
        | AppError::Assurance(_)
        | AppError::TokenExpired
        | AppError::TokenRevoked
        | AppError::NotFound
        | AppError::Forbidden
        | AppError::Rejected(_)
        | AppError::NoRead(_)
        | AppError::Stale
        | AppError::IdempotencyMismatch
        | AppError::BadQuery { .. }
        | AppError::MaskedOrder(_)
        | AppError::Upstream(_)
        | AppError::SignIn(_)
        | AppError::BadImport(_)
        | AppError::TooLarge(_)
        | AppError::FileRefused(_)
        | AppError::BadUpload(_)
        | AppError::Stalled(_)
        | AppError::Busy
        | AppError::Unavailable(_)
        | AppError::Internal(_)) => return Err(error.into()),
    })
}

/// The form's fields as a filter. Whole values only where masks are; texts cannot end their quotes.
fn filter(fields: &Fields) -> Result<String, FormErrors> {
    let mut conditions = Vec::new();
    for (name, op) in [("from", "ge"), ("to", "lt")] {
        if let Some(at) = time(fields, name)? {
            conditions.push(format!("createdDateTime {op} {at}"));
        }
    }
    if let Some(user) = fields.some("user") {
        conditions.push(format!("userPrincipalName eq {}", quoted(user)));
    }
    if let Some(app) = fields.some("appDisplayName") {
        conditions.push(format!("contains(appDisplayName, {})", quoted(app)));
    }
    if let Some(address) = fields.some("ipAddress") {
        conditions.push(format!("ipAddress eq {}", quoted(address)));
    }
    match fields.text("result") {
        "success" => conditions.push("status/errorCode eq 0".to_owned()),
        "failure" => conditions.push("status/errorCode ne 0".to_owned()),
        _ => {}
    }
    if let Some(code) = fields.some("errorCode") {
        let code: u32 = code.parse().map_err(|_| wrong("errorCode", "Write a number, such as 53003."))?;
        conditions.push(format!("status/errorCode eq {code}"));
    }
    Ok(conditions.join(" and "))
}

fn shown_filter(fields: &Fields, errors: FormErrors) -> SignInFilter {
    let chosen = fields.text("result");
    let result = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        selected: value == chosen,
    };
    SignInFilter {
        from: fields.text("from").to_owned(),
        to: fields.text("to").to_owned(),
        user: fields.text("user").to_owned(),
        app_display_name: fields.text("appDisplayName").to_owned(),
        ip_address: fields.text("ipAddress").to_owned(),
        results: vec![result("", "All"), result("success", "Success"), result("failure", "Failure")],
        error_code: fields.text("errorCode").to_owned(),
        errors,
    }
}
