//! The secret that says who the caller is.

use std::fmt;

use crate::error::ClientError;

/// An API token or access token. It is never printed: the debug text does not hold it.
#[derive(Clone)]
pub struct Token(String);

/// Longest token, in bytes; an access token with many claims stays below.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

impl Token {
    /// Takes a token as it was issued; white space around it is dropped.
    ///
    /// # Errors
    /// [`ClientError::InvalidToken`] if it is empty, too long, or holds what cannot be in a header.
    pub fn new(text: impl AsRef<str>) -> Result<Self, ClientError> {
        let text = text.as_ref().trim();
        let fits = (1..=MAX_TOKEN_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(ClientError::InvalidToken) }
    }

    /// The secret itself, for storing it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_printable_word_and_is_not_printed() {
        let token = Token::new(" secret\n").unwrap();
        assert_eq!((token.expose(), format!("{token:?}").as_str()), ("secret", "Token(…)"));
        for wrong in ["", " ", "a b", "a\nb", "é"] {
            assert!(Token::new(wrong).is_err(), "{wrong:?}");
        }
    }
}
