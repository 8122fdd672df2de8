//! The API reference, from the OpenAPI document, and what each problem code means.

use std::sync::LazyLock;

use serde_json::Value;
use vouchsafe_api::problem::Code;
use vouchsafe_web::Section;
use vouchsafe_web::page::{
    self, ApiReferenceView, Operation, OperationGroup, Parameter, ProblemCode, ProblemCodesView, ResponseLine,
};

use super::answer::{Answer, page as show};
use super::visitor::Surrounding;
use crate::{openapi, router};

/// The operations, read once: the document does not change while the server runs.
static GROUPS: LazyLock<Vec<OperationGroup>> = LazyLock::new(|| {
    let document = router::document();
    groups(&serde_json::to_value(openapi::finished(document)).unwrap_or_default())
});

/// `/docs`
pub(crate) async fn reference(around: Surrounding) -> Answer {
    show(page::api_reference(&ApiReferenceView {
        chrome: around.chrome(Some(Section::ApiReference)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        openapi_href: "/openapi.json".to_owned(),
        groups: GROUPS.clone(),
    }))
}

/// `/docs/problems`
pub(crate) async fn problems(around: Surrounding) -> Answer {
    let code = |code: &Code| ProblemCode {
        code: code.as_str().to_owned(),
        status: code.status(),
        title: code.title().to_owned(),
        meaning: meaning(*code).to_owned(),
    };
    let chrome = around.chrome(Some(Section::ApiReference));
    show(page::problem_codes(&ProblemCodesView { chrome, codes: Code::ALL.iter().map(code).collect() }))
}

/// The groups in the order in which people need them; any other comes after them.
const ORDER: &[&str] = &[
    "Account",
    "Support requests",
    "Access requests",
    "Grants",
    "Diagnostic data",
    "Logs",
    "Settings",
    "Operation",
];

/// Operations by tag.
fn groups(document: &Value) -> Vec<OperationGroup> {
    let mut groups: Vec<OperationGroup> = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or("Other");
            let operation = read_operation(document, method, path, operation);
            match groups.iter_mut().find(|group| group.name == tag) {
                Some(group) => group.operations.push(operation),
                None => groups.push(OperationGroup {
                    id: anchor(tag),
                    name: tag.to_owned(),
                    operations: vec![operation],
                }),
            }
        }
    }
    groups.sort_by_key(|group| ORDER.iter().position(|known| *known == group.name).unwrap_or(ORDER.len()));
    groups
}

fn read_operation(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let responses = operation.get("responses").and_then(Value::as_object);
    let response = |(status, response): (&String, &Value)| ResponseLine {
        status: if status == "default" { "4xx, 5xx".to_owned() } else { status.clone() },
        description: text(response, "description"),
    };
    Operation {
        id: anchor(&format!("{method}{path}")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        parameters: parameters(document, operation),
        responses: responses.into_iter().flatten().map(response).collect(),
    }
}

fn parameters(document: &Value, operation: &Value) -> Vec<Parameter> {
    let listed = operation.get("parameters").and_then(Value::as_array);
    let mut all: Vec<Parameter> = listed
        .into_iter()
        .flatten()
        .map(|parameter| Parameter {
            name: text(parameter, "name"),
            place: text(parameter, "in"),
            required: parameter.get("required").and_then(Value::as_bool).unwrap_or_default(),
            description: text(parameter, "description"),
        })
        .collect();
    let schema = operation.pointer("/requestBody/content/application~1json/schema");
    let Some(body) = schema.map(|schema| resolved(document, schema)) else { return all };
    let required = body.get("required").and_then(Value::as_array);
    let needs = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    for (name, property) in body.get("properties").and_then(Value::as_object).into_iter().flatten() {
        all.push(Parameter {
            name: name.clone(),
            place: "body".to_owned(),
            required: needs(name),
            description: text(property, "description"),
        });
    }
    all
}

/// A text of the document, without its Markdown.
fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().replace(['`', '*'], "")
}

/// A schema, or the one that it refers to.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

/// Letters and digits of a text, with `-` between.
fn anchor(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let dashed: String = text.chars().map(plain).collect();
    dashed.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// What a code means, and what to do.
fn meaning(code: Code) -> &'static str {
    match code {
        Code::InvalidRequest => {
            "A value is missing, malformed or out of its bounds; the member errors names it."
        }
        Code::UnknownField => "The body has a member that the contract does not know. Remove it.",
        Code::UnknownQueryOption => "The address has an option that this resource does not take.",
        Code::UnsupportedMediaType => "Send JSON as application/json; send imports uncompressed.",
        Code::MethodNotAllowed => {
            "The resource exists, but not for this method. Diagnostic data is read-only."
        }
        Code::Unauthenticated => "Send a token of this server as Authorization: Bearer.",
        Code::TokenExpired => "The token’s time is over. Get a new one.",
        Code::TokenRevoked => "Somebody ended the token. Get a new one.",
        Code::Forbidden => "You may know of the thing, but your roles do not allow this act on it.",
        Code::NotFound => "It does not exist, or you may not know that it does. Both look the same.",
        Code::Conflict => "Somebody of your own organisation has decided before you.",
        Code::AlreadyEnded => "On your own side it had already ended in another way.",
        Code::CaseClosed => "The support request is closed, so nothing about it can change.",
        Code::NoLiveGrant => "Ask for access, or wait until the tenant of the data has approved.",
        Code::GrantEnded => "Access has ended, or is not the one that the page was read under. Ask again.",
        Code::MaskedProperty => "Masked properties take eq and in with whole values or masks, and no order.",
        Code::TooCostly => "Narrow the query by time, user, error code or correlation id.",
        Code::AssuranceRequired => "Prove who you are as the answer says, and repeat the decision.",
        Code::PreconditionFailed => "If-Match named an older version. Read it again before you change it.",
        Code::IdempotencyMismatch => "The Idempotency-Key came with another body before. Draw a new key.",
        Code::RequestTimeout => "Nothing more of the body came for a while. Send it again without a pause.",
        Code::TooLarge => "The body, or one of its parts, is larger than this service takes.",
        Code::TooManyRequests => "Wait as long as Retry-After says.",
        Code::Unavailable => "Nothing was changed unless a repeated call says so. Try again in a moment.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_described_once() {
        let ids: Vec<&str> = GROUPS
            .iter()
            .flat_map(|group| &group.operations)
            .map(|operation| operation.id.as_str())
            .collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert!(ids.len() > 30 && unique.len() == ids.len(), "{ids:?}");
        let approve = GROUPS.iter().flat_map(|group| &group.operations).find(|operation| {
            operation.path == "/v1.0/support/accessRequests/{id}/approve" && operation.method == "POST"
        });
        let names: Vec<&str> = approve.unwrap().parameters.iter().map(|p| p.name.as_str()).collect();
        assert!(names.contains(&"id") && names.contains(&"narrowTo"), "{names:?}");
    }
}
