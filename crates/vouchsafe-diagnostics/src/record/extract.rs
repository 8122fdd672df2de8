//! Takes what is kept beside an object from its text in one pass, without building anything.
//!
//! This is the quick way for what is as it should be, and it says nothing about what is not: whatever it does not take,
//! [`Record::from_value`](super::Record::from_value) has to judge. Both give the same record, a property test says.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use vouchsafe_core::time::Timestamp;

use super::{ColumnValue, kept_text};
use crate::mask::json::{InvalidJson, Kind, Reader};
use crate::resource::{Resource, Schema, Shape, Signs, Stored, Type};

/// Deepest nesting that is taken, in levels; far under what any reader of JSON accepts.
const MAX_LEVELS: usize = 64;
/// Longest number that is taken, in bytes: one that surely fits into 64 bits.
const MAX_NUMBER_BYTES: usize = 17;
/// Most members of an object that matter, by the bits of the word that notes them.
const MAX_MEMBERS: usize = 128;

/// That the quick way does not take an object.
#[derive(Debug)]
pub(crate) struct NotTaken;

impl From<InvalidJson> for NotTaken {
    fn from(_: InvalidJson) -> Self {
        Self
    }
}

/// What one pass finds.
#[derive(Debug, Default)]
pub(crate) struct Extract<'j> {
    /// `@odata.type`
    pub(crate) graph_type: Option<Cow<'j, str>>,
    /// Whether it has a context of its own.
    pub(crate) has_context: bool,
    /// Which members it has of those that tell kinds apart.
    pub(crate) signs: Signs,
    /// The ids of the tenants that it names, in the order of the schema.
    pub(crate) tenants: [Option<Cow<'j, str>>; 2],
    pub(crate) id: Option<Cow<'j, str>>,
    pub(crate) at: Option<Timestamp>,
    /// The text that its category depends on.
    pub(crate) decides: Option<Cow<'j, str>>,
    /// As [`Record::values`](super::Record::values).
    pub(crate) values: Vec<(usize, ColumnValue)>,
}

/// Takes objects of one kind, one after another. What has many objects has them written alike, so the names of members
/// are first looked for where they stood in the object before.
#[derive(Debug)]
pub(crate) struct Extractor {
    plan: &'static Plan,
    order: Vec<Known>,
}

/// A member as it stood in the object before.
#[derive(Debug)]
struct Known {
    /// Its name; empty where it was written with escapes.
    name: Box<str>,
    member: Option<&'static Member>,
}

/// Where the properties of a kind stand that matter.
#[derive(Debug)]
struct Plan {
    resource: Resource,
    schema: &'static Schema,
    members: HashMap<&'static str, Member>,
}

/// A member that matters.
#[derive(Debug, Default)]
struct Member {
    /// Its place among the members of its object that matter.
    place: usize,
    /// The place of its column in the schema.
    column: Option<usize>,
    /// Whether it leads to columns with many values, through an array.
    is_each: bool,
    /// The members below it.
    members: Vec<(&'static str, Member)>,
    role: Role,
}

/// What a member at the top is for, beside its columns.
#[derive(Debug, Default)]
struct Role {
    signs: Signs,
    is_type: bool,
    is_context: bool,
    is_id: bool,
    is_time: bool,
    decides: bool,
    tenant: Option<usize>,
}

static PLANS: LazyLock<Vec<Plan>> = LazyLock::new(|| Resource::ALL.into_iter().map(Plan::of).collect());

impl Extractor {
    /// Takes objects of this kind.
    pub(crate) fn of(resource: Resource) -> Option<Self> {
        let plan = PLANS.iter().find(|plan| plan.resource == resource)?;
        Some(Self { plan, order: Vec::new() })
    }

    /// The kind.
    pub(crate) fn resource(&self) -> Resource {
        self.plan.resource
    }

