//! How long files and functions are.

use super::rust_file::RustFile;
use super::{Finding, Rule};

/// Lines of a file, its tests not counted.
const FILE_LINES: usize = 600;

/// Lines of code of a function.
const FUNCTION_LINES: usize = 70;

/// Something longer than its cap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Oversize {
    /// The path, or `path::function`.
    pub(super) key: String,
    pub(super) lines: usize,
    /// What to say when no exception covers it.
    pub(super) finding: Finding,
}

/// Everything that is longer than its cap.
pub(super) fn measure(sources: &[RustFile]) -> Vec<Oversize> {
    let mut oversize = Vec::new();
    for source in sources {
        let path = &source.path;
        let lines = source.length_without_tests();
        if lines > FILE_LINES {
            let what = format!("{lines} lines without tests, at most {FILE_LINES}");
            let finding = Finding::new(path, FILE_LINES + 1, Rule::FileLength, what);
            oversize.push(Oversize { key: path.clone(), lines, finding });
        }
        for function in source.functions() {
            if function.length <= FUNCTION_LINES || source.in_test(function.line) {
                continue;
            }
            let lines = function.length;
            let what = format!("`{}` has {lines} lines of code, at most {FUNCTION_LINES}", function.name);
            let finding = Finding::new(path, function.line, Rule::FunctionLength, what);
            oversize.push(Oversize { key: format!("{path}::{}", function.name), lines, finding });
        }
    }
    oversize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(String, Rule)> {
        let oversize = measure(&[RustFile::new(path, text)]);
        oversize.into_iter().map(|one| (one.key, one.finding.rule)).collect()
    }

    #[test]
    fn a_long_file_is_found_but_not_for_its_tests() {
        let long = "const A: u8 = 0;\n".repeat(601);
        let path = "crates/a/src/lib.rs";
        assert_eq!(found(path, &long), [(path.to_owned(), Rule::FileLength)]);
        assert_eq!(found(path, &"const A: u8 = 0;\n".repeat(600)), []);
        assert_eq!(found(path, &format!("#[cfg(test)]\nmod tests {{\n{long}}}\n")), []);
        assert_eq!(found("crates/a/tests/all.rs", &long), []);
    }

    #[test]
    fn a_long_function_is_found_but_not_in_tests() {
        let long = format!("fn f() {{\n{}}}\n", "    g();\n".repeat(69));
        let path = "crates/a/src/lib.rs";
        assert_eq!(found(path, &long), [(format!("{path}::f"), Rule::FunctionLength)]);
        assert_eq!(found(path, &format!("fn f() {{\n{}}}\n", "    g(); // x\n\n".repeat(68))), []);
        assert_eq!(found(path, &format!("#[cfg(test)]\nmod tests {{\n{long}}}\n")), []);
    }
}
