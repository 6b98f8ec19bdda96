//! The claims of access tokens (RFC 9068 §2.2), the same in every format.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::confirmation::ConfirmationWire;
use super::format::TimeFormat;
use crate::clock::Timestamp;
use crate::grant::{Claims, Grant};
use crate::json::JsonText;
use crate::store::Sid;

/// The claims of a new access token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessClaims<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: AudienceClaim<'a>,
    pub(crate) client_id: &'a str,
    pub(crate) grant: &'a Grant,
    pub(crate) scope: &'a str,
    pub(crate) sid: Option<Sid>,
    pub(crate) id: &'a str,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) extra: &'a Claims,
    pub(crate) times: TimeFormat,
}

/// Where an access token may be used: one place as a string, several as an array (RFC 7519 §4.1.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum AudienceClaim<'a> {
    Many(&'a [crate::grant::Resource]),
    One(&'a str),
}

impl Serialize for AccessClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("iss", self.issuer)?;
        map.serialize_entry("sub", &self.grant.subject)?;
        map.serialize_entry("aud", &self.audience)?;
        map.serialize_entry("client_id", self.client_id)?;
        map.serialize_entry("iat", &Time(self.issued_at, self.times))?;
        map.serialize_entry("exp", &Time(self.expires_at, self.times))?;
        map.serialize_entry("jti", self.id)?;
        if !self.scope.is_empty() {
            map.serialize_entry("scope", self.scope)?;
        }
        if let Some(sid) = self.sid {
            map.serialize_entry("sid", &Shown(sid))?;
        }
        if let Some(confirmation) = &self.grant.confirmation {
            map.serialize_entry("cnf", &ConfirmationWire::from(confirmation))?;
        }
        if let Some(auth_time) = self.grant.auth_time {
            map.serialize_entry("auth_time", &auth_time.as_secs())?;
        }
        if let Some(acr) = &self.grant.acr {
            map.serialize_entry("acr", acr)?;
        }
        for (name, claim) in self.extra.iter() {
            map.serialize_entry(name, &JsonText::of(claim))?;
        }
        map.end()
    }
}

impl Serialize for AudienceClaim<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(one) => serializer.serialize_str(one),
            Self::Many([one]) => serializer.serialize_str(one.as_str()),
            Self::Many(many) => {
                serializer.collect_seq(many.iter().map(crate::grant::Resource::as_str))
            }
        }
    }
}

/// A time, as the format of the token writes it.
struct Time(Timestamp, TimeFormat);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.1 {
            TimeFormat::NumericDate => serializer.serialize_u64(self.0.as_secs()),
            TimeFormat::Rfc3339 => {
                let secs = i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX);
                let time = jiff::Timestamp::from_second(secs).unwrap_or(jiff::Timestamp::MAX);
                serializer.collect_str(&time)
            }
        }
    }
}

struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
