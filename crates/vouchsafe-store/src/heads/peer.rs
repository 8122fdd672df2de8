//! A node without a heads file takes the newest heads from one that has its own (`evidence.md`, *Format*).
//!
//! Question and answer pass through the database, which every node reaches; but it is the database that the heads shall
//! check, so each part of an answer carries a tag (HMAC-SHA-256, RFC 2104) under a key from the master key, over a nonce
//! that only this question has. An older answer, another's, or an edited one is none.

use std::collections::BTreeMap;
use std::time::Duration;

use vouchsafe_core::id::TenantId;
use vouchsafe_core::time;

use super::{Head, Heads, push_line, read};
use crate::edge::os_random;
use crate::error::StoreError;
use crate::sql::{self, values};
use crate::store::Store;

/// Heads in one part of an answer, some 100 bytes each.
const HEADS_PER_PART: usize = 1_000;
/// Pause between two looks for the answer.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A question that is older than this was left behind by a node that has died.
const QUESTION_KEPT: time::Duration = time::Duration::hours(1);

impl Store {
    /// The heads that another node has written down; none if no other answers within `patience`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the answer is not what a node of this deployment has said to this question.
    pub async fn heads_of_a_peer(
        &self,
        patience: Duration,
    ) -> Result<Option<BTreeMap<TenantId, Head>>, StoreError> {
        let mut random = [0; 16];
        os_random(&mut random);
        let nonce = vouchsafe_log::hex(&random);
        self.ask_for_heads(&nonce).await?;
        let heads = match tokio::time::timeout(patience, self.answered(&nonce)).await {
            Ok(parts) => Some(self.answer(&nonce, parts?).await?),
            Err(_) => None,
        };
        let mut work = self.work().await?;
        work.execute(sql::DELETE_HEADS_QUESTION, values![nonce]).await?;
        work.execute(sql::DELETE_OLD_HEADS_ANSWERS, values![]).await?;
        work.commit().await?;
        Ok(heads)
    }

    /// Puts a question, and forgets those that were left behind.
    async fn ask_for_heads(&self, nonce: &str) -> Result<(), StoreError> {
        let mut work = self.work().await?;
        work.lock([]).await?;
        let long_ago = work.now() - QUESTION_KEPT;
        work.execute(sql::DELETE_OLD_HEADS_QUESTIONS, values![long_ago]).await?;
        work.execute(sql::DELETE_OLD_HEADS_ANSWERS, values![]).await?;
        let now = work.now();
        work.execute(sql::ASK_FOR_HEADS, values![nonce, now]).await?;
        work.commit().await
    }

