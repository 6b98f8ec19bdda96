use std::time::Duration;

use proptest::prelude::*;

use super::{
    KeepResponse, Lifetime, OfflineAccess, OnReuse, OnSharedSession, Policy, PolicyBuilder,
    Rotation,
};

/// One call of one setter.
#[derive(Clone, Copy, Debug)]
enum Setter {
    AbsoluteTtl(Lifetime),
    AccessJitter(Duration),
    AccessTtl(Duration),
    Grace(Duration),
    HealLimit(u8),
    IdleTtl(Lifetime),
    OfflineAccess(OfflineAccess),
    OnReuse(OnReuse),
    OnSharedSession(OnSharedSession),
    RetryCap(u32),
    Rotation(Rotation),
    SharedSessionThreshold(u8),
}

impl Setter {
    fn call(self, builder: PolicyBuilder) -> PolicyBuilder {
        match self {
            Self::AbsoluteTtl(ttl) => builder.with_absolute_ttl(ttl),
            Self::AccessJitter(jitter) => builder.with_access_jitter(jitter),
            Self::AccessTtl(ttl) => builder.with_access_ttl(ttl),
            Self::Grace(grace) => builder.with_grace(grace),
            Self::HealLimit(limit) => builder.with_heal_limit(limit),
            Self::IdleTtl(ttl) => builder.with_idle_ttl(ttl),
            Self::OfflineAccess(access) => builder.with_offline_access(access),
            Self::OnReuse(on_reuse) => builder.with_on_reuse(on_reuse),
            Self::OnSharedSession(on_shared) => builder.with_on_shared_session(on_shared),
            Self::RetryCap(cap) => builder.with_retry_cap(cap),
            Self::Rotation(rotation) => builder.with_rotation(rotation),
            Self::SharedSessionThreshold(count) => builder.with_shared_session_threshold(count),
        }
    }
}

/// Seconds around the limits of each setting.
fn duration() -> impl Strategy<Value = Duration> {
    (0..1_000_u64).prop_map(Duration::from_secs)
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        duration().prop_map(Lifetime::For),
        Just(Lifetime::Unlimited)
    ]
}

/// Every setter once, each with some argument.
fn setters() -> impl Strategy<Value = Vec<Setter>> {
    let rotation = prop_oneof![
        Just(Rotation::Rotate),
        Just(Rotation::Converge),
        Just(Rotation::Keep(KeepResponse::Repeat)),
    ];
    let all = (
        lifetime().prop_map(Setter::AbsoluteTtl),
        duration().prop_map(Setter::AccessJitter),
        duration().prop_map(Setter::AccessTtl),
        duration().prop_map(Setter::Grace),
        any::<u8>().prop_map(Setter::HealLimit),
        lifetime().prop_map(Setter::IdleTtl),
        any::<u32>().prop_map(Setter::RetryCap),
        rotation.prop_map(Setter::Rotation),
        (0..4_u8).prop_map(Setter::SharedSessionThreshold),
    );
    all.prop_map(|(a, b, c, d, e, f, g, h, i)| {
        let enums = [
            Setter::OfflineAccess(OfflineAccess::Required),
            Setter::OnReuse(OnReuse::Report),
            Setter::OnSharedSession(OnSharedSession::Revoke),
        ];
        [a, b, c, d, e, f, g, h, i]
            .into_iter()
            .chain(enums)
            .collect()
    })
}

fn build(setters: &[Setter]) -> Result<Policy, String> {
    let builder = setters
        .iter()
        .fold(Policy::builder(), |builder, setter| setter.call(builder));
    builder.build().map_err(|error| error.to_string())
}

proptest! {
    /// Broken once: a jitter longer than the default lifetime was refused before the lifetime, and
    /// accepted after it.
    #[test]
    fn the_order_of_the_setters_does_not_matter(
        (given, shuffled) in setters().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        prop_assert_eq!(build(&given), build(&shuffled));
    }

    #[test]
    fn what_was_built_keeps_the_rules(setters in setters()) {
        let Ok(policy) = build(&setters) else {
            return Ok(());
        };
        let second = Duration::from_secs(1);
        prop_assert!(policy.access_ttl() >= policy.access_jitter() + second);
        prop_assert!(policy.idle_ttl().limit().is_none_or(|ttl| ttl >= second));
        prop_assert!(policy.absolute_ttl().limit().is_none_or(|ttl| ttl >= second));
        prop_assert!(policy.grace() <= Policy::MAX_GRACE);
        prop_assert!(policy.shared_session_threshold() > 0);
    }
}

#[test]
fn presets_and_the_default_are_valid() {
    for policy in [
        Policy::default(),
        Policy::league(),
        Policy::bshaffer(),
        Policy::wso2(),
    ] {
        assert_eq!(policy.to_builder().build().unwrap(), policy);
    }
}

#[test]
fn an_error_names_the_setting_and_what_was_expected() {
    let long = Duration::from_secs(901);
    for (builder, expected) in [
        (
            Policy::builder().with_access_ttl(Duration::ZERO),
            "access_ttl: expected at least one second",
        ),
        (
            Policy::builder().with_access_jitter(long),
            "access_jitter: expected at least a second less than access_ttl",
        ),
        (
            Policy::builder().with_idle_ttl(Duration::ZERO),
            "idle_ttl: expected at least one second",
        ),
        (
            Policy::builder().with_absolute_ttl(Duration::ZERO),
            "absolute_ttl: expected at least one second",
        ),
        (
            Policy::builder().with_grace(long),
            "grace: expected at most 900 seconds",
        ),
        (
            Policy::builder().with_shared_session_threshold(0),
            "shared_session_threshold: expected at least one generation",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), expected);
    }
}
