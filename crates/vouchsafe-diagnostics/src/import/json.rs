//! Frames the elements of JSON documents without reading them whole.
//!
//! Only brackets and strings are followed here, so an element may be anything between two commas; whether it is
//! JSON is for the record to say. That keeps one bad record from stopping the rest.

use std::io::BufRead;

use crate::resource::Resource;

use super::bytes::{Bytes, Scan};
use super::object::Objects;
use super::{ImportError, Step, record};

/// Longest member name of a page that matters, in bytes.
const MAX_NAME_BYTES: usize = 64;
/// Longest context of a page that is looked at, in bytes.
const MAX_CONTEXT_BYTES: usize = 4 * 1024;

/// What an object turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outer {
    /// It has a member `value` or `records` that is an array; the bytes stand before its `[`.
    Page {
        /// The kind that its `@odata.context` names.
        kind: Option<Resource>,
    },
    /// It has neither; the bytes stand behind its `}`.
    Object,
}

/// The elements of arrays and pages, one document after another.
#[derive(Debug)]
pub(super) struct Elements<R> {
    bytes: Bytes<R>,
    place: Place,
    objects: Objects,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between documents.
    Outside,
    /// Behind the `[` of an array.
    First(Around),
    /// Behind an element.
    Following(Around),
}

/// What is around the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Around {
    /// Whether the array is in a page.
    in_page: bool,
    /// The kind that the page names.
    kind: Option<Resource>,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(bytes: Bytes<R>, directory: Option<String>) -> Self {
        Self { bytes, place: Place::Outside, objects: Objects::of(directory) }
    }

    /// The next element as a record.
    pub(super) fn next(&mut self) -> Step {
        loop {
            let byte = self.bytes.skip_space()?;
            match (self.place, byte) {
                (Place::Outside, None) => return Ok(None),
                (Place::Outside, Some(b'[')) => {
                    self.bytes.advance()?;
                    self.place = Place::First(Around { in_page: false, kind: None });
                }
                (Place::Outside, Some(b'{')) => {
                    if let Some(item) = self.object()? {
                        return Ok(Some(item));
                    }
                }
                (Place::Outside, Some(_)) => return Err(self.bytes.broken("expected `[`, `{` or the end")),
                (Place::First(_) | Place::Following(_), None) => {
                    return Err(self.bytes.broken("the source ends inside an array"));
                }
                (Place::First(around) | Place::Following(around), Some(b']')) => {
                    self.bytes.advance()?;
                    self.end_array(around.in_page)?;
                }
                (Place::Following(around), Some(b',')) => {
                    self.bytes.advance()?;
                    self.bytes.skip_space()?;
                    return self.element(around);
                }
                (Place::Following(_), Some(_)) => {
                    return Err(self.bytes.broken("expected `,` or `]` after a record"));
                }
                (Place::First(around), Some(_)) => return self.element(around),
            }
        }
    }

    /// One element of an array.
    fn element(&mut self, around: Around) -> Step {
        self.place = Place::Following(around);
        let line = self.bytes.line();
        self.bytes.keep();
        frame(&mut self.bytes)?;
        Ok(Some((line, record(&self.bytes.kept(), around.kind, &mut self.objects))))
    }

    /// A page, whose array is entered, or an object that is a record itself.
    fn object(&mut self) -> Step {
        let line = self.bytes.line();
        self.bytes.keep();
        let outer = outer_object(&mut self.bytes)?;
        let kept = self.bytes.kept();
        match outer {
            Outer::Page { kind } => {
                self.bytes.advance()?;
                self.place = Place::First(Around { in_page: true, kind });
                Ok(None)
            }
            Outer::Object => Ok(Some((line, record(&kept, None, &mut self.objects)))),
        }
    }

    /// Behind the `]`: the rest of the page, if it was in one.
    fn end_array(&mut self, in_page: bool) -> Result<(), ImportError> {
        self.place = Place::Outside;
        if !in_page {
            return Ok(());
        }
        loop {
            match self.bytes.skip_space()? {
                Some(b'}') => return self.bytes.advance(),
                Some(b',') => {
                    self.bytes.advance()?;
                    name(&mut self.bytes)?;
                    frame(&mut self.bytes)?;
                }
                Some(_) => return Err(self.bytes.broken("expected `,` or `}` after the array of a page")),
                None => return Err(self.bytes.broken("the source ends inside a page")),
            }
        }
    }
}

