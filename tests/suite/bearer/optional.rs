//! Routes that serve requests with and without a token.

use std::convert::Infallible;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response};
use http_body_util::Full;
use reissue::bearer::{AccessDenied, BearerDenial, VerifiedToken};
use reissue::token::VerifyError;
use reissue_tests::TestResponse;
use serde_json::json;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{Api, bearing};

/// Responds with the subject, or with what a route that requires a token responds with.
async fn greet(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let extensions = request.extensions();
    let greeting = match extensions.get::<VerifiedToken>() {
        Some(token) => token.subject.clone(),
        None => {
            let denied = extensions.get::<AccessDenied>().expect("the layer sets it");
            format!("{:?}", denied.challenge().unwrap())
        }
    };
    Ok(Response::new(Full::from(greeting)))
}

async fn ask(api: &Api, request: Request<Full<Bytes>>) -> (TestResponse, Option<BearerDenial>) {
    let layer = api.layer.clone().with_optional_token();
    let Ok(response) = layer.layer(service_fn(greet)).oneshot(request).await;
    let denial = response.extensions().get().copied();
    (TestResponse::read(response).await, denial)
}

#[tokio::test]
async fn a_request_without_a_token_passes_and_knows_what_it_lacks() {
    let api = Api::new();
    let basic = Request::get("/").header(AUTHORIZATION, "Basic d2ViOg==");
    for request in [Request::get("/"), basic] {
        let (response, denial) = ask(&api, request.body(Full::default()).unwrap()).await;
        assert_eq!(response.body, r#""Bearer realm=\"https://api.example\"""#);
        assert_eq!(denial, None);
    }
    let (response, _) = ask(&api, bearing(&api.token(&json!({})))).await;
    assert_eq!(response.body, "alice");
}

#[tokio::test]
async fn a_token_that_is_presented_must_be_valid() {
    let api = Api::new();
    for (token, denial) in [
        ("garbage", BearerDenial::Unverified(VerifyError::Malformed)),
        ("a b", BearerDenial::CredentialsMalformed),
        (
            &api.token(&json!({"scope": "write"})),
            BearerDenial::ScopeInsufficient,
        ),
    ] {
        let (response, denied) = ask(&api, bearing(token)).await;
        assert_eq!(response.status, denial.status());
        assert_eq!(denied, Some(denial));
    }
}
