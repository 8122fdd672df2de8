//! What is read off a request before anything is learned: words, letter groups, the form of the text, hour, type.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::hash::{Kind, key, mix};
use crate::request::{Request, with_parents};

/// A word of the title counts as much as this many of the description.
const TITLE_WEIGHT: f32 = 2.0;
/// Characters of title and description that are looked at; the rest is not worth the time.
const TEXT_CHARS_MAX: usize = 6_000;
/// Shortest and longest word in bytes.
const WORD_BYTES: std::ops::RangeInclusive<usize> = 2..=60;
/// A number of fewer digits says nothing; a longer one may name a case.
const NUMBER_DIGITS_MIN: usize = 8;
/// Letters of a group.
const GRAM_CHARS: usize = 4;
/// Characters that letter groups are taken from: how a text begins tells who writes.
const GRAM_TEXT_CHARS: usize = 300;

/// A key and how often it occurs.
pub(crate) type Count = (u64, f32);

/// A request, read.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Words by key, each once.
    pub(crate) words: Vec<Count>,
    /// Groups of [`GRAM_CHARS`] letters by key, each once.
    pub(crate) grams: Vec<Count>,
    /// The form of the text.
    pub(crate) marks: Vec<u64>,
    /// Problem types and their parents.
    pub(crate) problem_types: Vec<u64>,
    /// Hour of the day it was opened, UTC, 0 to 23.
    pub(crate) hour: u8,
}

impl Reading {
    pub(crate) fn of(request: &Request<'_>) -> Self {
        let opened = TimeZone::UTC.to_datetime(request.opened);
        let mut words = Vec::new();
        words_of(request.title, TITLE_WEIGHT, &mut words);
        words.extend(pairs_of(&words));
        words_of(request.description, 1.0, &mut words);
        let mut problem_types: Vec<u64> = request
            .problem_types
            .iter()
            .flat_map(|path| with_parents(path))
            .map(|path| key(Kind::ProblemType, path.chars().flat_map(char::to_lowercase)))
            .collect();
        problem_types.sort_unstable();
        problem_types.dedup();
        Self {
            words: summed(words),
            grams: grams_of(request),
            marks: marks_of(request, opened),
            problem_types,
            hour: opened.hour().unsigned_abs(),
        }
    }
}

/// The word under which a case's own number is found again.
pub(crate) fn number_word(number: &str) -> Option<u64> {
    (!number.is_empty()).then(|| key(Kind::Word, number.chars().flat_map(char::to_lowercase)))
}

/// Each two neighbours as one more word: of a title, pairs say what the words alone do not.
fn pairs_of(words: &[Count]) -> Vec<Count> {
    let neighbours = words.iter().zip(words.iter().skip(1));
    neighbours.map(|((one, weight), (next, _))| (mix(one ^ mix(*next)), *weight)).collect()
}

/// Adds up what occurs several times; the order is that of the keys, whatever the text's.
fn summed(mut counts: Vec<Count>) -> Vec<Count> {
    counts.sort_unstable_by_key(|(key, _)| *key);
    counts.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    counts
}

/// Words, and the parts of words written `likeThis`; and `abc-123` as one word besides, as cases are named so.
fn words_of(text: &str, weight: f32, words: &mut Vec<Count>) {
    let mut shown: String = text.chars().take(TEXT_CHARS_MAX).collect();
    shown.push(' ');
    let mut start = 0;
    for (position, here) in shown.char_indices() {
        if here.is_alphanumeric() {
            continue;
        }
        if let Some(word) = shown.get(start..position).filter(|word| !word.is_empty()) {
            push_word(word, weight, words);
            if here == '-' && word.chars().all(|letter| letter.is_ascii_alphabetic()) {
                push_name(word, shown.get(position + 1..).unwrap_or_default(), weight, words);
            }
        }
        start = position + here.len_utf8();
    }
}

/// `word-digits` as one word, if digits follow.
fn push_name(word: &str, after: &str, weight: f32, words: &mut Vec<Count>) {
    let digits = after.len() - after.trim_start_matches(|here: char| here.is_ascii_digit()).len();
    if let Some(digits) = after.get(..digits).filter(|digits| !digits.is_empty()) {
        let name = word.chars().chain(std::iter::once('-')).chain(digits.chars());
        words.push((key(Kind::Word, name.flat_map(char::to_lowercase)), weight));
    }
}

fn push_word(word: &str, weight: f32, words: &mut Vec<Count>) {
    if !WORD_BYTES.contains(&word.len()) {
        return;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        if word.len() >= NUMBER_DIGITS_MIN {
            words.push((key(Kind::Word, word.chars()), weight));
        }
        return;
    }
    words.push((stem_key(word), weight));
    let mut start = 0;
    let mut previous = (0, false);
    let parts = word.char_indices().chain(std::iter::once((word.len(), 'A'))).enumerate();
    for (count, (position, here)) in parts {
        let capital = here.is_uppercase();
        let next_is_small =
            word.get(position..).and_then(|rest| rest.chars().nth(1)).is_some_and(char::is_lowercase);
        let breaks = count > 0 && capital && (!previous.1 || next_is_small || position == word.len());
        if breaks {
            let part = word.get(start..position).unwrap_or_default();
            let is_whole = start == 0 && position == word.len();
            if part.len() > 2 && !is_whole {
                words.push((stem_key(part), weight));
            }
            start = position;
        }
        previous = (position, capital);
    }
}