    /// Tells nodes that ask what this one has written down; gives the number of questions that it has answered.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn tell_heads(&self, heads: &Heads) -> Result<usize, StoreError> {
        let questions = self.heads_questions().await?;
        for nonce in &questions {
            let parts = parts_of(heads);
            let mut work = self.work().await?;
            // Another node may be as quick.
            let count = parts.len() as u64;
            if work.execute(sql::ANSWER_HEADS_QUESTION, values![count, nonce.as_str()]).await? == 1 {
                for (part, text) in (0u64..).zip(parts) {
                    let tag = self.master().heads_tag(&told(nonce, part, count, &text));
                    work.execute(sql::PUT_HEADS_ANSWER, values![nonce.as_str(), part, text, tag]).await?;
                }
            }
            work.commit().await?;
        }
        Ok(questions.len())
    }

    async fn heads_questions(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.read()?.query(sql::HEADS_QUESTIONS, &[]).await?;
        rows.into_iter().map(|mut row| row.text(0)).collect()
    }

    /// Waits for an answer; gives the number of its parts.
    async fn answered(&self, nonce: &str) -> Result<u64, StoreError> {
        loop {
            let mut reader = self.read()?;
            let row = reader.query_one(sql::HEADS_ANSWERED, &values![nonce]).await?;
            let parts = row.map(|mut row| row.count(0)).transpose()?.unwrap_or(0);
            drop(reader);
            if parts > 0 {
                return Ok(parts);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn answer(&self, nonce: &str, parts: u64) -> Result<BTreeMap<TenantId, Head>, StoreError> {
        let wrong = || StoreError::Corrupt("another node's answer about published heads".to_owned());
        let rows = self.read()?.query(sql::HEADS_ANSWER, &values![nonce]).await?;
        if rows.len() as u64 != parts {
            return Err(wrong());
        }
        let mut heads = BTreeMap::new();
        for (part, mut row) in (0u64..).zip(rows) {
            let (text, tag) = (row.text(0)?, row.bytes(1)?);
            if !self.master().is_heads_tag(&told(nonce, part, parts, &text), &tag) {
                return Err(wrong());
            }
            for line in text.lines() {
                let (tenant, head) = read(line).ok_or_else(wrong)?;
                heads.insert(tenant, head);
            }
        }
        Ok(heads)
    }
}

/// The lines of a heads file, in parts; one at least.
fn parts_of(heads: &Heads) -> Vec<String> {
    let all: Vec<_> = heads.iter().collect();
    let text = |part: &[(TenantId, Head)]| {
        let mut text = String::new();
        for (tenant, head) in part {
            push_line(&mut text, *tenant, *head);
        }
        text
    };
    if all.is_empty() { vec![String::new()] } else { all.chunks(HEADS_PER_PART).map(text).collect() }
}

/// What a tag is of.
fn told(nonce: &str, part: u64, parts: u64, text: &str) -> Vec<u8> {
    format!("{nonce} {part} {parts}\n{text}").into_bytes()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;
    use vouchsafe_core::id::Id as _;

    use super::*;
    use crate::Options;

    fn heads(folder: &tempfile::TempDir, count: u64) -> Heads {
        let head = |n: u64| Head { size: n, root: [7; 32] };
        let all = (1..=count).map(|n| (TenantId::from_uuid(Uuid::from_u128(n.into())), head(n)));
        Heads::create(&folder.path().join("heads"), all.collect()).unwrap()
    }

    /// A store, in which a question was put and answered.
    async fn answered(nonce: &str, count: u64) -> (tempfile::TempDir, Store, Heads) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data"), Options::default()).unwrap();
        let heads = heads(&folder, count);
        store.ask_for_heads(nonce).await.unwrap();
        assert_eq!(store.tell_heads(&heads).await.unwrap(), 1);
        (folder, store, heads)
    }

    #[tokio::test]
    async fn heads_in_many_parts_arrive_whole() {
        let (_folder, store, heads) = answered("a", 2 * HEADS_PER_PART as u64 + 1).await;
        assert_eq!(store.answered("a").await.unwrap(), 3);
        assert_eq!(store.answer("a", 3).await.unwrap(), heads.iter().collect());
        assert_eq!(store.tell_heads(&heads).await.unwrap(), 0, "once");
        assert!(store.answer("a", 2).await.is_err(), "a part too many");
    }

    #[tokio::test]
    async fn what_nobody_has_written_down_is_an_answer_too() {
        let (_folder, store, _) = answered("a", 0).await;
        assert_eq!(store.answer("a", 1).await.unwrap(), BTreeMap::new());
    }

    #[tokio::test]
    async fn an_answer_to_another_question_or_an_edited_one_is_refused() {
        let (_folder, store, _) = answered("a", 2).await;
        let mut row =
            store.read().unwrap().query_one(sql::HEADS_ANSWER, &values!["a"]).await.unwrap().unwrap();
        let (text, tag) = (row.text(0).unwrap(), row.bytes(1).unwrap());
        let less = text.lines().next().unwrap().to_owned() + "\n";
        for (nonce, text) in [("b", text), ("c", less)] {
            let mut work = store.work().await.unwrap();
            work.execute(sql::PUT_HEADS_ANSWER, values![nonce, 0u64, text, tag.clone()]).await.unwrap();
            work.commit().await.unwrap();
            assert!(matches!(store.answer(nonce, 1).await, Err(StoreError::Corrupt(_))), "{nonce}");
        }
        assert_eq!(store.answer("a", 1).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn nobody_answers_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data"), Options::default()).unwrap();
        assert_eq!(store.heads_of_a_peer(Duration::ZERO).await.unwrap(), None);
        assert_eq!(store.heads_questions().await.unwrap(), Vec::<String>::new());
    }
}
