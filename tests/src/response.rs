//! An HTTP response, read to its end.

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use reissue::Denial;
use serde_json::Value;

/// An HTTP response, read to its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `Null` if it is empty or no JSON.
    pub json: Value,
    /// The body as it came.
    pub body: Bytes,
    /// The reason for operators, if it was denied.
    pub denial: Option<Denial>,
}

impl TestResponse {
    /// Reads a response to its end.
    ///
    /// # Panics
    ///
    /// If its body fails.
    pub async fn read<B>(response: Response<B>) -> Self
    where
        B: BodyExt<Data = Bytes>,
    {
        let (head, body) = response.into_parts();
        let Ok(body) = body.collect().await else {
            panic!("the body of a response failed");
        };
        Self::new(head, body.to_bytes())
    }

    /// What came in response to a request.
    #[must_use]
    pub fn new(head: Parts, body: Bytes) -> Self {
        Self {
            status: head.status,
            headers: head.headers,
            json: serde_json::from_slice(&body).unwrap_or_default(),
            body,
            denial: head.extensions.get().copied(),
        }
    }

    /// A string of the body.
    ///
    /// # Panics
    ///
    /// If there is none of that name.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.json[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// The refresh token.
    #[must_use]
    pub fn refresh_token(&self) -> &str {
        self.text("refresh_token")
    }

    /// The status and the `error`, for one look: `400 invalid_grant`, `200`.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.json["error"].as_str() {
            Some(error) => format!("{} {error}", self.status.as_u16()),
            None => self.status.as_u16().to_string(),
        }
    }

    /// Status, headers in order, and body, for snapshots.
    #[must_use]
    pub fn wire(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&self.body);
        format!("{}\n{}\n\n{body}", self.status, headers.join("\n"))
    }
}
