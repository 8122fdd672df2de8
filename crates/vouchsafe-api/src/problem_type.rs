//! The tree of problem types that a case is filed under.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemType {
    /// Path from the root, such as `signIn/conditionalAccess`.
    #[schema(example = "signIn/conditionalAccess")]
    pub id: String,
    /// Name for people.
    pub display_name: String,
    /// Finer types below it; empty at a leaf.
    #[schema(no_recursion)]
    pub children: Vec<ProblemType>,
}
