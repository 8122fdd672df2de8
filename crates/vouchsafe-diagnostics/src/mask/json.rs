//! Reads JSON text once, from left to right, without building anything (RFC 8259).
//!
//! Values are handed out as pieces of the text. What is read is checked, so that what is copied from it is JSON.

use std::borrow::Cow;

/// Deepest nesting that stored JSON may have, in levels: what `serde_json` reads, which all of it came through.
const MAX_LEVELS: usize = 128;
/// Bytes that are looked at together in a text.
const WORD_BYTES: usize = size_of::<u64>();
/// A word whose bytes are all 1.
const ONES: u64 = u64::MAX / 0xFF;
/// The highest bit of each byte of a word.
const HIGH_BITS: u64 = ONES << 7;

/// Stored text that is not JSON. Says where, and nothing of what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON, or nested more than {MAX_LEVELS} levels: byte {at}")]
pub struct InvalidJson {
    /// Where reading stopped, in bytes from the start.
    pub at: usize,
}

/// What a value begins like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    Text,
    /// Number, true or false.
    Scalar,
    Null,
}

/// A text between its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'j> {
    /// As it stands in the JSON.
    pub(crate) raw: &'j str,
    pub(crate) is_escaped: bool,
}

impl<'j> Text<'j> {
    /// What it says.
    pub(crate) fn said(self) -> Cow<'j, str> {
        if !self.is_escaped {
            return Cow::Borrowed(self.raw);
        }
        Cow::Owned(unescaped(self.raw).unwrap_or_default())
    }
}

fn unescaped(raw: &str) -> Option<String> {
    serde_json::from_str(&format!("\"{raw}\"")).ok()
}

/// A place in JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'j> {
    json: &'j str,
    at: usize,
}

impl<'j> Reader<'j> {
    pub(crate) fn new(json: &'j str) -> Self {
        Self { json, at: 0 }
    }

    pub(crate) fn error(&self) -> InvalidJson {
        InvalidJson { at: self.at }
    }

