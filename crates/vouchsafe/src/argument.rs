//! Arguments that several commands share.

use clap::Args;
use vouchsafe_client::api::query::{MAX_TOP, OrderBy, QueryOptions};
use vouchsafe_client::api::scope::{DataCategory, DataFilter};
use vouchsafe_client::time::Timestamp;

use crate::failure::Failure;
use crate::output::Output;

/// Parses one word of a closed list; help and errors name them all.
macro_rules! word {
    ($type:ty) => {{
        use clap::builder::TypedValueParser as _;
        clap::builder::PossibleValuesParser::new(<$type>::ALL.iter().map(|value| value.as_str()))
            .try_map(|text| text.parse::<$type>())
    }};
}

pub(crate) use word;

/// Which items of a list.
#[derive(Debug, Clone, Args)]
pub(crate) struct Listing {
    /// Only items that match an OData expression, such as "status eq 'open'"
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) filter: Option<String>,
    /// Sort by a property, such as "createdDateTime desc"
    #[arg(long, value_name = "PROPERTY [desc]")]
    order_by: Option<String>,
    /// How many items a page holds, 1 to 1000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_TOP)))]
    top: Option<u32>,
    /// Fetch every page, not only the first
    #[arg(long)]
    pub(crate) all: bool,
}

impl Listing {
    /// The options for the server, with one more condition.
    pub(crate) fn query(&self, condition: Option<&str>) -> QueryOptions {
        let filter = match (&self.filter, condition) {
            (Some(filter), Some(condition)) => Some(format!("({condition}) and ({filter})")),
            (filter, condition) => filter.clone().or_else(|| condition.map(str::to_owned)),
        };
        let orderby = self.order_by.iter().map(|text| {
            let path = text.trim_end_matches(" desc").trim_end_matches(" asc").to_owned();
            OrderBy { path, descending: text.ends_with(" desc") }
        });
        let defaults = QueryOptions::default();
        QueryOptions { filter, orderby: orderby.collect(), top: self.top.unwrap_or(defaults.top), ..defaults }
    }
}

/// Limits of a scope.
#[derive(Debug, Clone, Args)]
pub(crate) struct ScopeLimits {
    /// Only events at or after this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Only events before this time (RFC 3339)
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,
    /// Only records about this person (object id or user principal name); repeat for more
    #[arg(long = "user", value_name = "ID|UPN")]
    users: Vec<String>,
}

impl ScopeLimits {
    /// The filter, if anything limits it.
    pub(crate) fn filter(self) -> Option<DataFilter> {
        let users = (!self.users.is_empty()).then_some(self.users);
        let filter = DataFilter { data_from: self.from, data_to: self.to, users };
        (filter != DataFilter::default()).then_some(filter)
    }
}

/// Comma-separated names of categories.
pub(crate) fn categories(list: &[DataCategory]) -> String {
    list.iter().map(|category| category.as_str()).collect::<Vec<_>>().join(", ")
}

/// A filter in words; empty if there is none.
pub(crate) fn filter_words(out: &Output, filter: Option<&DataFilter>) -> String {
    let Some(filter) = filter else { return String::new() };
    let mut words = Vec::new();
    words.extend(filter.data_from.map(|from| format!("from {}", out.time(from))));
    words.extend(filter.data_to.map(|to| format!("to {}", out.time(to))));
    words.extend(filter.users.as_ref().map(|users| format!("about {}", users.join(", "))));
    words.join("; ")
}

/// The text of an argument, read from the standard input if it is `-`.
pub(crate) fn text(argument: String) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument);
    }
    let text = std::io::read_to_string(std::io::stdin()).map_err(Failure::Local)?;
    Ok(text.trim_end().to_owned())
}
