//! JSON in RFC 8785 form (JSON Canonicalization Scheme), straight from typed values: no tree in between. Where a
//! personal value stands, a gap is left, to be filled with its sealed form or its commitment.
//!
//! Entries need the canonical order of members; documents do not care, and skip the sorting.

mod compound;

use std::fmt::Display;
use std::ops::Range;

use serde::ser::{Error as _, Serialize, Serializer};
use vouchsafe_core::id::UserId;
use vouchsafe_core::personal::Personal;

use crate::canonical::compound::{Items, Members};
use crate::error::StoreError;

/// Whole numbers up to here, and their negatives, are exact as the doubles that RFC 8785 knows (2^53).
const EXACT_MAX: u64 = 1 << 53;

/// The order of an object's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By name in UTF-16 code units, as RFC 8785 section 3.2.3 says.
    Canonical,
    /// As they come.
    AsTheyCome,
}

/// A value's bytes, without its personal values.
#[derive(Debug)]
pub(crate) struct Written {
    bytes: Vec<u8>,
    gaps: Vec<Gap>,
    /// The text of the outermost object's member `id`; empty without one.
    pub(crate) id: String,
}

/// The place of a personal value.
#[derive(Debug)]
pub(crate) struct Gap {
    /// Offset in the bytes around it.
    at: usize,
    /// RFC 6901 pointer to the value.
    pub(crate) pointer: String,
    /// Whose value it is.
    pub(crate) person: UserId,
    /// The value; `None` once the person was erased.
    pub(crate) text: Option<String>,
}

/// Writes a value with gaps where personal values stand.
///
/// # Errors
/// [`StoreError::Corrupt`] for what has no JSON form: a map whose keys are no texts.
pub(crate) fn write(value: &impl Serialize, order: Order) -> Result<Written, StoreError> {
    let mut json = Json::new(order);
    value.serialize(&mut json).map_err(|error| StoreError::Corrupt(format!("document: {error}")))?;
    Ok(Written { bytes: json.out, gaps: json.gaps, id: json.id })
}

impl Written {
    /// The people whose values are left out, each once.
    pub(crate) fn people(&self) -> Vec<UserId> {
        let mut people: Vec<UserId> = self.gaps.iter().map(|gap| gap.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// The whole bytes; `fill` writes each gap's value behind what it is given, in the order of the bytes.
    ///
    /// # Errors
    /// That of `fill`.
    pub(crate) fn filled(
        self,
        mut fill: impl FnMut(Gap, &mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        /// What a sealed value takes about.
        const BYTES_PER_GAP: usize = 256;
        let mut whole = Vec::with_capacity(self.bytes.len() + self.gaps.len() * BYTES_PER_GAP);
        let mut copied = 0;
        for gap in self.gaps {
            let at = gap.at;
            whole.extend_from_slice(self.bytes.get(copied..at).unwrap_or_default());
            copied = at;
            fill(gap, &mut whole)?;
        }
        whole.extend_from_slice(self.bytes.get(copied..).unwrap_or_default());
        Ok(whole)
    }
}

/// Appends a text as a JSON string; serde_json escapes exactly what RFC 8785 section 3.2.2.2 does.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) -> Result<(), serde_json::Error> {
    if text.bytes().any(must_escape) {
        return serde_json::to_writer(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Whether a byte of UTF-8 cannot stand in a JSON string as it is (RFC 8785 section 3.2.2.2).
fn must_escape(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\')
}

/// The serializer.
struct Json {
    out: Vec<u8>,
    gaps: Vec<Gap>,
    order: Order,
    /// RFC 6901 pointer to the value that is being written.
    pointer: String,
    id: String,
}

impl Json {
    fn new(order: Order) -> Self {
        /// Most documents and entries fit.
        const BYTES_EXPECTED: usize = 2_048;
        let out = Vec::with_capacity(BYTES_EXPECTED);
        Self { out, gaps: Vec::new(), order, pointer: String::new(), id: String::new() }
    }

    fn written(&self, range: Range<usize>) -> &[u8] {
        self.out.get(range).unwrap_or_default()
    }

    /// Steps into a member or item; gives the length of the pointer to step back to.
    fn step_into(&mut self, name: &str) -> usize {
        let back = self.pointer.len();
        self.pointer.push('/');
        if !name.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
            self.pointer.push_str(name);
            return back;
        }
        for character in name.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                plain => self.pointer.push(plain),
            }
        }
        back
    }

    /// A number that is not a small whole one, in ECMAScript's form.
    fn other_number(&mut self, number: serde_json::Value) -> Result<(), serde_json::Error> {
        let bytes = vouchsafe_log::canonical(&number).map_err(serde_json::Error::custom)?;
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    /// Opens `{"name":`, for an enum's variant with content.
    fn open_variant(&mut self, name: &str) -> Result<(), serde_json::Error> {
        self.out.push(b'{');
        push_text(&mut self.out, name)?;
        self.out.push(b':');
        Ok(())
    }
}

macro_rules! whole_numbers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, number: $type) -> Result<(), serde_json::Error> {
            if u64::from(number.abs_diff(0)) <= EXACT_MAX {
                serde_json::to_writer(&mut self.out, &number)
            } else {
                self.other_number(number.into())
            }
        }
    )*};
}

impl<'a> Serializer for &'a mut Json {
    type Ok = ();
    type Error = serde_json::Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    whole_numbers!(serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64);
    whole_numbers!(serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64);

    fn serialize_bool(self, flag: bool) -> Result<(), Self::Error> {
        self.out.extend_from_slice(if flag { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), Self::Error> {
        self.other_number(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Self::Error> {
        self.other_number(number.into())
    }

    fn serialize_char(self, character: char) -> Result<(), Self::Error> {
        push_text(&mut self.out, character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Self::Error> {
        push_text(&mut self.out, text)
    }

    /// Ids and times come here: their text is written in place, and only looked through for what must be escaped.
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Self::Error> {
        use std::io::Write as _;
        self.out.push(b'"');
        let from = self.out.len();
        write!(self.out, "{value}").map_err(Self::Error::custom)?;
        if self.written(from..self.out.len()).iter().any(|byte| must_escape(*byte)) {
            self.out.truncate(from - 1);
            return push_text(&mut self.out, &value.to_string());
        }
        self.out.push(b'"');
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Self::Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Self::Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Self::Error> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Self::Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Self::Error> {
        push_text(&mut self.out, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        self.open_variant(variant)?;
        let back = self.step_into(variant);
        value.serialize(&mut *self)?;
        self.pointer.truncate(back);
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Self::Error> {
        Ok(Items::open(self, None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Self::Error> {
        Ok(Items::open(self, None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Self::Error> {
        Ok(Items::open(self, None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Self::Error> {
        self.open_variant(variant)?;
        Ok(Items::open(self, Some(variant)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Self::Error> {
        Ok(Members::open(self, None))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Self::Error> {
        Ok(Members::open(self, None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members<'a>, Self::Error> {
        self.open_variant(variant)?;
        Ok(Members::open(self, Some(variant)))
    }
}

#[cfg(test)]
mod tests;
