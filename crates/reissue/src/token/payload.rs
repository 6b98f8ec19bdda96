//! The encoding of a grant in refresh tokens and in a store's records: JSON with names of one
//! letter.
//!
//! The public types do not implement `serde` traits, so that changing them cannot change the
//! encoding by accident.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::grant::{Claims, Confirmation, Grant, ResponseParameters, Scope};
use crate::json::JsonText;
use crate::store::OneTimeId;

/// A grant to a client, without its subject, which is beside it in the token, and as a digest in
/// the store's key.
#[derive(Serialize, Deserialize)]
pub(crate) struct GrantWire<'a> {
    /// client
    c: Cow<'a, str>,
    /// scope
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    p: Cow<'a, str>,
    /// resources
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    r: Vec<Cow<'a, str>>,
    /// auth_time, seconds
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<u64>,
    /// acr
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<Cow<'a, str>>,
    /// jkt
    #[serde(default, skip_serializing_if = "Option::is_none")]
    k: Option<Cow<'a, str>>,
    /// x5t#S256
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<Cow<'a, str>>,
    /// extra claims
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    e: BTreeMap<Cow<'a, str>, JsonText<'a>>,
    /// label
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<Cow<'a, str>>,
    /// single-use id, base64url
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<Cow<'a, str>>,
}

impl<'a> GrantWire<'a> {
    /// Returns the form for a token.
    pub(crate) fn for_token(client: &'a str, grant: &'a Grant) -> Self {
        let (jkt, x5t) = match &grant.confirmation {
            Some(Confirmation::Jkt(jkt)) => (Some(jkt), None),
            Some(Confirmation::X5tS256(x5t)) => (None, Some(x5t)),
            None => (None, None),
        };
        Self {
            c: client.into(),
            p: grant.scope.as_str().into(),
            r: grant
                .resources
                .iter()
                .map(|resource| resource.as_str().into())
                .collect(),
            t: grant.auth_time.map(Timestamp::as_secs),
            l: grant.acr.as_deref().map(Cow::from),
            k: jkt.map(Cow::from),
            x: x5t.map(Cow::from),
            e: grant
                .claims
                .iter()
                .map(|(name, claim)| (name.into(), JsonText::of(claim)))
                .collect(),
            n: None,
            o: None,
        }
    }

    /// Returns the form for a record: with the label and the single-use id.
    pub(crate) fn for_record(client: &'a str, grant: &'a Grant) -> Self {
        Self {
            n: grant.label.as_deref().map(Cow::from),
            o: grant
                .single_use_id
                .map(|id| BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes()).into()),
            ..Self::for_token(client, grant)
        }
    }

    /// Returns the client and the grant of `subject`; `None` if this code has not written them.
    pub(crate) fn into_grant(self, subject: String) -> Option<(String, Grant)> {
        let confirmation = match (self.k, self.x) {
            (Some(jkt), None) => Some(Confirmation::Jkt(jkt.into_owned())),
            (None, Some(x5t)) => Some(Confirmation::X5tS256(x5t.into_owned())),
            (None, None) => None,
            (Some(_), Some(_)) => return None,
        };
        let mut claims = Claims::default();
        for (name, value) in self.e {
            claims.insert(name, value.into_json()).ok()?;
        }
        let single_use_id = match self.o {
            Some(id) => Some(single_use_id_of(&id)?),
            None => None,
        };
        let resources = self.r.iter().map(|resource| resource.parse().ok());
        let grant = Grant {
            subject,
            scope: self.p.parse::<Scope>().ok()?,
            resources: resources.collect::<Option<_>>()?,
            auth_time: self.t.map(Timestamp::from_secs),
            acr: self.l.map(Cow::into_owned),
            confirmation,
            claims,
            label: self.n.map(Cow::into_owned),
            // Not stored, because they belong to one response.
            parameters: ResponseParameters::default(),
            single_use_id,
        };
        Some((self.c.into_owned(), grant))
    }
}

fn single_use_id_of(text: &str) -> Option<OneTimeId> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok().map(OneTimeId::from_bytes)
}
