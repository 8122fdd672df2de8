//! Short names for what schemas say over and over: classes of masks, and columns.

use super::{Column, Fold, Stored, Type};
use crate::mask::{Class, IdSpace, Personal, Switch};

/// Shown as it is.
pub(super) const PLAIN: Class = Class::Plain;
/// Personal text.
pub(super) const TEXT: Class = Class::Personal(Personal::Text);
/// Free text that is usually a public sentence of the service.
pub(super) const SENTENCE: Class = Class::Personal(Personal::Sentence);
/// What no reader needs and a pseudonym would not hide: keys, passwords, dates of a life.
pub(super) const HIDDEN: Class = Class::Personal(Personal::Hidden);
/// IP address.
pub(super) const ADDRESS: Class = Class::Personal(Personal::Address);
/// Mail address.
pub(super) const MAIL: Class = Class::Personal(Personal::Mail);
/// Telephone number.
pub(super) const PHONE: Class = Class::Personal(Personal::Phone);
/// Display name of a person.
pub(super) const PERSON_NAME: Class = Class::Personal(Personal::PersonName);
/// User principal name.
pub(super) const PERSON_UPN: Class = Class::Personal(Personal::UserPrincipalName);
/// Id of a person.
pub(super) const PERSON_ID: Class = Class::Id(IdSpace::Person);
/// Id of a device.
pub(super) const DEVICE: Class = Class::Id(IdSpace::Device);
/// Id of a sign-in, and of the request that made it.
pub(super) const REQUEST: Class = Class::Id(IdSpace::SignIn);
/// Id of another event.
pub(super) const EVENT: Class = Class::Id(IdSpace::Event);
/// What ties together the entries of one activity.
pub(super) const CORRELATION: Class = Class::Id(IdSpace::Correlation);
/// Id of a session or a token.
pub(super) const SESSION: Class = Class::Id(IdSpace::Session);
/// Id of a tenant.
pub(super) const TENANT: Class = Class::Id(IdSpace::Tenant);

/// Id of what a policy is aimed at: `targetType` beside it tells whether that is a person.
pub(super) const TARGET: Class = Class::Switch(&Switch {
    member: "targetType",
    cases: &[("group", PLAIN), ("application", PLAIN), ("administrativeUnit", PLAIN), ("role", PLAIN)],
    otherwise: PERSON_ID,
});

/// The object's own id.
pub(super) const ID: Column = Column { path: "id", holds: Type::Text, fold: Fold::Id, stored: Stored::Id };

/// A text that nearly every object has a value of its own for.
pub(super) const fn reference(path: &'static str) -> Column {
    Column { path, holds: Type::Text, fold: Fold::Lower, stored: Stored::Reference }
}

/// What ties together the entries of one activity.
pub(super) const fn correlation(path: &'static str) -> Column {
    Column { path, holds: Type::Text, fold: Fold::Id, stored: Stored::Reference }
}

/// Texts below an array.
pub(super) const fn each(path: &'static str) -> Column {
    Column { path, holds: Type::Text, fold: Fold::Lower, stored: Stored::Each }
}

/// A text that many objects share.
pub(super) const fn shared(path: &'static str, group: &'static str, indexed: bool) -> Column {
    of(path, Type::Text, Fold::Lower, group, indexed)
}

/// A value of any type that many objects share.
pub(super) const fn of(
    path: &'static str,
    holds: Type,
    fold: Fold,
    group: &'static str,
    indexed: bool,
) -> Column {
    Column { path, holds, fold, stored: Stored::Shared { group, indexed } }
}

/// For registries in which no free text is a public sentence.
pub(super) fn no_sentence(_: &str) -> bool {
    false
}
