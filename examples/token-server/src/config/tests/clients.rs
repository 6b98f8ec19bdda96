use super::*;

fn client(keys: &str) -> ClientKeys {
    let text = format!("[[clients]]\nid = \"app\"\ngrants = []\n{keys}");
    config(&text).clients.remove(0)
}

fn client_refusal(keys: &str) -> String {
    refusal(&format!("[[clients]]\nid = \"app\"\ngrants = []\n{keys}"))
}

#[test]
fn what_a_client_leaves_out_has_a_default() {
    let client = client("secret = \"s\"");
    assert!(client.enabled && !client.introspect && !client.sender_constrained);
    assert_eq!(client.scope, "");
    assert_eq!(
        client.auth_methods,
        [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost]
    );
    assert_eq!(client.policy, None);
}

#[test]
fn what_a_client_must_say_is_named() {
    assert_eq!(
        refusal("[[clients]]\npublic = true\ngrants = []"),
        "clients[0].id: missing; expected a client identifier of printable ASCII characters \
         (in the table at line 1)"
    );
    assert_eq!(
        refusal("[[clients]]\nid = \"app\"\npublic = true"),
        "clients[0].grants: missing; expected an array of grant types (in the table at line 1)"
    );
    assert_eq!(
        refusal("[[users]]\npassword = \"x\""),
        "users[0].name: missing; expected the name that the user logs in with \
         (in the table at line 1)"
    );
}

#[test]
fn a_grant_type_that_is_not_served_is_refused() {
    for (grants, index, found) in [
        ("\"refresh_tokn\"", 0, "\"refresh_tokn\""),
        ("\"password\", \"implicit\"", 1, "\"implicit\""),
        ("\"password\", \"\"", 1, "\"\""),
        ("1", 0, "a number"),
    ] {
        let text = format!("[[clients]]\nid = \"app\"\npublic = true\ngrants = [{grants}]");
        let served =
            "\"authorization_code\", \"client_credentials\", \"password\", \"refresh_token\"";
        assert_eq!(
            refusal(&text),
            format!("clients[0].grants[{index}]: expected one of {served}; found {found} (line 4)")
        );
    }
}

#[test]
fn a_client_has_exactly_one_credential() {
    let all = "secret, secret_sha256, secret_argon2, public = true";
    for keys in ["", "public = false"] {
        assert_eq!(
            client_refusal(keys),
            format!("clients[0]: one of {all} is needed (line 1)")
        );
    }
    assert_eq!(
        client_refusal("secret = \"s\"\npublic = true"),
        format!("clients[0]: only one of {all} can be (line 1)")
    );
    assert!(matches!(
        client("secret = \"s\"\npublic = false").credential,
        Credential::Plain(_)
    ));
}

#[test]
fn a_digest_is_hex_or_base64url() {
    let digest: [u8; 32] = std::array::from_fn(|index| (index * 7) as u8);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let base64url = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, digest);
    for text in [hex.clone(), hex.to_uppercase(), base64url] {
        let client = client(&format!("secret_sha256 = \"{text}\""));
        assert!(matches!(client.credential, Credential::Sha256(read) if read == digest));
    }
    for text in [
        &hex[1..],
        &format!("g{}", &hex[1..]),
        &"é".repeat(32),
        "TestSecret",
    ] {
        assert_eq!(
            client_refusal(&format!("secret_sha256 = \"{text}\"")),
            "clients[0].secret_sha256: expected a SHA-256 digest: 64 characters of hex or 43 of \
             base64url; found another string (line 4)"
        );
    }
}

#[test]
fn a_password_hash_is_argon2id() {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA";
    let client = client(&format!("secret_argon2 = \"{hash}\""));
    assert!(matches!(&client.credential, Credential::Argon2(read) if read.expose() == hash));
    let user = "[[users]]\nname = \"a\"\npassword_argon2 = ";
    let config = config(&format!("{user}\"{hash}\""));
    assert!(matches!(&config.users[0].password, Password::Argon2(read) if read.expose() == hash));

    for other in [
        "brent123",
        "$2y$10$abc",
        "$argon2i$v=19$m=1$a$b",
        "$argon2id$v=19$m=1$$b",
    ] {
        assert_eq!(
            refusal(&format!("{user}\"{other}\"")),
            "users[0].password_argon2: expected a PHC string \"$argon2id$v=19$…$…$…\"; \
             found another string (line 3)"
        );
    }
}

#[test]
fn authentication_methods_fit_the_credential() {
    assert_eq!(client("public = true").auth_methods, [AuthMethod::None]);
    assert_eq!(
        client("secret = \"s\"\nauth_methods = [\"client_secret_post\"]").auth_methods,
        [AuthMethod::ClientSecretPost]
    );
    assert_eq!(
        client_refusal("public = true\nauth_methods = [\"client_secret_basic\"]"),
        "clients[0].auth_methods: a public client has no secret to show: only \"none\" can be \
         (line 5)"
    );
    assert_eq!(
        client_refusal("secret = \"s\"\nauth_methods = [\"client_secret_post\", \"none\"]"),
        "clients[0].auth_methods: a client with a secret must show it: \"none\" cannot be (line 5)"
    );
    assert_eq!(
        client_refusal("secret = \"s\"\nauth_methods = []"),
        "clients[0].auth_methods: expected at least one method; found none (line 5)"
    );
    assert_eq!(
        client_refusal("secret = \"s\"\nauth_methods = [\n\"client_secret_basic\",\n\"mtls\"]"),
        "clients[0].auth_methods[1]: expected one of \"client_secret_basic\", \
         \"client_secret_post\", \"none\"; found \"mtls\" (line 7)"
    );
}

