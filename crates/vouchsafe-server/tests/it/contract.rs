//! The OpenAPI document as a judge: every answer must be one that it describes, member by member.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use http::Method;
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::house::{Ask, Reply};

/// Words of causes. None of them may reach an answer.
const CAUSES: &[&str] = &[
    "sqlite",
    "panicked",
    "/dev/shm",
    "/tmp/",
    "/home/",
    "src/",
    ".rs:",
    "SELECT ",
    "INSERT ",
    "injected",
    "serde",
    "no such table",
    "unwrap",
];

/// One operation of the document.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    /// The path with its placeholders.
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn mutates(&self) -> bool {
        self.method != Method::GET
    }

    /// The schema of its JSON body, if it takes one.
    pub(crate) fn request_schema(&self) -> Option<&Value> {
        self.body.pointer("/requestBody/content/application~1json/schema")
    }
}

pub(crate) struct Contract {
    pub(crate) document: Value,
    /// The component schemas, closed: a member that is not described is a fault.
    closed: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    operations: Vec<Operation>,
}

impl Contract {
    pub(crate) fn new(document: Value) -> Self {
        let mut closed = document["components"].clone();
        for schema in closed["schemas"].as_object_mut().unwrap().values_mut() {
            if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
                schema["additionalProperties"] = json!(false);
            }
        }
        let operations = operations(&document);
        Self { document, closed, validators: Mutex::default(), operations }
    }

    /// Every operation, in the order of paths.
    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The component that a `$ref` names.
    pub(crate) fn component(&self, schema: &Value) -> Option<&Value> {
        let name = schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")?;
        Some(&self.document["components"]["schemas"][name])
    }

    /// What is wrong with a value.
    pub(crate) fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let key = schema.to_string();
        let validator = {
            let mut known = self.validators.lock().unwrap();
            let compile = || {
                let whole = json!({ "components": self.closed, "allOf": [schema] });
                let options =
                    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
                Arc::new(options.build(&whole).unwrap())
            };
            Arc::clone(known.entry(key).or_insert_with(compile))
        };
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// Holds an answer against the document.
    pub(crate) fn check(&self, ask: &Ask, reply: &Reply) {
        let path = ask.path.split('?').next().unwrap();
        let line = format!("{} {} -> {}\n{}", ask.method, ask.path, reply.status, reply.text());
        every_answer(reply, &line);
        if reply.status >= 400 {
            every_problem(path, ask, reply, &line);
        }
        let looked_up = if ask.method == Method::HEAD { Method::GET } else { ask.method.clone() };
        let operations = &self.operations;
        let found =
            operations.iter().filter(|op| fits(&op.path, path)).min_by_key(|op| op.path.matches('{').count());
        let Some(of_path) = found else { return };
        let operation = operations.iter().find(|op| op.path == of_path.path && op.method == looked_up);
        let Some(operation) = operation else {
            assert_eq!(reply.status, 405, "{line}");
            return;
        };
        let responses = &operation.body["responses"];
        let documented = responses.get(reply.status.to_string()).or_else(|| {
            assert!(reply.status >= 400, "an undocumented status: {line}");
            responses.get("default")
        });
        let documented = documented.unwrap_or_else(|| panic!("an undocumented status: {line}"));
        if ask.method == Method::HEAD {
            assert!(reply.bytes.is_empty(), "HEAD has a body: {line}");
            return;
        }
        let Some(content) = documented.get("content") else {
            assert!(reply.bytes.is_empty(), "a body that is not documented: {line}");
            return;
        };
        let media = reply.header("content-type").unwrap_or_default();
        let schema = content.get(media).unwrap_or_else(|| panic!("undocumented {media:?}: {line}"));
        if !media.ends_with("json") {
            // A text or bytes of a standard of its own.
            return;
        }
        let errors = self.errors(&schema["schema"], &reply.json());
        assert!(errors.is_empty(), "{errors:#?}\n{line}");
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        if path.starts_with("/access/") || path.contains("authzen") {
            // The decision point follows its own specification; `evaluation.rs` tries it.
            continue;
        }
        for (method, body) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            operations.push(Operation { method, path: path.clone(), body: body.clone() });
        }
    }
    operations
}

/// What holds for every answer.
fn every_answer(reply: &Reply, line: &str) {
    let id = reply.header("x-request-id").unwrap_or_default();
    assert!(!id.is_empty(), "no x-request-id: {line}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}: {line}");
    }
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{line}");
}

/// What holds for every refusal (RFC 9457, and Graph's member).
fn every_problem(path: &str, ask: &Ask, reply: &Reply, line: &str) {
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{line}");
    assert_eq!(reply.header("etag"), None, "{line}");
    if reply.status == 401 {
        assert!(reply.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")), "{line}");
    }
    if reply.status == 405 {
        assert!(reply.header("allow").is_some_and(|allowed| !allowed.is_empty()), "no Allow: {line}");
    }
    if matches!(reply.status, 429 | 503) {
        assert!(reply.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()), "{line}");
    }
    if ask.method == Method::HEAD {
        return;
    }
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{line}");
    let problem = reply.json();
    let code = problem["code"].as_str().unwrap_or_else(|| panic!("no code: {line}"));
    assert_eq!(problem["type"], format!("/docs/problems#{code}"), "{line}");
    assert_eq!(problem["status"], reply.status, "{line}");
    assert_eq!(problem["instance"], path, "{line}");
    assert_eq!(problem["error"]["code"], problem["code"], "{line}");
    assert_eq!(problem["error"]["message"], problem["detail"], "{line}");
    for member in ["title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {line}");
    }
    let sent = format!("{} {}", ask.path, String::from_utf8_lossy(&ask.body));
    for cause in CAUSES {
        let leaks = reply.text().to_lowercase().contains(&cause.to_lowercase());
        assert!(!leaks || sent.contains(cause), "a cause ({cause}) in {line}");
    }
}

/// Whether a path is one that the template describes.
pub(crate) fn fits(template: &str, path: &str) -> bool {
    let (wanted, mut given): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    if wanted.last() == Some(&"{tile}") && given.len() > wanted.len() {
        // The one placeholder that takes several segments.
        given.truncate(wanted.len());
    }
    wanted.len() == given.len()
        && wanted.iter().zip(&given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}
