//! Who is asking (RFC 6749 §2.3).

use http::header::{AUTHORIZATION, HeaderValue};
use reissue::client::{AuthMethod, Client, ClientStatus, SecretHash};
use reissue::{Clock as _, Denial, GrantType};
use reissue_tests::{
    Endpoint, SECRET, TestResponse, Verb, assert_error, assert_ok, assert_refreshes, basic,
    basic_of, confidential, form, form_encoded,
};

/// Refreshes with these `Authorization` headers and these further parameters.
pub(crate) async fn refresh(
    endpoint: &Endpoint,
    token: &str,
    authorizations: &[HeaderValue],
    more: &str,
) -> TestResponse {
    let mut request = form(format!(
        "grant_type=refresh_token&refresh_token={token}&{more}"
    ));
    for authorization in authorizations {
        request
            .headers_mut()
            .append(AUTHORIZATION, authorization.clone());
    }
    endpoint.call(request).await
}

/// Asserts that a refresh with a valid token and these credentials is denied, that the store is not
/// read, and that the token stays valid.
pub(crate) async fn assert_denied(
    endpoint: &Endpoint,
    authorizations: &[HeaderValue],
    more: &str,
    status: u16,
    code: &str,
) -> TestResponse {
    let login = endpoint.login().await;
    endpoint.forget();
    let response = refresh(endpoint, login.refresh_token(), authorizations, more).await;
    assert_error(&response, status, code);
    assert_eq!(endpoint.store.take_calls(), [], "{response:?}");
    assert_refreshes(endpoint, login.refresh_token()).await;
    response
}

pub(crate) fn right_secret() -> String {
    form_encoded(SECRET)
}

#[tokio::test]
async fn client_secret_basic_is_read_in_any_letter_case() {
    let endpoint = Endpoint::new();
    let header = basic("web");
    let credentials = header.to_str().unwrap().split_once(' ').unwrap().1;
    for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
        let login = endpoint.login().await;
        let header = HeaderValue::try_from(format!("{scheme} {credentials}")).unwrap();
        assert_ok(&refresh(&endpoint, login.refresh_token(), &[header], "").await);
    }
}

#[tokio::test]
async fn client_secret_basic_is_form_urldecoded_after_splitting_at_the_first_colon() {
    let odd = Client::confidential("we b:1+ü", SecretHash::sha256("p:1+2%é &"))
        .with_grant_types([GrantType::PASSWORD]);
    let colons = Client::confidential("colons", SecretHash::sha256("x:y:z"))
        .with_grant_types([GrantType::PASSWORD]);
    let endpoint = Endpoint::builder().client(odd).client(colons).build();
    for pair in [
        "we+b%3A1%2B%C3%BC:p%3A1%2B2%25%C3%A9+%26",
        "we%20b%3a1%2b%c3%bc:p:1%2b2%25%c3%a9%20&",
        "colons:x:y:z",
        "colons:x%3Ay%3az",
    ] {
        let header = basic_of(pair);
        let mut request = form("grant_type=password&username=alice");
        request.headers_mut().insert(AUTHORIZATION, header.clone());
        let login = endpoint.call(request).await;
        assert_ok(&login);
        assert_ok(&refresh(&endpoint, login.refresh_token(), &[header], "").await);
    }
}

#[tokio::test]
async fn client_secret_post_is_read_from_the_body() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let more = format!("client_id=web&client_secret={}", right_secret());
    assert_ok(&refresh(&endpoint, login.refresh_token(), &[], &more).await);
}

#[tokio::test]
async fn client_secret_post_can_be_switched_off_for_a_client() {
    let client = confidential("web").with_auth_methods([AuthMethod::ClientSecretBasic]);
    let endpoint = Endpoint::builder().client(client).build();
    let more = format!("client_id=web&client_secret={}", right_secret());
    let response = assert_denied(&endpoint, &[], &more, 401, "invalid_client").await;
    assert_eq!(response.denial, Some(Denial::ClientMethodNotAllowed));
}

#[tokio::test]
async fn a_public_client_sends_its_id_only() {
    let endpoint = Endpoint::new();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    assert_ok(&login);
    assert_ok(&refresh(&endpoint, login.refresh_token(), &[], "client_id=app").await);
}

