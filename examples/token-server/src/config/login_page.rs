//! `[login_page]`: how the page looks on which people log in.

use std::path::PathBuf;

use super::colour::Colour;
use super::document::Node;
use super::error::ConfigError;

/// The operator's name, logo and colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoginPageKeys {
    pub(crate) name: Option<String>,
    /// An image, to be read when the server is set up.
    pub(crate) logo: Option<PathBuf>,
    /// Can be read on [`LIGHT_CARD`].
    pub(crate) accent: Colour,
    /// Can be read on [`DARK_CARD`]. `None`: the accent, made as light as that.
    pub(crate) accent_dark: Option<Colour>,
}

impl LoginPageKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let accent = |node: &Node<'_>| Colour::read_on(LIGHT_CARD, node);
        Ok(Self {
            name: keys.read("name", display_name)?,
            logo: keys.read("logo", |node| {
                node.text("the path of an image").map(PathBuf::from)
            })?,
            accent: keys.read("accent", accent)?.unwrap_or(ACCENT),
            accent_dark: keys.read("accent_dark", |node| Colour::read_on(DARK_CARD, node))?,
        })
    }
}

impl Default for LoginPageKeys {
    fn default() -> Self {
        Self {
            name: None,
            logo: None,
            accent: ACCENT,
            accent_dark: None,
        }
    }
}

/// Reads a name that people are shown.
pub(super) fn display_name(node: &Node<'_>) -> Result<String, ConfigError> {
    let name = node.text(NAME_EXPECTED)?;
    if name.chars().count() > LONGEST_NAME || name.trim() != name {
        return Err(node.refuse(NAME_EXPECTED, "another string"));
    }
    if name.chars().any(char::is_control) {
        return Err(node.refuse(NAME_EXPECTED, "control characters"));
    }
    Ok(name.to_owned())
}

/// What the form stands on where people prefer a light page.
const LIGHT_CARD: Colour = Colour::WHITE;

/// What it stands on where they prefer a dark one.
pub(crate) const DARK_CARD: Colour = Colour([0x18, 0x18, 0x1d]);

pub(super) const KEYS: &[&str] = &["name", "logo", "accent", "accent_dark"];

const ACCENT: Colour = Colour([0x4f, 0x46, 0xe5]);
const LONGEST_NAME: usize = 60;
const NAME_EXPECTED: &str = "a name of at most 60 characters, without white space around it";
