//! Filters over masked data: pseudonyms become true values, and what would undo masks is refused.

use crate::filter::{Filter, Literal, Op, Path};

use super::address::{self, Typed};
use super::key::{IdSpace, MaskKey};
use super::registry::{Class, Personal, Registry};
use super::token;

/// A filter that runs on true values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The filter, with pseudonyms turned back. Texts are as typed: fold them as the columns say.
    pub filter: Filter,
    /// The whole values that were typed on masked properties, in order, each once.
    pub typed: Vec<TypedValue>,
}

/// A value that someone typed on a masked property, and so may be guessing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypedValue {
    /// Path of the property.
    pub property: String,
    /// The value as typed.
    pub value: String,
}

/// Why a filter or an order is refused on masked data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// Only `eq` and `in` with whole values may be asked of a masked property (`maskedProperty`).
    #[error("`{path}` is masked: only `eq` and `in` with whole values or pseudonyms are allowed")]
    MaskedProperty {
        /// Path of the property.
        path: String,
    },
    /// The pseudonym of a text that cannot be turned back.
    #[error("`{path}`: this pseudonym cannot be looked up; give the whole value")]
    OneWay {
        /// Path of the property.
        path: String,
    },
    /// Not a form of an IP address that can be asked.
    #[error("`{path}` takes a whole address, a network /24 or /48, or a network with its tag")]
    Address {
        /// Path of the property.
        path: String,
    },
}

/// Turns a filter that an engineer typed into one that runs on true values.
///
/// A pseudonym of a person becomes a comparison on the person's id, whichever of id, UPN and display name it was
/// compared with. A UUID on a masked id matches both the id that it is the pseudonym of and the id that it says,
/// because nothing else tells them apart; see [`super::IdReading`]. The network of an address becomes `startswith` on
/// the folded column, a tagged network the one address that it means.
///
/// # Errors
/// [`MaskError`] when the filter asks of a masked property what would undo the mask.
pub fn rewrite_filter(registry: &Registry, key: &MaskKey, filter: &Filter) -> Result<Rewritten, MaskError> {
    let mut rewriter = Rewriter { registry, key, typed: Vec::new() };
    let filter = rewriter.filter(filter, &Path::element())?;
    Ok(Rewritten { filter, typed: rewriter.typed })
}

/// Whether `$orderby` may name the property.
///
/// # Errors
/// [`MaskError::MaskedProperty`] when it is masked: an order would betray the values.
pub fn check_order(registry: &Registry, path: &str) -> Result<(), MaskError> {
    match registry.class(path) {
        Class::Plain => Ok(()),
        Class::Id(_) | Class::Personal(_) => Err(MaskError::MaskedProperty { path: path.to_owned() }),
    }
}

/// A condition that one value of a comparison becomes.
enum Atom {
    Equal(Path, Literal),
    StartsWith(Path, String),
}

struct Rewriter<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    typed: Vec<TypedValue>,
}

/// A property of the filter: as written there, and from the record.
struct Place<'f> {
    relative: &'f Path,
    full: Path,
}

