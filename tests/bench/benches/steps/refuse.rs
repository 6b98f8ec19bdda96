//! Requests of an authenticated client whose token is no good, and the same request to a service
//! without the layer.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use reissue::{EndpointBody, RefreshEndpoint};
use tower::{Service as _, service_fn};

use super::Step;
use super::setup::{SUBJECT, block_on, endpoint, login, plain, refresh_request, server};

/// A text that is no token.
pub(crate) struct RefuseGarbage(Refused);

impl Default for RefuseGarbage {
    fn default() -> Self {
        Self(Refused {
            endpoint: endpoint(server()),
            token: "v4.local.garbage".to_owned(),
        })
    }
}

impl Step for RefuseGarbage {
    type Input = Request<Full<Bytes>>;
    type Output = Denied;

    fn input(&self) -> Self::Input {
        refresh_request(&self.0.token)
    }

    fn run(&self, request: Self::Input) -> Denied {
        self.0.run(request)
    }
}

/// A text that only the cryptography tells from a token.
pub(crate) struct RefuseForgery(Refused);

impl Default for RefuseForgery {
    fn default() -> Self {
        let server = server();
        let token = login(&server, SUBJECT).refresh_token;
        let token = token.expect("the client may refresh").expose().to_owned();
        let (sealed, footer) = token.rsplit_once('.').expect("a token has a footer");
        Self(Refused {
            endpoint: endpoint(server),
            token: format!("{}AAAA.{footer}", &sealed[..sealed.len() - 4]),
        })
    }
}

impl Step for RefuseForgery {
    type Input = Request<Full<Bytes>>;
    type Output = Denied;

    fn input(&self) -> Self::Input {
        refresh_request(&self.0.token)
    }

    fn run(&self, request: Self::Input) -> Denied {
        self.0.run(request)
    }
}

/// What the refusals are measured against.
#[derive(Default)]
pub(crate) struct WithoutLayer;

impl Step for WithoutLayer {
    type Input = Request<Full<Bytes>>;
    type Output = Response<Full<Bytes>>;

    fn input(&self) -> Self::Input {
        refresh_request("v4.local.garbage")
    }

    fn run(&self, request: Self::Input) -> Self::Output {
        let Ok(response) = block_on(service_fn(plain).call(request));
        response
    }
}

struct Refused {
    endpoint: RefreshEndpoint,
    token: String,
}

impl Refused {
    fn run(&self, request: Request<Full<Bytes>>) -> Denied {
        let Ok(response) = block_on(self.endpoint.clone().call(request));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        response
    }
}

type Denied = Response<EndpointBody>;