/// Reads an object, from its `{`, up to its array `value` or `records`, or to its end.
pub(super) fn outer_object<R: BufRead>(bytes: &mut Bytes<R>) -> Result<Outer, ImportError> {
    bytes.advance()?;
    if bytes.skip_space()? == Some(b'}') {
        bytes.advance()?;
        return Ok(Outer::Object);
    }
    let mut kind = None;
    loop {
        let name = name(bytes)?;
        match (name.as_slice(), bytes.peek()?) {
            (b"value" | b"records", Some(b'[')) => return Ok(Outer::Page { kind }),
            (b"@odata.context", Some(b'"')) => kind = context(bytes)?,
            _ => frame(bytes)?,
        }
        match bytes.skip_space()? {
            Some(b'}') => {
                bytes.advance()?;
                return Ok(Outer::Object);
            }
            Some(b',') => bytes.advance()?,
            Some(_) => return Err(bytes.broken("expected `,` or `}` after a member")),
            None => return Err(bytes.broken("the source ends inside an object")),
        }
    }
}

/// Takes the name of a member, its colon and the space after it; a longer name is cut.
fn name<R: BufRead>(bytes: &mut Bytes<R>) -> Result<Vec<u8>, ImportError> {
    if bytes.skip_space()? != Some(b'"') {
        return Err(bytes.broken("expected the name of a member"));
    }
    let (name, ended) = string(bytes, MAX_NAME_BYTES)?;
    if !ended || bytes.skip_space()? != Some(b':') {
        return Err(bytes.broken("expected `:` after the name of a member"));
    }
    bytes.advance()?;
    bytes.skip_space()?;
    Ok(name)
}

/// Takes the context of a page, and tells the kind that it names.
fn context<R: BufRead>(bytes: &mut Bytes<R>) -> Result<Option<Resource>, ImportError> {
    let (text, ended) = string(bytes, MAX_CONTEXT_BYTES)?;
    if !ended {
        return Err(bytes.broken("the source ends inside a value"));
    }
    Ok(std::str::from_utf8(&text).ok().and_then(Resource::of_context))
}

/// Takes a string from its quote on, and what stands in it, cut after so many bytes; and whether it ended.
fn string<R: BufRead>(bytes: &mut Bytes<R>, max_bytes: usize) -> Result<(Vec<u8>, bool), ImportError> {
    bytes.advance()?;
    let mut text = Vec::new();
    let mut escaped = false;
    let ended = bytes.scan(|byte| {
        if byte == b'"' && !escaped {
            return Scan::Last;
        }
        escaped = byte == b'\\' && !escaped;
        if text.len() < max_bytes {
            text.push(byte);
        }
        Scan::Go
    })?;
    Ok((text, ended))
}

/// Takes one value.
fn frame<R: BufRead>(bytes: &mut Bytes<R>) -> Result<(), ImportError> {
    let (mut depth, mut in_string, mut escaped, mut empty) = (0u64, false, false, true);
    let ended = bytes.scan(|byte| {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            return if in_string || depth > 0 { Scan::Go } else { Scan::Last };
        }
        let first = std::mem::replace(&mut empty, false);
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return Scan::Last,
            b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 && !first => return Scan::Stop,
            b',' | b'}' | b']' if depth == 0 => return Scan::Stop,
            _ => {}
        }
        Scan::Go
    })?;
    if ended { Ok(()) } else { Err(bytes.broken("the source ends inside a value")) }
}
