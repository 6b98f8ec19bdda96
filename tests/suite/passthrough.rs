//! What is not ours passes: frame by frame on other paths, byte for byte to other grants, untouched
//! on the way back.

mod frames;

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body as _, Frame};
use http_body_util::BodyExt as _;
use reissue::{Grant, RefreshLayer, RequestBody};
use reissue_tests::{Engine, basic};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use self::frames::{Broken, Frames, all_frames, data, printed, trailers};

type In = Request<RequestBody<Frames>>;

#[tokio::test]
async fn bodies_on_other_paths_pass_frame_by_frame() {
    let layer = RefreshLayer::new(Engine::new().server).with_path("/token");
    // What comes in goes out, so that both directions are seen at once.
    let echo =
        service_fn(|request: In| async { Ok::<_, Infallible>(Response::new(request.into_body())) });
    let frames = || Frames::new([data("one"), data(""), data("two"), trailers()]);
    let request = Request::post("/elsewhere").body(frames()).unwrap();
    let echoed = layer.layer(echo).oneshot(request).await.unwrap();
    let mut expected = pin!(frames());
    let mut body = pin!(echoed.into_body());
    loop {
        assert_eq!(body.size_hint().exact(), expected.size_hint().exact());
        assert_eq!(body.is_end_stream(), expected.is_end_stream());
        let frame = body.frame().await.map(|frame| printed(&frame.unwrap()));
        let same = expected.frame().await.map(|frame| printed(&frame.unwrap()));
        assert_eq!(frame, same);
        if frame.is_none() {
            return;
        }
    }
}

#[tokio::test]
async fn errors_of_bodies_on_other_paths_pass() {
    let layer = RefreshLayer::new(Engine::new().server).with_path("/token");
    let echo =
        service_fn(|request: In| async { Ok::<_, Infallible>(Response::new(request.into_body())) });
    let frames = Frames::new([data("one"), Err(Broken("the line is dead"))]);
    let request = Request::post("/elsewhere").body(frames).unwrap();
    let echoed = layer.layer(echo).oneshot(request).await.unwrap();
    let mut body = pin!(echoed.into_body());
    assert_eq!(printed(&body.frame().await.unwrap().unwrap()), "one");
    let error = body.frame().await.unwrap().err();
    assert_eq!(error, Some(Broken("the line is dead")));
}

#[tokio::test]
async fn every_method_passes_on_other_paths() {
    let engine = Engine::new();
    let layer = RefreshLayer::new(engine.server.clone())
        .with_path("/token")
        .with_path("/v2/token");
    let name = service_fn(|request: In| async move {
        let named = format!("{} {}", request.method(), request.uri());
        let mut response = Response::new(Frames::new([]));
        let named = HeaderValue::try_from(named).unwrap();
        response.headers_mut().insert("x-named", named);
        Ok::<_, Infallible>(response)
    });
    let service = layer.layer(name);
    let custom = Method::from_bytes(b"PURGE").unwrap();
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        custom,
    ] {
        for path in [
            "/",
            "/token/",
            "/Token",
            "/v2/tokens?grant_type=refresh_token",
        ] {
            let request = Request::builder().method(&method).uri(path);
            let request = request.body(Frames::new([])).unwrap();
            let passed = service.clone().oneshot(request).await.unwrap();
            assert_eq!(passed.headers()["x-named"], format!("{method} {path}"));
        }
    }
    for path in ["/token", "/v2/token?x=y"] {
        let request = Request::get(path).body(Frames::new([])).unwrap();
        let refused = service.clone().oneshot(request).await.unwrap();
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(engine.events.take_names(), ["Denied", "Denied"]);
}

#[tokio::test]
async fn other_grants_get_the_body_byte_for_byte_with_its_trailers() {
    let seen = Seen::default();
    let service = RefreshLayer::new(Engine::new().server).layer(seen.service());
    let form = FORM.as_bytes();
    let cuts = [vec![form], vec![&form[..3], b"", &form[3..9], &form[9..]]];
    for with_trailers in [false, true] {
        for cut in &cuts {
            let mut frames: Vec<_> = cut
                .iter()
                .map(|part| Ok(Frame::data(Bytes::copy_from_slice(part))))
                .collect();
            frames.extend(with_trailers.then(trailers));
            let mut request = token_request(frames);
            request
                .headers_mut()
                .insert(CONTENT_LENGTH, form.len().into());
            service.clone().oneshot(request).await.unwrap();
            let (hint, frames) = seen.take();
            let expected_trailers = with_trailers.then(|| "trailers x-sum: 7".to_owned());
            assert_eq!(hint, Some(form.len() as u64));
            assert_eq!(frames.first().map(String::as_str), Some(FORM));
            assert_eq!(frames.get(1), expected_trailers.as_ref());
        }
    }
}

