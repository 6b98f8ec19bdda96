use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;

use super::logins::LoginKeys;
use super::*;

mod clients;
mod login_page;
mod policy;
mod reference;
mod schedule;
mod secrets;

/// The example of the documentation, every key included.
const EVERY_KEY: &str = r#"
listen = "127.0.0.1:8080"
issuer = "http://127.0.0.1:8080"
store = "memory:"
data = "state"
[server]
connections = 500
write_timeout = "2s"
[postgres]
connections = 8
response_timeout = "2s"
prepared_statements = true
refresh = "relaxed"
revocation_within = "1s"
password_file = "password"
root_certificates = "ca.pem"
[sqlite]
response_timeout = "2s"
refresh = "relaxed"
[tokens]
format = "jwt"
alg = "EdDSA"
signing_keys = ["key.pem"]
signing_key_passphrase = "correct horse"
seal_keys = ["k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8",
    { key = "k4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", used_from = 2027-01-31T08:00:00Z }]
jwks_max_age = "10m"
code_ttl = "60s"
access_token_revokes_session = true
[policy]
preset = "rfc9700"
access_ttl = "10m"
idle_ttl = "30d"
absolute_ttl = "90d"
rotation = "rotate"
keep_response = "same"
grace = "60s"
retry_cap = 100
on_reuse = "revoke"
shared_session = "report"
shared_session_threshold = 3
offline_access = false
always_issue_new_refresh_token = true
renew_refresh_token = true
[logins]
guesses = 5
guess_every = "2m"
address = "x-forwarded-for"
[[clients]]
id = "TestClient"
secret = "TestSecret"
grants = ["password", "client_credentials", "authorization_code", "refresh_token"]
redirect_uris = ["http://localhost:3000/callback"]
scope = "openid read write"
auth_methods = ["client_secret_basic", "client_secret_post"]
enabled = true
introspect = true
[[users]]
name = "bshaffer"
password = "brent123"
disabled = false
"#;

