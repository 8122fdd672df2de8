//! The style sheet: contrast of every pair of colours that is used (WCAG 2.2, 1.4.3 and 1.4.11), light and dark.
#![expect(clippy::expect_used, reason = "a check that cannot go on ends the test")]

use std::collections::HashMap;

/// Text on ground: 4.5 to 1.
const TEXT: &[(&str, &str)] = &[
    ("text", "canvas"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text", "accent-wash"),
    ("text", "good-wash"),
    ("text", "warn-wash"),
    ("text", "bad-wash"),
    ("text-soft", "canvas"),
    ("text-soft", "surface"),
    ("text-soft", "sunken"),
    ("accent", "canvas"),
    ("accent", "surface"),
    ("accent", "sunken"),
    ("accent", "accent-wash"),
    ("accent-strong", "accent-wash"),
    ("accent-strong", "surface"),
    ("accent-text", "accent"),
    ("accent-text", "accent-strong"),
    ("good", "good-wash"),
    ("warn", "warn-wash"),
    ("bad", "bad-wash"),
    ("bad", "surface"),
    ("bad-strong", "bad-wash"),
    ("bad-text", "bad"),
    ("bad-text", "bad-strong"),
    ("calm", "calm-wash"),
];

/// Edges and shapes on ground: 3 to 1.
const SHAPES: &[(&str, &str)] =
    &[("edge", "surface"), ("edge", "canvas"), ("focus", "surface"), ("focus", "canvas"), ("bad", "canvas")];

fn tokens(block: &str) -> HashMap<&str, [u8; 3]> {
    let mut tokens = HashMap::new();
    for line in block.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": #"))
        else {
            continue;
        };
        let hex = value.trim_end_matches(';');
        let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour");
        tokens.insert(name, [channel(0), channel(2), channel(4)]);
    }
    tokens
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn colours_are_told_apart_in_light_and_dark() {
    let css = include_str!("../assets/vouchsafe.css");
    let (light, rest) = css.split_once("@media (prefers-color-scheme: dark)").expect("a dark scheme");
    let dark = rest.split_once("/* Ground */").expect("the ground").0;
    for (scheme, block) in [("light", light), ("dark", dark)] {
        let tokens = tokens(block);
        for (pairs, least) in [(TEXT, 4.5), (SHAPES, 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(tokens[front], tokens[back]);
                assert!(ratio >= least, "{scheme}: {front} on {back} is {ratio:.2}, needs {least}");
            }
        }
    }
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let css = include_str!("../assets/vouchsafe.css");
    assert!(!css.contains("url(") && !css.contains("@import") && !css.contains("http"));
}
