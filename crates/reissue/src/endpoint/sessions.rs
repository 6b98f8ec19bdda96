//! The endpoint where users list and end their sessions.

mod list;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use tower_service::Service;

use self::list::listed;
use super::EndpointFuture;
use crate::bearer::{AccessDenied, VerifiedToken};
use crate::grant::Scope;
use crate::server::{Server, ServerError};
use crate::store::{Revoke, Sid};
use crate::wire::{EndpointBody, Received, deny, method_not_allowed};

/// An endpoint where the subject of an access token lists and ends its sessions.
///
/// Mount it behind the [bearer layer](crate::bearer::BearerLayer), which verifies the token. The
/// [builder](Self::builder) requires a decision which tokens may list and end sessions: those with
/// a [scope](SessionsEndpointBuilder::with_scope), or
/// [all](SessionsEndpointBuilder::without_scope). In both cases the token must belong to a session:
/// the subject of a client's own token (`client_credentials`) is a client, and a client whose id
/// equals the name of a user must not act as the user.
///
/// | request | response |
/// | --- | --- |
/// | `GET /` | `200`, the list of sessions as JSON, see below |
/// | `DELETE /` | `204`; all sessions are ended, including the one of this token |
/// | `DELETE /others` | `204`; all sessions but the one of this token are ended |
/// | `DELETE /{sid}` | `204`; this session is ended. `404` if the subject has no such session |
/// | another path | `404` |
/// | another method | `405` |
/// | no verified token: the bearer layer is missing | `401` |
/// | a token without the scope | `403` with `insufficient_scope` |
/// | a token that belongs to no session | `403` |
/// | the store fails | `503` with `Retry-After`; sessions may not have been ended |
///
/// The list is `{"sessions":[{"sid", "client_id", "scope", "created_at", "last_refreshed_at",
/// "expires_at", "label", "current"}]}`. Times are seconds since the Unix epoch. `scope`,
/// `expires_at` and `label` are absent if the session has none. `current` is `true` for the session
/// of this token. Every response is `no-store`. Access tokens of an ended session are valid until
/// they expire, except behind a bearer layer [with the session
/// check](crate::bearer::BearerLayer::with_session_check).
///
/// Paths are relative to the mount point, for a router that strips the prefix, such as axum's
/// `nest_service`; for other routers [`with_path`](Self::with_path) sets the prefix. A misspelt
/// `sid` is never taken for the path of the list, so it cannot end all sessions.
///
/// # Cancel safety
///
/// Dropping the future leaves each session active or ended.
///
/// ```
/// use reissue::bearer::BearerLayer;
/// use reissue::client::ClientMap;
/// use reissue::store::MemoryStore;
/// use reissue::{Keys, Server, SessionsEndpoint};
/// use tower::Layer;
///
/// let clients = ClientMap::default();
/// let store = MemoryStore::new();
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
///
/// // A revoked token must not end sessions, so the session is checked.
/// let bearer = BearerLayer::for_server(&server).with_session_check();
/// let sessions = SessionsEndpoint::builder(server)
///     .with_scope("sessions".parse()?)
///     .with_path("/sessions");
/// let sessions = bearer.layer(sessions);
/// # drop(sessions);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Without that decision the builder is no service:
///
/// ```compile_fail,E0277
/// # use reissue::{Server, SessionsEndpoint};
/// # fn mount(_: impl tower::Service<http::Request<()>>) {}
/// # fn undecided(server: Server) {
/// mount(SessionsEndpoint::builder(server));
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionsEndpoint {
    server: Server,
    path: Arc<str>,
    scope: Scope,
}

/// A builder that requires a decision which tokens may list and end sessions. Made by
/// [`SessionsEndpoint::builder`].
#[derive(Clone, Debug)]
#[must_use = "it is no endpoint before `with_scope` or `without_scope`"]
pub struct SessionsEndpointBuilder {
    server: Server,
}

