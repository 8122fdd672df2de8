//! From a parsed `$filter` to a SQL condition with bound values. Only properties of a table get into the text, and
//! only as the columns that stand there; every value of the caller is a parameter.

use vouchsafe_diagnostics::filter::{Filter, Literal, Op, Path, TextFunction};
use vouchsafe_diagnostics::sign_in::Fold;

use crate::error::QueryRefusal;
use crate::sql::Value;

/// Values of one statement, all lists together: SQLite takes 32,766, PostgreSQL 65,535.
const VALUES_MAX: usize = 30_000;

/// A property that a list can be filtered by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    /// Its path on the wire.
    pub(crate) path: &'static str,
    /// The column, or an expression over columns.
    pub(crate) sql: &'static str,
    pub(crate) kind: Kind,
    /// How a text is folded before it is compared.
    pub(crate) fold: Fold,
    /// Relations that may be asked; `in` where `eq` is.
    pub(crate) operators: &'static [Op],
    /// Text functions that an index answers, or that are cheap enough.
    pub(crate) text_functions: &'static [TextFunction],
}

/// Type of a property's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Bool,
    Time,
    Number,
}

impl Property {
    pub(crate) const fn text(path: &'static str, sql: &'static str) -> Self {
        Self {
            path,
            sql,
            kind: Kind::Text,
            fold: Fold::None,
            operators: &Op::ALL,
            text_functions: &TextFunction::ALL,
        }
    }

    pub(crate) const fn number(path: &'static str, sql: &'static str) -> Self {
        Self { kind: Kind::Number, text_functions: &[], ..Self::text(path, sql) }
    }

    pub(crate) const fn time(path: &'static str, sql: &'static str) -> Self {
        Self { kind: Kind::Time, text_functions: &[], ..Self::text(path, sql) }
    }
}

/// A condition under construction, with the values bound so far.
#[derive(Debug)]
pub(crate) struct Condition<'a> {
    properties: &'a [Property],
    pub(crate) values: Vec<Value>,
}

impl<'a> Condition<'a> {
    /// A condition over `properties`, after values that are bound already.
    pub(crate) fn new(properties: &'a [Property], values: Vec<Value>) -> Self {
        Self { properties, values }
    }

    /// Binds a value; gives its placeholder.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The SQL of a filter. Two-valued: a missing value is unequal to everything but null, as OData says.
    pub(crate) fn sql(&mut self, filter: &Filter) -> Result<String, QueryRefusal> {
        self.compile(filter, None)
    }

    fn compile(&mut self, filter: &Filter, within: Option<&Path>) -> Result<String, QueryRefusal> {
        match filter {
            Filter::And(a, b) => {
                Ok(format!("({} AND {})", self.compile(a, within)?, self.compile(b, within)?))
            }
            Filter::Or(a, b) => Ok(format!("({} OR {})", self.compile(a, within)?, self.compile(b, within)?)),
            Filter::Not(inner) => Ok(format!("NOT {}", self.compile(inner, within)?)),
            Filter::Compare { path, op, value } => {
                let property = self.property(path, within)?;
                self.compare(&property, *op, value)
            }
            Filter::In { path, values } => {
                let property = self.property(path, within)?;
                self.one_of(&property, values)
            }
            Filter::Text { function, path, text } => {
                let property = self.property(path, within)?;
                self.text(&property, *function, text)
            }
            Filter::Any { path, filter } => {
                let path = within.map_or_else(|| path.clone(), |outer| outer.join(path));
                self.compile(filter, Some(&path))
            }
        }
    }

    fn property(&self, path: &Path, within: Option<&Path>) -> Result<Property, QueryRefusal> {
        let full = within.map_or_else(|| path.clone(), |outer| outer.join(path));
        let known = self.properties.iter().find(|property| property.path == full.as_str());
        known.copied().ok_or_else(|| QueryRefusal {
            path: full.to_string(),
            message: "is not a property that can be filtered by here".to_owned(),
        })
    }

