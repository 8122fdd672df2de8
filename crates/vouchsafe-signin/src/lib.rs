//! API tokens and sessions.
