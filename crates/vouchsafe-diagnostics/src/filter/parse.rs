//! Reads the filter language: recursive descent whose depth is bounded by [`MAX_DEPTH`].

use vouchsafe_core::time::Timestamp;

use super::path::{is_name_char, is_name_start};
use super::{
    Filter, FilterError, Literal, MAX_CHARS, MAX_COMPARISONS, MAX_DEPTH, MAX_IN_VALUES, Op, Path,
    TextFunction,
};

type Parsed<T> = Result<T, FilterError>;

/// Longest piece of the text that an error message repeats, in characters.
const MAX_QUOTED_CHARS: usize = 40;

/// Reads the text of a `$filter` option, already percent-decoded.
///
/// # Errors
/// [`FilterError`] says at which character and why the text is not a filter, or which limit it exceeds.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.chars().count() > MAX_CHARS {
        let message = format!("the filter is longer than {MAX_CHARS} characters");
        return Err(FilterError { position: MAX_CHARS, message });
    }
    let mut parser = Parser { text, at: 0, depth: 0, comparisons: 0, variables: Vec::new() };
    let filter = parser.or()?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(filter),
        Some(')') => Err(parser.error("this `)` closes nothing")),
        Some(_) => Err(parser.error(format!("expected `and`, `or` or the end, found {}", parser.found()))),
    }
}

struct Parser<'t> {
    text: &'t str,
    /// Byte offset of the next character.
    at: usize,
    depth: usize,
    comparisons: usize,
    /// Names of the range variables of the `any`s around the place.
    variables: Vec<&'t str>,
}

