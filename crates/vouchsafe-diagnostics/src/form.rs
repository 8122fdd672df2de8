//! Forms of ids and addresses in texts.

use std::net::{IpAddr, Ipv6Addr};

/// Whether the text is a UUID with hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    let is_one = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == uuid::fmt::Hyphenated::LENGTH && text.bytes().enumerate().all(is_one)
}

/// The address that a text spells; an IPv4 address inside IPv6 counts as IPv4.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// Eight groups of four digits.
pub(crate) fn expanded(address: Ipv6Addr) -> String {
    address.segments().map(|group| format!("{group:04x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn uuids_are_what_the_crate_takes_for_one() {
        for text in [
            "0c1d2e3f-0000-4000-8000-00000000000a",
            "0C1D2E3F-0000-4000-8000-00000000000A",
            "0c1d2e3f-0000-4000-8000-00000000000g",
            "0c1d2e3f-0000-4000-8000-00000000000",
            "0c1d2e3f-0000-4000-80000-0000000000a",
            "0c1d2e3f00004000800000000000000a0000",
            "{0c1d2e3f-0000-4000-8000-00000000000",
            "0c1d2e3f-0000-4000-8000-0000000000é",
        ] {
            let expected = text.len() == uuid::fmt::Hyphenated::LENGTH && uuid::Uuid::try_parse(text).is_ok();
            assert_eq!(is_uuid(text), expected, "{text}");
        }
    }
}
