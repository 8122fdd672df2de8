//! Filters over masked data: pseudonyms become true values, and what would undo masks is refused.

use crate::filter::{Filter, Literal, Op, Path};
use crate::form::is_uuid;

use super::address::{self, Typed};
use super::key::{IdSpace, MaskKey};
use super::people::People;
use super::registry::{Class, Personal, Registry};
use super::token;

/// The property that names an object.
const ID: &str = "id";

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

/// Whether `$orderby` may name the property.
///
/// # Errors
/// [`MaskError::MaskedProperty`] when it is masked: an order would betray the values.
pub fn check_order(registry: &Registry, path: &str) -> Result<(), MaskError> {
    if registry.class(path).is_always_plain() {
        return Ok(());
    }
    Err(MaskError::MaskedProperty { path: path.to_owned() })
}

/// A condition that one value of a comparison becomes.
#[derive(PartialEq)]
enum Atom {
    Equal(Path, Literal),
    StartsWith(Path, String),
}

/// What one value of a comparison means.
struct Reading {
    /// At least one of these holds.
    atoms: Vec<Atom>,
    /// Whether it may be a guess. False where it is surely a pseudonym of this grant, or says nothing of a person.
    typed: bool,
}

impl Reading {
    fn known(place: &Place<'_>, value: Literal) -> Self {
        Self { atoms: vec![Atom::Equal(place.relative.clone(), value)], typed: false }
    }

    fn typed(place: &Place<'_>, value: Literal) -> Self {
        Self { typed: true, ..Self::known(place, value) }
    }

    fn add(&mut self, more: Vec<Atom>) {
        for atom in more {
            if !self.atoms.contains(&atom) {
                self.atoms.push(atom);
            }
        }
    }
}

/// Turns what an engineer typed into filters that run on true values.
///
/// A pseudonym of a person becomes a comparison on the person's id, whichever of id, names and addresses it was
/// compared with. A UUID on a masked id matches both the id that it is the pseudonym of and the id that it says,
/// because nothing else tells them apart; see [`super::IdReading`]. The network of an address becomes `startswith` on
/// the folded column, a tagged network the one address that it means.
///
/// Whether a value is absent (`eq null`, `ne null`) may be asked of every property but [`Personal::Hidden`] ones:
/// readers see it anyway.
#[derive(Debug)]
pub struct Rewriter<'a> {
    registry: &'a Registry,
    key: &'a MaskKey,
    people: Option<&'a People>,
    typed: Vec<TypedValue>,
}

/// A property of the filter: as written there, and from the record.
struct Place<'f> {
    relative: &'f Path,
    full: Path,
}

impl<'a> Rewriter<'a> {
    /// For one kind of record under one grant.
    #[must_use]
    pub fn new(registry: &'a Registry, key: &'a MaskKey) -> Self {
        Self { registry, key, people: None, typed: Vec::new() }
    }

    /// Finds these people by their pseudonyms also where a record names one without the id; see
    /// [`super::Masker::with_people`].
    #[must_use]
    pub fn with_people(mut self, people: &'a People) -> Self {
        self.people = Some(people);
        self
    }

    /// Rewrites a `$filter`.
    ///
    /// # Errors
    /// [`MaskError`] when the filter asks of a masked property what would undo the mask.
    pub fn filter(mut self, filter: &Filter) -> Result<Rewritten, MaskError> {
        let filter = self.condition(filter, &Path::element())?;
        Ok(Rewritten { filter, typed: self.typed })
    }

    /// The filter that finds the object which a path names, as `/users/{id}`: by its true id or its pseudonym, a
    /// person also by UPN.
    ///
    /// # Errors
    /// [`MaskError::OneWay`] for the pseudonym of a text.
    pub fn id(mut self, text: &str) -> Result<Rewritten, MaskError> {
        let upn = self.registry.beside(ID, Class::Personal(Personal::UserPrincipalName));
        let is_id = is_uuid(text) || token::is_token(text);
        let name = upn.filter(|_| !is_id && self.registry.class(ID) == Class::Id(IdSpace::Person));
        let path: Path = name.unwrap_or(ID).parse().unwrap_or_else(|_| Path::element());
        let value = Literal::String(text.to_owned());
        let filter = self.condition(&Filter::Compare { path, op: Op::Eq, value }, &Path::element())?;
        Ok(Rewritten { filter, typed: self.typed })
    }

