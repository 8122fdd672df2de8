//! Forms of ids and addresses in texts.

use std::net::{IpAddr, Ipv6Addr};

/// Whether the text is a UUID with hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(text).is_ok()
}

/// The address that a text spells; an IPv4 address inside IPv6 counts as IPv4.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// Eight groups of four digits.
pub(crate) fn expanded(address: Ipv6Addr) -> String {
    address.segments().map(|group| format!("{group:04x}")).join(":")
}
