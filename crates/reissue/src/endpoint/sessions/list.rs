//! The list of sessions as JSON.

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Response};
use serde::Serialize;

use crate::clock::Timestamp;
use crate::server::Session;
use crate::store::Sid;
use crate::wire::{EndpointBody, json};

/// Returns the response with the list; without the list for `HEAD` (RFC 9110 §9.3.2).
pub(super) fn listed(
    sessions: &[Session],
    current: Sid,
    method: &Method,
) -> Response<EndpointBody> {
    #[derive(Serialize)]
    struct List<'a> {
        sessions: Vec<Item<'a>>,
    }

    #[derive(Serialize)]
    struct Item<'a> {
        sid: String,
        client_id: &'a str,
        #[serde(skip_serializing_if = "str::is_empty")]
        scope: &'a str,
        created_at: u64,
        last_refreshed_at: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        label: Option<&'a str>,
        current: bool,
    }

    let items = sessions.iter().map(|session| Item {
        sid: session.sid.to_string(),
        client_id: &session.client_id,
        scope: session.scope.as_str(),
        created_at: session.created_at.as_secs(),
        last_refreshed_at: session.refreshed_at.as_secs(),
        expires_at: session.expires_at.map(Timestamp::as_secs),
        label: session.label.as_deref(),
        current: current == session.sid,
    });
    let mut response = json(&List {
        sessions: items.collect(),
    });
    if *method == Method::HEAD {
        let body = std::mem::replace(response.body_mut(), EndpointBody::new(Vec::new()));
        let length = HeaderValue::from(body.len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
    }
    response
}
