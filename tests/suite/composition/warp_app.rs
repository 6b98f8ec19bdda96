//! warp routes behind the layer.

use http::Method;
use reissue_tests::form;

use super::example::Example;

#[tokio::test]
async fn routes_pass_and_grants_become_sessions() {
    let example = Example::start("warp-app");
    let mut hello = form("");
    *hello.method_mut() = Method::GET;
    *hello.uri_mut() = "/hello/Alice".parse().unwrap();
    assert_eq!(example.send(hello).await.body, "Hello, Alice!\n");

    let login = example.login().await;
    let refreshed = example.refresh(login.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");

    let token = refreshed.refresh_token();
    let mut revoke = form(format!("token={token}&client_id=app"));
    *revoke.uri_mut() = "/revoke".parse().unwrap();
    assert_eq!(example.send(revoke).await.summary(), "200");
    let ended = example.refresh(token).await;
    assert_eq!(ended.summary(), "400 invalid_grant");
}

#[tokio::test]
async fn a_wrong_password_is_no_route_that_is_not_there() {
    let example = Example::start("warp-app");
    let wrong = super::example::LOGIN.replace("wonderland", "oz");
    let refused = example.send(form(wrong)).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
}