    fn compare(&mut self, property: &Property, op: Op, value: &Literal) -> Result<String, QueryRefusal> {
        let column = property.sql;
        if *value == Literal::Null {
            return match op {
                Op::Eq => Ok(format!("({column} IS NULL)")),
                Op::Ne => Ok(format!("({column} IS NOT NULL)")),
                Op::Gt | Op::Ge | Op::Lt | Op::Le => {
                    Err(refused(property, "can be compared with null by `eq` and `ne` only"))
                }
            };
        }
        let value = typed(property, value)?;
        if property.kind == Kind::Bool && !matches!(op, Op::Eq | Op::Ne) {
            return Err(refused(property, "is true or false: use `eq` or `ne`"));
        }
        if !property.operators.contains(&op) {
            return Err(refused(property, &format!("does not take `{}`", op.keyword())));
        }
        let parameter = self.bind(value);
        let operator = match op {
            Op::Eq => "=",
            Op::Ne => return Ok(format!("({column} <> {parameter} OR {column} IS NULL)")),
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Lt => "<",
            Op::Le => "<=",
        };
        Ok(format!("({column} {operator} {parameter} AND {column} IS NOT NULL)"))
    }

    /// A list, not a chain of `OR`: a database limits how deep an expression is, and people found by the beginning of
    /// a name are many.
    fn one_of(&mut self, property: &Property, values: &[Literal]) -> Result<String, QueryRefusal> {
        let column = property.sql;
        if self.values.len() + values.len() > VALUES_MAX {
            return Err(refused(property, "matches too many; ask for fewer"));
        }
        let mut listed = Vec::with_capacity(values.len());
        for value in values.iter().filter(|value| **value != Literal::Null) {
            let value = typed(property, value)?;
            listed.push(self.bind(value));
        }
        let among = match listed.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("{column} IN ({}) AND {column} IS NOT NULL", listed.join(", ")),
        };
        let or_missing =
            if values.contains(&Literal::Null) { format!(" OR {column} IS NULL") } else { String::new() };
        Ok(format!("(({among}){or_missing})"))
    }

    fn text(
        &mut self,
        property: &Property,
        function: TextFunction,
        text: &str,
    ) -> Result<String, QueryRefusal> {
        let column = property.sql;
        if property.kind != Kind::Text || !property.text_functions.contains(&function) {
            return Err(refused(property, &format!("does not take `{}`", function.keyword())));
        }
        let text = property.fold.apply_to_part(text);
        if text.is_empty() {
            return Ok(format!("({column} IS NOT NULL)"));
        }
        Ok(match function {
            TextFunction::StartsWith => {
                // A range, so that an index answers it; nothing sorts after the last character there is.
                let end = format!("{text}\u{10FFFF}");
                let (from, to) = (self.bind(text), self.bind(end));
                format!("({column} >= {from} AND {column} < {to} AND {column} IS NOT NULL)")
            }
            TextFunction::EndsWith => {
                let part = self.bind(text);
                format!(
                    "(length({column}) >= length({part}) AND substr({column}, length({column}) - length({part}) + 1) = {part} AND {column} IS NOT NULL)"
                )
            }
            TextFunction::Contains => {
                let part = self.bind(text);
                format!("(replace({column}, {part}, '') <> {column} AND {column} IS NOT NULL)")
            }
        })
    }
}

fn typed(property: &Property, value: &Literal) -> Result<Value, QueryRefusal> {
    match (property.kind, value) {
        (Kind::Text, Literal::String(text)) => Ok(property.fold.apply(text).into()),
        (Kind::Bool, Literal::Bool(flag)) => Ok((*flag).into()),
        (Kind::Time, Literal::Time(time)) => Ok((*time).into()),
        (Kind::Number, Literal::Int(number)) => Ok((*number).into()),
        (Kind::Number, Literal::String(_) | Literal::Bool(_) | Literal::Time(_) | Literal::Null) => {
            Err(refused(property, "is a whole number: write it without quotes"))
        }
        (Kind::Text, Literal::Int(_) | Literal::Bool(_) | Literal::Time(_) | Literal::Null) => {
            Err(refused(property, "is text: write the value in single quotes"))
        }
        (Kind::Bool, Literal::String(_) | Literal::Int(_) | Literal::Time(_) | Literal::Null) => {
            Err(refused(property, "is `true` or `false`"))
        }
        (Kind::Time, Literal::String(_) | Literal::Int(_) | Literal::Bool(_) | Literal::Null) => {
            Err(refused(property, "is a time: write it without quotes, as in 2026-11-23T09:00:00Z"))
        }
    }
}

fn refused(property: &Property, message: &str) -> QueryRefusal {
    QueryRefusal { path: property.path.to_owned(), message: message.to_owned() }
}
