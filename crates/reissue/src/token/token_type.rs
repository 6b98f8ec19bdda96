use crate::grant::Confirmation;

/// How an access token is presented (RFC 6749 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenType {
    /// As a bearer token, without a proof (RFC 6750).
    Bearer,
    /// With a proof of its DPoP key (RFC 9449 §5).
    Dpop,
}

impl TokenType {
    /// Returns the `token_type` in responses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }

    pub(crate) fn of(confirmation: Option<&Confirmation>) -> Self {
        match confirmation {
            Some(Confirmation::Jkt(_)) => Self::Dpop,
            _ => Self::Bearer,
        }
    }
}
