//! Keys that everybody knows, so that a token in the corpus is the same token for ever.

use reissue::key::{SigningKey, SymmetricKey};

/// Of RFC 8037 appendix A.1.
pub(super) fn ed25519() -> SigningKey {
    signing(
        r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    )
}

/// Of RFC 7515 appendix A.3.1.
pub(super) fn p256() -> SigningKey {
    signing(
        r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#,
    )
}

/// Of RFC 7515 appendix A.2.1.
pub(super) fn rsa() -> SigningKey {
    signing(include_str!(
        "../../../crates/reissue/src/token/vectors/rfc7515-a2.jwk.json"
    ))
}

/// Of PASERK's test vectors, `k4.local-3`.
pub(super) fn sealing() -> SymmetricKey {
    SymmetricKey::from_paserk("k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8")
        .expect("the key is one")
}

fn signing(jwk: &str) -> SigningKey {
    SigningKey::from_jwk(jwk).expect("the key is one")
}
