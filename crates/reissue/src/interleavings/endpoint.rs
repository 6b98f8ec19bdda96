//! The same through the token endpoint: requests in, responses out.

use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use shuttle::future::block_on;
use tower::ServiceExt as _;

use super::world::World;
use super::{both, exhaust, sample};
use crate::{RefreshEndpoint, RevocationEndpoint};

#[test]
fn two_requests_with_one_token_return_one_generation() {
    exhaust(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let request = || world.job(&first, |world, first| refresh(world, first).unwrap());
        let (one, other) = both(request(), request());
        assert_eq!(world.generation_of(&other), 1);
        assert_eq!(world.record(&first).unwrap().conflicts, 1);
        world.assert_at(1, &one);
    });
}

#[test]
fn no_request_succeeds_after_a_revocation_was_confirmed() {
    sample(|| {
        let world = World::new();
        let first = world.login().unwrap();
        let requests = || {
            world.job(&first, |world, first| {
                let second = refresh(world, first)?;
                refresh(world, &second)
            })
        };
        let revoking = world.job(&first, revoke);
        let ((one, ()), other) = both(
            {
                let requests = requests();
                move || both(requests, revoking)
            },
            requests(),
        );
        for last in [one, other].into_iter().flatten() {
            world.assert_over(&[&last]);
        }
        assert_eq!(refresh(&world, &first), None);
        assert_eq!(world.sessions(), 0);
    });
}

/// The refresh token of a 200; nothing, if it is a 400.
fn refresh(world: &World, token: &str) -> Option<String> {
    let form = format!("grant_type=refresh_token&client_id=app&refresh_token={token}");
    let response = RefreshEndpoint::new(world.server.clone()).oneshot(post("/token", form));
    let Ok(response) = block_on(response);
    let (head, body) = response.into_parts();
    let Ok(body) = block_on(body.collect());
    let body: serde_json::Value = serde_json::from_slice(&body.to_bytes()).unwrap();
    match head.status {
        StatusCode::OK => Some(body["refresh_token"].as_str().unwrap().to_owned()),
        StatusCode::BAD_REQUEST => {
            assert_eq!(body["error"], "invalid_grant");
            None
        }
        other => panic!("{other}"),
    }
}

fn revoke(world: &World, token: &str) {
    let form = format!("client_id=app&token={token}");
    let response = RevocationEndpoint::new(world.server.clone()).oneshot(post("/revoke", form));
    let Ok(response) = block_on(response);
    assert_eq!(response.status(), StatusCode::OK);
}

fn post(path: &str, form: String) -> Request<Full<bytes::Bytes>> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form))
        .unwrap()
}
