//! Axum routes with nothing but the rule: the body parsed, one look into a map, time compared.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Engineer, tenant, category, case, until when.
type Rules = Arc<HashMap<(String, String, String, String), Timestamp>>;

#[derive(Deserialize, Clone)]
struct Question {
    subject: Option<Subject>,
    action: Option<Action>,
    resource: Option<Resource>,
    context: Option<Context>,
    #[serde(default)]
    evaluations: Vec<Question>,
}

#[derive(Deserialize, Clone)]
struct Subject {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

#[derive(Deserialize, Clone)]
struct Action {
    name: String,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Resource {
    properties: Properties,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Properties {
    tenant_id: String,
    category: String,
}

#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Context {
    support_request_id: String,
}

#[derive(Serialize)]
struct Decision {
    decision: bool,
}

#[derive(Serialize)]
struct Decisions {
    evaluations: Vec<Decision>,
}

/// Serves the routes, which permit this question for an hour.
pub(super) async fn serve(question: Value) -> SocketAddr {
    let text = |pointer: &str| question.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let key = (
        text("/subject/id"),
        text("/resource/properties/tenantId"),
        text("/resource/properties/category"),
        text("/context/supportRequestId"),
    );
    let rules: Rules =
        Arc::new(HashMap::from([(key, Timestamp::now() + jiff::SignedDuration::from_hours(1))]));
    let router = Router::new()
        .route("/hello", get(|| async { "hello" }))
        .route("/evaluation", post(one))
        .route("/evaluations", post(several))
        .with_state(rules);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

async fn one(State(rules): State<Rules>, Json(question): Json<Question>) -> Json<Decision> {
    let Question { subject, action, resource, context, .. } = question;
    Json(Decision {
        decision: holds(&rules, subject.as_ref(), action.as_ref(), resource.as_ref(), context.as_ref()),
    })
}

async fn several(State(rules): State<Rules>, Json(all): Json<Question>) -> Json<Decisions> {
    let decide = |one: &Question| Decision {
        decision: holds(
            &rules,
            one.subject.as_ref().or(all.subject.as_ref()),
            one.action.as_ref().or(all.action.as_ref()),
            one.resource.as_ref().or(all.resource.as_ref()),
            one.context.as_ref().or(all.context.as_ref()),
        ),
    };
    Json(Decisions { evaluations: all.evaluations.iter().map(decide).collect() })
}

fn holds(
    rules: &Rules,
    subject: Option<&Subject>,
    action: Option<&Action>,
    resource: Option<&Resource>,
    context: Option<&Context>,
) -> bool {
    let (Some(subject), Some(action), Some(resource), Some(context)) = (subject, action, resource, context)
    else {
        return false;
    };
    if subject.kind != "engineer" || action.name != "read" {
        return false;
    }
    let key = (
        subject.id.clone(),
        resource.properties.tenant_id.clone(),
        resource.properties.category.clone(),
        context.support_request_id.clone(),
    );
    rules.get(&key).is_some_and(|until| Timestamp::now() < *until)
}
