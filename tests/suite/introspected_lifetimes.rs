//! The lifetime of a refresh token depends on its own client, not on the client that introspects
//! it.

use std::time::Duration;

use reissue::client::IntrospectionAccess;
use reissue::{Lifetime, Policy};
use reissue_tests::{Endpoint, confidential};

#[tokio::test]
async fn a_token_is_as_good_as_its_own_client_finds_it() {
    let short = Policy::builder()
        .with_idle_ttl(Lifetime::For(Duration::from_secs(60)))
        .build()
        .unwrap();
    let api = confidential("api").with_introspection_access(IntrospectionAccess::AllTokens);
    let endpoint = Endpoint::builder()
        .client(api.clone().with_policy(short))
        .build();
    let login = endpoint.login().await;
    let form = format!("token={}", login.refresh_token());
    endpoint.clock.advance(Duration::from_secs(3_600));
    let own = endpoint.introspect_as("web", &form).await;
    let api = endpoint.introspect_as("api", &form).await;
    assert_eq!(own.json["active"], true);
    assert_eq!(api.json, own.json);
}