    fn condition(&mut self, filter: &Filter, outer: &Path) -> Result<Filter, MaskError> {
        match filter {
            Filter::And(left, right) => Ok(self.condition(left, outer)?.and(self.condition(right, outer)?)),
            Filter::Or(left, right) => Ok(self.condition(left, outer)?.or(self.condition(right, outer)?)),
            Filter::Not(inner) => Ok(Filter::Not(Box::new(self.condition(inner, outer)?))),
            Filter::Any { path, filter } => {
                let inner = self.condition(filter, &outer.join(path))?;
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
            Filter::Compare { path, op: Op::Ne, value: Literal::Null }
                if !is_hidden(self.registry.class(outer.join(path).as_str())) =>
            {
                Ok(filter.clone())
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
        if class.is_always_plain() {
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

    /// What one value of a comparison becomes.
    fn atoms(&mut self, class: Class, place: &Place<'_>, value: &Literal) -> Result<Vec<Atom>, MaskError> {
        let (reading, spelled) = match value {
            _ if is_hidden(class) => {
                return Err(MaskError::MaskedProperty { path: place.full.to_string() });
            }
            Literal::Null => (Reading::known(place, Literal::Null), String::new()),
            Literal::Bool(_) | Literal::Int(_) | Literal::Time(_) => {
                (Reading::typed(place, value.clone()), value.to_string())
            }
            Literal::String(text) => (self.any_of(class, place, text)?, text.clone()),
        };
        if reading.typed {
            self.note(place, spelled);
        }
        Ok(reading.atoms)
    }

    /// Reads a text as each of the classes that the property can turn out to be. Where one of them knows it for a
    /// pseudonym, it is none of the others.
    fn any_of(&self, class: Class, place: &Place<'_>, text: &str) -> Result<Reading, MaskError> {
        let mut all = Reading { atoms: Vec::new(), typed: true };
        let mut refusal = None;
        for class in class.possible() {
            match self.text(class, place, text) {
                Ok(reading) if reading.typed == all.typed => all.add(reading.atoms),
                Ok(reading) if all.typed => all = reading,
                Ok(_) => {}
                Err(error) => refusal = Some(error),
            }
        }
        refusal.filter(|_| all.atoms.is_empty()).map_or(Ok(all), Err)
    }

    fn text(&self, class: Class, place: &Place<'_>, text: &str) -> Result<Reading, MaskError> {
        let personal = match class {
            Class::Id(_) if self.registry.is_public_sentence(text) => {
                return Ok(Reading::known(place, Literal::String(text.to_owned())));
            }
            Class::Id(IdSpace::Person) => return self.person(place, text, class),
            Class::Id(space) => return self.id_reading(place, place.relative.clone(), space, text),
            // Plain where a member beside it says so: to compare it may still be guessing.
            Class::Plain => return whole(place, text),
            Class::Personal(personal) => personal,
            Class::Switch(_) => Personal::Text,
        };
        match personal {
            Personal::UserPrincipalName | Personal::PersonName | Personal::Mail => {
                self.person(place, text, class)
            }
            Personal::Address => self.address(place, text),
            Personal::Sentence if self.registry.is_public_sentence(text) => {
                Ok(Reading::known(place, Literal::String(text.to_owned())))
            }
            Personal::Sentence | Personal::Text | Personal::Phone | Personal::Hidden => whole(place, text),
        }
    }

    fn id_reading(
        &self,
        place: &Place<'_>,
        path: Path,
        space: IdSpace,
        text: &str,
    ) -> Result<Reading, MaskError> {
        let reading = self.key.read_id(space, text);
        if reading.typed && token::is_token(text) {
            return Err(MaskError::OneWay { path: place.full.to_string() });
        }
        let atoms = reading.ids.into_iter().map(|id| Atom::Equal(path.clone(), Literal::String(id)));
        Ok(Reading { atoms: atoms.collect(), typed: reading.typed })
    }

    /// A text compared with the id, a name or a mail address of a person.
    fn person(&self, place: &Place<'_>, text: &str, class: Class) -> Result<Reading, MaskError> {
        let (protocol, name) = match class {
            Class::Personal(Personal::Mail) => token::mail_parts(text),
            Class::Plain | Class::Id(_) | Class::Personal(_) | Class::Switch(_) => ("", text),
        };
        if let Some(upn) = token::reveal_user_principal_name(self.key, name) {
            let beside = match class {
                Class::Personal(Personal::Mail) => None,
                Class::Plain | Class::Id(_) | Class::Personal(_) | Class::Switch(_) => {
                    self.beside(place, Class::Personal(Personal::UserPrincipalName))
                }
            };
            let path = beside.unwrap_or_else(|| place.relative.clone());
            let atom = Atom::Equal(path, Literal::String(format!("{protocol}{upn}")));
            return Ok(Reading { atoms: vec![atom], typed: false });
        }
        let is_id = class == Class::Id(IdSpace::Person);
        let may_be_id = is_uuid(name) || self.key.reveal_id(IdSpace::Person, name).is_some();
        if !is_id && !may_be_id {
            return whole(place, text);
        }
        let id = self.beside(place, Class::Id(IdSpace::Person));
        let mut reading = match id.clone() {
            Some(id) => self.id_reading(place, id, IdSpace::Person, name)?,
            None => Reading { atoms: Vec::new(), typed: self.key.read_id(IdSpace::Person, name).typed },
        };
        let is_found = |path: &Path| id.as_ref() != Some(path);
        let called = self.beside(place, Class::Personal(Personal::UserPrincipalName));
        let called = called.or_else(|| Some(place.relative.clone())).filter(is_found);
        reading.add(called.map(|path| self.names(path, protocol, name)).unwrap_or_default());
        if !reading.atoms.is_empty() {
            return Ok(reading);
        }
        if reading.typed {
            whole(place, text)
        } else {
            Err(MaskError::OneWay { path: place.full.to_string() })
        }
    }

    /// The names, in the property at this path, of the people whose id or pseudonym this is.
    fn names(&self, path: Path, protocol: &str, id: &str) -> Vec<Atom> {
        let Some(people) = self.people else { return Vec::new() };
        let ids = self.key.read_id(IdSpace::Person, id).ids;
        let names = ids.iter().filter_map(|id| people.name(id));
        let equal = |name| Atom::Equal(path.clone(), Literal::String(format!("{protocol}{name}")));
        names.map(equal).collect()
    }

    fn address(&self, place: &Place<'_>, text: &str) -> Result<Reading, MaskError> {
        let known = |atom| Ok(Reading { atoms: vec![atom], typed: false });
        match address::read(self.key, text) {
            Typed::Network(prefix) => known(Atom::StartsWith(place.relative.clone(), prefix)),
            // A tag that means no address finds nothing, as no address is spelled like it.
            Typed::Tagged(address) => {
                let address = address.unwrap_or_else(|| text.to_owned());
                known(Atom::Equal(place.relative.clone(), Literal::String(address)))
            }
            Typed::Whole => whole(place, text),
            Typed::Invalid if token::is_token(text) => {
                Err(MaskError::OneWay { path: place.full.to_string() })
            }
            Typed::Invalid => Err(MaskError::Address { path: place.full.to_string() }),
        }
    }

    /// The property of this class beside the place, which may be the place itself.
    fn beside(&self, place: &Place<'_>, wanted: Class) -> Option<Path> {
        let name = self.registry.beside(place.full.as_str(), wanted)?;
        match place.relative.as_str().rsplit_once('/') {
            Some((parent, _)) => format!("{parent}/{name}").parse().ok(),
            None if place.relative.as_str().is_empty() => None,
            None => name.parse().ok(),
        }
    }

    fn note(&mut self, place: &Place<'_>, value: String) {
        let typed = TypedValue { property: place.full.to_string(), value };
        if !self.typed.contains(&typed) {
            self.typed.push(typed);
        }
    }
}

fn is_hidden(class: Class) -> bool {
    class.possible().any(|class| class == Class::Personal(Personal::Hidden))
}

/// A whole typed value.
fn whole(place: &Place<'_>, text: &str) -> Result<Reading, MaskError> {
    if token::is_token(text) {
        return Err(MaskError::OneWay { path: place.full.to_string() });
    }
    Ok(Reading::typed(place, Literal::String(text.to_owned())))
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
