//! The style sheet, the icon and the script that passkeys need, under addresses that change with their content.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file that pages load. It never changes under its address: `Cache-Control: public, max-age=31536000, immutable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its content.
    pub bytes: &'static [u8],
    /// Its `Content-Type`.
    pub content_type: &'static str,
}

const STYLE: Asset =
    Asset { bytes: include_bytes!("../assets/vouchsafe.css"), content_type: "text/css; charset=utf-8" };

const ICON: Asset = Asset { bytes: include_bytes!("../assets/vouchsafe.svg"), content_type: "image/svg+xml" };

const SCRIPT: Asset =
    Asset { bytes: include_bytes!("../assets/passkeys.js"), content_type: "text/javascript; charset=utf-8" };

static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| hashed("passkeys", "js", SCRIPT.bytes));

static STYLE_PATH: LazyLock<String> = LazyLock::new(|| hashed("vouchsafe", "css", STYLE.bytes));

static ICON_PATH: LazyLock<String> = LazyLock::new(|| hashed("vouchsafe", "svg", ICON.bytes));

/// The file at this path (`/assets/…`), if there is one.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    if path == style_sheet() {
        Some(STYLE)
    } else if path == icon() {
        Some(ICON)
    } else if path == script() {
        Some(SCRIPT)
    } else {
        None
    }
}

/// The address of the style sheet.
#[must_use]
pub fn style_sheet() -> &'static str {
    &STYLE_PATH
}

/// The address of the script.
pub(crate) fn script() -> &'static str {
    &SCRIPT_PATH
}

/// The address of the icon.
pub(crate) fn icon() -> &'static str {
    &ICON_PATH
}

fn hashed(name: &str, extension: &str, bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hash: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{name}.{hash}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_address_answers() {
        assert_eq!(asset(style_sheet()), Some(STYLE));
        assert_eq!(asset(icon()), Some(ICON));
        assert_eq!(asset("/assets/vouchsafe.css"), None);
        assert_eq!(asset("/assets/../Cargo.toml"), None);
    }
}
