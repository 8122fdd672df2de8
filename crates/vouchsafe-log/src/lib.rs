//! Canonical entry bytes, commitments and leaf hashes of a tenant's log.
