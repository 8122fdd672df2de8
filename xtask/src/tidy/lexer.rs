//! Just enough of Rust's grammar to tell code, comments and string literals apart.

/// A Rust source split by kind. Lines count from 1.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// The source with comments and the contents of literals blanked; same lines, same columns.
    pub(super) code: Vec<char>,
    /// Contents of string literals with the line they begin on.
    pub(super) strings: Vec<(usize, String)>,
}

/// Splits a source.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer { input: text.chars().collect(), position: 0, line: 1, lexed: Lexed::default() };
    lexer.run();
    lexer.lexed
}

struct Lexer {
    input: Vec<char>,
    position: usize,
    line: usize,
    lexed: Lexed,
}

impl Lexer {
    fn run(&mut self) {
        while let Some(here) = self.peek(0) {
            match (here, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('\'', _) => self.quote(),
                ('r', _) => {
                    if !self.raw_string() {
                        self.keep();
                    }
                }
                _ => self.keep(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.input.get(self.position + ahead).copied()
    }

    /// Takes a character as code.
    fn keep(&mut self) {
        if let Some(here) = self.advance() {
            self.lexed.code.push(here);
        }
    }

    /// Takes a character that is not code.
    fn blank(&mut self) -> Option<char> {
        let here = self.advance()?;
        self.lexed.code.push(if here == '\n' { '\n' } else { ' ' });
        Some(here)
    }

    fn advance(&mut self) -> Option<char> {
        let here = self.peek(0)?;
        self.position += 1;
        if here == '\n' {
            self.line += 1;
        }
        Some(here)
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|here| here != '\n') {
            self.blank();
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        self.keep();
        let mut contents = String::new();
        loop {
            match self.peek(0) {
                None => break,
                Some('"') => {
                    self.keep();
                    break;
                }
                Some('\\') => {
                    self.blank();
                    contents.extend(self.blank());
                }
                Some(_) => contents.extend(self.blank()),
            }
        }
        self.lexed.strings.push((line, contents));
    }

    /// A character literal, or a lifetime.
    fn quote(&mut self) {
        let escaped = self.peek(1) == Some('\\');
        let literal = escaped || self.peek(2) == Some('\'');
        self.keep();
        if !literal {
            return;
        }
        if escaped {
            self.blank();
        }
        self.blank();
        while self.peek(0).is_some_and(|here| here != '\'' && here != '\n') {
            self.blank();
        }
        self.keep();
    }

    /// Takes `r"…"`, `r#"…"#` and the like; `false` when the `r` here begins something else.
    fn raw_string(&mut self) -> bool {
        let before = self.position.checked_sub(1).and_then(|index| self.input.get(index));
        let prefixed = matches!(before, Some('b' | 'c'));
        if !prefixed && before.is_some_and(|before| before.is_alphanumeric() || *before == '_') {
            return false;
        }
        let hashes = self.input.iter().skip(self.position + 1).take_while(|here| **here == '#').count();
        if self.peek(1 + hashes) != Some('"') {
            return false;
        }
        let line = self.line;
        for _ in 0..hashes + 2 {
            self.blank();
        }
        let mut contents = String::new();
        while self.peek(0).is_some() {
            let ends = self.peek(0) == Some('"') && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#'));
            if ends {
                for _ in 0..=hashes {
                    self.blank();
                }
                break;
            }
            contents.extend(self.blank());
        }
        self.lexed.strings.push((line, contents));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        lex(text).code.into_iter().collect()
    }

    fn strings(text: &str) -> Vec<(usize, String)> {
        lex(text).strings
    }

    #[test]
    fn comments_are_blanked_even_nested() {
        assert_eq!(code("a // b\nc /* d /* e */ f */ g"), format!("a     \nc{}g", " ".repeat(19)));
    }

    #[test]
    fn strings_are_taken_out_with_their_line() {
        assert_eq!(strings("x\n\"a\\\"b\" // \"no\"\n"), [(2, "a\"b".to_owned())]);
        assert_eq!(code("f(\"{ // }\") {"), "f(\"      \") {");
    }

    #[test]
    fn raw_strings_end_at_their_own_mark() {
        assert_eq!(strings("r#\"a \" b\"# br\"c\\\" d"), [(1, "a \" b".to_owned()), (1, "c\\".to_owned())]);
        assert_eq!(strings("for r in x {}"), []);
    }

    #[test]
    fn lifetimes_are_not_characters() {
        assert_eq!(code("fn f<'a>(x: &'a str) { '{'; '\\''; }"), "fn f<'a>(x: &'a str) { ' '; '  '; }");
    }
}
