//! What the server publishes.

use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderValue, Method};

use super::{Talk, app, with, with_method, with_path};

pub(super) async fn published(talk: &mut Talk<'_>) {
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
    ] {
        let by = |method| with_path(with_method(app(""), method), path);
        let document = talk.says("200", path, by(Method::GET)).await;
        assert!(document.json.is_object(), "{document:?}");
        let head = talk.says("200", "its head", by(Method::HEAD)).await;
        assert!(head.body.is_empty());

        let tag = document.headers.get(ETAG).map(HeaderValue::to_str);
        let tag = tag.expect("it has a tag").unwrap();
        let known = with(by(Method::GET), IF_NONE_MATCH, tag);
        talk.says("304", "once it is known", known).await;
        let other = with(by(Method::GET), IF_NONE_MATCH, "\"another\"");
        talk.says("200", "another is known", other).await;
        for method in [Method::POST, Method::DELETE] {
            talk.says("405", "by a method that does not read", by(method))
                .await;
        }
    }
}
