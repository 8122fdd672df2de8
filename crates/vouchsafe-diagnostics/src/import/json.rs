//! Frames the elements of JSON documents without reading them whole.
//!
//! Only brackets and strings are followed here, so an element may be anything between two commas; whether it is
//! JSON is for the record to say. That keeps one bad record from stopping the rest.

use std::io::BufRead;

use super::bytes::{Bytes, Scan};
use super::{ImportError, Step, graph_record};

/// Longest member name of a page that matters, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What an object turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outer {
    /// It has a member `value` that is an array; the bytes stand before its `[`.
    Page,
    /// It has a member `records` that is an array.
    Records,
    /// Neither; the bytes stand behind its `}`.
    Object,
}

/// The elements of arrays and pages, one document after another.
#[derive(Debug)]
pub(super) struct Elements<R> {
    bytes: Bytes<R>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between documents.
    Outside,
    /// Behind the `[` of an array.
    First { in_page: bool },
    /// Behind an element.
    Following { in_page: bool },
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(bytes: Bytes<R>) -> Self {
        Self { bytes, place: Place::Outside }
    }

    /// The next element as a record.
    pub(super) fn next(&mut self) -> Step {
        loop {
            let byte = self.bytes.skip_space()?;
            match (self.place, byte) {
                (Place::Outside, None) => return Ok(None),
                (Place::Outside, Some(b'[')) => {
                    self.bytes.advance()?;
                    self.place = Place::First { in_page: false };
                }
                (Place::Outside, Some(b'{')) => {
                    if let Some(item) = self.object()? {
                        return Ok(Some(item));
                    }
                }
                (Place::Outside, Some(_)) => return Err(self.bytes.broken("expected `[`, `{` or the end")),
                (Place::First { .. } | Place::Following { .. }, None) => {
                    return Err(self.bytes.broken("the source ends inside an array"));
                }
                (Place::First { in_page } | Place::Following { in_page }, Some(b']')) => {
                    self.bytes.advance()?;
                    self.end_array(in_page)?;
                }
                (Place::Following { in_page }, Some(b',')) => {
                    self.bytes.advance()?;
                    self.bytes.skip_space()?;
                    return self.element(in_page);
                }
                (Place::Following { .. }, Some(_)) => {
                    return Err(self.bytes.broken("expected `,` or `]` after a record"));
                }
                (Place::First { in_page }, Some(_)) => return self.element(in_page),
            }
        }
    }

    /// One element of an array.
    fn element(&mut self, in_page: bool) -> Step {
        self.place = Place::Following { in_page };
        let line = self.bytes.line();
        self.bytes.keep();
        frame(&mut self.bytes)?;
        Ok(Some((line, graph_record(self.bytes.kept()))))
    }

    /// A page, whose array is entered, or an object that is a record itself.
    fn object(&mut self) -> Step {
        let line = self.bytes.line();
        self.bytes.keep();
        let outer = outer_object(&mut self.bytes)?;
        let kept = self.bytes.kept();
        match outer {
            Outer::Page => {
                self.bytes.advance()?;
                self.place = Place::First { in_page: true };
                Ok(None)
            }
            Outer::Records => {
                Err(self.bytes.broken("expected a page with `value`, found one with `records`"))
            }
            Outer::Object => Ok(Some((line, graph_record(kept)))),
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
    loop {
        let name = name(bytes)?;
        match (name.as_slice(), bytes.peek()?) {
            (b"value", Some(b'[')) => return Ok(Outer::Page),
            (b"records", Some(b'[')) => return Ok(Outer::Records),
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
    bytes.advance()?;
    let mut name = Vec::new();
    let mut escaped = false;
    let ended = bytes.scan(|byte| {
        if byte == b'"' && !escaped {
            return Scan::Last;
        }
        escaped = byte == b'\\' && !escaped;
        if name.len() < MAX_NAME_BYTES {
            name.push(byte);
        }
        Scan::Go
    })?;
    if !ended || bytes.skip_space()? != Some(b':') {
        return Err(bytes.broken("expected `:` after the name of a member"));
    }
    bytes.advance()?;
    bytes.skip_space()?;
    Ok(name)
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
