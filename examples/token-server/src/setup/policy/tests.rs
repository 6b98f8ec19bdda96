use reissue::KeepResponse::{Omit, Repeat};
use reissue::OfflineAccess;
use reissue::Rotation::{Converge, Keep, Rotate};

use super::*;
use crate::config::Config;

#[test]
fn each_preset_is_the_policy_of_that_name() {
    for (preset, expected) in [
        ("rfc9700", Policy::default()),
        ("bshaffer", Policy::bshaffer()),
        ("league", Policy::league()),
        ("wso2", Policy::wso2()),
    ] {
        assert_eq!(of(&format!("preset = \"{preset}\"")), expected, "{preset}");
    }
    assert_eq!(of(""), Policy::default());
}

#[test]
fn what_becomes_of_a_refresh_token_is_the_presets_until_it_is_said() {
    for (keys, expected) in [
        ("", Rotate),
        ("rotation = \"keep\"", Keep(Repeat)),
        ("rotation = \"keep\"\nkeep_response = \"none\"", Keep(Omit)),
        ("rotation = \"converge\"", Converge),
        ("always_issue_new_refresh_token = false", Keep(Omit)),
        ("renew_refresh_token = false", Keep(Repeat)),
        ("preset = \"bshaffer\"", Keep(Omit)),
        (
            "preset = \"bshaffer\"\nkeep_response = \"same\"",
            Keep(Repeat),
        ),
        ("preset = \"bshaffer\"\nrotation = \"keep\"", Keep(Omit)),
        ("preset = \"bshaffer\"\nrotation = \"rotate\"", Rotate),
        (
            "preset = \"bshaffer\"\nalways_issue_new_refresh_token = true",
            Rotate,
        ),
        ("preset = \"wso2\"\nrenew_refresh_token = true", Rotate),
        (
            "preset = \"wso2\"\nrenew_refresh_token = false",
            Keep(Repeat),
        ),
        ("preset = \"league\"\nkeep_response = \"none\"", Rotate),
    ] {
        assert_eq!(of(keys).rotation(), expected, "{keys}");
    }
}

#[test]
fn every_key_overrides_the_preset() {
    let policy = of("preset = \"wso2\"
        access_ttl = \"PT5M\"
        idle_ttl = \"2h\"
        absolute_ttl = \"never\"
        grace = \"10s\"
        retry_cap = 3
        shared_session = \"revoke\"
        shared_session_threshold = 5
        on_reuse = \"report\"
        offline_access = true");
    let minutes = |minutes: u64| std::time::Duration::from_secs(60 * minutes);
    assert_eq!(policy.access_ttl(), minutes(5));
    assert_eq!(policy.idle_ttl(), reissue::Lifetime::For(minutes(120)));
    assert_eq!(policy.absolute_ttl(), reissue::Lifetime::Unlimited);
    assert_eq!(policy.grace(), minutes(1) / 6);
    assert_eq!(policy.retry_cap(), 3);
    assert_eq!(policy.on_reuse(), reissue::OnReuse::Report);
    assert_eq!(policy.on_shared_session(), reissue::OnSharedSession::Revoke);
    assert_eq!(policy.shared_session_threshold(), 5);
    assert_eq!(policy.offline_access(), OfflineAccess::Required);
}

#[test]
fn what_the_core_refuses_is_named_by_its_key() {
    let config = Config::parse("[policy]\nidle_ttl = \"1ms\"").unwrap();
    let error = policy("policy", &config.policy).unwrap_err();
    assert_eq!(
        error.to_string(),
        "policy.idle_ttl: expected at least one second"
    );
}

fn of(keys: &str) -> Policy {
    let config = Config::parse(&format!("[policy]\n{keys}")).unwrap();
    policy("policy", &config.policy).unwrap()
}
