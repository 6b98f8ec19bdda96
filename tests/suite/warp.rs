//! The adapter for warp, through its public API.

mod bearer;

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use http_body_util::Full;
use reissue::client::{Client, ClientMap};
use reissue::guessing::{AddressSource, ClientAddressLayer};
use reissue::store::MemoryStore;
use reissue::{
    Denial, ErrorCode, Grant, GrantType, Keys, RefreshLayer, RequestBody, RevocationEndpoint,
    Server,
};
use reissue_tests::{TestResponse, confidential};
use reissue_warp::{Denied, Granted, MissingLayer, endpoint, token_client, token_parameters};
use tower::{Layer as _, Service, ServiceExt as _};
use warp::reply::Response;
use warp::{Filter as _, Rejection};

#[tokio::test]
async fn without_the_layer_the_extractors_say_what_is_missing() {
    let client = token_client()
        .map(|_| Granted(Grant::new("nobody")))
        .boxed();
    let parameters = token_parameters()
        .map(|_| Granted(Grant::new("nobody")))
        .boxed();
    for route in [client, parameters] {
        let response = bare(warp::service(route.clone())).await;
        assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.body, "Unhandled rejection: MissingLayer");

        let recovered = route.recover(async |rejection: Rejection| {
            let missing = rejection.find::<MissingLayer>().copied();
            missing.map(|missing| missing.to_string()).ok_or(rejection)
        });
        let response = bare(warp::service(recovered)).await;
        assert_eq!(
            response.body,
            "no client was authenticated: put `reissue::RefreshLayer` around this route"
        );
    }
}

#[tokio::test]
async fn without_the_layer_a_grant_is_an_empty_response() {
    let routes = warp::any().map(|| {
        let grant = Grant::new("alice").with_label("Firefox").unwrap();
        Granted(grant.with_scope("read".parse().unwrap()))
    });
    assert_eq!(bare(warp::service(routes)).await.wire(), "200 OK\n\n\n");
}

#[tokio::test]
async fn every_denial_of_a_route_is_rendered_by_the_layer_with_its_realm() {
    for denial in [
        Denial::BodyTooLarge,
        Denial::ClientDisabled,
        Denial::GrantRejected,
        Denial::ParameterMissing("username"),
        Denial::SecretsBusy,
    ] {
        let login = move |_| async move { Err::<Granted, Denied>(denial.into()) };
        let response = App::new()
            .post(warp::service(token_parameters().then(login)), LOGIN)
            .await;
        assert_eq!(response.status, denial.status());
        assert_eq!(response.json["error"], denial.code().as_str());
        assert_eq!(response.denial, Some(denial));
        let challenge = response.headers.get(WWW_AUTHENTICATE);
        let is_challenged = denial.code() == ErrorCode::InvalidClient;
        let expected = is_challenged.then_some("Basic realm=\"https://id.example\"");
        assert_eq!(challenge.map(|value| value.to_str().unwrap()), expected);
    }
}

#[tokio::test]
async fn guesses_are_counted_at_the_layer_and_at_endpoints_alike() {
    let app = App::new();
    let revoke = warp::path!("revoke").and(endpoint(RevocationEndpoint::new(app.0.clone())));
    let layers = RefreshLayer::new(app.0.clone()).with_path("/token");
    let service = layers.layer(warp::service(revoke));
    let guess = |host, path| {
        let connection =
            ClientAddressLayer::new([203, 0, 113, host].into(), AddressSource::Connection);
        let service = connection.layer(service.clone());
        let form = "grant_type=refresh_token&token=x&client_id=web&client_secret=wrong";
        async move {
            let response = service.oneshot(form_of(path, form)).await.unwrap();
            TestResponse::read(response).await.summary()
        }
    };
    for turn in 0..10 {
        let path = ["/token", "/revoke"][turn % 2];
        assert_eq!(guess(1, path).await, "401 invalid_client");
    }
    for path in ["/token", "/revoke"] {
        assert_eq!(guess(1, path).await, "429 invalid_client");
        assert_eq!(guess(2, path).await, "401 invalid_client");
    }
}

/// A server behind whose layer any routes can be put.
struct App(Server);

impl App {
    fn new() -> Self {
        let app = Client::public("app").with_grant_types([GrantType::PASSWORD]);
        let clients = ClientMap::new([confidential("web"), app]).unwrap();
        let keys = Keys::generate();
        let server = Server::builder("https://id.example", keys, clients, MemoryStore::new());
        Self(server.build().unwrap())
    }

    async fn post<S>(&self, routes: S, form: &str) -> TestResponse
    where
        S: Routes<RequestBody<Full<Bytes>>>,
        S::Future: Send,
    {
        let refresh = RefreshLayer::new(self.0.clone()).with_path("/token");
        let request = form_of("/token", form);
        let Ok(response) = refresh.layer(routes).oneshot(request).await;
        TestResponse::read(response).await
    }
}

/// What `warp::service` makes of filters.
trait Routes<B>:
    Service<Request<B>, Response = Response, Error = Infallible> + Clone + Send + 'static
{
}

impl<S, B> Routes<B> for S where
    S: Service<Request<B>, Response = Response, Error = Infallible> + Clone + Send + 'static
{
}

/// Returns the response of routes without the layer.
async fn bare(routes: impl Routes<Full<Bytes>>) -> TestResponse {
    let Ok(response) = routes.oneshot(form_of("/token", LOGIN)).await;
    TestResponse::read(response).await
}

fn form_of(path: &str, form: &str) -> Request<Full<Bytes>> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form.to_owned()))
        .unwrap()
}

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";
