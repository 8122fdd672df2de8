//! Preparing what a customer collects: read, narrow to what was asked for, mask, clean of secrets.

pub(crate) mod bundle;
pub(crate) mod graph;
pub(crate) mod masks;
pub(crate) mod prepare;
