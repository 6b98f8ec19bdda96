//! The verification of a request by code that is no tower service.

use super::access_denied::AccessDenied;
use super::guard::{Checked, Unverified};
use super::layer::BearerLayer;
use super::lookup::VerifyFuture;
use super::request::AccessRequest;
use super::token::VerifiedToken;

impl<T> BearerLayer<T> {
    /// Verifies a request like the layer does, for code that is no tower service: the upgrade of a
    /// WebSocket, an interceptor of gRPC, or a message that contains a token.
    ///
    /// Everything that needs no store is verified at once. The future only waits for the session
    /// check, if there is one, and borrows nothing.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use reissue::Server;
    /// use reissue::bearer::{AccessDenied, BearerLayer, VerifiedToken};
    ///
    /// // Before the upgrade to a WebSocket.
    /// async fn upgrade(
    ///     bearer: &BearerLayer<Server>,
    ///     request: Request<()>,
    /// ) -> Response<reissue::EndpointBody> {
    ///     match bearer.verify(&request).await {
    ///         Ok(token) => switch_protocols(request, token),
    ///         Err(denied) => denied.to_response(),
    ///     }
    /// }
    /// # fn switch_protocols(_: Request<()>, _: VerifiedToken) -> Response<reissue::EndpointBody> {
    /// #     Response::default()
    /// # }
    /// ```
    ///
    /// The metadata of gRPC are headers: tonic's `request.metadata().as_ref()` is a `&HeaderMap`,
    /// which [`verify_without_store`](Self::verify_without_store) takes in the same way.
    ///
    /// # Errors
    ///
    /// [`AccessDenied`], which was reported already, and has the response.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub fn verify<'a>(&self, request: impl Into<AccessRequest<'a>>) -> VerifyFuture {
        match self.guard.check(&request.into()) {
            Checked::Verified(token) => VerifyFuture::done(Ok(token)),
            Checked::Anonymous(denied) | Checked::Denied(denied) => VerifyFuture::done(Err(denied)),
            Checked::LookUp(lookup) => VerifyFuture::look_up(lookup),
        }
    }

    /// Verifies a request without waiting and without the session check: a revoked token passes
    /// until it expires.
    ///
    /// For code that cannot wait, such as an interceptor of gRPC:
    ///
    /// ```
    /// use http::HeaderMap;
    /// use reissue::bearer::{BearerDenial, BearerLayer, VerifiedToken};
    ///
    /// // `metadata` is `request.metadata().as_ref()` in tonic, and the code one of `tonic::Code`.
    /// fn intercept(bearer: &BearerLayer, metadata: &HeaderMap) -> Result<VerifiedToken, Code> {
    ///     bearer.verify_without_store(metadata).map_err(|denied| match denied.denial() {
    ///         BearerDenial::ScopeInsufficient => Code::PermissionDenied,
    ///         _ => Code::Unauthenticated,
    ///     })
    /// }
    /// # enum Code { PermissionDenied, Unauthenticated }
    /// ```
    ///
    /// # Errors
    ///
    /// [`AccessDenied`], which was reported already, and has the response.
    pub fn verify_without_store<'a>(
        &self,
        request: impl Into<AccessRequest<'a>>,
    ) -> Result<VerifiedToken, AccessDenied> {
        let now = self.guard.clock.now();
        self.guard
            .verify(&request.into(), now)
            .map_err(Unverified::into_denied)
    }
}
