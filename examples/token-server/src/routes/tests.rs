use std::time::Duration;

use axum::body::to_bytes;
use http::Request;
use reissue_tests::{Endpoint, Fault};
use tower::ServiceExt as _;

use super::*;
use crate::config::Config;
use crate::setup::Setup;

#[tokio::test(start_paused = true)]
async fn readiness_follows_the_store_and_health_does_not() {
    let endpoint = Endpoint::new();
    let config = Config::parse("").expect("nothing is enough");
    let setup = Setup::check(&config).expect("it can be set up");
    let router = router(&endpoint.server, setup.grants, setup.authorize);
    assert_eq!(ask(&router, "/readyz").await.0, StatusCode::OK);

    endpoint.store.plan(Fault::Before);
    // Until the store is asked again.
    assert_eq!(ask(&router, "/readyz").await.0, StatusCode::OK);
    tokio::time::advance(Duration::from_secs(1)).await;
    let (status, body) = ask(&router, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let expected = json!({ "status": "not ready", "findings": [{ "code": "store-unavailable" }] });
    assert_eq!(body, expected);

    endpoint.store.plan(Fault::Before);
    assert_eq!(ask(&router, "/healthz").await.0, StatusCode::OK);
}

async fn ask(router: &Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1024).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}