impl SessionsEndpointBuilder {
    /// Requires all of this scope to list and end sessions. Grant the scope only to clients that
    /// users trust with all their devices, not to every application.
    pub fn with_scope(self, scope: Scope) -> SessionsEndpoint {
        SessionsEndpoint {
            server: self.server,
            path: "".into(),
            scope,
        }
    }

    /// Lets every token of a session list and end the sessions of its subject, whatever its scope.
    /// Use it only if all clients are the operator's own, or if an outer layer decides.
    pub fn without_scope(self) -> SessionsEndpoint {
        self.with_scope(Scope::empty())
    }
}

impl SessionsEndpoint {
    /// Returns a builder for the sessions of a server.
    /// [`with_scope`](SessionsEndpointBuilder::with_scope) or
    /// [`without_scope`](SessionsEndpointBuilder::without_scope) makes the endpoint.
    pub fn builder(server: Server) -> SessionsEndpointBuilder {
        SessionsEndpointBuilder { server }
    }

    /// Sets the path of the list in the requests that the service gets. Default: `/`.
    pub fn with_path(self, path: impl AsRef<str>) -> Self {
        Self {
            path: path.as_ref().trim_end_matches('/').into(),
            ..self
        }
    }

    fn target(&self, path: &str) -> Option<Target> {
        match path.strip_prefix(&*self.path)? {
            "" | "/" => Some(Target::All),
            "/others" => Some(Target::Others),
            rest => rest.strip_prefix('/')?.parse().ok().map(Target::One),
        }
    }
}

impl<B> Service<Request<B>> for SessionsEndpoint {
    type Response = Response<EndpointBody>;
    type Error = Infallible;
    type Future = EndpointFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> EndpointFuture {
        let server = self.server.clone();
        let required = self.scope.clone();
        let target = self.target(request.uri().path());
        let (head, _) = request.into_parts();
        EndpointFuture::new(async move {
            let Some(token) = head.extensions.get::<VerifiedToken>() else {
                return AccessDenied::unguarded(server.realm()).to_response();
            };
            let Some(target) = target else {
                return empty(StatusCode::NOT_FOUND);
            };
            // Before the store is read.
            let current = match session_of(token, &required) {
                Ok(current) => current,
                Err(denied) => return denied.to_response(),
            };
            let done = act(&server, &token.subject, current, target, &head.method).await;
            done.unwrap_or_else(|error| deny(&server, &Received::default(), &error))
        })
    }
}

/// What a path names.
#[derive(Clone, Copy)]
enum Target {
    All,
    One(Sid),
    Others,
}

/// Returns the session of a token that may list and end sessions (RFC 6750 §3.1).
fn session_of(token: &VerifiedToken, required: &Scope) -> Result<Sid, AccessDenied> {
    token.require_scope(required)?;
    // The subject of a token without a session may be a client (RFC 9068 §5).
    token.require_session()
}

async fn act(
    server: &Server,
    subject: &str,
    current: Sid,
    target: Target,
    method: &Method,
) -> Result<Response<EndpointBody>, ServerError> {
    match (target, method) {
        (Target::All, &Method::GET | &Method::HEAD) => {
            let sessions = server.try_sessions(subject).await?;
            return Ok(listed(&sessions, current, method));
        }
        (Target::All, &Method::DELETE) => {
            server.end_sessions(subject, Revoke::All).await?;
        }
        (Target::Others, &Method::DELETE) => {
            server
                .end_sessions(subject, Revoke::AllBut(current))
                .await?;
        }
        (Target::One(sid), &Method::DELETE) => {
            if server.end_sessions(subject, Revoke::One(sid)).await? == 0 {
                return Ok(empty(StatusCode::NOT_FOUND));
            }
        }
        (Target::All, _) => return Ok(method_not_allowed("GET, HEAD, DELETE")),
        (Target::One(_) | Target::Others, _) => return Ok(method_not_allowed("DELETE")),
    }
    Ok(empty(StatusCode::NO_CONTENT))
}

fn empty(status: StatusCode) -> Response<EndpointBody> {
    let mut response = Response::new(EndpointBody::new(Vec::new()));
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}
