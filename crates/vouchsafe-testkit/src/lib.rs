//! World builder, reference model and HTTP helpers for tests.
