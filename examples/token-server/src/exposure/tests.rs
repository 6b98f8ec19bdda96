use super::*;

const HERE: &str = "127.0.0.1:8080";
const EVERYWHERE: &str = "0.0.0.0:8080";

fn warned(config: &str, address: &str) -> Vec<String> {
    let config = Config::parse(config).unwrap();
    warnings(&config, address.parse().unwrap()).unwrap()
}

#[test]
fn the_demo_within_reach_names_every_secret_and_the_issuer() {
    let demo = include_str!("../demo.toml");
    assert_eq!(warned(demo, HERE), [""; 0]);
    assert_eq!(warned(demo, "[::1]:8080"), [""; 0]);
    let warned = warned(demo, EVERYWHERE);
    let of_demo = "is that of the demo, which everybody knows, and the server is within reach";
    assert_eq!(
        warned,
        [
            "issuer: http://0.0.0.0:8080 is not https: whoever is on the way reads tokens and passwords"
                .to_owned(),
            format!("clients[0].secret of TestClient {of_demo}"),
            format!("users[0].password of bshaffer {of_demo}"),
            format!("users[1].password of alice {of_demo}"),
            format!("users[2].password of alex {of_demo}"),
        ]
    );
}

#[test]
fn a_secret_of_the_demo_is_found_wherever_it_went() {
    let config = r#"
        issuer = "https://id.example"
        [logins]
        address = "connection"
        [tokens]
        seal_keys = ["k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8"]
        [[clients]]
        id = "mine"
        secret = "my own"
        grants = []
        [[clients]]
        id = "theirs"
        secret_sha256 = "960ad0d5e52653b8ba4ea4d5a96b59af1ea965f848eb380287f56f94a1a729bd"
        grants = []
        [[users]]
        name = "me"
        password = "wonderland"
    "#;
    let warned = warned(config, HERE);
    let starts = [
        "clients[1].secret_sha256 of theirs ",
        "users[0].password of me ",
        "tokens.seal_keys[0] ",
    ];
    assert_eq!(warned.len(), starts.len(), "{warned:?}");
    for (warning, start) in warned.iter().zip(starts) {
        assert!(warning.starts_with(start), "{warning}");
    }
}

#[test]
fn an_http_issuer_beyond_loopback_is_warned_of() {
    for local in [
        "http://127.0.0.1",
        "http://127.1.2.3:8080/blue",
        "http://[::1]:8080",
        "http://localhost:8080",
        "http://id.LOCALHOST.",
        "https://id.example",
    ] {
        let config = format!("issuer = {local:?}\n[logins]\naddress = \"connection\"");
        for address in [HERE, EVERYWHERE] {
            assert_eq!(warned(&config, address), [""; 0], "{local} at {address}");
        }
    }
    for remote in [
        "http://id.example",
        "http://10.0.0.1",
        "http://[fd00::1]",
        "http://localhost.example",
    ] {
        for address in [HERE, EVERYWHERE] {
            let warned = warned(&format!("issuer = {remote:?}"), address);
            assert_eq!(warned.len(), 1, "{warned:?}");
            assert!(warned[0].starts_with(&format!("issuer: {remote} is not https")));
        }
    }
}
