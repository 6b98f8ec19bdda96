//! Invalid configurations, each rejected with the name of the key.

use super::process::{PARTIES, TokenServer, refused};

#[test]
fn a_bad_configuration_ends_it_with_1_and_names_the_key() {
    for (config, key) in [
        ("listn = \"127.0.0.1:0\"", "listn"),
        ("[server]\nconnections = 0", "server.connections"),
        ("[server]\nwrite_timeout = \"5\"", "server.write_timeout"),
        ("issuer = \"ftp://id.example\"", "issuer"),
        ("[policy]\naccess_ttl = \"soon\"", "policy.access_ttl"),
        ("[policy]\naccess_ttl = \"500ms\"", "policy.access_ttl"),
        ("[policy]\ngrace = \"1h\"", "policy.grace"),
        (
            "[tokens]\nsigning_keys = [\"none.pem\"]",
            "tokens.signing_keys[0]",
        ),
        (
            "[tokens]\nsigning_keys = [\"config.toml\"]",
            "tokens.signing_keys[0]",
        ),
        (
            "[tokens]\nseal_keys = [\"k4.local.short\"]",
            "tokens.seal_keys[0]",
        ),
    ] {
        let ended = refused(&format!("{config}\n{PARTIES}"));
        assert_eq!(ended.status.code(), Some(1), "{config}: {}", ended.stderr);
        let says = format!("token-server: {key}: ");
        assert!(
            ended.stderr.starts_with(&says),
            "{config}: {}",
            ended.stderr
        );
    }
}

#[tokio::test]
async fn the_grant_types_of_the_file_are_those_of_the_metadata() {
    let metadata = TokenServer::demo()
        .get("/.well-known/oauth-authorization-server")
        .await;
    let served = metadata.json["grant_types_supported"].as_array().unwrap();
    let served: Vec<String> = served.iter().map(ToString::to_string).collect();
    let client = "[[clients]]\nid = \"app\"\npublic = true\ngrants = [\"implicit\"]";
    let says = format!("expected one of {}; found", served.join(", "));
    let ended = refused(client);
    assert!(ended.stderr.contains(&says), "{}", ended.stderr);
}

#[test]
fn a_bad_client_or_user_ends_it_with_1_and_is_named() {
    for (party, key) in [
        (
            "[[clients]]\nid = \"app\"\npublic = true\ngrants = [\"client_credentials\"]",
            "clients[1].grants",
        ),
        (
            "[[clients]]\nid = \"app\"\npublic = true\ngrants = [\"refresh_tokn\"]",
            "clients[1].grants[0]",
        ),
        (
            "[[clients]]\nid = \"app\"\npublic = true\ngrants = []\nscope = \"a  b\"",
            "clients[1].scope",
        ),
        (
            "[[clients]]\nid = \"app\"\ngrants = []\nsecret_argon2 = \"$argon2id$v=19$m=1$x$x\"",
            "clients[1].secret_argon2",
        ),
        (
            "[[clients]]\nid = \"app\"\npublic = true\ngrants = []\n[clients.policy]\naccess_ttl = \"1ms\"",
            "clients[1].policy.access_ttl",
        ),
        (
            "[[users]]\nname = \"TestClient\"\npassword = \"p\"",
            "users[2]",
        ),
        (
            "[[users]]\nname = \"eve\"\npassword_argon2 = \"$argon2id$v=19$m=1$x$x\"",
            "users[2].password_argon2",
        ),
    ] {
        let ended = refused(&format!("{PARTIES}\n{party}"));
        assert_eq!(ended.status.code(), Some(1), "{party}: {}", ended.stderr);
        let says = format!("token-server: {key}: ");
        assert!(ended.stderr.starts_with(&says), "{party}: {}", ended.stderr);
    }
}

#[test]
fn tokens_are_not_kept_for_a_public_client_that_is_not_sender_constrained() {
    let app = "[[clients]]\nid = \"app\"\npublic = true\ngrants = [\"refresh_token\"]";
    for (server, client, key) in [
        ("rotation = \"keep\"", "", "policy"),
        ("rotation = \"converge\"", "", "policy"),
        ("preset = \"bshaffer\"", "", "policy"),
        ("renew_refresh_token = false", "", "policy"),
        ("", "rotation = \"keep\"", "clients[1].policy"),
        ("", "rotation = \"converge\"", "clients[1].policy"),
    ] {
        let client = match client {
            "" => String::new(),
            keys => format!("[clients.policy]\n{keys}"),
        };
        // The last client is the one that the policy is for.
        let config = format!("[policy]\n{server}\n{PARTIES}\n{app}\n{client}");
        let ended = refused(&config);
        assert_eq!(ended.status.code(), Some(1), "{config}: {}", ended.stderr);
        let says = format!("token-server: {key}: clients[1] cannot be served: client app: ");
        assert!(
            ended.stderr.starts_with(&says),
            "{config}: {}",
            ended.stderr
        );
    }
}

#[test]
fn a_secret_is_in_no_message() {
    let config = "[tokens]\nseal_keys = [\"k4.local.cGxhbnRlZA\"]";
    let ended = refused(&format!("{config}\n{PARTIES}"));
    assert_eq!(ended.status.code(), Some(1));
    assert!(!ended.stderr.contains("cGxhbnRlZA"), "{}", ended.stderr);
}
