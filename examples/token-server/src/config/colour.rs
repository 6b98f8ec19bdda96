//! Colours, and how well one can be read on another.

use std::fmt;

use super::document::Node;
use super::error::ConfigError;
use super::shown::shown;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

impl Colour {
    pub(crate) const BLACK: Self = Self([0; 3]);
    pub(crate) const WHITE: Self = Self([255; 3]);

    /// Reads `#rrggbb` or `#rgb`.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let text = node.string(COLOUR_EXPECTED)?;
        Self::parse(text).ok_or_else(|| node.refuse(COLOUR_EXPECTED, shown(text)))
    }

    /// Reads a colour that can be read on `card`, as text in it and as the ring around what is
    /// focused.
    pub(super) fn read_on(card: Self, node: &Node<'_>) -> Result<Self, ConfigError> {
        let colour = Self::read(node)?;
        let contrast = colour.contrast(card);
        if contrast < LEAST_CONTRAST {
            let expected = format!("a colour with a contrast of at least 4.5:1 to {card}");
            // Rounded down: 4.49 is not 4.5.
            let found = format!("{colour}, with {:.1}:1", (contrast * 10.0).floor() / 10.0);
            return Err(node.refuse(expected, found));
        }
        Ok(colour)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        let nibble = |at: usize| Some(u8::from_str_radix(digits.get(at..=at)?, 16).ok()? * 17);
        match digits.len() {
            3 => Some(Self([nibble(0)?, nibble(1)?, nibble(2)?])),
            6 => Some(Self([byte(0)?, byte(2)?, byte(4)?])),
            _ => None,
        }
    }

    /// Returns the contrast ratio of WCAG 2.2, from 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the colour, as much lighter as it takes to be read on `card`, which is dark.
    pub(crate) fn lightened_for(self, card: Self) -> Self {
        let lighter = |step: u8| {
            Self(self.0.map(|channel| {
                let missing = u16::from(255 - channel) * u16::from(step) / 20;
                channel.saturating_add(u8::try_from(missing).unwrap_or(u8::MAX))
            }))
        };
        let mut steps = (0..=20).map(lighter);
        // A little more than it takes: this is the colour of a whole button.
        let readable = steps.find(|colour| colour.contrast(card) >= LEAST_CONTRAST + 1.0);
        readable.unwrap_or(Self::WHITE)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// That of text (WCAG 2.2, 1.4.3, level AA).
pub(crate) const LEAST_CONTRAST: f64 = 4.5;

const COLOUR_EXPECTED: &str = "a colour such as \"#4f46e5\"";

#[cfg(test)]
mod tests;
