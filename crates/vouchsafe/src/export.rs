//! Taking evidence out of a server: logs and entries (`evidence.md`, *Checking it*).

pub(crate) mod audit;
pub(crate) mod log;
mod ocsf;
pub(crate) mod pack;
mod raw;
mod sink;