    /// The next byte that is no space, without taking it.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.json.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Takes the byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), InvalidJson> {
        if self.take(byte) { Ok(()) } else { Err(self.error()) }
    }

    /// Nothing but space is left.
    pub(crate) fn end(&mut self) -> Result<(), InvalidJson> {
        self.peek().map_or(Ok(()), |_| Err(self.error()))
    }

    /// What comes next; nothing is taken.
    pub(crate) fn kind(&mut self) -> Result<Kind, InvalidJson> {
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::Text),
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f' | b'-' | b'0'..=b'9') => Ok(Kind::Scalar),
            _ => Err(self.error()),
        }
    }

    /// Takes the start of an object. Whether it has members.
    pub(crate) fn object(&mut self) -> Result<bool, InvalidJson> {
        self.expect(b'{')?;
        Ok(!self.take(b'}'))
    }

    /// Takes the start of an array. Whether it has elements.
    pub(crate) fn array(&mut self) -> Result<bool, InvalidJson> {
        self.expect(b'[')?;
        Ok(!self.take(b']'))
    }

    /// Takes the name of a member and the colon.
    pub(crate) fn name(&mut self) -> Result<Text<'j>, InvalidJson> {
        let name = self.text()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// Takes the name of a member and the colon, if the name is this one, written just so; `name` needs no escapes.
    pub(crate) fn take_name(&mut self, name: &str) -> bool {
        self.peek();
        let rest = self.json.as_bytes().get(self.at..).unwrap_or_default();
        let behind = rest.strip_prefix(b"\"").and_then(|rest| rest.strip_prefix(name.as_bytes()));
        let found = behind.is_some_and(|rest| rest.starts_with(b"\":"));
        if found {
            self.at += name.len() + b"\"\":".len();
        }
        found
    }

    /// After a member: takes what follows it. Whether another member comes.
    pub(crate) fn next_member(&mut self) -> Result<bool, InvalidJson> {
        self.next(b'}')
    }

    /// After an element: takes what follows it. Whether another element comes.
    pub(crate) fn next_element(&mut self) -> Result<bool, InvalidJson> {
        self.next(b']')
    }

    fn next(&mut self, end: u8) -> Result<bool, InvalidJson> {
        if self.take(b',') {
            return Ok(true);
        }
        self.expect(end).map(|()| false)
    }

    /// Takes a text.
    pub(crate) fn text(&mut self) -> Result<Text<'j>, InvalidJson> {
        self.expect(b'"')?;
        let (start, bytes) = (self.at, self.json.as_bytes());
        let mut is_escaped = false;
        loop {
            self.at += plain_bytes(bytes.get(self.at..).unwrap_or_default());
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_escaped = true;
                    self.at += 2;
                }
                _ => return Err(self.error()),
            }
        }
        let raw = self.json.get(start..self.at).ok_or_else(|| self.error())?;
        if is_escaped && unescaped(raw).is_none() {
            return Err(InvalidJson { at: start });
        }
        self.at += 1;
        Ok(Text { raw, is_escaped })
    }

    /// Takes a number, true or false, as it stands there.
    pub(crate) fn scalar(&mut self) -> Result<&'j str, InvalidJson> {
        let start = match self.peek() {
            Some(b't') => return self.word("true"),
            Some(b'f') => return self.word("false"),
            _ => self.at,
        };
        self.take_here(b"-");
        if !self.take_here(b"0") {
            self.digits()?;
        }
        if self.take_here(b".") {
            self.digits()?;
        }
        if self.take_here(b"eE") {
            self.take_here(b"+-");
            self.digits()?;
        }
        self.json.get(start..self.at).ok_or_else(|| self.error())
    }

    pub(crate) fn null(&mut self) -> Result<(), InvalidJson> {
        self.peek();
        self.word("null").map(drop)
    }

    fn word(&mut self, word: &'static str) -> Result<&'static str, InvalidJson> {
        let found = self.json.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if !found {
            return Err(self.error());
        }
        self.at += word.len();
        Ok(word)
    }

    /// Takes the very next byte if it is one of these.
    fn take_here(&mut self, any_of: &[u8]) -> bool {
        let found = self.json.as_bytes().get(self.at).is_some_and(|byte| any_of.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Result<(), InvalidJson> {
        let rest = self.json.as_bytes().get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(self.error()) } else { Ok(()) }
    }

    /// Takes a whole value that stands `level` levels deep.
    pub(crate) fn skip(&mut self, level: usize) -> Result<(), InvalidJson> {
        if level > MAX_LEVELS {
            return Err(self.error());
        }
        match self.kind()? {
            Kind::Object => {
                let mut more = self.object()?;
                while more {
                    self.name()?;
                    self.skip(level + 1)?;
                    more = self.next_member()?;
                }
                Ok(())
            }
            Kind::Array => {
                let mut more = self.array()?;
                while more {
                    self.skip(level + 1)?;
                    more = self.next_element()?;
                }
                Ok(())
            }
            Kind::Text => self.text().map(drop),
            Kind::Scalar => self.scalar().map(drop),
            Kind::Null => self.null(),
        }
    }
}

/// How many bytes come before the first that ends a text, begins an escape or is a control character. Takes eight bytes
/// at a time: a byte is less than `n` (at most 0x80) if and only if taking `n` from it borrows into its highest bit,
/// where that was not set before; the lowest byte found is right, as borrows only spread upwards.
fn plain_bytes(bytes: &[u8]) -> usize {
    let less = |word: u64, n: u64| word.wrapping_sub(ONES * n) & !word & HIGH_BITS;
    let (words, rest) = bytes.as_chunks::<WORD_BYTES>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = less(word ^ (ONES * u64::from(b'"')), 1);
        let escape = less(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | escape | less(word, 0x20);
        if found != 0 {
            return place * WORD_BYTES + (found.trailing_zeros() / u8::BITS) as usize;
        }
    }
    let in_rest = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    words.len() * WORD_BYTES + in_rest.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the reader takes the text, to its end.
    fn is_read(json: &str) -> bool {
        let mut reader = Reader::new(json);
        reader.skip(0).and_then(|()| reader.end()).is_ok()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let texts = [
            "",
            " ",
            "null",
            "nul",
            "nulll",
            "true",
            "tru",
            "falsey",
            "{}",
            "{",
            "}",
            "[]",
            "[",
            "]",
            "[,]",
            "[1,]",
            "[1 2]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":1 \"b\":2}",
            " { \"a\" : [ 1 , 2 ] } ",
            "0",
            "00",
            "-0",
            "-",
            "01",
            "1.",
            ".5",
            "1.5e3",
            "1e",
            "1E+2",
            "1e-2",
            "+1",
            "1.5.5",
            "0x1",
            "NaN",
            "\"",
            "\"a",
            "\"\\\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u1234\"",
            "\"\\ud800\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u00e9\\n\\t\\/\"",
            "\"a\tb\"",
            "\"a\nb\"",
            "\"\u{1f}\"",
            "\"\u{7f}é€😀\"",
            "\"12345678\"",
            "\"1234567\\\\\"",
            "\"12345678901234567\u{1}\"",
            "1 2",
            "{}{}",
            "\u{feff}{}",
            "\u{a0}1",
            "[[[[]]]]",
        ];
        for text in texts {
            assert_eq!(is_read(text), serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text:?}");
        }
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(is_read(&nested(127)) && !is_read(&nested(100_000)));
    }

    #[test]
    fn a_name_is_taken_if_it_is_the_one() {
        let after = |json: &str, name: &str| {
            let mut reader = Reader::new(json);
            let found = reader.take_name(name);
            (found, json.get(reader.at..).map(str::to_owned))
        };
        assert_eq!(after(" \"id\":1", "id"), (true, Some("1".to_owned())));
        for other in ["\"id\" :1", "\"ids\":1", "\"i\":1", "\"id", "id\":1", "\"\\u0069d\":1", ""] {
            assert_eq!(after(other, "id"), (false, Some(other.to_owned())), "{other}");
        }
    }

    #[test]
    fn texts_say_what_their_escapes_mean() {
        let text = Reader::new(r#""a\u00e9\"b""#).text().unwrap();
        assert_eq!((text.raw, &*text.said()), (r#"a\u00e9\"b"#, "aé\"b"));
        for length in 0..40 {
            for (end, is_escaped) in [("", false), ("\\n", true)] {
                let raw = format!("{}{end}", "é".repeat(length));
                let json = format!("\"{raw}\" ");
                let text = Reader::new(&json).text().unwrap();
                assert_eq!((text.raw, text.is_escaped), (raw.as_str(), is_escaped));
            }
        }
    }
}
