//! Vouchsafe command line.
fn main() {}
