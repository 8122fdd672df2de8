//! Compressed sources, told by content: gzip (RFC 1952) and zstd (RFC 8878), with any number of members or frames.
//!
//! What a source expands to is bounded, so that a small file cannot keep an import busy for days; memory is bounded by
//! the window of each format. A stream that is cut off or damaged fails where that shows: what came before stands.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// Most bytes that a compressed source may expand to: 64 GiB, a hundred million sign-ins.
const MAX_EXPANDED_BYTES: u64 = 64 * 1024 * 1024 * 1024;
/// Largest window of zstd, as a power of two of bytes: 128 MiB, which is what its tools expand by themselves.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// Bytes that are expanded at a time.
const BUFFER_BYTES: usize = 64 * 1024;
/// Bytes that tell a format.
const MAGIC_BYTES: usize = 4;
/// How gzip begins.
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// How a frame of zstd begins.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// How a frame of zstd begins that is to be skipped, but for the first byte, which is `0x50` to `0x5F`.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];

/// The source behind the bytes that told its format.
type Replayed<R> = Chain<Cursor<Vec<u8>>, Watched<R>>;

/// A source as it is, or expanded.
#[derive(Debug)]
pub(super) struct Expanded<R: BufRead> {
    inner: Inner<R>,
}

enum Inner<R: BufRead> {
    Plain(Replayed<R>),
    Gzip(Box<BufReader<Bounded<MultiGzDecoder<Replayed<R>>>>>),
    Zstd(Box<BufReader<Bounded<zstd::stream::read::Decoder<'static, Replayed<R>>>>>),
}

/// Why a compressed source cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    /// It ends inside of a stream.
    #[error("the {0} stream is cut off")]
    CutOff(&'static str),
    /// It is no stream of its format, or its checksum is wrong.
    #[error("the {format} stream is damaged ({cause})")]
    Damaged {
        /// The format.
        format: &'static str,
        /// What its decoder says.
        cause: io::Error,
    },
    /// It expands to more than it may.
    #[error("the {format} stream expands to more than {limit} bytes")]
    TooLong {
        /// The format.
        format: &'static str,
        /// What it may expand to, in bytes.
        limit: u64,
    },
}

/// Expands a source if it is compressed.
///
/// # Errors
/// When the source cannot be read.
pub(super) fn expanded<R: BufRead>(source: R) -> io::Result<Expanded<R>> {
    expanded_within(source, MAX_EXPANDED_BYTES)
}

fn expanded_within<R: BufRead>(mut source: R, limit: u64) -> io::Result<Expanded<R>> {
    let mut head = Vec::with_capacity(MAGIC_BYTES);
    source.by_ref().take(MAGIC_BYTES as u64).read_to_end(&mut head)?;
    let (is_gzip, is_zstd) = (head.starts_with(&GZIP), is_zstd(&head));
    let replayed = Cursor::new(head).chain(Watched { source, failed: false });
    let inner = if is_gzip {
        Inner::Gzip(Bounded::boxed(MultiGzDecoder::new(replayed), "gzip", limit))
    } else if is_zstd {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(replayed)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        Inner::Zstd(Bounded::boxed(decoder, "zstd", limit))
    } else {
        Inner::Plain(replayed)
    };
    Ok(Expanded { inner })
}

fn is_zstd(head: &[u8]) -> bool {
    head.starts_with(&ZSTD)
        || head.split_first().is_some_and(|(first, rest)| first & 0xF0 == 0x50 && rest == ZSTD_SKIPPABLE)
}

impl<R: BufRead> std::fmt::Debug for Inner<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Gzip(_) => "Gzip",
            Self::Zstd(_) => "Zstd",
        })
    }
}

impl<R: BufRead> Read for Expanded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(source) => source.read(buffer),
            Inner::Gzip(source) => source.read(buffer),
            Inner::Zstd(source) => source.read(buffer),
        }
    }
}

impl<R: BufRead> BufRead for Expanded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.inner {
            Inner::Plain(source) => source.fill_buf(),
            Inner::Gzip(source) => source.fill_buf(),
            Inner::Zstd(source) => source.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match &mut self.inner {
            Inner::Plain(source) => source.consume(amount),
            Inner::Gzip(source) => source.consume(amount),
            Inner::Zstd(source) => source.consume(amount),
        }
    }
}

/// A source that remembers whether it failed itself: all other errors are the decoder's.
#[derive(Debug)]
struct Watched<R> {
    source: R,
    failed: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer);
        self.failed |= read.is_err();
        read
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let filled = self.source.fill_buf();
        self.failed |= filled.is_err();
        filled
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
    }
}

/// A decoder that gives no more than it may.
struct Bounded<D> {
    decoder: D,
    format: &'static str,
    left: u64,
    limit: u64,
}

impl<D: Decoder> Bounded<D> {
    fn boxed(decoder: D, format: &'static str, limit: u64) -> Box<BufReader<Self>> {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, Self { decoder, format, left: limit, limit }))
    }
}

/// A decoder that knows its source.
trait Decoder: Read {
    /// Whether the source failed, so that the error is its own.
    fn source_failed(&self) -> bool;
}

impl<R: BufRead> Decoder for MultiGzDecoder<Replayed<R>> {
    fn source_failed(&self) -> bool {
        self.get_ref().get_ref().1.failed
    }
}

impl<R: BufRead> Decoder for zstd::stream::read::Decoder<'static, Replayed<R>> {
    fn source_failed(&self) -> bool {
        self.get_ref().get_ref().1.failed
    }
}

impl<D: Decoder> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let format = self.format;
        let read = match self.decoder.read(buffer) {
            Ok(read) => read,
            Err(error) if self.decoder.source_failed() || error.kind() == io::ErrorKind::Interrupted => {
                return Err(error);
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(io::Error::other(Damage::CutOff(format)));
            }
            Err(cause) => return Err(io::Error::other(Damage::Damaged { format, cause })),
        };
        let length = u64::try_from(read).unwrap_or(u64::MAX);
        if length > self.left {
            return Err(io::Error::other(Damage::TooLong { format, limit: self.limit }));
        }
        self.left -= length;
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