fn config(text: &str) -> Config {
    Config::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

fn inline(source: Option<&Source>) -> &str {
    match source {
        Some(Source::Inline(secret)) => secret.expose(),
        other => panic!("not in the configuration: {other:?}"),
    }
}

fn refusal(text: &str) -> String {
    Config::parse(text).expect_err("refused").to_string()
}

#[test]
fn every_key_is_read() {
    let config = config(EVERY_KEY);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(
        config.issuer.as_ref().map(Issuer::as_str),
        Some("http://127.0.0.1:8080")
    );
    assert!(matches!(config.store, Some(StoreUrl::Memory)));
    assert_eq!(config.data, Some(PathBuf::from("state")));
    let postgres = &config.postgres;
    assert_eq!(postgres.connections, 8);
    assert_eq!(postgres.response_timeout, Duration::from_secs(2));
    assert!(postgres.prepared_statements);
    assert_eq!(postgres.refresh, Confirmed::Committed);
    assert_eq!(postgres.revocation_within, Some(Duration::from_secs(1)));
    assert_eq!(postgres.password_file, Some(PathBuf::from("password")));
    assert_eq!(postgres.root_certificates, Some(PathBuf::from("ca.pem")));
    assert_eq!(config.sqlite.response_timeout, Duration::from_secs(2));
    assert_eq!(config.sqlite.refresh, Confirmed::Committed);

    assert_eq!(config.server.connections, 500);
    assert_eq!(config.server.write_timeout, Duration::from_secs(2));

    let tokens: &TokenKeys = &config.tokens;
    assert_eq!(
        (tokens.format, tokens.alg),
        (TokenFormat::Jwt, Algorithm::EdDsa)
    );
    assert!(matches!(&tokens.signing_keys[0].key, Source::File(path) if path == "key.pem"));
    assert_eq!(tokens.signing_keys[0].used_from, None);
    let passphrase = tokens.signing_key_passphrase.as_ref();
    assert_eq!(inline(passphrase), "correct horse");
    assert!(inline(Some(&tokens.seal_keys[0].key)).ends_with("jo8"));
    let used_from = tokens.seal_keys[1].used_from;
    assert_eq!(
        used_from.map(jiff::Timestamp::as_second),
        Some(1_801_382_400)
    );
    assert_eq!(tokens.jwks_max_age, Duration::from_secs(600));
    assert_eq!(tokens.code_ttl, Duration::from_secs(60));
    assert!(tokens.access_token_revokes_session);

    assert_eq!(
        config.logins,
        LoginKeys {
            guesses: 5,
            guess_every: Duration::from_secs(120),
            address: Some(PeerAddress::Forwarded),
        }
    );

    assert_eq!(
        config.policy,
        PolicyKeys {
            preset: Some(Preset::Rfc9700),
            access_ttl: Some(Duration::from_secs(600)),
            idle_ttl: Some(Lifetime::For(Duration::from_secs(30 * 86_400))),
            absolute_ttl: Some(Lifetime::For(Duration::from_secs(90 * 86_400))),
            rotation: Some(Rotation::Rotate),
            keep_response: Some(KeepResponse::Same),
            grace: Some(Duration::from_secs(60)),
            retry_cap: Some(100),
            on_reuse: Some(OnReuse::Revoke),
            shared_session: Some(OnReuse::Report),
            shared_session_threshold: Some(3),
            offline_access: Some(false),
        }
    );

    let client: &ClientKeys = &config.clients[0];
    assert_eq!(client.id, "TestClient");
    assert!(
        matches!(&client.credential, Credential::Plain(secret) if secret.expose() == "TestSecret")
    );
    assert_eq!(
        client.grants,
        [
            "password",
            "client_credentials",
            "authorization_code",
            "refresh_token"
        ]
    );
    assert!(client.redirect_uris[0].matches("http://localhost:3000/callback"));
    assert_eq!(client.scope, "openid read write");
    assert_eq!(
        client.auth_methods,
        [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost]
    );
    assert!(client.enabled && client.introspect && !client.sender_constrained);
    assert_eq!(client.policy, None);

    let user: &UserKeys = &config.users[0];
    assert_eq!(user.name, "bshaffer");
    assert!(matches!(&user.password, Password::Plain(password) if password.expose() == "brent123"));
    assert!(!user.disabled);
}

#[test]
fn an_empty_file_is_enough() {
    let config = config("");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.issuer, None);
    assert!(config.store.is_none());
    assert_eq!(config.tokens.format, TokenFormat::Jwt);
    assert_eq!(config.tokens.alg, Algorithm::EdDsa);
    assert!(config.tokens.signing_keys.is_empty() && config.tokens.seal_keys.is_empty());
    assert!(!config.tokens.access_token_revokes_session);
    assert_eq!(config.policy, PolicyKeys::default());
    assert_eq!(config.server.connections, 10_000);
    assert_eq!(config.server.write_timeout, Duration::from_secs(5));
    assert_eq!(config.logins.guesses, 10);
    assert_eq!(config.logins.guess_every, Duration::from_secs(60));
    assert_eq!(config.logins.address(), PeerAddress::Connection);
    assert!(config.clients.is_empty() && config.users.is_empty());
}

#[test]
fn the_demo_shows_every_key() {
    let demo = include_str!("../demo.toml");
    let tables = [
        super::file::KEYS,
        super::tokens::KEYS,
        crate::config::policy::KEYS,
        super::server::KEYS,
        super::logins::KEYS,
        crate::config::login_page::KEYS,
        super::client::KEYS,
        super::user::KEYS,
    ];
    for key in tables.concat() {
        let shown = demo.lines().any(|line| {
            let line = line.trim_start_matches("# ");
            line.starts_with(&format!("{key} = "))
                || line == format!("[{key}]")
                || line == format!("[[{key}]]")
                || line == format!("[clients.{key}]")
        });
        assert!(shown, "{key}");
    }
}

