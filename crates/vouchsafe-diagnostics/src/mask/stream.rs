//! Masks one record while it is read: each value is written as soon as it is known how.

use super::json::{InvalidJson, Kind, Reader};
use super::person::{Around, Notable};
use super::registry::{Class, Personal};
use super::tree::PlaceId;
use super::{MAX_DEPTH, Masker, Select, Shown, is_identifier, token};

/// One record on its way through a masker.
pub(super) struct Stream<'m, 'a, 'j> {
    masker: &'m mut Masker<'a>,
    reader: Reader<'j>,
    out: &'m mut Vec<u8>,
}

impl<'m, 'a, 'j> Stream<'m, 'a, 'j> {
    pub(super) fn new(masker: &'m mut Masker<'a>, json: &'j str, out: &'m mut Vec<u8>) -> Self {
        Self { masker, reader: Reader::new(json), out }
    }

    /// The whole record.
    pub(super) fn record(mut self, select: Option<&Select>) -> Result<(), InvalidJson> {
        if self.reader.kind()? == Kind::Object {
            self.object(PlaceId::ROOT, Class::UNKNOWN, Around::default(), 0, select)?;
        } else {
            self.value(PlaceId::ROOT, Class::UNKNOWN, Around::default(), 0)?;
        }
        self.reader.end()
    }

    fn value(
        &mut self,
        place: PlaceId,
        class: Class,
        around: Around<'_, 'j>,
        depth: usize,
    ) -> Result<(), InvalidJson> {
        if depth > MAX_DEPTH {
            return self.nothing(depth);
        }
        if class == Class::Personal(Personal::Hidden) {
            self.masker.places.note(place, Shown::Masked);
            return self.nothing(depth);
        }
        let shown = match self.reader.kind()? {
            Kind::Object => return self.object(place, class, around, depth, None),
            Kind::Array => return self.array(place, class, around, depth),
            Kind::Text => self.masker.pseudonyms.write(self.reader.text()?, class, around, self.out),
            Kind::Scalar => {
                let scalar = self.reader.scalar()?;
                let is_plain = class == Class::Plain;
                self.out.extend_from_slice(if is_plain { scalar.as_bytes() } else { b"null" });
                shown_without_text(class)
            }
            Kind::Null => {
                self.reader.null()?;
                self.out.extend_from_slice(b"null");
                shown_without_text(class)
            }
        };
        self.masker.places.note(place, shown);
        Ok(())
    }

    /// Passes over a value, and shows null instead.
    fn nothing(&mut self, depth: usize) -> Result<(), InvalidJson> {
        self.reader.skip(depth)?;
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    /// The elements have the place of the array, and no person is described by several of them.
    fn array(
        &mut self,
        place: PlaceId,
        class: Class,
        around: Around<'_, 'j>,
        depth: usize,
    ) -> Result<(), InvalidJson> {
        let mut more = self.reader.array()?;
        if !more {
            self.masker.places.note(place, shown_without_text(class));
        }
        let person = match around.person {
            Some(person) if more && self.is_single(depth)? => Some(person),
            Some(_) | None => None,
        };
        let around = Around { person, ..around };
        self.out.push(b'[');
        while more {
            self.value(place, class, around, depth + 1)?;
            more = self.reader.next_element()?;
            if more {
                self.out.push(b',');
            }
        }
        self.out.push(b']');
        Ok(())
    }

    /// Whether the element that comes next is the last of its array.
    fn is_single(&self, depth: usize) -> Result<bool, InvalidJson> {
        let mut ahead = self.reader.clone();
        ahead.skip(depth + 1)?;
        Ok(!ahead.next_element()?)
    }

    fn object(
        &mut self,
        place: PlaceId,
        class: Class,
        around: Around<'_, 'j>,
        depth: usize,
        select: Option<&Select>,
    ) -> Result<(), InvalidJson> {
        let mut more = self.reader.object()?;
        if !more {
            self.masker.places.note(place, shown_without_text(class));
            self.out.extend_from_slice(b"{}");
            return Ok(());
        }
        let tree = self.masker.registry.tree();
        let names = tree.node(place).map_or(&[][..], |node| &node.notable);
        let notable = Notable::read(names, self.reader.clone(), depth + 1)?;
        let person = self.masker.pseudonyms.person(&notable);
        let person = person.as_ref();
        let described = person.filter(|person| person.user_principal_name.is_some());
        let around = Around { person, described: described.or(around.described) };
        let mut before = b'{';
        let mut previous = None;
        while more {
            let name = self.reader.name()?.said();
            if select.is_some_and(|select| !select.has(&name)) {
                self.reader.skip(depth + 1)?;
            } else {
                let member = self.masker.place(place, previous, &name);
                let known = tree.node(member).and_then(|node| node.class);
                let class = known.map_or(Class::UNKNOWN, |class| notable.class(class));
                self.out.push(before);
                self.out.extend_from_slice(self.masker.places.member(member).as_bytes());
                self.value(member, class, around, depth + 1)?;
                (before, previous) = (b',', Some(member));
            }
            more = self.reader.next_member()?;
        }
        self.out.extend_from_slice(if previous.is_none() { b"{}" } else { b"}" });
        Ok(())
    }
}

impl Masker<'_> {
    /// The place of a member; one whose name the registry does not know and which may be a value gets another name.
    fn place(&mut self, parent: PlaceId, previous: Option<PlaceId>, name: &str) -> PlaceId {
        let key = self.key;
        let shown = |name: &str| {
            if is_identifier(name) { name.to_owned() } else { token::key_name(key, name) }
        };
        self.places.child(parent, previous, name, shown)
    }
}

fn shown_without_text(class: Class) -> Shown {
    if class == Class::Plain { Shown::Plain } else { Shown::Masked }
}
