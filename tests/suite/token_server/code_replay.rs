//! A code that is used twice ends what it began (RFC 6749 §4.1.2).

use reissue_tests::TestResponse;

use super::browser::{Ask, redeem};
use super::process::{TOKEN, TokenServer};

async fn refresh(server: &TokenServer, token: &str) -> TestResponse {
    let form = format!("grant_type=refresh_token&client_id=demo-app&refresh_token={token}");
    server.post(TOKEN, &form).await
}

#[tokio::test]
async fn a_code_used_twice_ends_its_session_and_no_other() {
    let server = TokenServer::demo();
    let ask = Ask::default();
    let other = redeem(&server, &ask, &ask.code(&server).await).await;
    let code = ask.code(&server).await;
    let first = redeem(&server, &ask, &code).await;
    let refreshed = refresh(&server, first.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");

    let second = redeem(&server, &ask, &code).await;
    assert_eq!(second.summary(), "400 invalid_grant");
    for token in [first.refresh_token(), refreshed.refresh_token()] {
        let refused = refresh(&server, token).await;
        assert_eq!(refused.summary(), "400 invalid_grant");
    }
    assert_eq!(
        refresh(&server, other.refresh_token()).await.summary(),
        "200"
    );
}

#[tokio::test]
async fn whoever_cannot_redeem_a_code_cannot_end_its_session_with_it() {
    let server = TokenServer::demo();
    let ask = Ask::default();
    let code = ask.code(&server).await;
    let first = redeem(&server, &ask, &code).await;
    let good = ask.redemption(&code);
    let stolen = good.replacen("client_id=demo-app&", "", 1);
    let by_another_client = server.post_as_client(TOKEN, &stolen).await;
    assert_eq!(by_another_client.summary(), "400 invalid_grant");
    let without_verifier = good.replacen("code_verifier=d", "code_verifier=e", 1);
    let without_verifier = server.post(TOKEN, &without_verifier).await;
    assert_eq!(without_verifier.summary(), "400 invalid_grant");
    assert_eq!(
        refresh(&server, first.refresh_token()).await.summary(),
        "200"
    );
}

#[tokio::test]
async fn of_two_at_once_one_succeeds_and_no_session_is_left() {
    let server = TokenServer::demo();
    let ask = Ask::default();
    for _ in 0..5 {
        let code = ask.code(&server).await;
        let (one, other) = tokio::join!(redeem(&server, &ask, &code), redeem(&server, &ask, &code));
        let mut responses = [one, other];
        responses.sort_by_key(|response| response.status);
        let [answered, refused] = responses;
        assert_eq!(answered.summary(), "200", "{answered:?}");
        assert_eq!(refused.summary(), "400 invalid_grant");
        let ended = refresh(&server, answered.refresh_token()).await;
        assert_eq!(ended.summary(), "400 invalid_grant");
    }
}
