//! `hash-secret`: lines for the configuration.

use super::process::{Ended, TOKEN, TokenServer, program, run};

fn hash(args: &[&str], secret: &str) -> Ended {
    run(program().arg("hash-secret").args(args), secret)
}

/// A server with a client and a user of these lines.
fn server(client: &str, user: &str) -> TokenServer {
    TokenServer::with(&format!(
        "[[clients]]\nid = \"app\"\n{client}grants = [\"password\"]\n\
         [[users]]\nname = \"alice\"\n{user}"
    ))
}

async fn login(server: &TokenServer, secret: &str, password: &str) -> String {
    let form = format!(
        "grant_type=password&client_id=app&client_secret={secret}&username=alice&password={password}"
    );
    server.post(TOKEN, &form).await.summary()
}

#[tokio::test]
async fn what_it_prints_goes_into_the_configuration() {
    let secret = "c2VjcmV0IG9mIGEgY2xpZW50IHRoYXQ";
    let user = hash(&["--user"], "wonder-land\r\n").stdout;
    assert!(
        user.starts_with("password_argon2 = \"$argon2id$v=19$m=19456,t=2,p=1$"),
        "{user}"
    );
    for (args, client_secret, key) in [
        (&[][..], secret, "secret_sha256 = "),
        (&["--human"], "hunter2", "secret_argon2 = "),
    ] {
        let client = hash(args, &format!("{client_secret}\nand more")).stdout;
        assert!(client.starts_with(key), "{client}");
        assert!(!client.contains(client_secret), "{client}");
        let server = server(&client, &user);
        assert_eq!(login(&server, client_secret, "wonder-land").await, "200");
        assert_eq!(
            login(&server, client_secret, "wrong").await,
            "400 invalid_grant"
        );
        assert_eq!(
            login(&server, "wrong", "wonder-land").await,
            "401 invalid_client"
        );
    }
}

#[tokio::test]
async fn a_secret_that_it_generates_is_shown_with_its_hash() {
    let [client, user] = [&["--generate"][..], &["--generate", "--user"]].map(|args| {
        let ended = hash(args, "");
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        ended.stdout
    });
    let secret = |text: &str| {
        let line = text.lines().nth(1).expect("a secret");
        line.strip_prefix("# ").expect("a comment").to_owned()
    };
    assert_ne!(client, hash(&["--generate"], "").stdout);
    // The comment may go into the file, too.
    let server = server(&client, &user);
    assert_eq!(
        login(&server, &secret(&client), &secret(&user)).await,
        "200"
    );
}

#[test]
fn a_secret_that_may_be_guessed_is_rejected_without_being_shown() {
    for (args, secret, says) in [
        (&[][..], "pl4nt3d", "shorter than 22 characters"),
        (&[], "", "the secret is empty"),
        (&["--user"], "\n", "the secret is empty"),
    ] {
        let ended = hash(args, secret);
        assert_eq!(ended.status.code(), Some(1));
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        assert!(!ended.stderr.contains("pl4nt3d") && ended.stdout.is_empty());
    }
    let ended = hash(&["pl4nt3d"], "");
    assert_eq!(ended.status.code(), Some(2));
    assert!(!ended.stderr.contains("pl4nt3d"), "{}", ended.stderr);
}
