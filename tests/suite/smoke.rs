use reissue_tests::Endpoint;

#[tokio::test]
async fn a_login_can_be_refreshed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let refreshed = endpoint.refresh(login.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    assert_eq!(refreshed.text("scope"), "openid read write");
    assert_eq!(endpoint.events.take_names(), ["Issued", "Refreshed"]);
}
