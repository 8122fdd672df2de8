//! What can go wrong in the store.

/// A failure of the store. Its text is for the operator's log; none of it reaches a response.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is busy, full, or gone. Nothing was changed; trying again may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database gave this unit of work up in favour of others (a deadlock, a serialization failure). Nothing was changed;
    /// done again from its beginning, with facts read anew, it may succeed.
    #[error("the database gave this unit of work up in favour of others")]
    GivenUp(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The group of units of work that this one was in could not be committed. Nothing was changed.
    #[error("the commit failed: {0}")]
    CommitFailed(String),
    /// The row changed since it was loaded, or exists already.
    #[error("{0} changed in the meantime")]
    VersionConflict(&'static str),
    /// A permit was offered for another unit of work or another subject.
    #[error("the permit does not fit what was decided")]
    PermitMismatch,
    /// A write to a tenant whose log head is not locked.
    #[error("tenant {0} is not locked by this unit of work")]
    NotLocked(String),
    /// Stored data that cannot be understood.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// An audit entry that cannot be written.
    #[error("an audit entry cannot be written")]
    Entry(#[from] vouchsafe_log::EntryError),
    /// The schema is newer than this program, or was changed by hand.
    #[error("the schema does not fit this program: {0}")]
    Schema(String),
    /// Another process has the data folder open.
    #[error("another process is using this data folder")]
    InUse,
    /// A file could not be read or written.
    #[error("cannot use {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store of files is not available, or has not what was asked for.
    #[error("the store of files failed")]
    Files(#[from] object_store::Error),
    /// The query ran into its time limit.
    #[error("the query took longer than allowed")]
    TooSlow,
    /// The same idempotency key came with another body.
    #[error("the idempotency key belongs to another request")]
    IdempotencyMismatch,
    /// A query that cannot be run, with a reason for the caller.
    #[error("the query is refused: {0}")]
    Refused(#[from] QueryRefusal),
    /// A fault that a test asked for.
    #[error("a fault was injected")]
    Injected,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => Self::TooSlow,
            Some(rusqlite::ErrorCode::ConstraintViolation) => {
                Self::VersionConflict("a row that must be unique")
            }
            Some(_) | None => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        match error.code() {
            Some(&SqlState::UNIQUE_VIOLATION) => Self::VersionConflict("a row that must be unique"),
            Some(&SqlState::QUERY_CANCELED) => Self::TooSlow,
            // The transaction is undone, whichever of its statements it was, `COMMIT` included.
            Some(&(SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED)) => {
                Self::GivenUp(Box::new(error))
            }
            Some(_) | None => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// What a caller's `$filter` or `$orderby` asks that is not offered. Its text is for the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {message}")]
pub struct QueryRefusal {
    /// The property.
    pub path: String,
    /// What is wrong with it, as the end of a sentence.
    pub message: String,
}

impl From<vouchsafe_diagnostics::resource::Unanswerable> for QueryRefusal {
    fn from(refused: vouchsafe_diagnostics::resource::Unanswerable) -> Self {
        Self { path: refused.path, message: refused.message }
    }
}
