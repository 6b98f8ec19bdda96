//! `[login_page]`: from the operator's keys to the look of the pages.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::SetupError;
use crate::authorize::{Brand, Logo, Palette};
use crate::config::{Colour, DARK_CARD, LEAST_CONTRAST, LoginPageKeys};

/// Returns the brand, with its logo read and its colours decided.
pub(super) fn brand(keys: &LoginPageKeys) -> Result<Brand, SetupError> {
    let dark = keys.accent_dark;
    Ok(Brand {
        name: keys.name.clone(),
        logo: keys.logo.as_deref().map(logo).transpose()?,
        light: palette(keys.accent),
        dark: palette(dark.unwrap_or_else(|| keys.accent.lightened_for(DARK_CARD))),
    })
}

/// A colour, and the one that can be read on it: white, as far as that is enough.
fn palette(accent: Colour) -> Palette {
    let on_accent = if accent.contrast(Colour::WHITE) >= LEAST_CONTRAST {
        Colour::WHITE
    } else {
        Colour::BLACK
    };
    Palette {
        accent: accent.to_string(),
        on_accent: on_accent.to_string(),
    }
}

fn logo(file: &Path) -> Result<Logo, SetupError> {
    let unreadable = |cause| SetupError::KeyFile {
        path: LOGO.to_owned(),
        file: file.to_owned(),
        cause,
    };
    let opened = File::open(file).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let mut limited = opened.take(LARGEST_LOGO + 1);
    let length = limited.read_to_end(&mut bytes).map_err(unreadable)?;
    let media_type = media_type(&bytes).filter(|_| length as u64 <= LARGEST_LOGO);
    match media_type {
        Some(media_type) => Ok(Logo { media_type, bytes }),
        None => Err(SetupError::Value {
            path: LOGO.to_owned(),
            expected: "an image in SVG, PNG, JPEG or WebP of at most 64 KiB".to_owned(),
        }),
    }
}

/// The media type of an image, by its first bytes.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => {
            let text = std::str::from_utf8(bytes).ok()?;
            let text = text.trim_start_matches('\u{feff}').trim_start();
            let is_svg = text.starts_with("<svg")
                || (text.starts_with("<?xml") || text.starts_with("<!--")) && text.contains("<svg");
            is_svg.then_some("image/svg+xml")
        }
    }
}

const LOGO: &str = "login_page.logo";

/// It is in every page.
const LARGEST_LOGO: u64 = 64 * 1024;

#[cfg(test)]
mod tests;