/// The key of a word in small letters without its English ending, so that `fails` and `failed` meet.
fn stem_key(word: &str) -> u64 {
    let stem = if word.len() > 4 && word.is_ascii() {
        ["ing", "ed", "es", "s"]
            .iter()
            .find_map(|end| strip_end(word, end).filter(|stem| stem.len() >= 3))
            .unwrap_or(word)
    } else {
        word
    };
    key(Kind::Word, stem.chars().flat_map(char::to_lowercase))
}

fn strip_end<'a>(word: &'a str, end: &str) -> Option<&'a str> {
    let (stem, tail) = word.split_at_checked(word.len().checked_sub(end.len())?)?;
    tail.eq_ignore_ascii_case(end).then_some(stem)
}

fn grams_of(request: &Request<'_>) -> Vec<Count> {
    let text: Vec<char> = request
        .title
        .chars()
        .chain(" \n ".chars())
        .chain(request.description.chars())
        .take(GRAM_TEXT_CHARS)
        .collect();
    summed(text.windows(GRAM_CHARS).map(|gram| (key(Kind::Gram, gram.iter().copied()), 1.0)).collect())
}

/// The form of a text: its length, how it is laid out, how it begins and ends, on which day it came. It tells little
/// by itself, but who writes alike is often served by the same people.
fn marks_of(request: &Request<'_>, opened: DateTime) -> Vec<u64> {
    let (title, text) = (request.title, request.description);
    let mark = |name: &str, value: u32| {
        let value = char::from_u32(value).unwrap_or_default();
        key(Kind::Mark, name.chars().chain(std::iter::once(value)))
    };
    let is = |name: &str, holds: bool| mark(name, u32::from(holds));
    let last = text.trim_end().chars().next_back().filter(|last| !last.is_alphanumeric());
    let first = title.chars().next();
    vec![
        key(Kind::Mark, "priority ".chars().chain(request.priority.chars())),
        mark("weekday", opened.weekday().to_monday_zero_offset().unsigned_abs().into()),
        mark("length", text.len().checked_ilog2().map_or(0, |log| log + 1)),
        mark("title length", u32::try_from(title.len().div_ceil(15)).unwrap_or(u32::MAX).min(100)),
        mark("lines", u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX).min(4)),
        mark("last", last.map_or(0, u32::from)),
        is("untyped", request.problem_types.is_empty()),
        is("braces", text.contains('{')),
        is("question", text.contains('?')),
        is("title is a sentence", title.ends_with('.')),
        is("begins large", text.chars().next().is_some_and(char::is_uppercase)),
        is("I", text.contains(" I ")),
        is("we", text.contains("We ") || text.contains(" we ")),
        is("exception", text.contains("Exception")),
        is("wide spaces", text.contains(".  ")),
        is("title begins large", first.is_some_and(char::is_uppercase)),
        is("title begins with a letter", first.is_some_and(char::is_alphabetic)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<u64> {
        let mut words = Vec::new();
        words_of(text, 1.0, &mut words);
        words.into_iter().map(|(key, _)| key).collect()
    }

    fn plain(words: &[&str]) -> Vec<u64> {
        words.iter().map(|word| key(Kind::Word, word.chars())).collect()
    }

    #[test]
    fn words_lose_case_and_ending() {
        assert_eq!(words("Sign-in FAILS, a 42"), plain(&["sign", "in", "fail"]));
        assert_eq!(words("passwörter"), plain(&["passwörter"]));
    }

    #[test]
    fn words_written_together_come_apart_too() {
        assert_eq!(words("openURLFast"), plain(&["openurlfast", "open", "url", "fast"]));
        assert_eq!(words("Fast"), plain(&["fast"]));
        assert_eq!(words("HTTP"), plain(&["http"]));
    }

    #[test]
    fn a_case_is_one_word() {
        assert_eq!(words("as in ABC-1234."), plain(&["as", "in", "abc", "abc-1234"]));
        assert_eq!(words("7301225590146638"), plain(&["7301225590146638"]));
        assert_eq!(number_word("ABC-1234"), words("abc-1234").get(1).copied());
        assert_eq!(number_word(""), None);
    }

    #[test]
    fn repeated_words_are_summed() {
        let request = Request {
            title: "consent",
            description: "Consent\u{0} \u{1F600} consent",
            problem_types: &["signIn/conditionalAccess"],
            priority: "",
            opened: "2026-01-01T23:30:00Z".parse().expect("a time"),
        };
        let reading = Reading::of(&request);
        assert_eq!(reading.words, [(key(Kind::Word, "consent".chars()), 4.0)]);
        assert_eq!(reading.problem_types.len(), 2);
        assert_eq!(reading.hour, 23);
    }
}