/// Otherwise whoever removes a `#` in the demo meets an error.
#[test]
fn the_examples_that_are_commented_out_are_valid() {
    let demo = include_str!("../demo.toml");
    for line in demo.lines() {
        let Some((key, _)) = line
            .strip_prefix("# ")
            .and_then(|line| line.split_once(" = "))
        else {
            continue;
        };
        let credential = key.starts_with("secret_") || key == "public" || key == "password_argon2";
        let prose = key.contains(' ') || key.contains(':');
        let needs_another = ["signing_key_passphrase", "client_certificate", "client_key"];
        if prose || credential || needs_another.contains(&key) {
            continue;
        }
        let text = demo.replacen(line, &line[2..], 1);
        let text = text.replace("# [clients.policy]", "[clients.policy]");
        assert!(Config::parse(&text).is_ok(), "{line}: {}", refusal(&text));
    }
    let all = demo
        .replace("# signing_keys", "signing_keys")
        .replace("# signing_key_passphrase", "signing_key_passphrase")
        .replace("# client_certificate", "client_certificate")
        .replace("# client_key", "client_key");
    config(&all);
    for other in ["secret_sha256", "secret_argon2", "public"] {
        let text = demo
            .replacen("secret = \"TestSecret\"\n", "", 1)
            .replacen(&format!("# {other}"), other, 1)
            .replacen("introspect = true", "", 1)
            .replacen("auth_methods = ", "# ", 1);
        config(&text);
    }
    config(&demo.replacen("password = \"brent123\"\n", "", 1).replacen(
        "# password_argon2",
        "password_argon2",
        1,
    ));
}

#[test]
fn the_demo_has_the_accounts_of_the_documents_it_stands_for() {
    let demo = Config::demo().expect("the demo is valid");
    let clients: Vec<_> = demo
        .clients
        .iter()
        .map(|client| client.id.as_str())
        .collect();
    assert_eq!(clients, ["TestClient", "demo-app", "demo-account"]);
    assert!(matches!(demo.clients[1].credential, Credential::Public));
    assert_eq!(demo.clients[1].auth_methods, [AuthMethod::None]);
    let users: Vec<_> = demo.users.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(users, ["bshaffer", "alice", "alex"]);
}

#[test]
fn an_unknown_key_is_named_with_its_path_and_line() {
    assert_eq!(
        refusal("lisen = \"127.0.0.1:80\""),
        "lisen: unknown key; expected one of listen, issuer, store, data, server, redis, postgres, sqlite, tokens, policy, \
         logins, login_page, clients, users (line 1)"
    );
    assert_eq!(
        refusal("\n[tokens]\nformat = \"jwt\"\nkeys = []"),
        "tokens.keys: unknown key; expected one of format, alg, signing_keys, \
         signing_key_passphrase, seal_keys, jwks_max_age, code_ttl, access_token_revokes_session (line 4)"
    );
    assert_eq!(
        refusal("[[users]]\nname = \"a\"\npassword = \"b\"\n\"is admin\" = true"),
        "users[0].(a key in quotes): unknown key; expected one of name, password, password_argon2, \
         disabled (line 4)"
    );
}

#[test]
fn the_first_unknown_key_of_the_file_is_named() {
    assert!(refusal("zebra = 1\napple = 1").starts_with("zebra: "));
}

#[test]
fn a_value_of_another_type_is_named_without_its_content() {
    assert_eq!(
        refusal("listen = 8080"),
        "listen: expected an IP address and port such as \"127.0.0.1:8080\" or \"[::1]:8080\"; \
         found a number (line 1)"
    );
    assert_eq!(
        refusal("tokens = 1"),
        "tokens: expected a table; found a number (line 1)"
    );
    assert_eq!(
        refusal("clients = {}"),
        "clients: expected an array; found a table (line 1)"
    );
    assert_eq!(
        refusal("users = [true]"),
        "users[0]: expected a table; found a boolean (line 1)"
    );
}

#[test]
fn what_is_not_toml_is_shown_by_line_and_column_only() {
    assert_eq!(
        refusal("listen = \"127.0.0.1:8080\"\nstore = memory:"),
        "not valid TOML: string values must be quoted, expected literal string (line 2, column 9)"
    );
    assert_eq!(
        refusal("store = \"memory:\"\nstore = \"memory:\""),
        "not valid TOML: duplicate key (line 2, column 1)"
    );
}

