//! The class of an answer.

use vouchsafe_app::AppError;
use vouchsafe_core::effective::ReadRefusal;
use vouchsafe_core::rejection::Rejection;
use vouchsafe_testkit::model::Outcome;

/// The class of a use case's answer. What the model has no name for is a failure of the test.
pub(crate) fn class<T>(answer: Result<T, AppError>) -> Outcome {
    let error = match answer {
        Ok(_) => return Outcome::Ok,
        Err(error) => error,
    };
    match error {
        AppError::NotFound => Outcome::NotFound,
        AppError::Forbidden | AppError::Rejected(Rejection::Forbidden(_)) => Outcome::Forbidden,
        AppError::Rejected(Rejection::Conflict) => Outcome::Conflict,
        AppError::Rejected(Rejection::AlreadyEnded) => Outcome::AlreadyEnded,
        AppError::Rejected(Rejection::CaseClosed) => Outcome::CaseClosed,
        AppError::Rejected(Rejection::TooMany(_)) => Outcome::TooMany,
        AppError::Rejected(Rejection::Invalid { .. }) => Outcome::Invalid,
        AppError::NoRead(ReadRefusal::NoLiveGrant) => Outcome::NoLiveGrant,
        AppError::NoRead(ReadRefusal::GrantEnded) => Outcome::GrantEnded,
        AppError::NoRead(ReadRefusal::GrantPaused) => Outcome::GrantPaused,
        other => panic!("no rule answers so: {other:?}"),
    }
}
