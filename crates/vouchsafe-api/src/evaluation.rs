//! The decision point: OpenID AuthZEN Authorization API 1.0, sections 6 and 7. Where it differs from the conventions of the
//! other routes it counts: unknown members are ignored, and every malformed request is 400.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Evaluations that one request may hold.
pub const EVALUATIONS_MAX: usize = 1_000;

/// Who is asked about.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Subject {
    /// `engineer`; nobody else is known here.
    #[serde(rename = "type")]
    pub kind: String,
    /// The engineer's id.
    pub id: String,
}

/// What would be done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Action {
    /// `read`; nothing else is ever allowed.
    pub name: String,
}

/// What it would be done to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Resource {
    /// `diagnosticData`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Any text: the data is named by the properties.
    pub id: String,
    /// Whose data, and which.
    #[serde(default)]
    pub properties: Option<ResourceProperties>,
}

/// Whose data, and which.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceProperties {
    /// The tenant whose data it is.
    pub tenant_id: Option<String>,
    /// The data category.
    pub category: Option<String>,
}

/// Within what it would be done.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EvaluationContext {
    /// The support request that the engineer works on.
    pub support_request_id: Option<String>,
}

/// One question, or what stands in for a question's missing parts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Question {
    /// Who.
    pub subject: Option<Subject>,
    /// Does what.
    pub action: Option<Action>,
    /// To what.
    pub resource: Option<Resource>,
    /// Within what.
    pub context: Option<EvaluationContext>,
}

/// Several questions. What stands beside `evaluations` is taken by each of them, whole, for the parts it lacks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Questions {
    /// Taken by those that name nobody.
    pub subject: Option<Subject>,
    /// Taken by those that say not what.
    pub action: Option<Action>,
    /// Taken by those that say not to what.
    pub resource: Option<Resource>,
    /// Taken by those that say not within what.
    pub context: Option<EvaluationContext>,
    /// The questions; without any, the request is one question.
    #[serde(default)]
    pub evaluations: Option<Vec<Question>>,
    /// How they are gone through.
    #[serde(default)]
    pub options: Option<Options>,
}

/// How several questions are gone through.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Options {
    /// When to stop.
    pub evaluations_semantic: Semantic,
}

/// When to stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All are answered.
    #[default]
    ExecuteAll,
    /// The first *no* is the last answer.
    DenyOnFirstDeny,
    /// The first *yes* is the last answer.
    PermitOnFirstPermit,
}

/// The answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Whether it may be done now.
    pub decision: bool,
}

/// The answers, in the order of the questions.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Decisions {
    /// One each, as far as they were gone through.
    pub evaluations: Vec<Decision>,
}

/// Where the decision point is (section 9 of the specification).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DecisionPointMetadata {
    /// The decision point's identifier.
    pub policy_decision_point: String,
    /// Where one question is asked.
    pub access_evaluation_endpoint: String,
    /// Where several are.
    pub access_evaluations_endpoint: String,
}

/// Why a request cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unclear {
    /// It is no JSON of the right shape; the text says where.
    Malformed(String),
    /// A question lacks a part.
    Missing(&'static str),
    /// Too many questions.
    TooMany,
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => f.write_str(what),
            Self::Missing(part) => write!(f, "`{part}` is missing"),
            Self::TooMany => write!(f, "at most {EVALUATIONS_MAX} evaluations may be asked for at once"),
        }
    }
}

impl std::error::Error for Unclear {}

/// A question that has all its parts.
#[derive(Debug, Clone, Copy)]
pub struct Complete<'a> {
    /// Who.
    pub subject: &'a Subject,
    /// Does what.
    pub action: &'a Action,
    /// To what.
    pub resource: &'a Resource,
    /// Within what, if that was said.
    pub context: Option<&'a EvaluationContext>,
}

impl Questions {
    /// Reads a request.
    ///
    /// # Errors
    /// [`Unclear`].
    pub fn parse(body: &[u8]) -> Result<Self, Unclear> {
        let asked: Self =
            serde_json::from_slice(body).map_err(|error| Unclear::Malformed(error.to_string()))?;
        match &asked.evaluations {
            Some(several) if several.len() > EVALUATIONS_MAX => Err(Unclear::TooMany),
            Some(_) | None => Ok(asked),
        }
    }

    /// The request as one question.
    ///
    /// # Errors
    /// [`Unclear::Missing`].
    pub fn single(&self) -> Result<Complete<'_>, Unclear> {
        let Self { subject, action, resource, context, .. } = self;
        complete(subject.as_ref(), action.as_ref(), resource.as_ref(), context.as_ref())
    }

    /// The questions with their missing parts filled in; none if there are none.
    ///
    /// # Errors
    /// [`Unclear::Missing`].
    pub fn several(&self) -> Result<Vec<Complete<'_>>, Unclear> {
        let own = self.evaluations.iter().flatten();
        own.map(|one| {
            complete(
                one.subject.as_ref().or(self.subject.as_ref()),
                one.action.as_ref().or(self.action.as_ref()),
                one.resource.as_ref().or(self.resource.as_ref()),
                one.context.as_ref().or(self.context.as_ref()),
            )
        })
        .collect()
    }
}

fn complete<'a>(
    subject: Option<&'a Subject>,
    action: Option<&'a Action>,
    resource: Option<&'a Resource>,
    context: Option<&'a EvaluationContext>,
) -> Result<Complete<'a>, Unclear> {
    Ok(Complete {
        subject: subject.ok_or(Unclear::Missing("subject"))?,
        action: action.ok_or(Unclear::Missing("action"))?,
        resource: resource.ok_or(Unclear::Missing("resource"))?,
        context,
    })
}
