//! Use cases: load facts, permit, decide, record.
