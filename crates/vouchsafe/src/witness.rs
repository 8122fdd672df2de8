//! A small witness: signs the checkpoints of a few logs, each only if it follows from the last one that it signed
//! (C2SP `tlog-witness`).

pub(crate) mod key;
mod serve;
mod state;

pub(crate) use serve::{Serving, serve};
pub(crate) use state::State;
