//! The claim `cnf` (RFC 7800 §3).

use serde::{Deserialize, Serialize};

use crate::grant::Confirmation;

/// The claim `cnf` in JSON (RFC 7800 §3).
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ConfirmationWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jkt: Option<String>,
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    x5t_s256: Option<String>,
}

impl ConfirmationWire {
    /// Returns the key; `None` for a method that is not supported, because its token must not count
    /// as unbound.
    pub(crate) fn into_confirmation(self) -> Option<Confirmation> {
        match (self.jkt, self.x5t_s256) {
            (Some(jkt), None) => Some(Confirmation::Jkt(jkt)),
            (None, Some(x5t)) => Some(Confirmation::X5tS256(x5t)),
            (None, None) | (Some(_), Some(_)) => None,
        }
    }
}

impl From<&Confirmation> for ConfirmationWire {
    fn from(confirmation: &Confirmation) -> Self {
        let (jkt, x5t_s256) = match confirmation {
            Confirmation::Jkt(jkt) => (Some(jkt.clone()), None),
            Confirmation::X5tS256(x5t) => (None, Some(x5t.clone())),
        };
        Self { jkt, x5t_s256 }
    }
}
