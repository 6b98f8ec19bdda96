use super::*;

fn policy(keys: &str) -> PolicyKeys {
    config(&format!("[policy]\n{keys}")).policy
}

fn policy_refusal(keys: &str) -> String {
    refusal(&format!("[policy]\n{keys}"))
}

#[test]
fn presets_are_words() {
    for (word, preset) in [
        ("rfc9700", Preset::Rfc9700),
        ("league", Preset::League),
        ("bshaffer", Preset::Bshaffer),
        ("wso2", Preset::Wso2),
    ] {
        let policy = policy(&format!("preset = \"{word}\""));
        assert_eq!(policy.preset, Some(preset));
        assert_eq!(
            policy,
            PolicyKeys {
                preset: Some(preset),
                ..PolicyKeys::default()
            }
        );
    }
    assert_eq!(
        policy_refusal("preset = \"strict\""),
        "policy.preset: expected one of \"rfc9700\", \"league\", \"bshaffer\", \"wso2\"; \
         found \"strict\" (line 2)"
    );
}

#[test]
fn other_words_are_read() {
    assert_eq!(policy("rotation = \"keep\"").rotation, Some(Rotation::Keep));
    assert_eq!(
        policy("rotation = \"converge\"").rotation,
        Some(Rotation::Converge)
    );
    assert_eq!(
        policy("keep_response = \"none\"").keep_response,
        Some(KeepResponse::None)
    );
    assert_eq!(
        policy("on_reuse = \"report\"").on_reuse,
        Some(OnReuse::Report)
    );
    assert_eq!(policy("offline_access = true").offline_access, Some(true));
}

#[test]
fn other_words_are_refused() {
    assert_eq!(
        policy_refusal("rotation = \"never\""),
        "policy.rotation: expected one of \"rotate\", \"keep\", \"converge\"; found \"never\" (line 2)"
    );
    assert_eq!(
        policy_refusal("keep_response = \"all\""),
        "policy.keep_response: expected one of \"same\", \"none\"; found \"all\" (line 2)"
    );
    assert_eq!(
        policy_refusal("on_reuse = true"),
        "policy.on_reuse: expected one of \"revoke\", \"report\"; found a boolean (line 2)"
    );
    assert_eq!(
        policy_refusal("offline_access = \"yes\""),
        "policy.offline_access: expected true or false; found a string (line 2)"
    );
}

#[test]
fn durations_say_what_they_expect() {
    let expected = "expected a duration such as \"60s\", \"10m\", \"30d\", \"PT1H\"";
    for (keys, found) in [
        ("grace = \"soon\"", "found \"soon\""),
        (
            "grace = 60",
            "found a number, which has no unit: write \"60s\" for 60 seconds",
        ),
        (
            "grace = \"60\"",
            "found \"60\", which has no unit: write \"60s\" for 60 seconds",
        ),
        ("grace = \"-1s\"", "found \"-1s\", which is negative"),
        (
            "grace = \"1us\"",
            "found \"1us\", which is finer than a millisecond",
        ),
        (
            "grace = \"101y\"",
            "found \"101y\", which is longer than 100 years",
        ),
        ("grace = true", "found a boolean"),
    ] {
        assert_eq!(
            policy_refusal(keys),
            format!("policy.grace: {expected}; {found} (line 2)")
        );
    }
    assert_eq!(
        policy_refusal("access_ttl = \"never\""),
        format!("policy.access_ttl: {expected}; found \"never\" (line 2)")
    );
}

#[test]
fn a_lifetime_may_be_endless_but_not_empty() {
    assert_eq!(
        policy("idle_ttl = \"never\"").idle_ttl,
        Some(Lifetime::Never)
    );
    assert_eq!(
        policy("absolute_ttl = \"never\"").absolute_ttl,
        Some(Lifetime::Never)
    );
    for (key, or_never) in [
        ("access_ttl", ""),
        ("idle_ttl", ", or \"never\""),
        ("absolute_ttl", ", or \"never\""),
    ] {
        assert_eq!(
            policy_refusal(&format!("{key} = \"0s\"")),
            format!(
                "policy.{key}: expected a duration such as \"60s\", \"10m\", \"30d\", \
                 \"PT1H\"{or_never}; found \"0s\", which is zero (line 2)"
            )
        );
    }
}

