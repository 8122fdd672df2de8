use std::io;

/// A file that was not cleaned, and must not be sent.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Refusal {
    /// The file or the entry of an archive (see [`crate::Finding::path`]).
    pub path: String,
    /// Why.
    #[source]
    pub reason: Reason,
}

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Neither name nor content is of a kind that can be searched for secrets.
    #[error(
        "this type of file cannot be searched for secrets; send text, JSON, HAR, XML, CSV, PEM, or an archive of them"
    )]
    UnknownType,
    /// Name, declared type and content contradict each other.
    #[error("the content is not what the name or the declared type says ({0})")]
    WrongType(&'static str),
    /// Bytes that are no text.
    #[error("line {line} is not UTF-8 text")]
    NotText {
        /// Line of the file, counted from 1.
        line: u64,
    },
    /// JSON that cannot be read.
    #[error("not JSON: line {line}, column {column}")]
    Malformed {
        /// Line, counted from 1.
        line: u64,
        /// Column, counted from 1.
        column: u64,
    },
    /// A line, a record or a document longer than can be held.
    #[error("{what} is longer than {max} bytes")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// How long it may be, in bytes.
        max: u64,
    },
    /// It unpacks to more than is allowed, in bytes or as a multiple of its size.
    #[error("it unpacks to more than {max} bytes, the most for an archive of its size")]
    UnpacksToTooMuch {
        /// How many bytes were allowed.
        max: u64,
    },
    /// Too many entries.
    #[error("more than {0} entries")]
    TooManyEntries(u64),
    /// Archives in archives, deeper than allowed.
    #[error("archives lie in each other more than {0} deep")]
    TooDeep(u8),
    /// A name that leads out of the archive, is absolute, or has control characters.
    #[error("the name of this entry leads out of the archive or is not allowed")]
    UnsafeName,
    /// The name itself holds a secret.
    #[error("the name of this file seems to hold a secret; rename it")]
    SecretInName,
    /// Two entries of one name, letters' case aside.
    #[error("two entries have this name")]
    DuplicateName,
    /// A link, a device or anything else that is no file and no folder.
    #[error("a link or device, not a file")]
    NotAFile,
    /// An encrypted entry.
    #[error("encrypted; send it unencrypted")]
    Encrypted,
    /// An archive that cannot be read.
    #[error("the archive is damaged or packed in a way that is not known")]
    Damaged(#[source] io::Error),
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io(#[source] io::Error),
}

/// A reason on its way through a reader that can only fail with an IO error.
#[derive(Debug, thiserror::Error)]
#[error("over the limit")]
pub(crate) struct Over {
    pub(crate) max: u64,
}

impl Reason {
    /// What an IO error of unpacking means.
    pub(crate) fn unpacking(error: io::Error) -> Self {
        let over = error.get_ref().and_then(|inner| inner.downcast_ref::<Over>()).map(|over| over.max);
        match over {
            Some(max) => Self::UnpacksToTooMuch { max },
            None => Self::Damaged(error),
        }
    }

    /// What an IO error of reading content means; `packed` where the content comes out of an archive.
    pub(crate) fn reading(error: io::Error, packed: bool) -> Self {
        if packed { Self::unpacking(error) } else { Self::Io(error) }
    }

    pub(crate) fn at(self, path: &str) -> Refusal {
        Refusal { path: path.to_owned(), reason: self }
    }
}
