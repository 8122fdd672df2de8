//! The canonical form of a filter: lower-case keywords, one space, only the parentheses that are needed.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Filter, Literal, Op, Path, TextFunction};

/// How tightly a condition holds together; looser ones get parentheses inside tighter ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Unary,
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer { variables: 0 }.filter(self, f)
    }
}

/// Prints with the range variables `e1`, `e2` … of the `any`s around the place.
#[derive(Clone, Copy)]
struct Printer {
    variables: usize,
}

impl Printer {
    fn filter(self, filter: &Filter, f: &mut Formatter<'_>) -> fmt::Result {
        match filter {
            // Equal operators group to the left, so only the right side needs parentheses.
            Filter::And(left, right) => {
                self.within(left, Binding::And, f)?;
                f.write_str(" and ")?;
                self.within(right, Binding::Unary, f)
            }
            Filter::Or(left, right) => {
                self.within(left, Binding::Or, f)?;
                f.write_str(" or ")?;
                self.within(right, Binding::And, f)
            }
            Filter::Not(inner) => self.not(inner, f),
            Filter::Compare { path, op, value } => {
                self.path(path, f)?;
                write!(f, " {op} {value}")
            }
            Filter::In { path, values } => {
                self.path(path, f)?;
                f.write_str(" in (")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_char(')')
            }
            Filter::Text { function, path, text } => {
                write!(f, "{function}(")?;
                self.path(path, f)?;
                f.write_str(", ")?;
                quoted(text, f)?;
                f.write_char(')')
            }
            Filter::Any { path, filter } => {
                self.path(path, f)?;
                let inner = Self { variables: self.variables + 1 };
                write!(f, "/any(e{}: ", inner.variables)?;
                inner.filter(filter, f)?;
                f.write_char(')')
            }
        }
    }

    fn not(self, inner: &Filter, f: &mut Formatter<'_>) -> fmt::Result {
        match inner {
            Filter::Text { .. } | Filter::Any { .. } => {
                f.write_str("not ")?;
                self.filter(inner, f)
            }
            Filter::And(..)
            | Filter::Or(..)
            | Filter::Not(_)
            | Filter::Compare { .. }
            | Filter::In { .. } => {
                f.write_str("not (")?;
                self.filter(inner, f)?;
                f.write_char(')')
            }
        }
    }

    fn within(self, filter: &Filter, around: Binding, f: &mut Formatter<'_>) -> fmt::Result {
        if binding(filter) >= around {
            return self.filter(filter, f);
        }
        f.write_char('(')?;
        self.filter(filter, f)?;
        f.write_char(')')
    }

    fn path(self, path: &Path, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.variables, path.as_str()) {
            (0, text) => f.write_str(text),
            (n, "") => write!(f, "e{n}"),
            (n, text) => write!(f, "e{n}/{text}"),
        }
    }
}

fn binding(filter: &Filter) -> Binding {
    match filter {
        Filter::Or(..) => Binding::Or,
        Filter::And(..) => Binding::And,
        Filter::Not(_)
        | Filter::Compare { .. }
        | Filter::In { .. }
        | Filter::Text { .. }
        | Filter::Any { .. } => Binding::Unary,
    }
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "'{}'", text.replace('\'', "''"))
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::String(text) => quoted(text, f),
            Self::Time(time) => write!(f, "{time}"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}

impl Display for TextFunction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())
    }
}
