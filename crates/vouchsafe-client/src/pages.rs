//! Lists, page by page.

use std::marker::PhantomData;

use reqwest::Url;
use serde::de::DeserializeOwned;
use vouchsafe_api::collection::Collection;

use crate::answer::Answer;
use crate::client::Client;
use crate::error::ClientError;

/// The pages of a list, fetched one at a time when asked for.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    grant: Option<String>,
    next: Option<Url>,
    items: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(client: Client, first: Url, grant: Option<String>) -> Self {
        Self { client, grant, next: Some(first), items: PhantomData }
    }

    /// The next page; `None` after the last one. After an error there are no more pages.
    ///
    /// # Errors
    /// Any [`ClientError`]; [`ClientError::ForeignLink`] if the server points to another one.
    pub async fn next(&mut self) -> Result<Option<Answer<Collection<T>>>, ClientError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let page: Answer<Collection<T>> = self.client.get(url, self.grant.as_deref()).await?;
        self.next = match &page.body.next_link {
            Some(link) => Some(self.client.follow(link)?),
            None => None,
        };
        Ok(Some(page))
    }

    /// Fetches pages until `limit` items are there or no more come.
    ///
    /// # Errors
    /// Any [`ClientError`]; items fetched before it are lost.
    pub async fn collect(mut self, limit: usize) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        while items.len() < limit {
            match self.next().await? {
                Some(page) => items.extend(page.body.value),
                None => break,
            }
        }
        items.truncate(limit);
        Ok(items)
    }
}
