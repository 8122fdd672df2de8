//! Rules of customer-approved support access: pure, without IO, clock or SQL.

pub mod id;
mod text;
pub mod time;
