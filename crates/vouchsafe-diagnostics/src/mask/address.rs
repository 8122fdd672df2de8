//! IP addresses as networks with a tag.
//!
//! The tag is the host part under a small keyed permutation, so equal tags mean equal addresses and a tag that
//! someone types leads back to exactly one address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use aes::cipher::BlockCipherEncrypt as _;

use crate::form::{address, expanded};

use super::MaskKey;
use super::base32;

/// Rounds of the permutation; its halves are 10 or 40 bits.
const ROUNDS: u8 = 12;

/// A network: `/24` of IPv4 or `/48` of IPv6, by its leading bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    V4([u8; 3]),
    V6([u16; 3]),
}

/// What someone typed where an address belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A network: the folded addresses in it are those that start with this.
    Network(String),
    /// A network and a tag, and the address they mean, if any.
    Tagged(Option<String>),
    /// A whole value.
    Whole,
    /// Something with a `/` or `~` that is neither.
    Invalid,
}

/// The masked form of an address; nothing if the text is none. A text that is the masked form of one already, as
/// customers may send it, stays: its network is all that it tells, and its tag is of a key of theirs.
pub(super) fn mask(key: &MaskKey, text: &str) -> Option<String> {
    if is_masked(text) {
        return Some(text.to_owned());
    }
    let address = address(text)?;
    let (network, host) = split(address);
    let (half, chars) = (network.half_bits(), network.tag_chars());
    let mut block = host << network.check_bits();
    for round in 0..ROUNDS {
        let (left, right) = (block >> half, block & mask_of(half));
        block = right << half | (left ^ network.pad(key, round, right));
    }
    Some(format!("{network}~{}", base32::encode_bits(block, chars)))
}

/// Whether a text is a network and a tag, to the letter as [`mask`] writes them.
fn is_masked(text: &str) -> bool {
    text.split_once('~').is_some_and(|(network, tag)| {
        Network::parse(network).is_some_and(|parsed| {
            parsed.to_string() == network
                && tag.len() == parsed.tag_chars() as usize
                && base32::decode_bits(tag).is_some()
                && !tag.bytes().any(|letter| letter.is_ascii_uppercase())
        })
    })
}

/// Reads what someone typed.
pub(super) fn read(key: &MaskKey, text: &str) -> Typed {
    let Some((network, tag)) = text.split_once('~') else {
        return match (text.contains('/'), Network::parse(text)) {
            (false, _) => Typed::Whole,
            (true, Some(network)) => Typed::Network(network.prefix()),
            (true, None) => Typed::Invalid,
        };
    };
    match Network::parse(network) {
        Some(network) => Typed::Tagged(network.reveal(key, &tag.to_ascii_lowercase())),
        None => Typed::Invalid,
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (base, length) = text.split_once('/')?;
        let (network, host) = split(base.parse().ok()?);
        let length_fits = match network {
            Self::V4(_) => length == "24",
            Self::V6(_) => length == "48",
        };
        (length_fits && host == 0).then_some(network)
    }

    /// What the addresses of the network start with in the form of the column.
    fn prefix(self) -> String {
        match self {
            Self::V4([a, b, c]) => format!("{a}.{b}.{c}."),
            Self::V6([a, b, c]) => format!("{a:04x}:{b:04x}:{c:04x}:"),
        }
    }

    fn reveal(self, key: &MaskKey, tag: &str) -> Option<String> {
        let half = self.half_bits();
        let mut block =
            base32::decode_bits(tag).filter(|_| tag.chars().count() == self.tag_chars() as usize)?;
        for round in (0..ROUNDS).rev() {
            let (right, mixed) = (block >> half, block & mask_of(half));
            block = (mixed ^ self.pad(key, round, right)) << half | right;
        }
        let intact = block & mask_of(self.check_bits()) == 0;
        intact.then(|| self.host(block >> self.check_bits())).flatten()
    }

    /// The address of a host, in the form of the column.
    fn host(self, host: u128) -> Option<String> {
        match self {
            Self::V4([a, b, c]) => Some(Ipv4Addr::new(a, b, c, u8::try_from(host).ok()?).to_string()),
            Self::V6(groups) => Some(expanded(Ipv6Addr::from_bits(leading_bits(groups) | host))),
        }
    }

    const fn half_bits(self) -> u32 {
        match self {
            Self::V4(_) => 10,
            Self::V6(_) => 40,
        }
    }

    const fn tag_chars(self) -> u32 {
        self.half_bits() * 2 / 5
    }

    /// Bits of the tag that are zero before the permutation: most tags of IPv4 mean nothing.
    const fn check_bits(self) -> u32 {
        match self {
            Self::V4(_) => 12,
            Self::V6(_) => 0,
        }
    }

    /// What a round adds to one half: AES of the network, the round and the other half.
    fn pad(self, key: &MaskKey, round: u8, half: u128) -> u128 {
        let network = match self {
            Self::V4([a, b, c]) => u128::from_be_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, a, b, c]),
            Self::V6(groups) => 6 << 48 | leading_bits(groups) >> 80,
        };
        let block = u128::from(round) << 120 | network << 64 | half;
        let mut block = block.to_be_bytes().into();
        key.addresses().encrypt_block(&mut block);
        u128::from_be_bytes(block.into()) & mask_of(self.half_bits())
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::V4([a, b, c]) => write!(f, "{a}.{b}.{c}.0/24"),
            Self::V6(groups) => write!(f, "{}/48", Ipv6Addr::from_bits(leading_bits(groups))),
        }
    }
}

fn split(address: IpAddr) -> (Network, u128) {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, host] = v4.octets();
            (Network::V4([a, b, c]), u128::from(host))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            (Network::V6([a, b, c]), v6.to_bits() & mask_of(80))
        }
    }
}

fn leading_bits([a, b, c]: [u16; 3]) -> u128 {
    u128::from(a) << 112 | u128::from(b) << 96 | u128::from(c) << 80
}

/// So many ones.
const fn mask_of(bits: u32) -> u128 {
    (1 << bits) - 1
}