#[test]
fn a_public_client_cannot_introspect() {
    assert_eq!(
        client_refusal("public = true\nintrospect = true"),
        "clients[0].introspect: a public client cannot introspect: anyone can be it (line 5)"
    );
    assert!(client("secret = \"s\"\nintrospect = true").introspect);
}

#[test]
fn a_client_id_is_printable_ascii() {
    for (id, found) in [
        ("", "an empty string"),
        ("büro", "other characters"),
        ("a\\tb", "other characters"),
    ] {
        assert_eq!(
            refusal(&format!("[[clients]]\nid = \"{id}\"\npublic = true")),
            format!(
                "clients[0].id: expected a client identifier of printable ASCII characters; \
                 found {found} (line 2)"
            )
        );
    }
}

#[test]
fn redirect_uris_go_with_the_authorization_code_grant() {
    let client = "[[clients]]\nid = \"app\"\npublic = true\n";
    assert_eq!(
        refusal(&format!("{client}grants = [\"authorization_code\"]")),
        "clients[0]: authorization_code in grants needs redirect_uris (line 1)"
    );
    let uris = "redirect_uris = [\"https://app.example/cb\"]";
    assert_eq!(
        refusal(&format!("{client}grants = [\"refresh_token\"]\n{uris}")),
        "clients[0].redirect_uris: of no use without authorization_code in grants (line 5)"
    );
    let both = format!("{client}grants = [\"authorization_code\"]\n{uris}");
    assert!(config(&both).clients[0].redirect_uris[0].matches("https://app.example/cb"));
    assert_eq!(
        refusal(&both.replace("https://app.example/cb", "http://me:secret@app.example")),
        "clients[0].redirect_uris[0]: expected an https URL, an http URL of 127.0.0.1, [::1] or \
         localhost, or a URI of a private scheme such as \"com.example.app:/callback\"; without \
         fragment or user information; found a URI with user information (line 5)"
    );
}

#[test]
fn names_are_given_once() {
    let client = "[[clients]]\nid = \"app\"\npublic = true\ngrants = []\n";
    assert_eq!(
        refusal(&client.repeat(2)),
        "clients[1]: clients[0] has the same id, \"app\" (line 5)"
    );
    let user = "[[users]]\nname = \"a\"\npassword = \"b\"\n";
    assert_eq!(
        refusal(&user.repeat(2)),
        "users[1]: users[0] has the same name, \"a\" (line 4)"
    );
}

#[test]
fn a_user_is_not_called_like_a_client() {
    let user = "[[users]]\nname = \"app\"\npassword = \"b\"\n";
    let client = "[[clients]]\nid = \"app\"\npublic = true\ngrants = []\n";
    // In whatever order they are.
    for (config, line) in [
        (format!("{client}{user}"), 5),
        (format!("{user}{client}"), 1),
    ] {
        assert_eq!(
            refusal(&config),
            format!(
                "users[0]: clients[0] is called \"app\", too: with its own tokens the client would \
                 pass for the user (line {line})"
            )
        );
    }
    let other = user.replace("app", "App");
    assert_eq!(config(&format!("{client}{other}")).users.len(), 1);
}

#[test]
fn a_user_has_exactly_one_password() {
    assert_eq!(
        refusal("[[users]]\nname = \"a\""),
        "users[0]: one of password, password_argon2 is needed (line 1)"
    );
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA";
    assert_eq!(
        refusal(&format!(
            "[[users]]\nname = \"a\"\npassword = \"b\"\npassword_argon2 = \"{hash}\""
        )),
        "users[0]: only one of password, password_argon2 can be (line 1)"
    );
    assert!(config("[[users]]\nname = \"a\"\npassword = \"b\"\ndisabled = true").users[0].disabled);
}

#[test]
fn the_path_of_an_error_leads_into_a_clients_policy() {
    let text = "\
[[clients]]
id = \"first\"
public = true
grants = []
[[clients]]
id = \"second\"
public = true
grants = []
[clients.policy]
grace = \"soon\"
";
    assert_eq!(
        refusal(text),
        "clients[1].policy.grace: expected a duration such as \"60s\", \"10m\", \"30d\", \
         \"PT1H\"; found \"soon\" (line 10)"
    );
}

#[test]
fn a_clients_policy_stands_over_the_servers() {
    let text = "\
[policy]
preset = \"league\"
access_ttl = \"5m\"
renew_refresh_token = true
[[clients]]
id = \"own-grace\"
secret = \"s\"
grants = []
policy = { grace = \"10s\", rotation = \"keep\" }
[[clients]]
id = \"own-preset\"
secret = \"s\"
grants = []
policy = { preset = \"wso2\", grace = \"10s\" }
";
    let config = config(text);
    let grace = Some(Duration::from_secs(10));
    assert_eq!(
        config.clients[0].policy,
        Some(PolicyKeys {
            preset: Some(Preset::League),
            access_ttl: Some(Duration::from_secs(300)),
            rotation: Some(Rotation::Keep),
            grace,
            ..PolicyKeys::default()
        })
    );
    assert_eq!(
        config.clients[1].policy,
        Some(PolicyKeys {
            preset: Some(Preset::Wso2),
            grace,
            ..PolicyKeys::default()
        })
    );
}