#[test]
fn an_https_issuer_leaves_no_default_for_whose_address_counts() {
    for issuer in ["https://id.example", "HTTPS://id.example"] {
        let issuer = format!("issuer = \"{issuer}\"\n");
        for undecided in ["", "[logins]\nguesses = 5\n"] {
            let refused = refusal(&format!("\n{issuer}{undecided}"));
            assert!(
                refused.starts_with("logins.address: missing; expected"),
                "{refused}"
            );
            assert!(refused.ends_with("(line 2)"), "{refused}");
        }
        for decided in [
            "address = \"connection\"",
            "address = \"x-forwarded-for\"",
            "guesses = 0",
        ] {
            config(&format!("{issuer}[logins]\n{decided}\n"));
        }
    }
    config("issuer = \"http://127.0.0.1:8080\"");
}

#[test]
fn issuers_are_http_urls_without_query_or_fragment() {
    for issuer in [
        "http://localhost",
        "https://id.example/tenant/",
        "http://[::1]:8080",
    ] {
        let address = "[logins]\naddress = \"connection\"";
        let config = config(&format!("issuer = \"{issuer}\"\n{address}"));
        assert_eq!(config.issuer.as_ref().map(Issuer::as_str), Some(issuer));
    }
    for (issuer, found) in [
        ("", "something that is no URL"),
        ("id.example", "a URL without scheme or host"),
        ("/tenant", "a URL without scheme or host"),
        ("ftp://id.example", "a URL of another scheme"),
        ("https://id.example/?a=b", "a URL with a query"),
        ("https://id.example/#top", "a URL with a fragment"),
        ("https://root:pw@id.example", "a URL with user information"),
        ("https://id example", "something that is no URL"),
    ] {
        assert_eq!(
            refusal(&format!("issuer = \"{issuer}\"")),
            format!(
                "issuer: expected an http or https URL without query, fragment or user \
                 information; found {found} (line 1)"
            )
        );
    }
}

#[test]
fn only_supported_stores_are_taken() {
    for (store, found) in [
        ("mysql://user:pw@localhost", "the scheme \"mysql\""),
        ("memory", "something without a scheme"),
        ("memory:x", "something after \"memory:\""),
        ("sqlite:", "\"sqlite:\" without a path"),
        ("", "something without a scheme"),
    ] {
        assert_eq!(
            refusal(&format!("store = \"{store}\"")),
            format!(
                "store: expected the URL of a store, such as \"sqlite:sessions.db\", \
                 \"postgres://user@host/database\", \"redis://host\", \
                 \"redis-sentinel://host,host/master\", \"redis-cluster://host,host\" or \
                 \"memory:\"; found {found} (line 1)"
            )
        );
    }
}

#[test]
fn a_redis_url_is_a_secret() {
    let config = Config::parse("store = \"redis://user:pw@localhost\"").expect("supported");
    let Some(StoreUrl::Redis(url)) = &config.store else {
        panic!("not Redis");
    };
    assert_eq!(url.expose(), "redis://user:pw@localhost");
    assert!(!format!("{config:?}").contains("pw"));
}

#[test]
fn token_formats_and_algorithms_are_words() {
    for (word, format) in [
        ("jwt", TokenFormat::Jwt),
        ("paseto", TokenFormat::Paseto),
        ("paseto-local", TokenFormat::PasetoLocal),
    ] {
        let config = config(&format!("tokens.format = \"{word}\""));
        assert_eq!(config.tokens.format, format);
    }
    for (word, alg) in [
        ("EdDSA", Algorithm::EdDsa),
        ("ES256", Algorithm::Es256),
        ("RS256", Algorithm::Rs256),
    ] {
        let config = config(&format!("tokens.alg = \"{word}\""));
        assert_eq!(config.tokens.alg, alg);
    }
    assert_eq!(
        refusal("tokens.alg = \"none\""),
        "tokens.alg: expected one of \"EdDSA\", \"ES256\", \"RS256\"; found \"none\" (line 1)"
    );
    assert_eq!(
        refusal("[tokens]\nformat = \"paseto\"\nalg = \"RS256\""),
        "tokens.alg: only format = \"jwt\" has a choice of algorithm (line 3)"
    );
}