#[tokio::test]
async fn other_grants_get_the_head_as_it_came() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    let inner = service_fn(move |request: In| {
        let (head, _) = request.into_parts();
        seen.lock()
            .unwrap()
            .push((head.method, head.uri, head.headers));
        async { Ok::<_, Infallible>(Response::new(Frames::new([]))) }
    });
    let mut request = token_request([data(FORM)]);
    request
        .headers_mut()
        .insert(CONTENT_LENGTH, FORM.len().into());
    request
        .headers_mut()
        .append("x-many", HeaderValue::from_static("1"));
    request
        .headers_mut()
        .append("x-many", HeaderValue::from_static("2"));
    let sent = (
        Method::POST,
        request.uri().clone(),
        request.headers().clone(),
    );
    let layer = RefreshLayer::new(Engine::new().server);
    layer.layer(inner).oneshot(request).await.unwrap();
    assert_eq!(heads.lock().unwrap().as_slice(), [sent]);
}

#[tokio::test]
async fn a_body_that_breaks_reaches_nobody() {
    let seen = Seen::default();
    let engine = Engine::new();
    let service = RefreshLayer::new(engine.server.clone()).layer(seen.service());
    let broken = token_request([data(FORM), Err(Broken("the line is dead"))]);
    let refused = service.oneshot(broken).await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let body = refused.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(br#"{"error":"invalid_request""#));
    assert!(seen.take().1.is_empty());
}

#[tokio::test]
async fn a_response_without_a_grant_passes_unchanged() {
    for status in [StatusCode::OK, StatusCode::FOUND, StatusCode::IM_A_TEAPOT] {
        passes_unchanged(status, None).await;
    }
}

#[tokio::test]
async fn a_grant_counts_only_on_a_200() {
    for status in [
        StatusCode::CREATED,
        StatusCode::BAD_REQUEST,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        passes_unchanged(status, Some(Grant::new("alice"))).await;
    }
}

#[tokio::test]
async fn errors_of_a_response_body_pass() {
    let inner = service_fn(|_: In| async {
        Ok::<_, Infallible>(Response::new(Frames::new([
            data("one"),
            Err(Broken("gone")),
        ])))
    });
    let layer = RefreshLayer::new(Engine::new().server);
    let response = layer.layer(inner).oneshot(token_request([data(FORM)]));
    let mut body = pin!(response.await.unwrap().into_body());
    assert_eq!(printed(&body.frame().await.unwrap().unwrap()), "one");
    assert_eq!(body.frame().await.unwrap().err(), Some(Broken("gone")));
}

async fn passes_unchanged(status: StatusCode, grant: Option<Grant>) {
    let engine = Engine::new();
    let inner = service_fn(move |_: In| {
        let frames = Frames::new([data("one"), data("two"), trailers()]).without_size();
        let mut response = Response::new(frames);
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(ETAG, HeaderValue::from_static("\"7\""));
        response
            .headers_mut()
            .append("x-many", HeaderValue::from_static("1"));
        response
            .headers_mut()
            .append("x-many", HeaderValue::from_static("2"));
        if let Some(grant) = grant.clone() {
            response.extensions_mut().insert(grant);
        }
        response.extensions_mut().insert(7_u32);
        async { Ok::<_, Infallible>(response) }
    });
    let layer = RefreshLayer::new(engine.server.clone());
    let answer = layer.layer(inner).oneshot(token_request([data(FORM)]));
    let (head, body) = answer.await.unwrap().into_parts();
    assert_eq!(head.status, status);
    let headers: Vec<_> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(
        headers,
        [("etag", "\"7\""), ("x-many", "1"), ("x-many", "2")]
    );
    assert_eq!(head.extensions.get(), Some(&7_u32));
    assert_eq!(body.size_hint().exact(), None);
    assert_eq!(all_frames(body).await, ["one", "two", "trailers x-sum: 7"]);
    assert_eq!(engine.generation().await, None);
    assert!(engine.events.take().is_empty());
}

/// What an inner service was given.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<(Option<u64>, Vec<String>)>>);

impl Seen {
    fn service(
        &self,
    ) -> impl Service<In, Response = Response<Frames>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static {
        let seen = self.clone();
        service_fn(move |request: In| {
            let seen = seen.clone();
            async move {
                let hint = request.body().size_hint().exact();
                let frames = all_frames(request.into_body()).await;
                *seen.0.lock().unwrap() = (hint, frames);
                Ok(Response::new(Frames::new([])))
            }
        })
    }

    fn take(&self) -> (Option<u64>, Vec<String>) {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn token_request(
    frames: impl IntoIterator<Item = Result<Frame<Bytes>, Broken>>,
) -> Request<Frames> {
    Request::post("/token?tenant=7")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic("web"))
        .body(Frames::new(frames))
        .unwrap()
}

/// Unusual on purpose: what is decoded and encoded again would not come out the same.
const FORM: &str = "grant_type=password&&username=%61lice&password=a%20b+c&empty=&";
