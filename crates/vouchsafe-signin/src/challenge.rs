//! Challenges that need no row. A challenge holds its end and a nonce, and an HMAC over both, what it is for and what it is
//! bound to; so the service knows its own again and nobody can make one. That each is answered once is kept by whoever
//! takes the answer.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use vouchsafe_core::time::{Duration, Timestamp};

/// How long a challenge can be answered.
pub const CHALLENGE_LASTS: Duration = Duration::minutes(5);
/// Random bytes of a challenge.
pub const NONCE_BYTES: usize = 16;
/// Bytes of a whole challenge: its end, its nonce, its HMAC.
const CHALLENGE_BYTES: usize = 8 + NONCE_BYTES + 32;

/// What a challenge is for. The answer to one for something else is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengeUse {
    /// Signing in.
    SignIn,
    /// Enrolling a passkey with a one-time pass.
    EnrolByPass,
    /// Enrolling a further passkey by a session.
    EnrolBySession,
    /// Signing a decision.
    Decide,
}

impl ChallengeUse {
    const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "signIn",
            Self::EnrolByPass => "enrolByPass",
            Self::EnrolBySession => "enrolBySession",
            Self::Decide => "decide",
        }
    }
}

/// Makes challenges and knows them again.
#[derive(Clone)]
pub struct Challenger<'k>(&'k [u8; 32]);

impl<'k> Challenger<'k> {
    /// With the service's key for challenges.
    #[must_use]
    pub fn new(key: &'k [u8; 32]) -> Self {
        Self(key)
    }

    /// A challenge for this use, bound to `binding`.
    #[must_use]
    pub fn make(
        &self,
        purpose: ChallengeUse,
        binding: &[u8],
        now: Timestamp,
        nonce: [u8; NONCE_BYTES],
    ) -> Vec<u8> {
        let mut challenge = (now + CHALLENGE_LASTS).as_micros().to_be_bytes().to_vec();
        challenge.extend_from_slice(&nonce);
        let tag = self.tag(purpose, binding, &challenge).finalize().into_bytes();
        challenge.extend_from_slice(&tag);
        challenge
    }

    /// When a challenge ends, if this service made it for this use and binding and it has not ended.
    #[must_use]
    pub fn check(
        &self,
        purpose: ChallengeUse,
        binding: &[u8],
        challenge: &[u8],
        now: Timestamp,
    ) -> Option<Timestamp> {
        if challenge.len() != CHALLENGE_BYTES {
            return None;
        }
        let (said, tag) = challenge.split_at_checked(CHALLENGE_BYTES - 32)?;
        self.tag(purpose, binding, said).verify_slice(tag).ok()?;
        let end = Timestamp::from_micros(i64::from_be_bytes(*said.first_chunk::<8>()?));
        (now < end).then_some(end)
    }

    /// A salt that goes with a challenge: the same for the same one, and nobody else's to guess.
    #[must_use]
    pub fn salt(&self, challenge: &[u8]) -> [u8; 32] {
        self.tag(ChallengeUse::Decide, b"salt", challenge).finalize().into_bytes().into()
    }

    fn tag(&self, purpose: ChallengeUse, binding: &[u8], said: &[u8]) -> Hmac<Sha256> {
        // RFC 2104: a key shorter than a block is filled up with zeros.
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(self.0) {
            *place = *byte;
        }
        let mut tag = Hmac::<Sha256>::new(&block.into());
        tag.update(purpose.name().as_bytes());
        tag.update(&[0]);
        tag.update(&Sha256::digest(binding));
        tag.update(said);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ones_own_challenge_for_the_same_thing_in_time_is_known() {
        let (key, other) = ([7; 32], [8; 32]);
        let challenger = Challenger::new(&key);
        let now = Timestamp::from_millis(1_000_000);
        let made = challenger.make(ChallengeUse::SignIn, b"x", now, [3; NONCE_BYTES]);
        let check = |purpose, binding: &[u8], made: &[u8], at| challenger.check(purpose, binding, made, at);
        assert_eq!(check(ChallengeUse::SignIn, b"x", &made, now), Some(now + CHALLENGE_LASTS));
        assert_eq!(check(ChallengeUse::Decide, b"x", &made, now), None);
        assert_eq!(check(ChallengeUse::SignIn, b"y", &made, now), None);
        assert_eq!(check(ChallengeUse::SignIn, b"x", &made, now + CHALLENGE_LASTS), None);
        assert_eq!(Challenger::new(&other).check(ChallengeUse::SignIn, b"x", &made, now), None);
        for n in 0..made.len() {
            let mut changed = made.clone();
            changed[n] ^= 1;
            assert_eq!(check(ChallengeUse::SignIn, b"x", &changed, now), None, "byte {n}");
        }
        assert_eq!(check(ChallengeUse::SignIn, b"x", &made[1..], now), None);
    }
}