#[test]
fn grace_goes_from_nothing_to_15_minutes() {
    assert_eq!(policy("grace = \"0s\"").grace, Some(Duration::ZERO));
    assert_eq!(
        policy("grace = \"15m\"").grace,
        Some(Duration::from_secs(900))
    );
    assert_eq!(
        policy_refusal("grace = \"901s\""),
        "policy.grace: expected at most 900 seconds; found \"901s\" (line 2)"
    );
}

#[test]
fn shared_sessions_are_reported_or_revoked_from_a_number_of_generations_on() {
    assert_eq!(
        policy("shared_session = \"revoke\"").shared_session,
        Some(OnReuse::Revoke)
    );
    let threshold = |keys| policy(keys).shared_session_threshold;
    assert_eq!(threshold("shared_session_threshold = 1"), Some(1));
    assert_eq!(threshold("shared_session_threshold = 255"), Some(255));
    for value in ["0", "256"] {
        assert_eq!(
            policy_refusal(&format!("shared_session_threshold = {value}")),
            format!(
                "policy.shared_session_threshold: expected a whole number from 1 to 255; \
                 found {value} (line 2)"
            )
        );
    }
}

#[test]
fn the_retry_cap_is_a_count() {
    assert_eq!(policy("retry_cap = 0").retry_cap, Some(0));
    assert_eq!(policy("retry_cap = 0x10").retry_cap, Some(16));
    for (value, found) in [
        ("-1", "-1"),
        ("4294967296", "4294967296"),
        ("1.5", "a fraction"),
        ("\"100\"", "a string"),
    ] {
        assert_eq!(
            policy_refusal(&format!("retry_cap = {value}")),
            format!(
                "policy.retry_cap: expected a whole number from 0 to 4294967295; \
                 found {found} (line 2)"
            )
        );
    }
}

#[test]
fn the_names_of_other_servers_become_rotation_and_response() {
    let said = |keys| {
        let policy = policy(keys);
        (policy.rotation, policy.keep_response)
    };
    let (keep, rotate) = (Some(Rotation::Keep), Some(Rotation::Rotate));
    assert_eq!(
        said("always_issue_new_refresh_token = true"),
        (rotate, None)
    );
    assert_eq!(
        said("always_issue_new_refresh_token = false"),
        (keep, Some(KeepResponse::None))
    );
    assert_eq!(said("renew_refresh_token = true"), (rotate, None));
    assert_eq!(
        said("renew_refresh_token = false"),
        (keep, Some(KeepResponse::Same))
    );
    assert_eq!(
        said("rotation = \"keep\"\nrenew_refresh_token = false"),
        (keep, Some(KeepResponse::Same))
    );
    assert_eq!(
        said("rotation = \"converge\"\nrenew_refresh_token = true"),
        (Some(Rotation::Converge), None)
    );
}

#[test]
fn contradictions_are_refused() {
    for (keys, refusal) in [
        (
            "rotation = \"keep\"\nalways_issue_new_refresh_token = true",
            "policy.always_issue_new_refresh_token: true contradicts rotation = \"keep\" (line 3)",
        ),
        (
            "rotation = \"rotate\"\nalways_issue_new_refresh_token = false",
            "policy.always_issue_new_refresh_token: false contradicts rotation = \"rotate\" (line 3)",
        ),
        (
            "rotation = \"converge\"\nrenew_refresh_token = false",
            "policy.renew_refresh_token: false contradicts rotation = \"converge\" (line 3)",
        ),
        (
            "keep_response = \"none\"\nrenew_refresh_token = false",
            "policy.renew_refresh_token: false contradicts keep_response = \"none\" (line 3)",
        ),
        (
            "renew_refresh_token = true\nalways_issue_new_refresh_token = false",
            "policy.renew_refresh_token: true contradicts always_issue_new_refresh_token = false \
             (line 2)",
        ),
        (
            "renew_refresh_token = false\nalways_issue_new_refresh_token = false",
            "policy.renew_refresh_token: false contradicts always_issue_new_refresh_token = false \
             (line 2)",
        ),
    ] {
        assert_eq!(policy_refusal(keys), refusal);
    }
}
