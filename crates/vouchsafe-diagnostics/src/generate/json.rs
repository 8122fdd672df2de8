//! Writes JSON straight into bytes, members in the order in which they are named.
//!
//! Millions of records are made per run, and Graph prints its members in an order of its own; a tree of values would
//! cost several times as much and lose that order.

use std::io::Write as _;
use std::net::IpAddr;

use uuid::Uuid;

use super::DAY;

/// An object that is being written. Every method adds one member.
pub(super) struct Json<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

/// Appends an object.
pub(super) fn object(out: &mut Vec<u8>, members: impl FnOnce(&mut Json<'_>)) {
    out.push(b'{');
    members(&mut Json { out, empty: true });
    out.push(b'}');
}

impl Json<'_> {
    pub(super) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        string(self.out, value);
        self
    }

    /// A text, or null.
    pub(super) fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.null(name),
        }
    }

    /// A text that is put together from parts.
    pub(super) fn format(&mut self, name: &str, value: std::fmt::Arguments<'_>) -> &mut Self {
        match value.as_str() {
            Some(value) => self.text(name, value),
            None => self.text(name, &value.to_string()),
        }
    }

    pub(super) fn id(&mut self, name: &str, value: Uuid) -> &mut Self {
        self.name(name);
        let mut text = Uuid::encode_buffer();
        let text = value.as_hyphenated().encode_lower(&mut text);
        self.out.push(b'"');
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'"');
        self
    }

    /// An instant as RFC 3339 in whole seconds of UTC, from seconds since 1970.
    pub(super) fn time(&mut self, name: &str, at: i64) -> &mut Self {
        self.name(name);
        instant(self.out, at);
        self
    }

    pub(super) fn address(&mut self, name: &str, value: IpAddr) -> &mut Self {
        self.name(name);
        // Writing to a vector cannot fail.
        let _ = write!(self.out, "\"{value}\"");
        self
    }

    pub(super) fn number(&mut self, name: &str, value: i64) -> &mut Self {
        self.name(name);
        // Writing to a vector cannot fail.
        let _ = write!(self.out, "{value}");
        self
    }

    /// A value that is JSON already, such as `52.52`.
    pub(super) fn raw(&mut self, name: &str, value: &str) -> &mut Self {
        self.name(name);
        self.out.extend_from_slice(value.as_bytes());
        self
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    pub(super) fn null(&mut self, name: &str) -> &mut Self {
        self.raw(name, "null")
    }

    /// An object within.
    pub(super) fn inner(&mut self, name: &str, members: impl FnOnce(&mut Json<'_>)) -> &mut Self {
        self.name(name);
        object(self.out, members);
        self
    }

    /// An array of texts.
    pub(super) fn texts<'t>(&mut self, name: &str, values: impl IntoIterator<Item = &'t str>) -> &mut Self {
        self.name(name);
        array(self.out, values, string);
        self
    }

    /// An array of objects.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        members: impl Fn(&mut Json<'_>, T),
    ) -> &mut Self {
        self.name(name);
        array(self.out, items, |out, item| object(out, |json| members(json, item)));
        self
    }

    /// Names are written as they are: all of them stand in this crate.
    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }
}

fn array<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

fn string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    if value.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        for byte in value.bytes() {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                // Writing to a vector cannot fail.
                0..b' ' => drop(write!(out, "\\u{byte:04x}")),
                _ => out.push(byte),
            }
        }
    } else {
        out.extend_from_slice(value.as_bytes());
    }
    out.push(b'"');
}

/// `"2026-11-23T09:14:07Z"`, for the years 0000 to 9999.
fn instant(out: &mut Vec<u8>, at: i64) {
    let (year, month, day) = date(at.div_euclid(DAY));
    let second = at.rem_euclid(DAY);
    let [century, year] = [year.div_euclid(100), year.rem_euclid(100)];
    let parts = [
        (century, b'"'),
        (year, 0),
        (month, b'-'),
        (day, b'-'),
        (second / 3_600, b'T'),
        (second / 60 % 60, b':'),
        (second % 60, b':'),
    ];
    for (number, before) in parts {
        if before != 0 {
            out.push(before);
        }
        let digit = |digit: i64| b'0' + u8::try_from(digit).unwrap_or_default();
        out.extend_from_slice(&[digit(number / 10 % 10), digit(number % 10)]);
    }
    out.extend_from_slice(b"Z\"");
}

/// Year, month and day of a day counted from 1970-01-01, by the proleptic Gregorian calendar: eras of 400 years, and
/// years that begin in March, so that the day a leap year adds is its last.
fn date(day: i64) -> (i64, i64, i64) {
    /// Days of 400 years.
    const ERA: i64 = 146_097;
    // 0000-03-01.
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vouchsafe_core::time::Timestamp;

    #[test]
    fn members_keep_their_order_and_texts_their_characters() {
        let mut out = Vec::new();
        object(&mut out, |json| {
            json.text("z", "say \"Zoë\\\n\"").maybe("y", None).number("x", -7).flag("w", true);
            json.texts("v", ["a", "b"]).id("u", Uuid::nil()).list("t", [1, 2], |json, n| {
                json.number("n", n);
            });
            json.inner("s", |_| {}).time("r", 0).format("q", format_args!("{}-{}", 1, 2));
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"z":"say \"Zoë\\\u000a\"","y":null,"x":-7,"w":true,"v":["a","b"],"u":"00000000-0000-0000-0000-000000000000","t":[{"n":1},{"n":2}],"s":{},"r":"1970-01-01T00:00:00Z","q":"1-2"}"#
        );
    }

    proptest! {
        #[test]
        fn any_text_reads_back(value: String) {
            let mut out = Vec::new();
            object(&mut out, |json| { json.text("value", &value); });
            let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
            prop_assert_eq!(read["value"].as_str(), Some(value.as_str()));
        }

        /// From 0001 to 9999.
        #[test]
        fn any_instant_is_the_one_jiff_prints(at in -62_135_596_800_i64..253_402_207_200) {
            let mut out = Vec::new();
            instant(&mut out, at);
            let expected = format!("\"{}\"", Timestamp::from_micros(at * 1_000_000));
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
