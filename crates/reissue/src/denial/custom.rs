//! Denials that an application defines.

use super::ErrorCode;
use super::code::is_error_text;

/// The code and description of a [denial that the application defines](super::Denial::custom).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CustomDenial {
    code: ErrorCode,
    description: &'static str,
}

impl CustomDenial {
    pub(super) const fn new(code: ErrorCode, description: &'static str) -> Self {
        assert!(
            is_error_text(description),
            "an error description is printable ASCII without quote and backslash"
        );
        Self { code, description }
    }

    /// Returns the `error`.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        self.code
    }

    /// Returns the `error_description`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.description
    }
}
