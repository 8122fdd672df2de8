//! Vouchsafe server.
fn main() {}
