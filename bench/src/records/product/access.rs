//! A live grant on one of the tenants, got as people get it: a case, a request for access, an approval.

use serde_json::{Value, json};

use super::{Product, Stored, path};
use crate::http::request;
use crate::records::question::Question;

/// What an engineer may read.
#[derive(Debug)]
pub(crate) struct Access {
    base: String,
    token: String,
}

impl Access {
    /// Opens a case about a tenant's sign-ins, asks for access and approves it. Comes after the import, so that the
    /// size of the scope is known when it is approved.
    pub(crate) async fn to(product: &mut Product, stored: Stored) -> Self {
        let side = product.side(stored).clone();
        let case = json!({
            "title": "Sign-ins fail", "description": "Several people cannot sign in since this morning.",
            "severity": "moderate", "service": "identity", "problemType": "signIn/conditionalAccess",
            "allowAdvancedDiagnostics": false,
            "contact": { "name": "Ada Example", "email": "ada@contoso.example" },
        });
        let case = product.post("/v1.0/support/requests", &side.reader, &case).await;
        let id = case["id"].as_str().unwrap();
        let token = product.started.engineer(case["assignedTo"]["id"].as_str().unwrap()).to_owned();
        let ask = json!({
            "resourceTenantId": side.tenant, "dataCategories": ["signInLogs"], "reasonCode": "troubleshooting",
            "justification": "To see which sign-ins fail, and with which error code.", "duration": "P1D",
        });
        let asked = product.post(&format!("/v1.0/support/requests/{id}/accessRequests"), &token, &ask).await;
        let approve = format!("/v1.0/support/accessRequests/{}/approve", asked["id"].as_str().unwrap());
        product.post(&approve, &side.reader, &json!({})).await;
        Self { base: format!("/diagnostics/{id}/{}/v1.0", side.tenant), token }
    }

    /// A page of so many newest.
    pub(crate) fn page(&self, rows: usize) -> Vec<u8> {
        self.request(&path::newest(rows))
    }

    /// A question.
    pub(crate) fn question(&self, question: &Question) -> Vec<u8> {
        self.request(&path::of(question))
    }

    fn request(&self, path: &str) -> Vec<u8> {
        request("GET", &format!("{}{path}", self.base), &self.token, "")
    }
}

impl Product {
    async fn post(&mut self, path: &str, token: &str, body: &Value) -> Value {
        let request = request("POST", path, token, &body.to_string());
        let answer = self.connection.ask(&request).await;
        assert!(matches!(answer.status, 200 | 201), "{path}: {}", String::from_utf8_lossy(answer.body));
        serde_json::from_slice(answer.body).unwrap()
    }
}