impl Rewriter<'_> {
    fn filter(&mut self, filter: &Filter, outer: &Path) -> Result<Filter, MaskError> {
        match filter {
            Filter::And(left, right) => Ok(self.filter(left, outer)?.and(self.filter(right, outer)?)),
            Filter::Or(left, right) => Ok(self.filter(left, outer)?.or(self.filter(right, outer)?)),
            Filter::Not(inner) => Ok(Filter::Not(Box::new(self.filter(inner, outer)?))),
            Filter::Any { path, filter } => {
                let inner = self.filter(filter, &outer.join(path))?;
                Ok(Filter::Any { path: path.clone(), filter: Box::new(inner) })
            }
            Filter::Compare { path, op: Op::Eq, value } => self.equality(
                filter,
                &Place { relative: path, full: outer.join(path) },
                std::slice::from_ref(value),
            ),
            Filter::In { path, values } => {
                self.equality(filter, &Place { relative: path, full: outer.join(path) }, values)
            }
            Filter::Compare { path, .. } | Filter::Text { path, .. } => {
                check_order(self.registry, outer.join(path).as_str())?;
                Ok(filter.clone())
            }
        }
    }

    /// `eq` and `in`.
    fn equality(
        &mut self,
        filter: &Filter,
        place: &Place<'_>,
        values: &[Literal],
    ) -> Result<Filter, MaskError> {
        let class = self.registry.class(place.full.as_str());
        if class == Class::Plain {
            return Ok(filter.clone());
        }
        let mut equal: Vec<(Path, Vec<Literal>)> = Vec::new();
        let mut alternatives = Vec::new();
        for value in values {
            for atom in self.atoms(class, place, value)? {
                match atom {
                    Atom::Equal(path, value) => match equal.iter_mut().find(|(known, _)| *known == path) {
                        Some((_, values)) => values.push(value),
                        None => equal.push((path, vec![value])),
                    },
                    Atom::StartsWith(path, text) => alternatives.push(Filter::Text {
                        function: crate::filter::TextFunction::StartsWith,
                        path,
                        text,
                    }),
                }
            }
        }
        let equal = equal.into_iter().map(|(path, values)| one_of(path, values));
        let rewritten = equal.chain(alternatives).reduce(Filter::or);
        Ok(rewritten.unwrap_or_else(|| filter.clone()))
    }

    fn atoms(&mut self, class: Class, place: &Place<'_>, value: &Literal) -> Result<Vec<Atom>, MaskError> {
        let same = |value: Literal| vec![Atom::Equal(place.relative.clone(), value)];
        let text = match value {
            Literal::Null => return Ok(same(Literal::Null)),
            Literal::Bool(_) | Literal::Int(_) | Literal::Time(_) => {
                self.note(place, value.to_string());
                return Ok(same(value.clone()));
            }
            Literal::String(text) => text,
        };
        let personal = match class {
            Class::Plain => return Ok(same(value.clone())),
            Class::Id(IdSpace::Person) => return self.person(place, text, true),
            Class::Id(space) => {
                return self.id(place, place.relative.clone(), space, text);
            }
            Class::Personal(personal) => personal,
        };
        match personal {
            Personal::UserPrincipalName | Personal::PersonName => self.person(place, text, false),
            Personal::Address => self.address(place, text),
            Personal::Sentence if self.registry.is_public_sentence(text) => Ok(same(value.clone())),
            Personal::Sentence | Personal::Text => self.whole(place, text),
        }
    }

    fn id(
        &mut self,
        place: &Place<'_>,
        path: Path,
        space: IdSpace,
        text: &str,
    ) -> Result<Vec<Atom>, MaskError> {
        let reading = self.key.read_id(space, text);
        if reading.typed && token::is_token(text) {
            return Err(MaskError::OneWay { path: place.full.to_string() });
        }
        if reading.typed {
            self.note(place, text.to_owned());
        }
        Ok(reading.ids.into_iter().map(|id| Atom::Equal(path.clone(), Literal::String(id))).collect())
    }

    /// A text compared with the id, UPN or display name of a person.
    fn person(&mut self, place: &Place<'_>, text: &str, is_id: bool) -> Result<Vec<Atom>, MaskError> {
        if let Some(upn) = token::reveal_user_principal_name(self.key, text) {
            let path = self.beside(place, Class::Personal(Personal::UserPrincipalName));
            return Ok(vec![Atom::Equal(path, Literal::String(upn))]);
        }
        let may_be_id = crate::form::is_uuid(text) || self.key.reveal_id(IdSpace::Person, text).is_some();
        if is_id || may_be_id {
            let path = self.beside(place, Class::Id(IdSpace::Person));
            return self.id(place, path, IdSpace::Person, text);
        }
        self.whole(place, text)
    }

    fn address(&mut self, place: &Place<'_>, text: &str) -> Result<Vec<Atom>, MaskError> {
        let path = place.relative.clone();
        match address::read(self.key, text) {
            Typed::Network(prefix) => Ok(vec![Atom::StartsWith(path, prefix)]),
            // A tag that means no address finds nothing, as no address is spelled like it.
            Typed::Tagged(address) => {
                let address = address.unwrap_or_else(|| text.to_owned());
                Ok(vec![Atom::Equal(path, Literal::String(address))])
            }
            Typed::Whole => self.whole(place, text),
            Typed::Invalid if token::is_token(text) => {
                Err(MaskError::OneWay { path: place.full.to_string() })
            }
            Typed::Invalid => Err(MaskError::Address { path: place.full.to_string() }),
        }
    }

    /// A whole typed value.
    fn whole(&mut self, place: &Place<'_>, text: &str) -> Result<Vec<Atom>, MaskError> {
        if token::is_token(text) {
            return Err(MaskError::OneWay { path: place.full.to_string() });
        }
        self.note(place, text.to_owned());
        Ok(vec![Atom::Equal(place.relative.clone(), Literal::String(text.to_owned()))])
    }

    /// The property of this class beside the place; the place itself where there is none.
    fn beside(&self, place: &Place<'_>, wanted: Class) -> Path {
        let name = self.registry.beside(place.full.as_str(), wanted);
        let found = name.and_then(|name| match place.relative.as_str().rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/{name}").parse().ok(),
            None if place.relative.as_str().is_empty() => None,
            None => name.parse().ok(),
        });
        found.unwrap_or_else(|| place.relative.clone())
    }

    fn note(&mut self, place: &Place<'_>, value: String) {
        let typed = TypedValue { property: place.full.to_string(), value };
        if !self.typed.contains(&typed) {
            self.typed.push(typed);
        }
    }
}

fn one_of(path: Path, mut values: Vec<Literal>) -> Filter {
    match (values.pop(), values.is_empty()) {
        (Some(value), true) => Filter::Compare { path, op: Op::Eq, value },
        (last, _) => {
            values.extend(last);
            Filter::In { path, values }
        }
    }
}
