use super::*;

#[test]
fn the_example_of_rfc_7636_appendix_b_is_met() {
    let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
    let verifier = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    assert!(challenge.is_met_by(&verifier));
    // As `plain` would have it.
    let itself = Verifier::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
    assert!(!challenge.is_met_by(&itself));
    let other = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl").unwrap();
    assert!(!challenge.is_met_by(&other));
}

#[test]
fn a_verifier_is_43_to_128_unreserved_characters() {
    for text in ["a".repeat(43), "~".repeat(128), "aZ09-._~".repeat(6)] {
        assert!(Verifier::parse(&text).is_some(), "{text}");
    }
    for text in [
        String::new(),
        "a".repeat(42),
        "a".repeat(129),
        format!("{}=", "a".repeat(43)),
        format!("{} ", "a".repeat(43)),
        format!("{}+", "a".repeat(43)),
        format!("{}é", "a".repeat(43)),
    ] {
        assert!(Verifier::parse(&text).is_none(), "{text}");
    }
}

#[test]
fn a_challenge_is_32_bytes_of_canonical_base64url() {
    let good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert!(Challenge::parse(good).is_some());
    for text in [
        "",
        &good[1..],
        &format!("{good}="),
        &format!("{good}A"),
        &good.replace('-', "+"),
        // The last character has two bits too many.
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
    ] {
        assert!(Challenge::parse(text).is_none(), "{text}");
    }
}
