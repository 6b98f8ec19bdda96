use reissue::store::Revision;

use super::{
    Family, Limit, Model, Name, OnReuse, OnShared, Operation, Outcome, Party, Refusal, Rotation,
    Rules, Step, Token, WhenFull, Wording,
};

#[test]
fn every_response_to_one_generation_has_the_same_next_one() {
    let (mut model, first) = logged_in(RULES);
    let [once, again] = [10, 69].map(|now| refreshed(&mut model, first, now));
    assert_eq!((once.generation, again.generation), (1, 1));
    assert_eq!(refused_all(&mut model, first, 70), Refusal::Reused);
    assert!(model.families.is_empty());
}

#[test]
fn each_generation_has_a_grace_of_its_own() {
    let (mut model, first) = logged_in(RULES);
    let second = refreshed(&mut model, first, 10);
    refreshed(&mut model, second, 20);
    assert_eq!(refreshed(&mut model, first, 69).generation, 2);
    assert_eq!(refreshed(&mut model, second, 79).generation, 2);
    assert_eq!(refused_all(&mut model, first, 70), Refusal::Reused);
    assert!(model.families.is_empty());
}

#[test]
fn whoever_refreshes_faster_than_grace_is_noticed() {
    let (mut model, first) = logged_in(RULES);
    let mut newest = refreshed(&mut model, first, 0);
    for now in [48, 96, 144, 192, 240] {
        newest = refreshed(&mut model, newest, now);
    }
    assert_eq!(refused_all(&mut model, first, 240), Refusal::Reused);
    assert_eq!(refused_all(&mut model, newest, 240), Refusal::Missing);
}

#[test]
fn a_family_that_is_shared_for_too_long_ends() {
    let rules = Rules {
        on_shared: OnShared::Revoke { threshold: 3 },
        ..RULES
    };
    let (mut model, mut token) = logged_in(rules);
    for now in [100, 200] {
        let next = refreshed(&mut model, token, now);
        refreshed(&mut model, token, now);
        token = next;
    }
    refreshed(&mut model, token, 300);
    assert_eq!(refused_all(&mut model, token, 300), Refusal::Shared);
    assert!(model.families.is_empty());
}

#[test]
fn retries_are_accepted_up_to_the_cap() {
    let rules = Rules {
        retry_cap: 2,
        ..RULES
    };
    let (mut model, first) = logged_in(rules);
    for now in [0, 1, 2] {
        refreshed(&mut model, first, now);
    }
    assert_eq!(refused_all(&mut model, first, 3), Refusal::Superseded);
}

#[test]
fn a_token_ahead_of_the_store_heals_it_up_to_the_limit() {
    let (mut model, first) = logged_in(RULES);
    let ahead = |generation| Token {
        generation,
        ..first
    };
    assert_eq!(refreshed(&mut model, ahead(8), 1).generation, 9);
    assert_eq!(refused_all(&mut model, ahead(18), 1), Refusal::RolledBack);
    assert!(model.families.is_empty());
}

#[test]
fn a_changed_grant_decides_the_response() {
    let (mut model, first) = logged_in(RULES);
    let (family, scopes) = (NAME, 0b001);
    model.apply(Operation::Amend { family, scopes }, 1);
    assert_eq!(refused(&mut model, first, Some(0b010), 2), Refusal::Scope);
    assert_eq!(model.families[&NAME].generation, 0);
    let second = refreshed(&mut model, first, 2);
    let revision = RULES.wording.revision_after(Revision::ORIGINAL, 0b001);
    assert_eq!((second.scopes, second.revision), (0b001, revision));
}

#[test]
fn whoever_keeps_its_token_writes_nothing() {
    let rules = Rules {
        rotation: Rotation::Keep,
        ..RULES
    };
    let (mut model, first) = logged_in(rules);
    let before = model.clone();
    let Outcome::Tokens(answered) = model.apply(refresh(first, None), 500) else {
        panic!("refused");
    };
    assert_eq!(answered.token, None);
    assert_eq!(model, before);
}

#[test]
fn converging_returns_the_current_one_however_old_the_token_is() {
    let rules = Rules {
        rotation: Rotation::Converge,
        ..RULES
    };
    let (mut model, first) = logged_in(rules);
    let second = refreshed(&mut model, first, 10);
    refreshed(&mut model, second, 20);
    assert_eq!(refreshed(&mut model, first, 900).generation, 2);
}

