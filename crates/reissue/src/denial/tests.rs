use super::*;

#[test]
fn a_missing_parameter_is_named() {
    let missing = Denial::ParameterMissing("code");
    assert_eq!(missing.description(), "The parameter code is missing.");
    // A name that must not be in a description is left out.
    let odd = Denial::ParameterMissing("co\"de");
    assert_eq!(odd.description(), "A required parameter is missing.");
}

#[test]
fn a_denial_of_an_applications_own_has_its_code_and_its_text() {
    let pending = Denial::custom(ErrorCode::AuthorizationPending, "Not confirmed yet.");
    assert_eq!(pending.code().as_str(), "authorization_pending");
    assert_eq!(pending.description(), "Not confirmed yet.");
    assert_eq!(pending.name(), "custom");
    let other = Denial::custom(ErrorCode::extension("mfa_required"), "");
    assert_eq!(other.code().to_string(), "mfa_required");
}

#[test]
#[should_panic(expected = "without quote and backslash")]
fn a_code_that_json_would_have_to_escape_is_rejected() {
    let _ = ErrorCode::extension("mfa\"required");
}

#[test]
#[should_panic(expected = "must not be empty")]
fn an_empty_code_is_rejected() {
    let _ = ErrorCode::extension("");
}
