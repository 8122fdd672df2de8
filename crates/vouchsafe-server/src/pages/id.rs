//! Ids from the address of a page. Text that is no id names nothing.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use super::answer::Failure;
use crate::Server;
use crate::extract::FromPath;

/// Ids from the address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromPath> FromRequestParts<Server> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Failure> {
        let raw = RawPathParams::from_request_parts(parts, server).await;
        let raw = raw.map_err(|_| Failure::not_found())?;
        let texts: Vec<&str> = raw.iter().map(|(_, value)| value).collect();
        T::read(&texts).map(Self).ok_or_else(Failure::not_found)
    }
}
