//! A small witness: signs the checkpoints of a few logs, each only if it follows from the last one that it signed
//! (C2SP `tlog-witness`).

mod cosign;
pub(crate) mod key;
mod serve;
mod state;

pub(crate) use cosign::cosign;
pub(crate) use serve::{Serving, serve};
pub(crate) use state::State;

/// Seconds since 1970.
fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "this is the edge where time is read")]
    let now = jiff::Timestamp::now();
    u64::try_from(now.as_second()).unwrap_or_default()
}