#[test]
fn a_code_lives_for_a_minute_at_most() {
    for (ttl, says) in [
        ("61s", "at most 60 seconds; found \"61s\""),
        (
            "0s",
            "a duration such as \"60s\", \"10m\", \"30d\", \"PT1H\"; found \"0s\", which is zero",
        ),
    ] {
        assert_eq!(
            refusal(&format!("tokens.code_ttl = \"{ttl}\"")),
            format!("tokens.code_ttl: expected {says} (line 1)")
        );
    }
}

#[test]
fn a_passphrase_needs_a_key_to_open() {
    assert_eq!(
        refusal("tokens.signing_key_passphrase = \"x\""),
        "tokens.signing_key_passphrase: there is no signing_keys that it could open (line 1)"
    );
}

#[test]
fn key_files_are_looked_for_beside_the_configuration() {
    let folder = std::env::temp_dir().join(format!("token-server-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let file = folder.join("reissue.toml");
    std::fs::write(
        &file,
        "tokens.signing_keys = [\"key.pem\", \"/etc/old.pem\", { file = \"next.pem\" }]\n\
         tokens.seal_keys = [{ file = \"seal.key\" }]",
    )
    .expect("a file");
    let config = Config::load(&file);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    let tokens = config.expect("it is valid").tokens;
    let keys = tokens.signing_keys.into_iter().chain(tokens.seal_keys);
    let files = keys.map(|scheduled| match scheduled.key {
        Source::File(path) => path,
        other => panic!("not a file: {other:?}"),
    });
    let files: Vec<_> = files.collect();
    assert_eq!(
        files,
        [
            folder.join("key.pem"),
            PathBuf::from("/etc/old.pem"),
            folder.join("next.pem"),
            folder.join("seal.key"),
        ]
    );
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(?s).*") {
        let _ = Config::parse(&text);
    }

    #[test]
    fn a_damaged_file_never_panics(at in 0..EVERY_KEY.len(), length in 0..40_usize, with in "(?s).{0,5}") {
        let end = (at + length).min(EVERY_KEY.len());
        let text = format!("{}{with}{}", &EVERY_KEY[..at], &EVERY_KEY[end..]);
        let _ = Config::parse(&text);
    }
}

#[test]
fn revocations_can_be_made_durable() {
    let config = Config::parse("[redis]\nrevocation_replicas = 1").expect("well-formed");
    assert_eq!(config.redis.revocation_replicas, 1);
    assert_eq!(config.redis.revocation_within.as_secs(), 1);
    assert!(refusal("[redis]\nrevocation_replicas = -1").starts_with("redis.revocation_replicas:"));
    assert!(refusal("[redis]\nrevocation_within = \"2m\"").starts_with("redis.revocation_within:"));
}

#[test]
fn a_client_certificate_needs_its_key() {
    let both = "[redis]\nclient_certificate = \"c.pem\"\nclient_key = \"k.pem\"";
    let config = Config::parse(both).expect("well-formed");
    assert!(config.redis.client_certificate.is_some());
    for (one, other) in [
        ("client_certificate", "client_key"),
        ("client_key", "client_certificate"),
    ] {
        let refused = refusal(&format!("[redis]\n{one} = \"file.pem\""));
        assert!(
            refused.starts_with("redis:") && refused.contains(other),
            "{refused}"
        );
    }
}

#[test]
fn bounds_on_connections_are_checked() {
    for (server, says) in [
        (
            "connections = 0",
            "server.connections: expected at least one connection; found 0 (line 2)",
        ),
        (
            "write_timeout = \"2m\"",
            "server.write_timeout: expected at most 60 seconds; found \"2m\" (line 2)",
        ),
        (
            "write_timeout = \"0s\"",
            "server.write_timeout: expected a duration such as \"60s\", \"10m\", \"30d\", \"PT1H\"; \
             found \"0s\", which is zero (line 2)",
        ),
    ] {
        assert_eq!(refusal(&format!("[server]\n{server}")), says);
    }
}
