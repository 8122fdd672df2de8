//! The only SQL: state, audit entries, outbox and diagnostic records.
