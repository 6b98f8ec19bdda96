//! The result of the handler of a grant: a grant or a denial, in the extensions of a response.

use http::response::Parts;
use http::{Response, StatusCode};

use crate::denial::Denial;
use crate::grant::Grant;

impl Grant {
    /// Returns a response for [`RefreshLayer`](crate::RefreshLayer): an empty `200` with the grant
    /// in its extensions. The layer turns it into tokens. Without the layer, the client gets an
    /// empty response.
    ///
    /// ```
    /// use http::Response;
    /// use reissue::Grant;
    ///
    /// let response: Response<String> = Grant::new("alice").into_response();
    /// assert_eq!(response.status(), 200);
    /// assert!(response.extensions().get::<Grant>().is_some());
    /// ```
    #[must_use]
    pub fn into_response<B>(self) -> Response<B>
    where
        B: Default,
    {
        let mut response = Response::new(B::default());
        response.extensions_mut().insert(self);
        response
    }
}

impl Denial {
    /// Returns a response for [`RefreshLayer`](crate::RefreshLayer): an empty one with the
    /// [status](Self::status) of the denial, and the denial in its extensions. The layer writes the
    /// body and the headers of RFC 6749 §5.2, with the realm of the server.
    ///
    /// ```
    /// use http::Response;
    /// use reissue::Denial;
    ///
    /// let response: Response<String> = Denial::GrantRejected.to_response();
    /// assert_eq!(response.status(), 400);
    /// assert_eq!(response.extensions().get(), Some(&Denial::GrantRejected));
    /// ```
    #[must_use]
    pub fn to_response<B>(self) -> Response<B>
    where
        B: Default,
    {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// The result of the handler of a grant.
pub(crate) enum Handled {
    Denied(Denial),
    Granted(Box<Grant>),
}

impl Handled {
    /// Removes the result from the head of a response; `None` if there is none. A grant counts only
    /// in a `200`.
    pub(crate) fn take(head: &mut Parts) -> Option<Self> {
        if let Some(denial) = head.extensions.remove::<Denial>() {
            return Some(Self::Denied(denial));
        }
        let grant = (head.status == StatusCode::OK).then(|| head.extensions.remove::<Grant>());
        Some(Self::Granted(Box::new(grant.flatten()?)))
    }
}
