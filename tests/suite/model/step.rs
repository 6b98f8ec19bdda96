//! What can happen, and how often.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use reissue::OnReuse;
use reissue_tests::Fault;

use super::reference::{Rules, Scopes};

/// What can happen.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Amend(Token, Scopes),
    Introspect(Token),
    Login(Scopes),
    Refresh(Token, Option<Scopes>),
    RefreshByAnother(Token),
    Revoke(Token),
    RevokeAll,
    RevokeAllBut(Token),
    RevokeByAnother(Token),
    RevokeSession(Token),
    RollBack(Token, u64),
    Wait(u64),
}

/// Which of the tokens that a client has seen.
#[derive(Clone, Debug)]
pub(super) enum Token {
    Any(Index),
    Newest,
}

pub(super) fn rules() -> impl Strategy<Value = Rules> {
    (
        prop_oneof![Just(0), Just(60)],
        prop_oneof![Just(0), Just(2), Just(100)],
        prop_oneof![Just(OnReuse::Revoke), Just(OnReuse::Report)],
        prop_oneof![Just(0), Just(2), Just(8)],
    )
        .prop_map(|(grace, retry_cap, on_reuse, heal_limit)| Rules {
            grace,
            retry_cap,
            on_reuse,
            idle: 1_000,
            absolute: 3_000,
            heal_limit,
        })
}

pub(super) fn step() -> impl Strategy<Value = (Step, Vec<Option<Fault>>)> {
    let seconds = prop::sample::select(vec![1, 30, 59, 60, 61, 500, 999, 1_000]);
    let step = prop_oneof![
        3 => scopes().prop_map(Step::Login),
        12 => (token(), prop::option::weighted(0.3, scopes()))
            .prop_map(|(token, asked)| Step::Refresh(token, asked)),
        2 => (token(), scopes()).prop_map(|(token, scopes)| Step::Amend(token, scopes)),
        2 => token().prop_map(Step::Introspect),
        1 => token().prop_map(Step::RefreshByAnother),
        1 => token().prop_map(Step::Revoke),
        1 => token().prop_map(Step::RevokeByAnother),
        1 => token().prop_map(Step::RevokeSession),
        1 => token().prop_map(Step::RevokeAllBut),
        1 => Just(Step::RevokeAll),
        2 => (token(), 1..4_u64).prop_map(|(token, lost)| Step::RollBack(token, lost)),
        5 => seconds.prop_map(Step::Wait),
    ];
    let fault = prop_oneof![
        Just(None),
        Just(Some(Fault::Before)),
        Just(Some(Fault::After)),
    ];
    let faults = prop_oneof![4 => Just(Vec::new()), 1 => vec(fault, 1..3)];
    (step, faults)
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![Just(Token::Newest), any::<Index>().prop_map(Token::Any)]
}

fn scopes() -> impl Strategy<Value = Scopes> {
    0..8_u8
}