#[test]
fn the_session_that_rested_longest_makes_room() {
    let when_full = WhenFull::EvictOldest;
    let rules = Rules {
        limit: Some(Limit { max: 2, when_full }),
        ..RULES
    };
    let (mut model, first) = logged_in(rules);
    model.apply(login(2), 1);
    refreshed(&mut model, first, 2);
    model.apply(login(3), 3);
    let left: Vec<_> = model.families.keys().map(|name| name.sid).collect();
    assert_eq!(left, [1, 3]);
    model.rules.limit = Some(Limit {
        max: 2,
        when_full: WhenFull::Refuse,
    });
    assert_eq!(model.apply(login(4), 4), Outcome::Refused(Refusal::Full));
}

#[test]
fn a_lost_reply_leaves_the_store_before_or_after() {
    let (model, first) = logged_in(RULES);
    let outcomes = model.outcomes(refresh(first, None), 1);
    let generations: Vec<_> = outcomes
        .iter()
        .map(|(outcome, after)| {
            let unavailable = *outcome == Outcome::Refused(Refusal::Unavailable);
            (unavailable, after.families[&NAME].generation)
        })
        .collect();
    assert_eq!(generations, [(false, 1), (true, 0), (true, 1)]);
}

#[test]
fn a_session_that_changes_before_every_trip_is_given_up() {
    let (mut model, first) = logged_in(RULES);
    let mut step = model.begin(refresh(first, None), 1);
    let mut trips = 0;
    let outcome = loop {
        match step {
            Step::Done(outcome) => break outcome,
            Step::Trip(call) => {
                trips += 1;
                let (family, scopes) = (NAME, 1 << (trips % 2));
                model.apply(Operation::Amend { family, scopes }, 1);
                step = model.step(call, 1);
            }
        }
    };
    assert_eq!((outcome, trips), (Outcome::Refused(Refusal::Contention), 4));
}

#[test]
fn a_family_ends_at_the_nearer_of_its_deadlines_and_a_retry_moves_none() {
    let (mut model, first) = logged_in(RULES);
    let deadline = |model: &Model| model.families[&NAME].deadline;
    assert_eq!(deadline(&model), Some(1_000));
    let second = refreshed(&mut model, first, 900);
    refreshed(&mut model, first, 950);
    assert_eq!(deadline(&model), Some(1_900));
    let third = refreshed(&mut model, second, 1_899);
    refreshed(&mut model, third, 2_500);
    assert_eq!(deadline(&model), Some(3_000));
    model.expire(3_000);
    assert!(model.families.is_empty());
}

fn logged_in(rules: Rules) -> (Model, Token) {
    let mut model = Model::new(rules);
    let Outcome::Tokens(answered) = model.apply(login(1), 0) else {
        panic!("refused");
    };
    assert_eq!(model.families.len(), 1);
    assert_eq!(
        model.families[&NAME],
        Family::new(0b111, Some(3_000), &rules, 0)
    );
    (model, answered.token.expect("it may refresh"))
}

fn login(sid: u128) -> Operation {
    Operation::Login {
        family: Name { subject: 0, sid },
        scopes: 0b111,
    }
}

fn refresh(token: Token, scopes: Option<u8>) -> Operation {
    Operation::Refresh {
        token,
        by: Party::Owner,
        scopes,
    }
}

fn refreshed(model: &mut Model, token: Token, now: u64) -> Token {
    match model.apply(refresh(token, None), now) {
        Outcome::Tokens(answered) => answered.token.expect("it rotates"),
        outcome => panic!("{outcome:?}"),
    }
}

fn refused_all(model: &mut Model, token: Token, now: u64) -> Refusal {
    refused(model, token, None, now)
}

fn refused(model: &mut Model, token: Token, scopes: Option<u8>, now: u64) -> Refusal {
    match model.apply(refresh(token, scopes), now) {
        Outcome::Refused(refusal) => refusal,
        outcome => panic!("{outcome:?}"),
    }
}

const NAME: Name = Name { subject: 0, sid: 1 };

const RULES: Rules = Rules {
    grace: 60,
    retry_cap: 100,
    heal_limit: 8,
    rotation: Rotation::Rotate,
    on_reuse: OnReuse::Revoke,
    on_shared: OnShared::Report,
    idle: Some(1_000),
    absolute: Some(3_000),
    access: 600,
    limit: None,
    wording: Wording {
        client: "web",
        words: &["a", "b", "c"],
    },
};
