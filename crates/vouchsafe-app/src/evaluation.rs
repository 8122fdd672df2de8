//! The decision point's question: may this engineer read this category of this tenant for this case, now? It is no read
//! and writes no entry.
//!
//! Answered from what this node remembers (`vouchsafe_core::live_access`); what it does not know it asks the database for. A
//! node that the database does not answer says *no*.

use tokio::sync::watch;
use vouchsafe_core::id::{SupportRequestId, TenantId, UserId};
use vouchsafe_core::live_access::{
    AccessQuestion, AskedAbout, Asker, CaseFacts, EngineerFacts, Epoch, Missing,
};
use vouchsafe_core::permission::Permission;
use vouchsafe_core::time::{Duration, Timestamp};
use vouchsafe_signin::{Purpose, Secret};
use vouchsafe_store::Reader;

use crate::call::acting;
use crate::{App, AppError, Who};

/// How often a fact is asked for again that has changed while it was on its way.
const TRIES: usize = 4;
/// After so long it is looked up again who holds a token, so that its last use is noted.
const ASKER_KNOWN_FOR: Duration = Duration::minutes(15);

impl App {
    /// Who asks the decision point with this API token.
    ///
    /// # Errors
    /// As [`App::authenticate`].
    pub async fn asker(&self, token: &str) -> Result<Asker, AppError> {
        let secret = Secret::parse(Purpose::ApiToken, token).map_err(|_| AppError::Unauthenticated)?;
        let hash = secret.hash().0;
        let (memory, set_time) = (self.store.live_access(), self.store.set_time());
        if let Some(asker) = memory.asker(&hash, self.store.elapsed(), set_time) {
            return Ok(asker);
        }
        let asking = self.store.asking();
        let who = self.authenticate(token).await?;
        let (asker, epoch) = self.asker_facts(who).await?;
        if let Some(asking) = asking {
            memory.learn_asker(asking, epoch, hash, asker);
        }
        Ok(asker)
    }

    async fn asker_facts(&self, who: Who) -> Result<(Asker, Epoch), AppError> {
        let mut reader = self.store.read()?;
        let epoch = timed_epoch(&mut reader, who.tenant).await?;
        let me = acting(&mut reader, who).await?;
        let about = match me.is_provider() {
            false => AskedAbout::OwnTenant,
            true if me.caller.permissions.allow(Permission::EvaluateDecisions) => AskedAbout::Everybody,
            true => AskedAbout::Oneself,
        };
        let ends = [who.ends, reader.role_ends(who.tenant, who.user).await?];
        let known = epoch.now + ASKER_KNOWN_FOR;
        let until = ends.into_iter().flatten().fold(known, Timestamp::min);
        Ok((Asker { tenant: who.tenant, user: who.user, about, until }, epoch))
    }

    /// Answers questions one after the other, until `enough` says so of an answer. A question that cannot be understood, that
    /// the asker may not ask, or for which the database would be needed and does not answer, is answered *no*, as one about
    /// nothing that exists.
    pub async fn evaluate(
        &self,
        asker: &Asker,
        questions: &[Option<AccessQuestion>],
        enough: impl Fn(bool) -> bool + Send,
    ) -> Vec<bool> {
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            let answer = match question {
                Some(question) if asker.may_ask(question) => self.holds(question).await,
                Some(_) | None => false,
            };
            answers.push(answer);
            if enough(answer) {
                break;
            }
        }
        answers
    }

    async fn holds(&self, question: &AccessQuestion) -> bool {
        let (memory, set_time) = (self.store.live_access(), self.store.set_time());
        for _ in 0..TRIES {
            let missing = match memory.answer(question, self.store.elapsed(), set_time) {
                Ok(answer) => return answer,
                Err(missing) => missing,
            };
            match self.learn(missing).await {
                Ok(true) => {}
                // Nothing may be remembered: the database has the word.
                Ok(false) => break,
                Err(error) => return unknown(&error),
            }
        }
        self.holds_there(question).await.unwrap_or_else(|error| unknown(&error))
    }

    /// Asks the database for a fact, and remembers it. Says no if nothing may be remembered.
    async fn learn(&self, missing: Missing) -> Result<bool, AppError> {
        let memory = self.store.live_access();
        let Some(asking) = self.store.asking() else { return Ok(false) };
        let mut reader = self.store.read()?;
        match missing {
            Missing::Engineer(engineer) => {
                let epoch = timed_epoch(&mut reader, memory.provider()).await?;
                let facts = engineer_facts(&mut reader, memory.provider(), engineer).await?;
                memory.learn_engineer(asking, epoch, engineer, facts);
            }
            Missing::Case(tenant, case) => {
                let epoch = timed_epoch(&mut reader, tenant).await?;
                let facts = case_facts(&mut reader, memory.provider(), tenant, case).await?;
                memory.learn_case(asking, epoch, case, facts);
            }
        }
        Ok(true)
    }

    /// Answers from one view of the database.
    async fn holds_there(&self, question: &AccessQuestion) -> Result<bool, AppError> {
        let AccessQuestion { engineer, tenant, category, case } = *question;
        let provider = self.store.provider();
        let mut reader = self.store.read()?;
        reader.take_shared_time().await?;
        let works = engineer_facts(&mut reader, provider, engineer).await?.works;
        let facts = case_facts(&mut reader, provider, tenant, case).await?;
        Ok(works && facts.allow(engineer, category, reader.now()).unwrap_or(false))
    }

    /// Is one of the nodes on a shared database until `stopped` says so, and remembers what is asked of the decision point.
    pub async fn remember_live_access(&self, stopped: watch::Receiver<bool>) {
        self.store.join_nodes(|tenants| self.look_at_answers_of(tenants), stopped).await;
    }
}

/// The epoch of a tenant, and the time by which what is read of it counts.
async fn timed_epoch(reader: &mut Reader, tenant: TenantId) -> Result<Epoch, AppError> {
    reader.take_shared_time().await?;
    Ok(reader.epoch(tenant).await?)
}

async fn engineer_facts(
    reader: &mut Reader,
    provider: TenantId,
    engineer: UserId,
) -> Result<EngineerFacts, AppError> {
    let Some((caller, _)) = reader.caller(provider, engineer).await? else {
        return Ok(EngineerFacts { works: false, until: None });
    };
    let works = caller.person.active && caller.permissions.allow(Permission::WorkRequests);
    Ok(EngineerFacts { works, until: reader.role_ends(provider, engineer).await? })
}

async fn case_facts(
    reader: &mut Reader,
    provider: TenantId,
    tenant: TenantId,
    case: SupportRequestId,
) -> Result<CaseFacts, AppError> {
    let Some(case) = reader.desk_case(provider, case).await? else { return Ok(CaseFacts::NOTHING) };
    let grants = reader.grants_of_case(tenant, case.id).await?;
    Ok(CaseFacts::of(&case, tenant, &grants, reader.now()))
}

/// What nobody can know is *no*.
fn unknown(error: &AppError) -> bool {
    tracing::warn!(error = error as &dyn std::error::Error, "a decision could not be looked up: denied");
    false
}
