//! The adapter for warp, through its public API.

mod bearer;

use std::convert::Infallible;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use http_body_util::Full;
use reissue::client::{AuthenticatedClient, Client, ClientMap};
use reissue::guessing::{AddressSource, ClientAddressLayer};
use reissue::store::MemoryStore;
use reissue::{
    Denial, ErrorCode, Grant, Keys, Parameters, RefreshLayer, RequestBody, RevocationEndpoint,
    Server,
};
use reissue_tests::{Answer as Answered, confidential};
use reissue_warp::{Denied, Granted, MissingLayer, endpoint, token_client, token_parameters};
use tower::{Layer as _, Service, ServiceExt as _};
use warp::reply::Response;
use warp::{Filter as _, Rejection};

#[tokio::test]
async fn a_grant_becomes_tokens_and_they_refresh() {
    let app = App::new();
    let routes = warp::path!("token")
        .and(token_parameters())
        .map(|parameters: Parameters| {
            let username = parameters.get("username").unwrap();
            Granted(Grant::new(username))
        });
    let login = app.post(warp::service(routes), LOGIN).await;
    assert_eq!(login.summary(), "200", "{login:?}");
    let form = format!(
        "grant_type=refresh_token&client_id=app&refresh_token={}",
        login.refresh_token()
    );
    let refreshed = app.post(nothing(), &form).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
}

#[tokio::test]
async fn headers_around_a_grant_stay_and_its_body_goes() {
    let routes = warp::any().map(|| {
        let granted: Granted = Grant::new("alice").into();
        warp::reply::with_header(granted, "x-login", "first")
    });
    let answer = App::new().post(warp::service(routes), LOGIN).await;
    assert_eq!(answer.summary(), "200", "{answer:?}");
    assert_eq!(answer.headers["x-login"], "first");
    assert_eq!(answer.headers[CACHE_CONTROL], "no-store");
    assert!(answer.json["access_token"].is_string());
}

#[tokio::test]
async fn the_routes_get_the_client_and_no_secret() {
    let routes = token_client().and(token_parameters()).map(
        |client: AuthenticatedClient, parameters: Parameters| {
            let names: Vec<&str> = parameters.iter().map(|(name, _)| name).collect();
            format!("{} {}", client.id(), names.join(" "))
        },
    );
    let secret = reissue_tests::SECRET.replace(' ', "+");
    let form = format!("grant_type=password&client_id=web&client_secret={secret}&more=1");
    let answer = App::new().post(warp::service(routes), &form).await;
    assert_eq!(answer.body, "web grant_type client_id more");
}

#[tokio::test]
async fn the_body_is_still_there_behind_the_extractors() {
    let routes = token_client()
        .and(token_parameters())
        .and(warp::body::bytes())
        .map(|_, _, body: Bytes| body.to_vec());
    let answer = App::new().post(warp::service(routes), LOGIN).await;
    assert_eq!(answer.body, LOGIN);
}

#[tokio::test]
async fn without_the_layer_the_extractors_say_what_is_missing() {
    let client = token_client()
        .map(|_| Granted(Grant::new("nobody")))
        .boxed();
    let parameters = token_parameters()
        .map(|_| Granted(Grant::new("nobody")))
        .boxed();
    for route in [client, parameters] {
        let answer = bare(warp::service(route.clone())).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.body, "Unhandled rejection: MissingLayer");

        let recovered = route.recover(async |rejection: Rejection| {
            let missing = rejection.find::<MissingLayer>().copied();
            missing.map(|missing| missing.to_string()).ok_or(rejection)
        });
        let answer = bare(warp::service(recovered)).await;
        assert_eq!(
            answer.body,
            "no client was authenticated: put `reissue::RefreshLayer` around this route"
        );
    }
}

#[tokio::test]
async fn without_the_layer_nothing_of_a_grant_is_answered() {
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
        let answer = App::new()
            .post(warp::service(token_parameters().then(login)), LOGIN)
            .await;
        assert_eq!(answer.status, denial.status());
        assert_eq!(answer.json["error"], denial.code().as_str());
        assert_eq!(answer.denial, Some(denial));
        let challenge = answer.headers.get(WWW_AUTHENTICATE);
        let is_challenged = denial.code() == ErrorCode::InvalidClient;
        let expected = is_challenged.then_some("Basic realm=\"https://id.example\"");
        assert_eq!(challenge.map(|value| value.to_str().unwrap()), expected);
    }
}

#[tokio::test]
async fn the_layer_answers_other_methods() {
    let request = Request::get("/token").body(Full::default()).unwrap();
    let answer = App::new().call(nothing(), request).await;
    assert_eq!(answer.summary(), "405 invalid_request");
    assert_eq!(answer.headers[ALLOW], "POST");
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
            Answered::read(response).await.summary()
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

#[tokio::test]
async fn an_endpoint_leaves_other_paths_to_other_routes() {
    let app = App::new();
    let revoke = warp::path!("revoke").and(endpoint(RevocationEndpoint::new(app.0.clone())));
    let routes = revoke.or(warp::path!("hello").map(|| "hello"));
    let mut request = form_of("/hello", "");
    let hello = app.call(warp::service(routes.clone()), request).await;
    assert_eq!(hello.body, "hello");
    request = form_of("/revoke", "token=x&client_id=app");
    let revoked = app.call(warp::service(routes), request).await;
    assert_eq!(
        revoked.wire(),
        "200 OK\ncache-control: no-store\npragma: no-cache\n\n"
    );
}

/// A server behind whose layer any routes can be put.
struct App(Server);

impl App {
    fn new() -> Self {
        let app = Client::public("app").with_grants(["password", "refresh_token"]);
        let clients = ClientMap::new([confidential("web"), app]).unwrap();
        let keys = Keys::generate();
        let server = Server::builder("https://id.example", keys, clients, MemoryStore::new());
        Self(server.build().unwrap())
    }

    async fn post<S>(&self, routes: S, form: &str) -> Answered
    where
        S: Routes<RequestBody<Full<Bytes>>>,
        S::Future: Send,
    {
        self.call(routes, form_of("/token", form)).await
    }

    async fn call<S>(&self, routes: S, request: Request<Full<Bytes>>) -> Answered
    where
        S: Routes<RequestBody<Full<Bytes>>>,
        S::Future: Send,
    {
        let refresh = RefreshLayer::new(self.0.clone()).with_path("/token");
        let Ok(response) = refresh.layer(routes).oneshot(request).await;
        Answered::read(response).await
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

/// The answer of routes without the layer.
async fn bare(routes: impl Routes<Full<Bytes>>) -> Answered {
    let Ok(response) = routes.oneshot(form_of("/token", LOGIN)).await;
    Answered::read(response).await
}

fn nothing() -> impl Routes<RequestBody<Full<Bytes>>, Future: Send> {
    warp::service(warp::path!("nothing").map(|| "nothing"))
}

fn form_of(path: &str, form: &str) -> Request<Full<Bytes>> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::from(form.to_owned()))
        .unwrap()
}

const LOGIN: &str = "grant_type=password&client_id=app&username=alice&password=wonderland";
