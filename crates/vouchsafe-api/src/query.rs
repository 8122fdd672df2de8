//! OData query options, read from and written to the query part of an address.

mod encoding;

use std::fmt;

use crate::problem::{Code, Pointer};

/// Largest `$top`, and so the most items of one page.
pub const MAX_TOP: u32 = 1000;
/// `$top` of a request that names none.
pub const DEFAULT_TOP: u32 = 100;
/// Longest query part in bytes, before decoding. Holds a `$filter` with 100 ids and a cursor.
pub const MAX_QUERY_BYTES: usize = 16 * 1024;
/// Most paths in `$orderby` and in `$select`.
pub const MAX_PATHS: usize = 50;

/// What a caller asked of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryOptions {
    /// `$filter`, decoded but not parsed.
    pub filter: Option<String>,
    /// `$orderby`, most significant first; empty if absent.
    pub orderby: Vec<OrderBy>,
    /// `$top`: 1 to [`MAX_TOP`], [`DEFAULT_TOP`] if absent.
    pub top: u32,
    /// `$skiptoken`: a cursor that only the server understands.
    pub skiptoken: Option<String>,
    /// `$count`: whether the answer says how many items there are.
    pub count: bool,
    /// `$select`: the property paths wanted; all if absent.
    pub select: Option<Vec<String>>,
    /// `by`: what the items are counted by, for summaries only.
    pub by: Option<String>,
}

/// One path of `$orderby`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// Property path, such as `status/errorCode`.
    pub path: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A query option that a resource may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryOption {
    /// `$filter`
    Filter,
    /// `$orderby`
    Orderby,
    /// `$top`
    Top,
    /// `$skiptoken`
    Skiptoken,
    /// `$count`
    Count,
    /// `$select`
    Select,
    /// `by`
    By,
}

impl QueryOption {
    /// Every option of a collection.
    pub const ALL: &[Self] =
        &[Self::Filter, Self::Orderby, Self::Top, Self::Skiptoken, Self::Count, Self::Select];

    /// The name in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Filter => "$filter",
            Self::Orderby => "$orderby",
            Self::Top => "$top",
            Self::Skiptoken => "$skiptoken",
            Self::Count => "$count",
            Self::Select => "$select",
            Self::By => "by",
        }
    }
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            filter: None,
            orderby: Vec::new(),
            top: DEFAULT_TOP,
            skiptoken: None,
            count: false,
            select: None,
            by: None,
        }
    }
}

impl QueryOptions {
    /// Reads the query part of an address (without `?`), taking only the options in `allowed`.
    ///
    /// Names and values may be percent-encoded; `+` is a space, as in forms. An option's name is exact: `top`
    /// without its dollar sign is unknown.
    ///
    /// # Errors
    /// [`QueryError`] names the first option that is unknown, not allowed, given twice, empty or wrong.
    pub fn parse(raw: Option<&str>, allowed: &[QueryOption]) -> Result<Self, QueryError> {
        let raw = raw.unwrap_or_default();
        if raw.len() > MAX_QUERY_BYTES {
            return Err(QueryError::new("", Fault::TooLong));
        }
        let mut options = Self::default();
        let mut seen = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = encoding::decode(name).ok_or_else(|| QueryError::new(name, Fault::Encoding))?;
            let option = allowed.iter().copied().find(|option| option.name() == name);
            let option = option.ok_or_else(|| QueryError::new(&name, Fault::Unknown(allowed.to_vec())))?;
            if seen.contains(&option) {
                return Err(QueryError::new(&name, Fault::Duplicate));
            }
            seen.push(option);
            let value = encoding::decode(value).ok_or_else(|| QueryError::new(&name, Fault::Encoding))?;
            options.set(option, value.trim()).map_err(|fault| QueryError::new(&name, fault))?;
        }
        Ok(options)
    }

    /// Writes the options as the query part of an address, without `?`; empty if all are as by default.
    ///
    /// `parse` reads it back to the same options.
    #[must_use]
    pub fn encode(&self) -> String {
        let orderby: Vec<String> = self.orderby.iter().map(OrderBy::to_string).collect();
        let pairs = [
            (QueryOption::Filter, self.filter.clone()),
            (QueryOption::Orderby, (!orderby.is_empty()).then(|| orderby.join(","))),
            (QueryOption::Top, (self.top != DEFAULT_TOP).then(|| self.top.to_string())),
            (QueryOption::Skiptoken, self.skiptoken.clone()),
            (QueryOption::Count, self.count.then(|| "true".to_owned())),
            (QueryOption::Select, self.select.as_ref().map(|paths| paths.join(","))),
            (QueryOption::By, self.by.clone()),
        ];
        let written = pairs.into_iter().filter_map(|(option, value)| {
            value.map(|value| format!("{}={}", option.name(), encoding::encode(&value)))
        });
        written.collect::<Vec<_>>().join("&")
    }

    fn set(&mut self, option: QueryOption, value: &str) -> Result<(), Fault> {
        if value.is_empty() {
            return Err(Fault::Empty);
        }
        match option {
            QueryOption::Filter => self.filter = Some(value.to_owned()),
            QueryOption::Orderby => {
                self.orderby = split_paths(value)?.map(OrderBy::read).collect::<Result<_, _>>()?
            }
            QueryOption::Top => self.top = read_top(value)?,
            QueryOption::Skiptoken => self.skiptoken = Some(value.to_owned()),
            QueryOption::Count => self.count = read_bool(value)?,
            QueryOption::Select => {
                self.select = Some(split_paths(value)?.map(read_path).collect::<Result<_, _>>()?)
            }
            QueryOption::By => self.by = Some(value.to_owned()),
        }
        Ok(())
    }
}

