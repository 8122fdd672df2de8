//! The tree of problem types that a case is filed under.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::not_null;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemType {
    /// Path from the root, such as `signIn/conditionalAccess`. In an address its `/` is written `%2F`.
    #[schema(example = "signIn/conditionalAccess")]
    pub id: String,
    /// Name for people.
    pub display_name: String,
    /// Whether it, or one above it, is offered for new cases no more. It stays on the cases that name it.
    pub retired: bool,
    /// Finer types below it; empty at a leaf.
    #[schema(no_recursion)]
    pub children: Vec<ProblemType>,
}

/// Body of `POST /support/problemTypes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateProblemType {
    /// Path from the root: up to 4 parts of ASCII letters and digits that begin with a small letter. All but the last name a
    /// type that is there.
    #[schema(example = "signIn/tokens")]
    pub id: String,
    /// Name for people, 1 to 100 characters; no type beside it has it.
    pub display_name: String,
}

/// Body of `PATCH /support/problemTypes/{id}`. Absent members stay as they are; null is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateProblemType {
    /// Name for people, 1 to 100 characters; no type beside it has it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_name: Option<String>,
    /// Whether it is offered for new cases no more, with all that is below it.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub retired: Option<bool>,
}