impl<'t> Parser<'t> {
    fn or(&mut self) -> Parsed<Filter> {
        let mut left = self.and()?;
        while self.keyword("or") {
            left = left.or(self.and()?);
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed<Filter> {
        let mut left = self.unary()?;
        while self.keyword("and") {
            left = left.and(self.unary()?);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Filter> {
        self.skip_space();
        if self.keyword("not") {
            self.enter()?;
            self.skip_space();
            let inner = if self.symbol('(') { self.group()? } else { self.unary()? };
            self.depth -= 1;
            return Ok(Filter::Not(Box::new(inner)));
        }
        if self.symbol('(') {
            self.enter()?;
            let inner = self.group()?;
            self.depth -= 1;
            return Ok(inner);
        }
        self.comparison()
    }

    /// What follows an opening parenthesis, the closing one included.
    fn group(&mut self) -> Parsed<Filter> {
        let inner = self.or()?;
        self.expect(')', "`and`, `or` or `)`")?;
        Ok(inner)
    }

    fn comparison(&mut self) -> Parsed<Filter> {
        let start = self.at;
        let name = self.path_text()?;
        if self.rest().starts_with('(') {
            return self.call(start, name);
        }
        self.count_comparison(start)?;
        let path = self.path(start, name)?;
        self.skip_space();
        let operator_at = self.at;
        let word = self.word();
        if word.eq_ignore_ascii_case("in") {
            return self.values().map(|values| Filter::In { path, values });
        }
        let Some(op) = Op::ALL.into_iter().find(|op| word.eq_ignore_ascii_case(op.keyword())) else {
            self.at = operator_at;
            return Err(self.error(format!(
                "expected `eq`, `ne`, `gt`, `ge`, `lt`, `le` or `in` after `{name}`, found {}",
                self.found()
            )));
        };
        if !self.rest().starts_with(char::is_whitespace) {
            return Err(self.error(format!("expected a space after `{op}`, found {}", self.found())));
        }
        self.literal().map(|value| Filter::Compare { path, op, value })
    }

    /// `name(`: a text function or `any`.
    fn call(&mut self, start: usize, name: &'t str) -> Parsed<Filter> {
        if let Some(function) =
            TextFunction::ALL.into_iter().find(|function| name.eq_ignore_ascii_case(function.keyword()))
        {
            self.count_comparison(start)?;
            self.symbol('(');
            return self.text_function(function);
        }
        if let Some((collection, last)) = name.rsplit_once('/')
            && last.eq_ignore_ascii_case("any")
        {
            let path = self.path(start, collection)?;
            self.symbol('(');
            return self.any(path);
        }
        self.at = start;
        Err(self.error(format!(
            "unknown function `{}`; there are `startswith`, `endswith`, `contains` and `any`",
            shortened(name)
        )))
    }

    fn text_function(&mut self, function: TextFunction) -> Parsed<Filter> {
        self.skip_space();
        let start = self.at;
        let name = self.path_text()?;
        let path = self.path(start, name)?;
        self.expect(',', "`,`")?;
        self.skip_space();
        if self.peek() != Some('\'') {
            return Err(self.error(format!("`{function}` takes a text in quotes, found {}", self.found())));
        }
        let text = self.string()?;
        self.expect(')', "`)`")?;
        Ok(Filter::Text { function, path, text })
    }

    fn any(&mut self, path: Path) -> Parsed<Filter> {
        self.enter()?;
        self.skip_space();
        let variable = self.name();
        if variable.is_empty() {
            return Err(self.error(format!(
                "`any` takes a range variable and a condition, as in `any(x: x/id eq '1')`, found {}",
                self.found()
            )));
        }
        self.expect(':', "`:`")?;
        self.variables.push(variable);
        let inner = self.or()?;
        self.variables.pop();
        self.expect(')', "`and`, `or` or `)`")?;
        self.depth -= 1;
        Ok(Filter::Any { path, filter: Box::new(inner) })
    }

    fn values(&mut self) -> Parsed<Vec<Literal>> {
        self.expect('(', "`(` and the values of `in`")?;
        let mut values = vec![self.literal()?];
        loop {
            self.skip_space();
            if self.symbol(')') {
                return Ok(values);
            }
            if values.len() == MAX_IN_VALUES {
                return Err(self.error(format!("`in` takes at most {MAX_IN_VALUES} values")));
            }
            self.expect(',', "`,` or `)`")?;
            values.push(self.literal()?);
        }
    }

    fn literal(&mut self) -> Parsed<Literal> {
        self.skip_space();
        if self.peek() == Some('\'') {
            return self.string().map(Literal::String);
        }
        let start = self.at;
        let word = self.word();
        if let Some(literal) = unquoted(word) {
            return Ok(literal);
        }
        self.at = start;
        let message = match self.peek() {
            Some('"') => "a text stands in single quotes: `'…'`".to_owned(),
            _ if word.is_empty() => format!("expected a value, found {}", self.found()),
            _ if word.strip_prefix('-').unwrap_or(word).bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                format!("`{}` is not a whole number of 64 bits", shortened(word))
            }
            _ => format!(
                "`{}` is not a value; a text stands in single quotes, a time is like 2026-11-23T09:00:00Z",
                shortened(word)
            ),
        };
        Err(self.error(message))
    }

    /// A quoted text; `''` inside is one quote.
    fn string(&mut self) -> Parsed<String> {
        let start = self.at;
        let mut text = String::new();
        let mut rest = self.rest().strip_prefix('\'').unwrap_or_default();
        while let Some((piece, after)) = rest.split_once('\'') {
            text.push_str(piece);
            match after.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    rest = more;
                }
                None => {
                    self.at = self.text.len() - after.len();
                    return Ok(text);
                }
            }
        }
        self.at = start;
        Err(self.error("this text has no closing quote"))
    }

    /// Turns the text of a path into one that starts at the record, or at the element of the innermost `any`.
    fn path(&self, start: usize, name: &str) -> Parsed<Path> {
        let relative = match self.variables.last() {
            None => Some(name),
            Some(variable) => match name.strip_prefix(variable) {
                Some("") => return Ok(Path::element()),
                Some(rest) => rest.strip_prefix('/'),
                None => None,
            },
        };
        let Some(relative) = relative else {
            let variable = self.variables.last().copied().unwrap_or_default();
            let message = format!("inside this `any` every property starts with `{variable}/`");
            return Err(self.error_at(start, message));
        };
        relative.parse().map_err(|error| self.error_at(start, format!("`{}` is {error}", shortened(name))))
    }

    /// Names joined by `/`.
    fn path_text(&mut self) -> Parsed<&'t str> {
        let start = self.at;
        loop {
            if self.name().is_empty() {
                let expected = if self.at == start { "a property, `not` or `(`" } else { "a name after `/`" };
                return Err(self.error(format!("expected {expected}, found {}", self.found())));
            }
            if !self.symbol('/') {
                return Ok(self.text.get(start..self.at).unwrap_or_default());
            }
        }
    }

    fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("more than {MAX_DEPTH} levels of parentheses, `not` and `any`")));
        }
        Ok(())
    }

    fn count_comparison(&mut self, start: usize) -> Parsed<()> {
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err(self.error_at(start, format!("more than {MAX_COMPARISONS} comparisons")));
        }
        Ok(())
    }
}

/// The cursor.
impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes the characters while they fulfil the condition.
    fn take(&mut self, condition: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|c| !condition(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn name(&mut self) -> &'t str {
        if self.peek().is_some_and(is_name_start) { self.take(is_name_char) } else { "" }
    }

    /// Everything up to a space, parenthesis, comma or quote.
    fn word(&mut self) -> &'t str {
        self.take(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '\'' | '"'))
    }

    /// Takes the character if it is next.
    fn symbol(&mut self, symbol: char) -> bool {
        let found = self.rest().starts_with(symbol);
        if found {
            self.at += symbol.len_utf8();
        }
        found
    }

    /// Takes the keyword if it is the next whole word, after spaces.
    fn keyword(&mut self, keyword: &str) -> bool {
        let before = self.at;
        self.skip_space();
        let found = self.name().eq_ignore_ascii_case(keyword) && !self.rest().starts_with(['/', ':']);
        if !found {
            self.at = before;
        }
        found
    }

    fn expect(&mut self, symbol: char, expected: &str) -> Parsed<()> {
        self.skip_space();
        if self.symbol(symbol) {
            return Ok(());
        }
        Err(self.error(format!("expected {expected}, found {}", self.found())))
    }

    /// The next word in quotes, for a message.
    fn found(&self) -> String {
        let rest = self.rest();
        let word = rest.split([' ', '(', ')', ',', '\'']).next().unwrap_or_default();
        match (word, rest.chars().next()) {
            (_, None) => "the end".to_owned(),
            ("", Some(symbol)) => format!("`{}`", printable(symbol)),
            (word, Some(_)) => format!("`{}`", shortened(word)),
        }
    }

    fn error(&self, message: impl Into<String>) -> FilterError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, at: usize, message: impl Into<String>) -> FilterError {
        let position = self.text.get(..at).map_or(0, |before| before.chars().count());
        FilterError { position, message: message.into() }
    }
}

fn shortened(word: &str) -> String {
    let mut short: String = word.chars().take(MAX_QUOTED_CHARS).map(printable).collect();
    if word.chars().count() > MAX_QUOTED_CHARS {
        short.push('…');
    }
    short
}

fn printable(c: char) -> char {
    if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }
}

fn unquoted(word: &str) -> Option<Literal> {
    if let Some(&(_, constant)) = [("null", None), ("true", Some(true)), ("false", Some(false))]
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name))
    {
        return Some(constant.map_or(Literal::Null, Literal::Bool));
    }
    if word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && let Ok(number) = word.parse()
    {
        return Some(Literal::Int(number));
    }
    if crate::form::is_uuid(word) {
        return Some(Literal::String(word.to_owned()));
    }
    time(word).map(Literal::Time)
}

/// RFC 3339, or a date alone, which is its midnight in UTC.
fn time(word: &str) -> Option<Timestamp> {
    let date_only = word.len() == "2026-11-23".len() && word.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if date_only { format!("{word}T00:00:00Z").parse().ok() } else { word.parse().ok() }
}