    /// Takes an object from its text.
    pub(crate) fn take<'j>(&mut self, json: &'j str) -> Result<Extract<'j>, NotTaken> {
        let mut reader = Reader::new(json);
        let columns = self.plan.schema.columns;
        let mut extract = Extract { values: Vec::with_capacity(columns.len()), ..Extract::default() };
        if reader.kind()? != Kind::Object {
            return Err(NotTaken);
        }
        let (mut more, mut number, mut seen) = (reader.object()?, 0, 0);
        while more {
            match self.member(&mut reader, number)? {
                Some(member) => {
                    note(&mut seen, member)?;
                    self.top(&mut reader, member, &mut extract)?;
                }
                None => skip(&mut reader, 1)?,
            }
            number += 1;
            more = reader.next_member()?;
        }
        reader.end()?;
        // The order of the columns; of one column, that of the text.
        extract.values.sort_by_key(|(place, _)| *place);
        Ok(extract)
    }

    /// Takes the name of the `number`th member, and tells which it is.
    fn member(
        &mut self,
        reader: &mut Reader<'_>,
        number: usize,
    ) -> Result<Option<&'static Member>, NotTaken> {
        if let Some(known) = self.order.get(number)
            && !known.name.is_empty()
            && reader.take_name(&known.name)
        {
            return Ok(known.member);
        }
        let name = reader.name()?;
        let member = self.plan.members.get(&*name.said());
        let known = Known { name: if name.is_escaped { "" } else { name.raw }.into(), member };
        match self.order.get_mut(number) {
            Some(place) => *place = known,
            None if number < MAX_MEMBERS => self.order.push(known),
            None => {}
        }
        Ok(member)
    }

    fn top<'j>(
        &self,
        reader: &mut Reader<'j>,
        member: &'static Member,
        extract: &mut Extract<'j>,
    ) -> Result<(), NotTaken> {
        let role = &member.role;
        extract.signs |= role.signs;
        extract.has_context |= role.is_context;
        let is_text = role.is_type || role.is_id || role.is_time || role.decides || role.tenant.is_some();
        if !is_text || reader.kind()? != Kind::Text {
            // A type, an id or a time that is no text is not for the quick way.
            let is_wrong = (role.is_type || role.is_id || role.is_time) && reader.kind()? != Kind::Null;
            return if is_wrong { Err(NotTaken) } else { self.value(reader, member, 1, &mut extract.values) };
        }
        let text = reader.text()?.said();
        if let Some(column) = member.column {
            self.keep_text(column, &text, &mut extract.values)?;
        }
        if role.is_time {
            extract.at = Some(text.parse().map_err(|_| NotTaken)?);
        } else if role.is_type {
            extract.graph_type = Some(text);
        } else if role.decides {
            extract.decides = Some(text);
        } else {
            if let Some(tenant) = role.tenant.and_then(|place| extract.tenants.get_mut(place)) {
                *tenant = Some(text.clone());
            }
            if role.is_id {
                extract.id = Some(text);
            }
        }
        Ok(())
    }

    /// A value that matters, so many levels deep.
    fn value(
        &self,
        reader: &mut Reader<'_>,
        member: &Member,
        level: usize,
        values: &mut Vec<(usize, ColumnValue)>,
    ) -> Result<(), NotTaken> {
        if level > MAX_LEVELS {
            return Err(NotTaken);
        }
        match (reader.kind()?, member.column) {
            (Kind::Null, _) => Ok(reader.null()?),
            (Kind::Array, _) if member.is_each => {
                let mut more = reader.array()?;
                while more {
                    self.value(reader, member, level + 1, values)?;
                    more = reader.next_element()?;
                }
                Ok(())
            }
            (_, None) if member.members.is_empty() => skip(reader, level),
            (Kind::Object, None) => {
                let (mut more, mut seen) = (reader.object()?, 0);
                while more {
                    let name = reader.name()?.said();
                    match member.members.iter().find(|(known, _)| *known == name) {
                        Some((_, member)) => {
                            note(&mut seen, member)?;
                            self.value(reader, member, level + 1, values)?;
                        }
                        None => skip(reader, level + 1)?,
                    }
                    more = reader.next_member()?;
                }
                Ok(())
            }
            (Kind::Text, Some(column)) => {
                let text = reader.text()?.said();
                self.keep_text(column, &text, values)
            }
            (Kind::Scalar, Some(column)) => {
                let value = self.scalar(column, reader.scalar()?)?;
                values.push((column, value));
                Ok(())
            }
            _ => Err(NotTaken),
        }
    }

    fn keep_text(
        &self,
        place: usize,
        text: &str,
        values: &mut Vec<(usize, ColumnValue)>,
    ) -> Result<(), NotTaken> {
        let column = self.plan.schema.columns.get(place).filter(|column| column.holds == Type::Text);
        let kept = kept_text(text, column.ok_or(NotTaken)?).map_err(|_| NotTaken)?;
        values.extend(kept.map(|value| (place, value)));
        Ok(())
    }

    fn scalar(&self, place: usize, text: &str) -> Result<ColumnValue, NotTaken> {
        let column = self.plan.schema.columns.get(place).ok_or(NotTaken)?;
        match (column.holds, text) {
            (Type::Bool, "true") => Ok(ColumnValue::Bool(true)),
            (Type::Bool, "false") => Ok(ColumnValue::Bool(false)),
            // To JSON, `-0` is no whole number.
            (Type::Int, _) if text.len() <= MAX_NUMBER_BYTES && text != "-0" => {
                text.parse().map(ColumnValue::Int).map_err(|_| NotTaken)
            }
            (Type::Text | Type::Int | Type::Bool, _) => Err(NotTaken),
        }
    }
}

