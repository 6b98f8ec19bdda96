//! The common part of revocation and introspection: a form with a token, from an authenticated
//! client.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use super::EndpointFuture;
use crate::secret::PresentedToken;
use crate::server::{Server, ServerError};
use crate::wire::{
    BODY_LIMIT, ClientForm, EndpointBody, Received, deny, introspected, receive, revoked,
};

/// What is done with a token.
#[derive(Clone, Copy, Debug)]
pub(super) enum TokenOperation {
    Introspect,
    Revoke,
}

impl TokenOperation {
    pub(super) fn respond<B>(self, server: &Server, request: Request<B>) -> EndpointFuture
    where
        B: Body<Data = Bytes> + Send + 'static,
    {
        let server = server.clone();
        EndpointFuture::new(async move {
            let mut received = Received::default();
            let done = self.run(&server, request, &mut received).await;
            done.unwrap_or_else(|error| deny(&server, &received, &error))
        })
    }

    async fn run<B>(
        self,
        server: &Server,
        request: Request<B>,
        received: &mut Received,
    ) -> Result<Response<EndpointBody>, ServerError>
    where
        B: Body<Data = Bytes>,
    {
        let (mut head, body) = request.into_parts();
        let form = receive(server, &mut head, body, BODY_LIMIT, received).await?;
        let ClientForm { client, parameters } = form;
        let token = PresentedToken::new(parameters.require("token")?);
        Ok(match self {
            Self::Introspect => introspected(&server.try_introspect(&client, &token).await?),
            Self::Revoke => {
                server.try_revoke(&client, &token).await?;
                revoked()
            }
        })
    }
}
