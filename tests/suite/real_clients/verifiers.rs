//! Access tokens, verified by libraries of other people with the keys that the server publishes.

use std::process::Command;

use reissue::key::SymmetricKey;
use serde_json::{Value, json};

use super::{demo, installed, node, python, script};
use crate::token_server::process::TokenServer;

#[tokio::test]
async fn pyjwt_verifies_jwts_of_each_algorithm() {
    let Some(python) = installed::python() else {
        return;
    };
    for alg in ALGORITHMS {
        let server = signing(alg);
        let script = python::script(&python, "verify_pyjwt.py");
        let report = verify(&server, script, alg).await;
        assert_eq!(report, [read_header(alg), JWT.map(step).to_vec()].concat());
    }
}

#[tokio::test]
async fn jose_verifies_jwts_of_each_algorithm() {
    let Some(node) = installed::node() else {
        return;
    };
    for alg in ALGORITHMS {
        let server = signing(alg);
        let script = node::script(&node, "verify_jose.js");
        let report = verify(&server, script, alg).await;
        assert_eq!(report, [read_header(alg), JWT.map(step).to_vec()].concat());
    }
}

#[tokio::test]
async fn oauth4webapi_accepts_jwts_as_rfc_9068_tokens() {
    let Some(node) = installed::node() else {
        return;
    };
    for alg in ALGORITHMS {
        let server = signing(alg);
        let script = node::script(&node, "verify_oauth4webapi.js");
        let report = verify(&server, script, alg).await;
        assert_eq!(
            report,
            JWT[..3].iter().copied().map(step).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn pyseto_opens_public_and_local_pasetos() {
    let Some(python) = installed::python() else {
        return;
    };
    for (server, key) in [public_pasetos(), local_pasetos()] {
        let script = python::script(&python, "verify_pyseto.py");
        assert_eq!(verify(&server, script, &key).await, PASETO.map(step));
    }
}

#[tokio::test]
async fn paseto_opens_public_pasetos() {
    let Some(node) = installed::node() else {
        return;
    };
    let (server, key) = public_pasetos();
    let script = node::script(&node, "verify_paseto.js");
    assert_eq!(verify(&server, script, &key).await, PASETO.map(step));
}

/// The demo with JWTs of this algorithm.
fn signing(alg: &str) -> TokenServer {
    demo::start(&[("alg = \"EdDSA\"", &format!("alg = \"{alg}\""))])
}

/// The demo with `v4.public` tokens, whose key it publishes.
fn public_pasetos() -> (TokenServer, String) {
    let server = demo::start(&[(JWTS, "format = \"paseto\"")]);
    (server, String::new())
}

/// The demo with `v4.local` tokens, and the key that it shares.
fn local_pasetos() -> (TokenServer, String) {
    let key = SymmetricKey::generate().unwrap();
    let paserk = key.expose_paserk().expose().to_owned();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, &paserk).unwrap();
    let keys = format!(
        "format = \"paseto-local\"\nsigning_keys = [{:?}]",
        file.path()
    );
    (demo::start(&[(JWTS, &keys)]), paserk)
}

/// Has a script verify the token of a login, and gives what it reports, without the claims: they
/// are compared here with those that the server knows.
async fn verify(server: &TokenServer, mut script: Command, how: &str) -> Vec<Value> {
    let login = server.login().await;
    let token = login.text("access_token");
    let issuer = format!("http://{}", server.address);
    script.args([&issuer, token, how]);
    let mut report = script::run(script).await;
    let known = server.introspect(token).await;
    let verified = report.iter_mut().find_map(|step| step.get_mut("claims"));
    let verified = verified.map(Value::take).expect("claims are reported");
    for claim in ["iss", "sub", "aud", "client_id", "scope", "jti"] {
        assert!(known[claim].is_string(), "{claim} in {known}");
        assert_eq!(verified[claim], known[claim], "{claim}");
    }
    report
}

fn read_header(alg: &str) -> Vec<Value> {
    vec![json!({"step": "read the header", "alg": alg, "typ": "at+jwt"})]
}

fn step(name: &str) -> Value {
    match name {
        "verify" => json!({"step": name, "claims": null}),
        _ => json!({"step": name}),
    }
}

const ALGORITHMS: [&str; 3] = ["EdDSA", "ES256", "RS256"];

const JWT: [&str; 4] = [
    "verify",
    "refuse a forgery",
    "refuse another audience",
    "refuse another issuer",
];

const PASETO: [&str; 4] = [
    "verify",
    "refuse a forgery",
    "refuse another assertion",
    "refuse another audience",
];

/// The line of the demo that says the format.
const JWTS: &str = "format = \"jwt\"";