/// Notes that a member was there; twice is not for the quick way.
fn note(seen: &mut u128, member: &Member) -> Result<(), NotTaken> {
    let bit = 1u128 << member.place.min(MAX_MEMBERS - 1);
    if *seen & bit != 0 {
        return Err(NotTaken);
    }
    *seen |= bit;
    Ok(())
}

/// Takes a value that does not matter, so many levels deep.
fn skip(reader: &mut Reader<'_>, level: usize) -> Result<(), NotTaken> {
    if level > MAX_LEVELS {
        return Err(NotTaken);
    }
    match reader.kind()? {
        Kind::Object => {
            let mut more = reader.object()?;
            while more {
                reader.name()?;
                skip(reader, level + 1)?;
                more = reader.next_member()?;
            }
        }
        Kind::Array => {
            let mut more = reader.array()?;
            while more {
                skip(reader, level + 1)?;
                more = reader.next_element()?;
            }
        }
        Kind::Text => drop(reader.text()?),
        Kind::Scalar => {
            // A number may be too large for every reader; whether it is, is not decided here.
            let text = reader.scalar()?;
            if text.len() > MAX_NUMBER_BYTES || text.contains(['e', 'E']) && text.contains(char::is_numeric) {
                return Err(NotTaken);
            }
        }
        Kind::Null => reader.null()?,
    }
    Ok(())
}

impl Plan {
    fn of(resource: Resource) -> Self {
        let schema = resource.schema();
        let mut plan = Self { resource, schema, members: HashMap::new() };
        for (place, column) in schema.columns.iter().enumerate() {
            let (first, rest) = column.path.split_once('/').unwrap_or((column.path, ""));
            plan.top(first).add(rest, place, column.stored == Stored::Each);
        }
        plan.top("@odata.type").role.is_type = true;
        plan.top("@odata.context").role.is_context = true;
        plan.top("id").role.is_id = true;
        if let Shape::Events { time } = schema.shape {
            plan.top(time).role.is_time = true;
        }
        if let Some(name) = schema.category.decided_by() {
            plan.top(name).role.decides = true;
        }
        for (place, name) in schema.tenants.iter().enumerate() {
            plan.top(name).role.tenant = Some(place);
        }
        for (name, signs) in Signs::all() {
            plan.top(name).role.signs = signs;
        }
        plan
    }

    fn top(&mut self, name: &'static str) -> &mut Member {
        let place = self.members.len();
        self.members.entry(name).or_insert_with(|| Member { place, ..Member::default() })
    }
}

impl Member {
    /// Adds a column that stands below it at the path `rest`.
    fn add(&mut self, rest: &'static str, column: usize, is_each: bool) {
        self.is_each |= is_each;
        if rest.is_empty() {
            self.column = Some(column);
            return;
        }
        let (first, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let place = match self.members.iter().position(|(name, _)| *name == first) {
            Some(place) => place,
            None => {
                let place = self.members.len();
                self.members.push((first, Self { place, ..Self::default() }));
                place
            }
        };
        if let Some((_, member)) = self.members.get_mut(place) {
            member.add(rest, column, is_each);
        }
    }
}
