//! How sign-ins end, and what people do then. Codes are those of [`crate::resource::sign_in::error_code`].

use super::super::dice::Dice;
use super::super::people::Spot;

/// The directory has no such user.
pub(super) const NO_SUCH_USER: i64 = 50_034;
/// The account is disabled.
pub(super) const DISABLED: i64 = 50_057;
/// Conditional access blocks it.
pub(super) const BLOCKED: i64 = 53_003;
/// A second factor is asked for.
pub(super) const SECOND_FACTOR_WANTED: i64 = 50_074;
/// A second factor is asked for because of a policy or a new place.
pub(super) const SECOND_FACTOR_REQUIRED: i64 = 50_076;
/// The second factor failed.
pub(super) const SECOND_FACTOR_FAILED: i64 = 500_121;
/// The session has grown too old for a policy.
pub(super) const SESSION_TOO_OLD: i64 = 70_044;
/// Wrong name or password.
const WRONG_PASSWORD: i64 = 50_126;
/// Too many wrong passwords.
const LOCKED: i64 = 50_053;
/// Most tries that follow a failure.
const MAX_TRIES: u32 = 4;
/// One success of so many from outside of the offices begins with the question for a second factor.
const ASKED: (u32, u32) = (1, 5);

const INTERACTIVE: [(u32, i64); 17] = [
    (9_300, 0),
    (260, WRONG_PASSWORD),
    (130, 50_140),
    (30, 50_097),
    (25, LOCKED),
    (25, 65_001),
    (20, 50_105),
    (20, 16_000),
    (15, 50_055),
    (12, 50_089),
    (10, 50_072),
    (10, 50_125),
    (8, 50_079),
    (8, 90_094),
    (6, 65_004),
    (6, 50_056),
    (4, 530_032),
];

const SILENT: [(u32, i64); 9] = [
    (9_600, 0),
    (130, 50_058),
    (60, SESSION_TOO_OLD),
    (50, 700_082),
    (40, SECOND_FACTOR_REQUIRED),
    (35, 50_173),
    (30, 50_133),
    (20, 50_097),
    (10, 70_008),
];

const DAEMON: [(u32, i64); 5] =
    [(9_700, 0), (120, 7_000_215), (100, 7_000_222), (50, 700_027), (30, 7_000_218)];

const SPRAYED: [(u32, i64); 3] = [(85, WRONG_PASSWORD), (13, LOCKED), (2, 50_055)];

/// Where everyone can see what happens.
pub(super) fn interactive(dice: &mut Dice, spot: Spot) -> i64 {
    let code = *dice.weighted(&INTERACTIVE);
    let (parts, whole) = ASKED;
    if code == 0 && !spot.is_trusted && dice.chance(parts, whole) {
        return *dice.weighted(&[(3, SECOND_FACTOR_WANTED), (2, SECOND_FACTOR_REQUIRED)]);
    }
    code
}

/// Behind people's backs, with tokens.
pub(super) fn silent(dice: &mut Dice) -> i64 {
    *dice.weighted(&SILENT)
}

pub(super) fn of_daemon(dice: &mut Dice) -> i64 {
    *dice.weighted(&DAEMON)
}

pub(super) fn sprayed(dice: &mut Dice) -> i64 {
    *dice.weighted(&SPRAYED)
}

/// How the next try ends, and how many seconds it may take until then.
pub(super) fn next(dice: &mut Dice, code: i64, tries: u32) -> Option<(i64, (i64, i64))> {
    /// Of a hundred: how many try again, and how that ends.
    const GIVE_UP: i64 = -1;
    if tries >= MAX_TRIES {
        return None;
    }
    let (then, delay) = match code {
        SECOND_FACTOR_WANTED | SECOND_FACTOR_REQUIRED => {
            (*dice.weighted(&[(88, 0), (8, SECOND_FACTOR_FAILED), (4, GIVE_UP)]), (6, 45))
        }
        SECOND_FACTOR_FAILED => (*dice.weighted(&[(60, 0), (40, GIVE_UP)]), (8, 60)),
        WRONG_PASSWORD => (*dice.weighted(&[(60, 0), (25, WRONG_PASSWORD), (15, GIVE_UP)]), (5, 30)),
        50_140 => (0, (2, 15)),
        50_097 => (*dice.weighted(&[(90, 0), (10, GIVE_UP)]), (1, 4)),
        16_000 | 50_089 => (*dice.weighted(&[(80, 0), (20, GIVE_UP)]), (3, 20)),
        50_055 | 50_072 | 50_079 | 50_125 => (*dice.weighted(&[(75, 0), (25, GIVE_UP)]), (40, 240)),
        65_001 => (*dice.weighted(&[(60, 0), (15, 65_004), (25, GIVE_UP)]), (5, 60)),
        BLOCKED => (*dice.weighted(&[(60, BLOCKED), (40, GIVE_UP)]), (12, 150)),
        _ => return None,
    };
    (then != GIVE_UP).then_some((then, delay))
}

/// Whether the first factor was right, so that policies were looked at.
pub(super) fn reaches_policies(code: i64) -> bool {
    matches!(
        code,
        0 | BLOCKED
            | SECOND_FACTOR_WANTED
            | SECOND_FACTOR_REQUIRED
            | SECOND_FACTOR_FAILED
            | SESSION_TOO_OLD
            | 50_072
            | 50_079
            | 50_097
            | 50_105
            | 50_140
            | 65_001
            | 65_004
            | 90_094
    )
}

/// Whether a second factor was missing.
pub(super) fn lacks_second_factor(code: i64) -> bool {
    matches!(code, SECOND_FACTOR_WANTED | SECOND_FACTOR_REQUIRED | SECOND_FACTOR_FAILED | 50_072 | 50_079)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::sign_in::error_code::sentence;

    #[test]
    fn every_code_has_its_sentence() {
        let drawn = INTERACTIVE.iter().chain(&SILENT).chain(&DAEMON).chain(&SPRAYED).map(|(_, code)| *code);
        for code in drawn.chain([NO_SUCH_USER, DISABLED, BLOCKED, SECOND_FACTOR_FAILED]) {
            assert!(sentence(code).is_some(), "{code}");
        }
    }
}
