//! Whole refreshes in process, each of a session of its own.

use std::cell::Cell;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use reissue::client::AuthenticatedClient;
use reissue::{EndpointBody, RefreshEndpoint, RefreshRequest, RefreshToken, Server, Tokens};
use tower::Service as _;

use super::Step;
use super::setup::{SUBJECT, block_on, client, endpoint, login, refresh_request, server};

/// [`Server::refresh`]: from the token to its successor.
pub(crate) struct RefreshByEngine {
    server: Server,
    client: AuthenticatedClient,
    subjects: Subjects,
}

impl Default for RefreshByEngine {
    fn default() -> Self {
        Self {
            server: server(),
            client: client(),
            subjects: Subjects::default(),
        }
    }
}

impl Step for RefreshByEngine {
    type Input = RefreshRequest;
    type Output = Tokens;

    fn input(&self) -> RefreshRequest {
        RefreshRequest::new(self.subjects.log_one_in(&self.server))
    }

    fn run(&self, request: RefreshRequest) -> Tokens {
        block_on(self.server.refresh(&self.client, request)).expect("refreshed")
    }
}

/// Through the layer: from the request to the response.
pub(crate) struct RefreshByLayer {
    server: Server,
    endpoint: RefreshEndpoint,
    subjects: Subjects,
}

impl Default for RefreshByLayer {
    fn default() -> Self {
        let server = server();
        Self {
            endpoint: endpoint(server.clone()),
            server,
            subjects: Subjects::default(),
        }
    }
}

impl Step for RefreshByLayer {
    type Input = Request<Full<Bytes>>;
    type Output = Response<EndpointBody>;

    fn input(&self) -> Self::Input {
        refresh_request(self.subjects.log_one_in(&self.server).expose())
    }

    fn run(&self, request: Self::Input) -> Self::Output {
        let Ok(response) = block_on(self.endpoint.clone().call(request));
        assert_eq!(response.status(), StatusCode::OK);
        response
    }
}

/// Everybody logs in once.
#[derive(Default)]
struct Subjects(Cell<u32>);

impl Subjects {
    fn log_one_in(&self, server: &Server) -> RefreshToken {
        let number = self.0.get();
        self.0.set(number + 1);
        let subject = format!("{number:08x}{}", &SUBJECT[8..]);
        let tokens = login(server, &subject);
        tokens.refresh_token.expect("the client may refresh")
    }
}
