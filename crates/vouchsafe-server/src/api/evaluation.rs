//! The decision point (`api.md`, *Decision point*): OpenID AuthZEN Authorization API 1.0.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::IntoResponse as _;
use vouchsafe_api::evaluation::{
    Complete, Decision, DecisionPointMetadata, Decisions, Question, Questions, Semantic, Unclear,
};
use vouchsafe_api::problem::Code;
use vouchsafe_core::live_access::{AccessQuestion, Asker};

use super::Answer;
use crate::Server;
use crate::extract::{Base, asker, whole_body};
use crate::problem::Refusal;

/// May this engineer read this data for this support request, now?
#[utoipa::path(post, path = "/access/v1/evaluation", operation_id = "evaluate", tag = "Decision point", request_body = Question, responses((status = 200, body = Decision)))]
pub(crate) async fn one(State(server): State<Server>, request: Request) -> Answer {
    let path = request.uri().path().to_owned();
    let (asker, asked) = asked(&server, request).await?;
    single(&server, &asker, &asked, &path).await
}

/// Several such questions at once.
#[utoipa::path(post, path = "/access/v1/evaluations", operation_id = "evaluateAll", tag = "Decision point", request_body = Questions, responses((status = 200, body = Decisions)))]
pub(crate) async fn several(State(server): State<Server>, request: Request) -> Answer {
    let path = request.uri().path().to_owned();
    let (asker, asked) = asked(&server, request).await?;
    let complete = asked.several().map_err(|unclear| refused(&unclear, &path))?;
    if complete.is_empty() {
        return single(&server, &asker, &asked, &path).await;
    }
    let understood: Vec<_> = complete.iter().map(understood).collect();
    let semantic = asked.options.unwrap_or_default().evaluations_semantic;
    let enough = |answer: bool| match semantic {
        Semantic::ExecuteAll => false,
        Semantic::DenyOnFirstDeny => !answer,
        Semantic::PermitOnFirstPermit => answer,
    };
    let answers = server.app.evaluate(&asker, &understood, enough).await;
    let evaluations = answers.into_iter().map(|decision| Decision { decision }).collect();
    Ok(Json(Decisions { evaluations }).into_response())
}

/// Where the decision point is.
#[utoipa::path(get, path = "/.well-known/authzen-configuration", operation_id = "describeDecisionPoint", tag = "Decision point", responses((status = 200, body = DecisionPointMetadata)), security(()))]
pub(crate) async fn metadata(Base(url): Base) -> Json<DecisionPointMetadata> {
    Json(DecisionPointMetadata {
        access_evaluation_endpoint: format!("{url}/access/v1/evaluation"),
        access_evaluations_endpoint: format!("{url}/access/v1/evaluations"),
        policy_decision_point: url,
    })
}

/// Answers a request that is one question.
async fn single(server: &Server, asker: &Asker, asked: &Questions, path: &str) -> Answer {
    let question = asked.single().map_err(|unclear| refused(&unclear, path))?;
    let answers = server.app.evaluate(asker, &[understood(&question)], |_| true).await;
    Ok(Json(Decision { decision: answers == [true] }).into_response())
}

/// Who asks, and what. Whatever is wrong with the body, its content type included, is 400.
async fn asked(server: &Server, request: Request) -> Result<(Asker, Questions), Refusal> {
    let (parts, stream) = request.into_parts();
    let asker = asker(&parts, server).await?;
    let path = parts.uri.path();
    let body = whole_body(&parts, stream).await.map_err(|refusal| {
        if refusal.0.code == Code::UnsupportedMediaType {
            Refusal::new(Code::InvalidRequest, "The body must be `application/json`.", path)
        } else {
            refusal
        }
    })?;
    Ok((asker, Questions::parse(&body).map_err(|unclear| refused(&unclear, path))?))
}

fn refused(unclear: &Unclear, path: &str) -> Refusal {
    Refusal::new(Code::InvalidRequest, format!("{unclear}."), path)
}

/// The question as the application understands it; none if it is about nothing that there can be here.
fn understood(question: &Complete<'_>) -> Option<AccessQuestion> {
    let Complete { subject, action, resource, context } = question;
    let ours = (subject.kind.as_str(), action.name.as_str(), resource.kind.as_str());
    if ours != ("engineer", "read", "diagnosticData") {
        return None;
    }
    let properties = resource.properties.as_ref()?;
    Some(AccessQuestion {
        engineer: subject.id.parse().ok()?,
        tenant: properties.tenant_id.as_ref()?.parse().ok()?,
        category: properties.category.as_ref()?.parse().ok()?,
        case: (*context)?.support_request_id.as_ref()?.parse().ok()?,
    })
}