#[tokio::test]
async fn a_public_client_that_sends_a_secret_is_denied() {
    let endpoint = Endpoint::new();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    endpoint.forget();
    let in_body = format!("client_id=app&client_secret={}", right_secret());
    for (header, more) in [
        (None, in_body.as_str()),
        (None, "client_id=app&client_secret=x"),
        (Some(basic("app")), ""),
        (Some(basic_of("app:")), ""),
    ] {
        let headers: Vec<_> = header.into_iter().collect();
        let response = refresh(&endpoint, login.refresh_token(), &headers, more).await;
        assert_error(&response, 401, "invalid_client");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_ok(&refresh(&endpoint, login.refresh_token(), &[], "client_id=app").await);
}

/// Broken once: the assertion was ignored, and the client passed for public.
#[tokio::test]
async fn a_public_client_that_sends_an_assertion_is_denied() {
    let endpoint = Endpoint::new();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    endpoint.forget();
    let kind =
        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    for more in [
        format!("client_id=app&{kind}&client_assertion=e30.e30.x"),
        "client_id=app&client_assertion=e30.e30.x".to_owned(),
        format!("client_id=app&{kind}"),
        format!("{kind}&client_assertion=e30.e30.x"),
        format!("client_id=web&{kind}&client_assertion=e30.e30.x"),
        format!("client_id=nobody&{kind}&client_assertion=e30.e30.x"),
    ] {
        let response = refresh(&endpoint, login.refresh_token(), &[], &more).await;
        assert_error(&response, 401, "invalid_client");
        assert_eq!(response.denial, Some(Denial::AssertionUnverified));
        let body = format!("{more}&token={}", login.refresh_token());
        for response in [
            endpoint.call_revocation(form(body.clone())).await,
            endpoint.call_introspection(form(body)).await,
        ] {
            assert_error(&response, 401, "invalid_client");
        }
    }
    assert_eq!(endpoint.store.take_calls(), []);
    let empty = "client_id=app&client_assertion=&client_assertion_type=";
    assert_ok(&refresh(&endpoint, login.refresh_token(), &[], empty).await);
}

#[tokio::test]
async fn missing_credentials_are_denied() {
    let endpoint = Endpoint::new();
    for more in [
        "",
        "client_id=",
        "client_secret=x",
        "client_id=web",
        "client_id=web&client_secret=",
    ] {
        assert_denied(&endpoint, &[], more, 401, "invalid_client").await;
    }
}

#[tokio::test]
async fn a_wrong_secret_is_denied() {
    let endpoint = Endpoint::new();
    let almost = form_encoded(&SECRET[1..]);
    let more = format!("client_id=web&client_secret={almost}");
    assert_denied(&endpoint, &[], &more, 401, "invalid_client").await;
    for pair in ["web:x", "web:", "web:a+secret"] {
        assert_denied(&endpoint, &[basic_of(pair)], "", 401, "invalid_client").await;
    }
}

#[tokio::test]
async fn an_unknown_client_is_denied() {
    let endpoint = Endpoint::new();
    let secret = right_secret();
    for (headers, more) in [
        (vec![basic("nobody")], String::new()),
        (vec![basic("WEB")], String::new()),
        (vec![], "client_id=nobody".to_owned()),
        (vec![], format!("client_id=nobody&client_secret={secret}")),
    ] {
        assert_denied(&endpoint, &headers, &more, 401, "invalid_client").await;
    }
}

#[tokio::test]
async fn a_disabled_client_is_denied() {
    let endpoint = Endpoint::builder()
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .client(Client::public("off-app").with_status(ClientStatus::Disabled))
        .build();
    for (headers, more) in [
        (vec![basic("off")], ""),
        (vec![basic_of("off:x")], ""),
        (vec![], "client_id=off-app"),
    ] {
        let response = assert_denied(&endpoint, &headers, more, 401, "invalid_client").await;
        assert_eq!(response.denial, Some(Denial::ClientDisabled));
    }
}

#[tokio::test]
async fn a_client_without_the_refresh_grant_is_unauthorized() {
    let endpoint = Endpoint::builder()
        .client(
            confidential("password-only")
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token(),
        )
        .build();
    let headers = [basic("password-only")];
    let response = assert_denied(&endpoint, &headers, "", 400, "unauthorized_client").await;
    insta::assert_snapshot!(response.wire(), @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"unauthorized_client","error_description":"The client may not use this grant type."}
    "#);
}

#[tokio::test]
async fn with_a_bad_client_the_token_is_not_looked_at() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint
        .clock
        .advance(std::time::Duration::from_secs(3_600));
    endpoint.forget();
    // Reuse, were it looked at.
    for token in ["garbage", login.refresh_token(), next.refresh_token()] {
        for header in [basic("nobody"), basic_of("web:wrong")] {
            let response = refresh(&endpoint, token, &[header], "scope=\"&resource=x").await;
            assert_error(&response, 401, "invalid_client");
        }
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_eq!(endpoint.events.take_names(), ["AuthenticationFailed"; 6]);
    assert_refreshes(&endpoint, next.refresh_token()).await;
}

#[tokio::test]
async fn any_of_several_secrets_is_good_until_it_expires() {
    let endpoint = Endpoint::new();
    let end = endpoint.clock.now() + std::time::Duration::from_secs(60);
    let client = Client::confidential("two", SecretHash::sha256("new"))
        .with_secret(SecretHash::sha256("old"), Some(end))
        .with_secret(SecretHash::sha256("spare"), None)
        .with_grant_types([GrantType::PASSWORD]);
    let endpoint = Endpoint::builder().client(client).build();
    let login = |secret: &str| {
        let body =
            format!("grant_type=password&username=alice&client_id=two&client_secret={secret}");
        let endpoint = endpoint.clone();
        async move { endpoint.post_bare(&body).await }
    };
    for secret in ["new", "old", "spare"] {
        let login = login(secret).await;
        assert_ok(&login);
        endpoint.forget();
        let more = format!("client_id=two&client_secret={secret}");
        assert_ok(&refresh(&endpoint, login.refresh_token(), &[], &more).await);
        assert_eq!(endpoint.store.take_calls(), [Verb::Advance]);
    }
    endpoint
        .clock
        .advance(std::time::Duration::from_millis(59_999));
    assert_ok(&login("old").await);
    endpoint.clock.advance(std::time::Duration::from_millis(1));
    assert_error(&login("old").await, 401, "invalid_client");
    assert_ok(&login("new").await);
    assert_ok(&login("spare").await);
}
