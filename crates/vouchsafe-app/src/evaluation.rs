//! The decision point's question: may this engineer read this category of this tenant for this case, now? Answered from
//! what is committed at this moment; it is no read and writes no entry.

use std::collections::HashMap;

use vouchsafe_core::effective::basis;
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::scope::DataCategory;
use vouchsafe_store::Reader;

use crate::call::{Acting, acting};
use crate::{App, AppError, Who};

/// May `engineer` read `category` of `tenant` for `case`?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccessQuestion {
    /// The engineer.
    pub engineer: UserId,
    /// Whose data.
    pub tenant: TenantId,
    /// Which data.
    pub category: DataCategory,
    /// For which support request.
    pub case: SupportRequestId,
}

impl App {
    /// Answers questions one after the other, until `enough` says so of an answer. A question that cannot be understood, or
    /// that the caller may not ask, is answered *no*, as one about nothing that exists.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`], [`AppError::Unavailable`]; then nothing may be taken for a *yes*.
    pub async fn evaluate(
        &self,
        who: Who,
        questions: &[Option<AccessQuestion>],
        enough: impl Fn(bool) -> bool + Send,
    ) -> Result<Vec<bool>, AppError> {
        let mut reader = self.store.read()?;
        let me = acting(&mut reader, who).await?;
        let mut known = HashMap::new();
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let answer = match question {
                Some(question) if may_ask(&me, question) => match known.get(question) {
                    Some(answer) => *answer,
                    None => {
                        let answer = self.holds(&mut reader, question).await?;
                        known.insert(*question, answer);
                        answer
                    }
                },
                Some(_) | None => false,
            };
            answers.push(answer);
            if enough(answer) {
                break;
            }
        }
        Ok(answers)
    }

    async fn holds(&self, reader: &mut Reader, question: &AccessQuestion) -> Result<bool, AppError> {
        let AccessQuestion { engineer, tenant, category, case } = *question;
        let provider = self.store.provider();
        let Some((caller, _)) = reader.caller(provider, engineer).await? else { return Ok(false) };
        if !caller.person.active || !caller.permissions.allow(Permission::WorkRequests) {
            return Ok(false);
        }
        let Some(case) = reader.desk_case(provider, case).await? else { return Ok(false) };
        if case.engineer() != Some(engineer) {
            return Ok(false);
        }
        let grants = reader.grants_of_case(tenant, case.id).await?;
        Ok(basis(&case, tenant, None, &[category], &grants, None, reader.now()).is_ok())
    }
}

/// Whether the caller may ask: a service of the provider that decides for others, a tenant about its own data, an engineer
/// about himself or herself (`api.md`, *Decision point*).
fn may_ask(me: &Acting, question: &AccessQuestion) -> bool {
    if me.is_provider() {
        me.caller.permissions.allow(Permission::EvaluateDecisions) || me.caller.person.id == question.engineer
    } else {
        me.tenant.id == question.tenant
    }
}
