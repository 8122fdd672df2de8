//! Assignment: who most likely solves a support request, learned from what was solved.
//!
//! Works on values alone and knows nothing of the rest of Vouchsafe: texts, times and ids come in, rankings with
//! their figures go out. Four steps, each usable by itself:
//!
//! 1. [`Expertise`] learns from every resolved request the moment it is closed and says how likely each engineer is
//!    the one for a new request.
//! 2. [`obstacles`] are the hard rules: account, shift, language, clearance, region, conflicts, exclusions, load cap.
//! 3. [`score`](score::score) weighs expertise against load, so that the best expert does not drown.
//! 4. [`assign`] puts them together: an engineer and an [`Explanation`] for the customer that leaks nothing, or the
//!    queue; and for the manager the whole ranking with its figures.
//!
//! Everything is a function of its arguments: the same history gives the same ranking, bit for bit, on one build.
//! How well it does, and what was tried, stands in `docs/ROUTING.md`.

pub mod assignment;
mod eligibility;
mod evidence;
mod explanation;
mod features;
mod hash;
mod model;
mod reading;
mod request;
pub mod score;
mod shift;
mod staff;

pub use assignment::{Assignment, Outcome, Standing, assign};
pub use eligibility::{Demands, Obstacle, obstacles};
pub use evidence::{TENANTS_MIN, Tally};
pub use explanation::{Band, Explanation, Topic};
pub use model::{Expertise, Likelihood, ModelError, Parts};
pub use request::{EngineerId, Request, Resolved, Severity, TenantId, covers};
pub use shift::{Shift, ShiftError, Span};
pub use staff::{Caps, Engineer, OpenCases};
