//! The rooms and the file rules, enforced instead of hoped for.
//!
//! Each finding names a file, a line, the rule and why the rule exists.

mod documents;
mod exceptions;
mod findings;
mod lexer;
mod manifests;
mod rooms;
mod rust_file;
mod size;
mod source_rules;

use std::path::Path;

use crate::{Failure, tree};
use exceptions::Exceptions;
use findings::{Finding, Rule};
use rust_file::RustFile;

/// Sizes above the cap that are known; each entry only ever gets smaller.
const EXCEPTIONS_FILE: &str = "xtask/tidy-exceptions.txt";

/// Prints what it finds. `false` when there is something.
pub(crate) fn run(root: &Path, shrink: bool) -> Result<bool, Failure> {
    let paths = tree::files(root)?;
    let mut findings = Vec::new();

    findings.extend(rooms::check(&rooms::load(root)?));
    findings.extend(manifests::check(root, &paths)?);
    findings.extend(documents::check(root, &paths)?);

    let sources = RustFile::load_all(root, &paths)?;
    for source in &sources {
        findings.extend(source_rules::check(source));
    }
    findings.extend(source_rules::misplaced_files(&paths));
    findings.extend(source_rules::unfinished_text(root, &paths)?);

    let file = root.join(EXCEPTIONS_FILE);
    let exceptions = Exceptions::parse(&std::fs::read_to_string(&file).unwrap_or_default())?;
    let oversize = size::measure(&sources);
    if shrink {
        std::fs::write(&file, exceptions.shrunk(&oversize).to_string())?;
        println!("tidy: {EXCEPTIONS_FILE} says what is true now; commit it");
    } else {
        findings.extend(exceptions.judge(&oversize));
    }
    Ok(report(findings))
}

fn report(mut findings: Vec<Finding>) -> bool {
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: nothing to say"),
        1 => println!("tidy: 1 finding"),
        several => println!("tidy: {several} findings"),
    }
    findings.is_empty()
}
