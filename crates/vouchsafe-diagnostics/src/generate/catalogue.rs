//! What a made-up organisation is made of: constants alone.
//!
//! Names of people and organisations are invented. Addresses are those for documentation (RFC 5737, RFC 3849) and for
//! benchmarks (RFC 2544); telephone numbers are those that regulators keep free for films. Ids of Microsoft's own apps
//! are public.

mod apps;
mod machines;
mod names;
mod places;

pub(super) use apps::{APPS, AppSpec, DAEMONS, IDENTITIES, MICROSOFT, PAYROLL, RESOURCES};
pub(super) use machines::{COMPUTERS, Machine, PHONES};
pub(super) use names::{DEPARTMENTS, Department, FAMILY, GIVEN, PARTNERS, Partner, ascii};
pub(super) use places::{CLOUD, HEAD_OFFICE, NEW_OFFICE, OFFICES, Office, Place, SPRAY_ADDRESS, SPRAY_PLACE};
