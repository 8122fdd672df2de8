//! Arrays and objects of canonical JSON.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use serde::Deserialize;
use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};
use vouchsafe_core::id::UserId;

use super::{Gap, Json, Order, Personal, push_text};

/// An array that is being written.
pub(super) struct Items<'a> {
    json: &'a mut Json,
    count: usize,
    /// Length of the pointer to go back to at the end, if the array stands in a variant's object.
    variant: Option<usize>,
}

impl<'a> Items<'a> {
    pub(super) fn open(json: &'a mut Json, variant: Option<&str>) -> Self {
        let variant = variant.map(|name| json.step_into(name));
        json.out.push(b'[');
        Self { json, count: 0, variant }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), serde_json::Error> {
        if self.count > 0 {
            self.json.out.push(b',');
        }
        let back = self.json.pointer.len();
        use std::fmt::Write as _;
        write!(self.json.pointer, "/{}", self.count).map_err(serde_json::Error::custom)?;
        self.count += 1;
        value.serialize(&mut *self.json)?;
        self.json.pointer.truncate(back);
        Ok(())
    }

    fn close(self) {
        self.json.out.push(b']');
        close_variant(self.json, self.variant);
    }
}

fn close_variant(json: &mut Json, variant: Option<usize>) {
    if let Some(back) = variant {
        json.pointer.truncate(back);
        json.out.push(b'}');
    }
}

/// An object that is being written.
pub(super) struct Members<'a> {
    json: &'a mut Json,
    /// Where its `{` stands.
    from: usize,
    members: Vec<Member>,
    /// A map's key whose value comes next.
    key: String,
    /// Whether the members came in canonical order so far.
    sorted: bool,
    /// What the marker of a personal value held: then a gap stands for the whole object.
    personal: Option<Marked>,
    variant: Option<usize>,
}

/// A member that was written.
struct Member {
    name: Cow<'static, str>,
    /// Its name, colon and value.
    bytes: Range<usize>,
    /// The gaps in its value.
    gaps: Range<usize>,
}

/// The content of a personal value, as `Personal` serializes it.
#[derive(Deserialize)]
struct Marked {
    person: UserId,
    text: Option<String>,
}

impl Marked {
    /// Reads back what was written a moment ago, without a parser where nothing in it is escaped.
    fn read(written: &[u8]) -> Result<Self, serde_json::Error> {
        match Self::plain(written) {
            Some(plain) => Ok(plain),
            None => serde_json::from_slice(written),
        }
    }

    fn plain(written: &[u8]) -> Option<Self> {
        let members = written.strip_prefix(br#"{"person":"#)?.strip_suffix(b"}")?;
        let comma = members.iter().position(|byte| *byte == b',')?;
        let (person, text) = members.split_at_checked(comma)?;
        let person = plain_text(person)?.parse().ok()?;
        let text = plain_text(text.strip_prefix(br#","text":"#)?)?;
        Some(Self { person, text: Some(text.to_owned()) })
    }
}

/// The text of a JSON string in which nothing is escaped; none for anything else.
fn plain_text(json: &[u8]) -> Option<&str> {
    let inside = json.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let plain = !inside.iter().any(|byte| matches!(byte, b'"' | b'\\'));
    plain.then(|| std::str::from_utf8(inside).ok()).flatten()
}

impl<'a> Members<'a> {
    pub(super) fn open(json: &'a mut Json, variant: Option<&str>) -> Self {
        let variant = variant.map(|name| json.step_into(name));
        let from = json.out.len();
        json.out.push(b'{');
        let key = String::new();
        Self { json, from, members: Vec::new(), key, sorted: true, personal: None, variant }
    }

    fn member<T: Serialize + ?Sized>(
        &mut self,
        name: Cow<'static, str>,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        let json = &mut *self.json;
        if json.out.len() > self.from + 1 {
            json.out.push(b',');
        }
        let (from, gaps) = (json.out.len(), json.gaps.len());
        push_text(&mut json.out, &name)?;
        json.out.push(b':');
        let value_from = json.out.len();
        let outermost = json.pointer.is_empty();
        let back = json.step_into(&name);
        value.serialize(&mut *json)?;
        json.pointer.truncate(back);
        let value_bytes = json.written(value_from..json.out.len());
        if name == Personal::MARKER {
            self.personal = Some(Marked::read(value_bytes)?);
        } else if outermost && name == "id" {
            json.id = match plain_text(value_bytes) {
                Some(id) => id.to_owned(),
                None => serde_json::from_slice(value_bytes).unwrap_or_default(),
            };
        }
        if json.order == Order::Canonical {
            self.sorted &=
                self.members.last().is_none_or(|last| utf16_order(&last.name, &name) == Ordering::Less);
            let (bytes, gaps) = (from..json.out.len(), gaps..json.gaps.len());
            self.members.push(Member { name, bytes, gaps });
        }
        Ok(())
    }

    fn close(mut self) {
        if let Some(Marked { person, text }) = self.personal.take() {
            self.json.out.truncate(self.from);
            let (at, pointer) = (self.from, self.json.pointer.clone());
            self.json.gaps.push(Gap { at, pointer, person, text });
        } else {
            if !self.sorted {
                self.sort();
            }
            self.json.out.push(b'}');
        }
        close_variant(self.json, self.variant);
    }

    /// Brings the members, with the gaps in them, into canonical order.
    fn sort(&mut self) {
        self.members.sort_by(|a, b| utf16_order(&a.name, &b.name));
        let first = self.from + 1;
        let mut ordered = Vec::with_capacity(self.json.out.len().saturating_sub(first));
        let first_gap = self.members.iter().map(|member| member.gaps.start).min().unwrap_or_default();
        let mut gaps: Vec<Option<Gap>> = self.json.gaps.drain(first_gap..).map(Some).collect();
        for member in &self.members {
            if !ordered.is_empty() {
                ordered.push(b',');
            }
            let at = first + ordered.len();
            ordered.extend_from_slice(self.json.written(member.bytes.clone()));
            let inside = member.gaps.start - first_gap..member.gaps.end - first_gap;
            for gap in gaps.get_mut(inside).unwrap_or_default().iter_mut().filter_map(Option::take) {
                self.json.gaps.push(Gap { at: gap.at - member.bytes.start + at, ..gap });
            }
        }
        self.json.out.truncate(first);
        self.json.out.append(&mut ordered);
    }
}

/// RFC 8785 section 3.2.3. Names of our own are ASCII, where bytes have the same order.
fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

macro_rules! arrays {
    ($($part:ident $method:ident),*) => {$(
        impl $part for Items<'_> {
            type Ok = ();
            type Error = serde_json::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), serde_json::Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), serde_json::Error> {
                self.close();
                Ok(())
            }
        }
    )*};
}

arrays!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! objects {
    ($($part:ident),*) => {$(
        impl $part for Members<'_> {
            type Ok = ();
            type Error = serde_json::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), serde_json::Error> {
                self.member(Cow::Borrowed(name), value)
            }

            fn end(self) -> Result<(), serde_json::Error> {
                self.close();
                Ok(())
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = serde_json::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), serde_json::Error> {
        let from = self.json.out.len();
        key.serialize(&mut *self.json)?;
        let text = serde_json::from_slice(self.json.written(from..self.json.out.len()));
        self.key = text.map_err(|_| serde_json::Error::custom("a key is not a text"))?;
        self.json.out.truncate(from);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), serde_json::Error> {
        let name = std::mem::take(&mut self.key);
        self.member(Cow::Owned(name), value)
    }

    fn end(self) -> Result<(), serde_json::Error> {
        self.close();
        Ok(())
    }
}
