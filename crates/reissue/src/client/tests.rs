use super::checks::Checks;
use super::{
    AuthMethod, Client, ClientMap, ClientStatus, Clients as _, ClientsError, Credentials,
    SecretHash, SenderConstraint,
};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::grant::GrantType;
use crate::policy::{KeepResponse, Policy, Rotation};
use crate::secret::ClientSecret;

const NOW: Timestamp = Timestamp::from_secs(1_000);

fn credentials(secret: &str) -> Credentials {
    Credentials {
        client_id: "web".to_owned(),
        secret: Some(ClientSecret::new(secret)),
        method: AuthMethod::ClientSecretBasic,
        address: None,
    }
}

fn slow() -> SecretHash {
    SecretHash::custom(|secret: &ClientSecret| Ok(secret.expose() == "chosen"))
}

fn fast() -> SecretHash {
    SecretHash::sha256("generated")
}

/// How many hashes of each kind a failed authentication computes.
fn work(client: Option<&Client>, decoy: &[SecretHash]) -> (bool, usize) {
    let checks = Checks::plan(client, &credentials("wrong"), decoy, NOW);
    (
        !checks.fast.is_empty(),
        checks.slow.len() + checks.padding.len(),
    )
}

#[test]
fn every_failure_costs_the_same_number_of_slow_hashes() {
    let human = Client::confidential("web", slow());
    let two = Client::confidential("web", slow()).with_secret(slow(), None);
    let machine = Client::confidential("web", fast());
    let disabled = Client::confidential("web", slow()).with_status(ClientStatus::Disabled);
    let expired = Client::confidential("web", fast()).with_secret(slow(), Some(NOW));
    let map = ClientMap::new([two.clone(), Client::confidential("other", fast())]).unwrap();
    for client in [
        None,
        Some(&human),
        Some(&two),
        Some(&machine),
        Some(&disabled),
        Some(&expired),
    ] {
        assert_eq!(work(client, map.decoy()).1, 2, "{client:?}");
    }
}

#[test]
fn an_unknown_client_costs_a_fast_hash_where_there_are_only_fast_ones() {
    let machine = Client::confidential("web", fast());
    assert_eq!(work(None, &[]), work(Some(&machine), &[]));
}

#[test]
fn decoys_are_never_among_the_hashes_that_count() {
    let machine = Client::confidential("web", fast());
    let checks = Checks::plan(Some(&machine), &credentials("chosen"), &[slow()], NOW);
    let secret = ClientSecret::new("chosen");
    assert!(checks.padding.iter().all(|hash| hash.verify(&secret)));
    assert!(
        !checks
            .fast
            .iter()
            .chain(&checks.slow)
            .any(|hash| hash.verify(&secret))
    );
}

#[test]
fn a_secret_is_good_until_it_expires() {
    let client = Client::confidential("web", fast()).with_secret(
        SecretHash::sha256("next"),
        Some(Timestamp::from_secs(1_001)),
    );
    let live = |now| {
        let checks = Checks::plan(Some(&client), &credentials("next"), &[], now);
        checks.fast.len()
    };
    assert_eq!(live(NOW), 2);
    assert_eq!(live(Timestamp::from_secs(1_001)), 1);
}

#[test]
fn what_is_in_the_way_is_named_for_the_operator() {
    let forced_denial = |client: Option<&Client>| {
        Checks::plan(client, &credentials("generated"), &[], NOW).forced_denial
    };
    let web = Client::confidential("web", fast());
    let post_only = web
        .clone()
        .with_auth_methods([AuthMethod::ClientSecretPost]);
    assert_eq!(forced_denial(None), Some(Denial::ClientUnknown));
    assert_eq!(
        forced_denial(Some(&web.clone().with_status(ClientStatus::Disabled))),
        Some(Denial::ClientDisabled)
    );
    assert_eq!(
        forced_denial(Some(&post_only)),
        Some(Denial::ClientMethodNotAllowed)
    );
    assert_eq!(
        forced_denial(Some(&Client::public("web"))),
        Some(Denial::ClientMethodNotAllowed)
    );
    assert_eq!(forced_denial(Some(&web)), None);
}

fn failing() -> SecretHash {
    SecretHash::custom(|_: &ClientSecret| Err(ClientsError::new("out of order")))
}

