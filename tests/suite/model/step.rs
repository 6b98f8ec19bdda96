//! What can happen, and how often.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use reissue_tests::Fault;
use reissue_tests::model::{Limit, OnReuse, OnShared, Party, Rotation, Rules, Scopes, WhenFull};

use super::wire::WORDING;

/// What can happen. Tokens are chosen among those that a client has seen by then, so that a shorter
/// sequence is still one.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Amend(Pick, Scopes),
    Configure(Rotation),
    FailOver(usize),
    Introspect(Pick, Party),
    IntrospectAccess(Pick, Party),
    Login(u8, Scopes),
    Refresh(Pick, Party, Option<Scopes>),
    Revoke(Pick, Party),
    RevokeAll(u8),
    RevokeAllBut(Pick),
    RevokeSession(Pick),
    Sessions(u8),
    Wait(u64),
}

/// Which of the tokens that a client has seen.
#[derive(Clone, Debug)]
pub(super) enum Pick {
    Any(Index),
    /// The last, or so many before it.
    Recent(usize),
}

impl Pick {
    pub(super) fn among<'a, T>(&self, tokens: &'a [T]) -> Option<&'a T> {
        match self {
            _ if tokens.is_empty() => None,
            Self::Any(index) => Some(index.get(tokens)),
            Self::Recent(back) => tokens.iter().rev().nth(*back),
        }
    }
}

/// How finely time can be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    graces: &'static [u64],
    waits: &'static [u64],
}

impl Scale {
    pub(super) const SECONDS: Self = Self {
        graces: &[0, 60, 900],
        waits: &[1, 30, 59, 60, 61, 500, 899, 900, 999, 1_000],
    };

    pub(super) const TICKS: Self = Self {
        graces: &[0, 100, 900],
        waits: &[100, 200, 500, 800, 900, 1_000],
    };
}

pub(super) fn rules(scale: Scale) -> impl Strategy<Value = Rules> {
    let when_full = select(vec![WhenFull::EvictOldest, WhenFull::Refuse]);
    let limit = (1..4_usize, when_full).prop_map(|(max, when_full)| Limit { max, when_full });
    (
        select(scale.graces),
        select(vec![0, 2, 100]),
        select(vec![0, 2, 8]),
        rotation(),
        (select(vec![OnReuse::Revoke, OnReuse::Report]), on_shared()),
        select(vec![Some(1_000), Some(1_000), None]),
        select(vec![Some(3_000), Some(3_000), None]),
        prop::option::weighted(0.4, limit),
    )
        .prop_map(
            |(
                grace,
                retry_cap,
                heal_limit,
                rotation,
                (on_reuse, on_shared),
                idle,
                absolute,
                limit,
            )| Rules {
                grace,
                retry_cap,
                heal_limit,
                rotation,
                on_reuse,
                on_shared,
                idle,
                absolute,
                access: 600,
                limit,
                wording: WORDING,
            },
        )
}

fn on_shared() -> impl Strategy<Value = OnShared> {
    let revoke = (1..4_u32).prop_map(|threshold| OnShared::Revoke { threshold });
    prop_oneof![3 => Just(OnShared::Report), 1 => revoke]
}

/// A step, and what becomes of its trips to the store.
pub(super) fn step(scale: Scale) -> impl Strategy<Value = (Step, Vec<Option<Fault>>)> {
    let step = prop_oneof![
        6 => (subject(), scopes()).prop_map(|(subject, scopes)| Step::Login(subject, scopes)),
        24 => (pick(), party(), prop::option::weighted(0.2, scopes()))
            .prop_map(|(pick, by, scopes)| Step::Refresh(pick, by, scopes)),
        2 => (pick(), scopes()).prop_map(|(pick, scopes)| Step::Amend(pick, scopes)),
        2 => (pick(), party()).prop_map(|(pick, by)| Step::Introspect(pick, by)),
        2 => (pick(), party()).prop_map(|(pick, by)| Step::IntrospectAccess(pick, by)),
        1 => (pick(), party()).prop_map(|(pick, by)| Step::Revoke(pick, by)),
        1 => pick().prop_map(Step::RevokeSession),
        1 => pick().prop_map(Step::RevokeAllBut),
        1 => (0..2_u8).prop_map(Step::RevokeAll),
        1 => (0..2_u8).prop_map(Step::Sessions),
        1 => rotation().prop_map(Step::Configure),
        2 => (1..12_usize).prop_map(Step::FailOver),
        5 => select(scale.waits).prop_map(Step::Wait),
    ];
    let fault = select(vec![
        None,
        Some(Fault::Before),
        Some(Fault::After),
        Some(Fault::HangBefore),
        Some(Fault::HangAfter),
    ]);
    let faults = prop_oneof![4 => Just(Vec::new()), 1 => vec(fault, 1..3)];
    (step, faults)
}

fn rotation() -> impl Strategy<Value = Rotation> {
    prop_oneof![
        6 => Just(Rotation::Rotate),
        1 => Just(Rotation::Converge),
        1 => Just(Rotation::Keep),
        1 => Just(Rotation::KeepAndRepeat),
    ]
}

/// Mostly the same one, so that it has several sessions.
fn subject() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(0), 1 => Just(1)]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![
        2 => (0..4_usize).prop_map(Pick::Recent),
        1 => any::<Index>().prop_map(Pick::Any),
    ]
}

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![9 => Just(Party::Owner), 1 => Just(Party::Other)]
}

fn scopes() -> impl Strategy<Value = Scopes> {
    0..8_u8
}
