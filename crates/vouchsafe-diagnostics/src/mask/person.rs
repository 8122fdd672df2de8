//! What must be known of an object before its members can be shown: who it describes, and what its switches say.

use std::borrow::Cow;

use super::json::{InvalidJson, Kind, Reader};
use super::registry::Class;
use super::says_nothing;

/// A person whom an object describes.
#[derive(Debug)]
pub(super) struct Person<'j> {
    /// How the person is shown.
    pub(super) pseudonym: Vec<u8>,
    /// Whether id and names are shown as they are instead.
    pub(super) is_revealed: bool,
    pub(super) id: Option<Cow<'j, str>>,
    pub(super) user_principal_name: Option<Cow<'j, str>>,
}

impl Person<'_> {
    /// Whether this is the person's UPN, in any case.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let upn = self.user_principal_name.as_deref();
        upn.is_some_and(|upn| upn == name || upn.to_lowercase() == name.to_lowercase())
    }

    /// Whether this is the person's id, in any case.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id.as_deref().is_some_and(|own| own.to_lowercase() == id.to_lowercase())
    }
}

/// Who is described around a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around<'p, 'j> {
    /// By the members beside it.
    pub(super) person: Option<&'p Person<'j>>,
    /// The nearest whose UPN is known: by the members beside it, or by an object around them.
    pub(super) described: Option<&'p Person<'j>>,
}

/// The notable members of an object: those that others of it depend on.
#[derive(Debug)]
pub(super) struct Notable<'a, 'j> {
    names: &'a [(&'static str, Class)],
    /// Of each name, the text that stands there; the last of several, as `serde_json` has it.
    texts: Vec<Option<Cow<'j, str>>>,
}

impl<'a, 'j> Notable<'a, 'j> {
    /// Looks ahead through the members of an object that has some. `reader` stands at the first, `level` levels deep.
    pub(super) fn read(
        names: &'a [(&'static str, Class)],
        mut reader: Reader<'j>,
        level: usize,
    ) -> Result<Self, InvalidJson> {
        let mut texts = Vec::new();
        if !names.is_empty() {
            texts.resize(names.len(), None);
            let mut more = true;
            while more {
                let name = reader.name()?.said();
                let at = names.iter().position(|(notable, _)| *notable == name);
                match at.and_then(|at| texts.get_mut(at)) {
                    None => reader.skip(level)?,
                    Some(text) => {
                        let is_text = reader.kind()? == Kind::Text;
                        *text = if is_text { Some(reader.text()?.said()) } else { None };
                        if !is_text {
                            reader.skip(level)?;
                        }
                    }
                }
                more = reader.next_member()?;
            }
        }
        Ok(Self { names, texts })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What a member of the object holds, whose class in the registry this is.
    pub(super) fn class(&self, class: Class) -> Class {
        match class {
            Class::Switch(switch) => class.beside(self.text(switch.member)),
            Class::Plain | Class::Id(_) | Class::Personal(_) => class,
        }
    }

    /// The first text of this class that says something.
    pub(super) fn filled(&self, wanted: Class) -> Option<&Cow<'j, str>> {
        let members = self.names.iter().zip(&self.texts);
        let of_class = members.filter(|((_, class), _)| self.class(*class) == wanted);
        of_class.filter_map(|(_, text)| text.as_ref()).find(|text| !says_nothing(text))
    }

    fn text(&self, name: &str) -> Option<&str> {
        let at = self.names.iter().position(|(notable, _)| *notable == name)?;
        self.texts.get(at)?.as_deref()
    }
}