impl OrderBy {
    fn read(item: &str) -> Result<Self, Fault> {
        let mut words = item.split_ascii_whitespace();
        let path = read_path(words.next().unwrap_or_default())?;
        let descending = match (words.next(), words.next()) {
            (None | Some("asc"), None) => false,
            (Some("desc"), None) => true,
            (None | Some(_), _) => return Err(Fault::Direction),
        };
        Ok(Self { path, descending })
    }
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path, if self.descending { " desc" } else { "" })
    }
}

/// Why a query part could not be read; names the option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    option: String,
    fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Unknown(Vec<QueryOption>),
    Duplicate,
    Empty,
    Encoding,
    Top,
    Bool,
    Path,
    Direction,
    TooManyPaths,
    TooLong,
}

impl QueryError {
    /// `unknownQueryOption`, or `invalidRequest` for a wrong value of a known one.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self.fault {
            Fault::Unknown(_) => Code::UnknownQueryOption,
            Fault::Duplicate
            | Fault::Empty
            | Fault::Encoding
            | Fault::Top
            | Fault::Bool
            | Fault::Path
            | Fault::Direction
            | Fault::TooManyPaths
            | Fault::TooLong => Code::InvalidRequest,
        }
    }

    /// Name of the option as the caller wrote it, decoded; empty if the whole query part is meant.
    #[must_use]
    pub fn option(&self) -> &str {
        &self.option
    }

    /// The error as an entry of [`crate::problem::Problem::errors`].
    #[must_use]
    pub fn to_pointer(&self) -> Pointer {
        Pointer::parameter(self.option.clone(), self.fault.to_string())
    }

    /// At most 100 characters of the caller's name are repeated.
    fn new(option: &str, fault: Fault) -> Self {
        Self { option: option.chars().take(100).collect(), fault }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.option.as_str() {
            "" => write!(f, "{}", self.fault),
            option => write!(f, "`{option}`: {}", self.fault),
        }
    }
}

impl std::error::Error for QueryError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(allowed) if allowed.is_empty() => f.write_str("no query option is known here"),
            Self::Unknown(allowed) => {
                let names: Vec<&str> = allowed.iter().map(|option| option.name()).collect();
                write!(f, "not a query option of this resource; it takes {}", names.join(", "))
            }
            Self::Duplicate => f.write_str("given twice"),
            Self::Empty => f.write_str("has no value"),
            Self::Encoding => f.write_str("not percent-encoded UTF-8"),
            Self::Top => write!(f, "not a whole number from 1 to {MAX_TOP}"),
            Self::Bool => f.write_str("neither `true` nor `false`"),
            Self::Path => f.write_str("not a list of property paths such as `status/errorCode`"),
            Self::Direction => f.write_str("a path may be followed by `asc` or `desc` only"),
            Self::TooManyPaths => write!(f, "more than {MAX_PATHS} paths"),
            Self::TooLong => write!(f, "the query is longer than {MAX_QUERY_BYTES} bytes"),
        }
    }
}

fn read_top(value: &str) -> Result<u32, Fault> {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { value.parse().ok() } else { None };
    number.filter(|n| (1..=MAX_TOP).contains(n)).ok_or(Fault::Top)
}

fn read_bool(value: &str) -> Result<bool, Fault> {
    value.parse().map_err(|_| Fault::Bool)
}

fn split_paths(value: &str) -> Result<impl Iterator<Item = &str>, Fault> {
    if value.split(',').count() > MAX_PATHS {
        return Err(Fault::TooManyPaths);
    }
    Ok(value.split(',').map(str::trim))
}

fn read_path(path: &str) -> Result<String, Fault> {
    let segment = |s: &str| {
        s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@' || c == '_')
            && s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '_' | '.'))
    };
    if path.split('/').all(segment) { Ok(path.to_owned()) } else { Err(Fault::Path) }
}

#[cfg(test)]
mod tests;