#[test]
fn a_verifier_that_fails_matters_where_no_other_secret_is_right() {
    let check = |slow: &[SecretHash], decoy: &[SecretHash]| {
        let client = slow[1..].iter().fold(
            Client::confidential("web", slow[0].clone()),
            |client, hash| client.with_secret(hash.clone(), None),
        );
        let checks = Checks::plan(Some(&client), &credentials("chosen"), decoy, NOW);
        checks.check_slow(&ClientSecret::new("chosen"))
    };
    assert!(check(&[failing(), slow()], &[]).unwrap());
    assert!(check(&[slow(), failing()], &[]).unwrap());
    assert!(check(&[slow()], &[slow(), failing()]).unwrap());
    check(&[failing()], &[]).unwrap_err();
    // A decoy, too: whether a client is registered must not show.
    let checks = Checks::plan(None, &credentials("chosen"), &[failing()], NOW);
    checks.check_slow(&ClientSecret::new("x")).unwrap_err();
}

#[test]
fn a_verifier_that_fails_verifies_nothing() {
    assert!(!failing().verify(&ClientSecret::new("chosen")));
    assert_eq!(format!("{:?}", failing()), "SecretHash(custom)");
}

#[cfg(feature = "argon2")]
#[test]
fn an_argon2id_hash_is_of_its_secret_and_slow() {
    let hash = SecretHash::argon2id("chosen").unwrap();
    assert!(hash.is_slow());
    assert!(hash.verify(&ClientSecret::new("chosen")));
    assert!(!hash.verify(&ClientSecret::new("chosem")));
}

#[cfg(feature = "argon2")]
#[test]
fn only_complete_argon2id_strings_are_taken() {
    let phc = "$argon2id$v=19$m=32,t=1,p=1$c29tZXNhbHQ$s6bA5yuwyfAAGZcIy5Ppbd2h2MJUqcdNLFtFEgOjv+0";
    assert!(SecretHash::from_argon2id(phc).is_ok());
    for wrong in [
        "",
        "plain",
        "$argon2i$v=19$m=32,t=1,p=1$c29tZXNhbHQ$s6bA5yuwyfAAGZcIy5Ppbd2h2MJUqcdNLFtFEgOjv+0",
        "$argon2id$v=19$m=32,t=1,p=1$c29tZXNhbHQ",
        "$2y$10$abcdefghijklmnopqrstuu",
    ] {
        assert!(SecretHash::from_argon2id(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn keep_and_converge_need_a_key_or_a_secret() {
    for rotation in [Rotation::Keep(KeepResponse::Repeat), Rotation::Converge] {
        let policy = Policy::builder().with_rotation(rotation).build().unwrap();
        let error = Client::public("app").check(&policy).unwrap_err();
        assert_eq!(error.key(), "client app");
        let own = Client::public("app").with_policy(policy.clone());
        assert!(own.check(&Policy::default()).is_err());
        let bound = Client::public("app").with_sender_constraint(SenderConstraint::Required);
        assert!(bound.check(&policy).is_ok());
        assert!(Client::confidential("web", fast()).check(&policy).is_ok());
    }
}

#[test]
fn a_confidential_client_needs_a_secret() {
    let client = Client::public("web").with_auth_methods([AuthMethod::ClientSecretBasic]);
    assert!(client.check(&Policy::default()).is_err());
}

/// Broken once: a list without `refresh_token` silently gave the client no refresh tokens.
#[test]
fn grant_types_are_added_to_refresh_token() {
    let app = Client::public("app").with_grant_types([GrantType::AUTHORIZATION_CODE]);
    assert!(app.may_use(&GrantType::REFRESH_TOKEN));
    let app = app.with_grant_types([GrantType::DEVICE_CODE, GrantType::AUTHORIZATION_CODE]);
    let all = [
        GrantType::REFRESH_TOKEN,
        GrantType::AUTHORIZATION_CODE,
        GrantType::DEVICE_CODE,
    ];
    assert!(app.grant_types().eq(&all));
    assert!(!app.may_use(&GrantType::PASSWORD));
}

#[test]
fn without_refresh_token_removes_the_grant_type() {
    let job = Client::confidential("job", fast())
        .with_grant_types([GrantType::CLIENT_CREDENTIALS])
        .without_refresh_token();
    assert!(job.grant_types().eq(&[GrantType::CLIENT_CREDENTIALS]));
}
