//! The steps of a token request that depend neither on the inner service nor on the type of the
//! body.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;

use http::Response;
use http::request::Parts;
use http::response;

use super::config::TokenEndpoint;
use crate::client::AuthenticatedClient;
use crate::denial::Denial;
use crate::grant::{Confirmation, GrantType};
use crate::server::{RefreshRequest, Server, ServerError};
use crate::wire::{
    ClientForm, EndpointBody, Handled, Parameters, Received, ReceivedBody, deny, granted,
    in_place_of,
};

/// A boxed future. Its cost is small beside cryptography and a round trip to the store.
pub(super) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A token request whose head was checked.
pub(super) struct Exchange {
    pub(super) endpoint: Arc<TokenEndpoint>,
    pub(super) head: Parts,
    pub(super) received: Received,
}

/// The next step for a request whose body was read.
pub(super) enum Step {
    /// Authenticate the client, and call the inner service.
    Authenticate(BoxFuture<Result<Forward, Response<EndpointBody>>>),
    /// Deny at once.
    Deny(Response<EndpointBody>),
    /// Respond without the inner service.
    Respond(BoxFuture<Response<EndpointBody>>),
}

/// A request that the inner service gets.
pub(super) struct Forward {
    pub(super) head: Parts,
    pub(super) body: ReceivedBody,
    pub(super) pending: Pending,
}

/// The state that is kept until the inner service responds.
pub(super) struct Pending {
    endpoint: Arc<TokenEndpoint>,
    received: Received,
    client: AuthenticatedClient,
    grant_type: GrantType,
}

impl Exchange {
    /// Returns the next step for a form.
    pub(super) fn step(self, body: Result<ReceivedBody, Denial>) -> Step {
        let form = body.and_then(|body| {
            let parameters = Parameters::parse(&body.data)?;
            let is_refresh = is_refresh(&parameters)?;
            Ok((body, parameters, is_refresh))
        });
        match form {
            Ok((_, parameters, true)) => Step::Respond(Box::pin(self.refresh(parameters))),
            Ok((body, parameters, false)) => {
                Step::Authenticate(Box::pin(self.authenticate(body, parameters)))
            }
            Err(denial) => Step::Deny(self.deny(denial)),
        }
    }

    pub(super) fn deny(self, denial: Denial) -> Response<EndpointBody> {
        deny(&self.endpoint.server, &self.received, &denial.into())
    }

    async fn refresh(mut self, parameters: Parameters) -> Response<EndpointBody> {
        let server = &self.endpoint.server;
        let refreshed = refresh(server, &mut self.head, &mut self.received, parameters).await;
        refreshed.unwrap_or_else(|error| deny(server, &self.received, &error))
    }

    async fn authenticate(
        mut self,
        body: ReceivedBody,
        parameters: Parameters,
    ) -> Result<Forward, Response<EndpointBody>> {
        match self.check_client(parameters).await {
            Ok((ClientForm { client, parameters }, grant_type)) => {
                let extensions = &mut self.head.extensions;
                extensions.insert(client.clone());
                extensions.insert::<Parameters>(parameters.without_credentials());
                Ok(Forward {
                    head: self.head,
                    body,
                    pending: Pending {
                        endpoint: self.endpoint,
                        received: self.received,
                        client,
                        grant_type,
                    },
                })
            }
            Err(error) => Err(deny(&self.endpoint.server, &self.received, &error)),
        }
    }

    async fn check_client(
        &mut self,
        parameters: Parameters,
    ) -> Result<(ClientForm, GrantType), ServerError> {
        let server = &self.endpoint.server;
        let form = self
            .received
            .client(server, &mut self.head, parameters)
            .await?;
        let grant_type: GrantType = form
            .parameters
            .require("grant_type")?
            .parse()
            .map_err(|_| Denial::GrantTypeUnsupported)?;
        if !self.endpoint.supports(&grant_type) {
            return Err(Denial::GrantTypeUnsupported.into());
        }
        if !form.client.may_use(&grant_type) {
            return Err(Denial::GrantTypeNotAllowed.into());
        }
        self.received.grant_type = Some(grant_type.clone());
        Ok((form, grant_type))
    }
}

impl Pending {
    /// Takes the head of the inner service's response. `None` if the response is passed on as it
    /// is.
    pub(super) fn settle(
        self,
        head: &mut response::Parts,
    ) -> Option<BoxFuture<Response<EndpointBody>>> {
        let handled = Handled::take(head)?;
        let head = mem::replace(head, Response::new(()).into_parts().0);
        Some(Box::pin(self.respond(head, handled)))
    }

    async fn respond(self, head: response::Parts, handled: Handled) -> Response<EndpointBody> {
        let server = &self.endpoint.server;
        let denied = |error| deny(server, &self.received, &error);
        match handled {
            Handled::Denied(denial) => in_place_of(head, denied(denial.into())),
            Handled::Granted(grant) => {
                let issued = server.try_issue(&self.client, &self.grant_type, *grant);
                match issued.await {
                    Ok(tokens) => in_place_of(head, granted(&tokens)),
                    Err(error) => denied(error),
                }
            }
        }
    }
}

/// Responds to `grant_type=refresh_token` (RFC 6749 §6).
pub(crate) async fn refresh(
    server: &Server,
    head: &mut Parts,
    received: &mut Received,
    parameters: Parameters,
) -> Result<Response<EndpointBody>, ServerError> {
    let ClientForm { client, parameters } = received.client(server, head, parameters).await?;
    if client.may_use(&GrantType::REFRESH_TOKEN) {
        received.grant_type = Some(GrantType::REFRESH_TOKEN);
    }
    let proved = head.extensions.remove::<Confirmation>();
    let request = RefreshRequest::read(&parameters)?.with_confirmation(proved);
    let tokens = server.try_refresh(&client, &request).await?;
    Ok(granted(&tokens))
}

/// Returns whether the request is for `grant_type=refresh_token`.
pub(crate) fn is_refresh(parameters: &Parameters) -> Result<bool, Denial> {
    Ok(parameters.require("grant_type")? == GrantType::REFRESH_TOKEN.as_str())
}
