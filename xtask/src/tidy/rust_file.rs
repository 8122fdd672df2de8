//! A Rust source with what the rules ask of it: its lines of code, which of them are tests, its functions.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

use super::lexer::{self, Lexed};
use crate::Failure;

/// One `.rs` file.
pub(super) struct RustFile {
    /// Path below the workspace root.
    pub(super) path: String,
    /// Lines as written.
    pub(super) lines: Vec<String>,
    /// Lines without comments and without the contents of literals.
    pub(super) code: Vec<String>,
    /// String literals with the line they begin on.
    pub(super) strings: Vec<(usize, String)>,
    /// Whether the whole file is tests.
    pub(super) is_test: bool,
    /// Lines of items under `#[cfg(test)]`.
    tests: Vec<RangeInclusive<usize>>,
    /// Modules declared as `#[cfg(test)] mod name;`.
    test_modules: Vec<String>,
    lexed: Lexed,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    /// Lines that carry code, from the signature to the closing brace.
    pub(super) length: usize,
}

impl RustFile {
    /// Reads all `.rs` files among `paths`, and learns from each which of the others hold only tests.
    pub(super) fn load_all(root: &Path, paths: &[String]) -> Result<Vec<Self>, Failure> {
        let mut sources = Vec::new();
        for path in paths.iter().filter(|path| path.ends_with(".rs")) {
            let text =
                std::fs::read_to_string(root.join(path)).map_err(|cause| format!("{path}: {cause}"))?;
            sources.push(Self::new(path, &text));
        }
        let test_files: BTreeSet<String> = sources.iter().flat_map(Self::test_module_files).collect();
        for source in &mut sources {
            source.is_test |= test_files.iter().any(|test| below(&source.path, test));
        }
        Ok(sources)
    }

    pub(super) fn new(path: &str, text: &str) -> Self {
        let lexed = lexer::lex(text);
        let code: String = lexed.code.iter().collect();
        let mut source = Self {
            path: path.to_owned(),
            lines: text.lines().map(str::to_owned).collect(),
            code: code.lines().map(str::to_owned).collect(),
            strings: lexed.strings.clone(),
            is_test: path.split('/').any(|part| matches!(part, "tests" | "benches")),
            tests: Vec::new(),
            test_modules: Vec::new(),
            lexed,
        };
        source.find_tests();
        source
    }

    /// Whether a line, counted from 1, belongs to a test.
    pub(super) fn in_test(&self, line: usize) -> bool {
        self.is_test || self.tests.iter().any(|range| range.contains(&line))
    }

    /// Lines of the file that are not tests.
    pub(super) fn length_without_tests(&self) -> usize {
        (1..=self.lines.len()).filter(|line| !self.in_test(*line)).count()
    }

    /// All functions that have a body.
    pub(super) fn functions(&self) -> Vec<Function> {
        let code = &self.lexed.code;
        let mut functions = Vec::new();
        for start in word_positions(code, "fn") {
            let name: String = code
                .iter()
                .skip(start + 2)
                .skip_while(|here| here.is_whitespace())
                .take_while(|here| here.is_alphanumeric() || **here == '_')
                .collect();
            let Some(end) = item_end(code, start) else { continue };
            if name.is_empty() || code.get(end) != Some(&'}') {
                continue;
            }
            let (line, last) = (line_of(code, start), line_of(code, end));
            let length =
                self.code.iter().take(last).skip(line - 1).filter(|text| !text.trim().is_empty()).count();
            functions.push(Function { name, line, length });
        }
        functions
    }

    fn find_tests(&mut self) {
        let code = &self.lexed.code;
        for start in word_positions(code, "cfg") {
            let attribute: String = code.iter().skip(start).take_while(|here| **here != ']').collect();
            let condition: String = attribute.chars().filter(|here| !here.is_whitespace()).collect();
            if !matches!(condition.get(..9), Some("cfg(test)" | "cfg(all(t")) || !condition.contains("test") {
                continue;
            }
            let item = start + attribute.chars().count() + 1;
            let Some(end) = item_end(code, item) else { continue };
            self.tests.push(line_of(code, start)..=line_of(code, end));
            let declared: String = code.iter().skip(item).take(end.saturating_sub(item)).collect();
            if code.get(end) == Some(&';')
                && let Some((_, name)) = declared.rsplit_once("mod ")
            {
                self.test_modules.push(name.trim().to_owned());
            }
        }
    }

    /// Paths of modules that this file declares for tests only.
    fn test_module_files(&self) -> Vec<String> {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let stem = name.strip_suffix(".rs").unwrap_or(name);
        let folder = match stem {
            "lib" | "main" | "mod" => folder.to_owned(),
            _ => format!("{folder}/{stem}"),
        };
        self.test_modules.iter().map(|module| format!("{folder}/{module}.rs")).collect()
    }
}

/// Whether `path` is the module file `test`, or lies in its folder.
fn below(path: &str, test: &str) -> bool {
    let folder = test.strip_suffix(".rs").unwrap_or(test);
    path == test || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Where `word` stands as a whole word.
fn word_positions(code: &[char], word: &str) -> Vec<usize> {
    let word: Vec<char> = word.chars().collect();
    let joins = |here: Option<&char>| here.is_some_and(|here| here.is_alphanumeric() || *here == '_');
    code.windows(word.len())
        .enumerate()
        .filter(|(position, window)| {
            let before = position.checked_sub(1).and_then(|before| code.get(before));
            *window == word && !joins(before) && !joins(code.get(position + word.len()))
        })
        .map(|(position, _)| position)
        .collect()
}

/// Position of the `}` or `;` that ends the item that starts at `start`.
fn item_end(code: &[char], start: usize) -> Option<usize> {
    let mut nested = 0_isize;
    let mut braces = 0_isize;
    for (position, here) in code.iter().enumerate().skip(start) {
        match here {
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 && nested <= 0 {
                    return Some(position);
                }
            }
            ';' if braces == 0 && nested <= 0 => return Some(position),
            _ => {}
        }
    }
    None
}

/// Line of a position, counted from 1.
fn line_of(code: &[char], position: usize) -> usize {
    1 + code.iter().take(position).filter(|here| **here == '\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_leaves_tests_out() {
        let source = RustFile::new(
            "crates/a/src/lib.rs",
            "//! A.\n\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n",
        );
        assert_eq!(source.length_without_tests(), 4);
        assert!(source.in_test(7));
        assert!(!source.in_test(3));
    }

    #[test]
    fn a_function_is_measured_by_its_lines_of_code() {
        let text = "trait T { fn none(&self) -> [u8; 2]; }\nfn one<'a>(x: &'a str)\nwhere\n    T: U,\n{\n\n    // why\n    \"}\";\n}\n";
        let functions = RustFile::new("crates/a/src/lib.rs", text).functions();
        assert_eq!(functions, [Function { name: "one".to_owned(), line: 2, length: 6 }]);
    }

    #[test]
    fn modules_declared_for_tests_are_tests() {
        let parent =
            RustFile::new("crates/a/src/grant.rs", "#[cfg(test)]\nmod model;\n#[cfg(unix)]\nmod os;\n");
        assert_eq!(parent.test_module_files(), ["crates/a/src/grant/model.rs"]);
        assert!(below("crates/a/src/grant/model.rs", "crates/a/src/grant/model.rs"));
        assert!(below("crates/a/src/grant/model/deep.rs", "crates/a/src/grant/model.rs"));
        assert!(!below("crates/a/src/grant/models.rs", "crates/a/src/grant/model.rs"));
    }
}
