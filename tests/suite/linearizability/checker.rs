//! The checker rejects impossible histories, and nothing else.

mod written;

use std::time::Duration;

use reissue::store::Revision;
use reissue_tests::history::{Response, Spec, check};
use reissue_tests::model::{Operation, Party, Refusal};

use self::written::{ALL, NAME, PATIENT, READ, STRICT, WORDING, Written, token};

#[test]
fn a_login_refreshes_and_a_logout_are_explained() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history.refresh(0).at(30, 40).answers(1);
    history.refresh(1).at(50, 60).answers(2);
    // Two behind, and within a grace of its own.
    history.refresh(0).at(70, 80).answers(2);
    history.introspect(1).at(90, 95).is(Response::Active(false));
    history.introspect(2).at(90, 95).is(Response::Active(true));
    history
        .list()
        .at(90, 95)
        .is(Response::Listed(vec![(NAME, ALL)]));
    history.revoke().at(100, 110).is(Response::Revoked);
    history
        .refresh(2)
        .at(120, 130)
        .is(Response::Refused(Refusal::Missing));
    history.list().at(120, 130).is(Response::Listed(Vec::new()));
    history.is_explained(PATIENT);
}

#[test]
fn responses_that_overlap_may_be_in_any_order() {
    let mut history = Written::new();
    history.login();
    // The second uses the token of the first, and has its response before it.
    history.refresh(0).at(10, 90).answers(1);
    history.refresh(0).at(11, 20).answers(1);
    history.refresh(1).at(30, 40).answers(2);
    history.introspect(0).at(12, 15).is(Response::Active(true));
    history.is_explained(PATIENT);
}

#[test]
fn a_response_with_the_wrong_generation_is_rejected() {
    for wrong in [0, 2] {
        let mut history = Written::new();
        history.login();
        history.refresh(0).at(10, 20).answers(wrong);
        history.is_refuted(PATIENT, 20);
    }
}

#[test]
fn a_second_live_chain_is_rejected() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history.refresh(1).at(30, 40).answers(2);
    // One who holds generation 1 as well goes on, long after it was superseded twice.
    history.refresh(2).at(50, 60).answers(3);
    history.refresh(1).at(70, 80).answers(2);
    history.is_refuted(PATIENT, 80);
}

#[test]
fn two_winners_without_grace_are_rejected() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 30).answers(1);
    history.refresh(0).at(11, 31).answers(1);
    history.is_refuted(STRICT, 31);
    history.is_explained(PATIENT);
}

#[test]
fn a_generation_that_one_attempt_advances_twice_is_rejected() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history.introspect(1).at(30, 40).is(Response::Active(false));
    history.is_refuted(PATIENT, 40);
}

#[test]
fn a_refresh_that_was_sent_again_is_no_reuse_of_itself() {
    let mut history = Written::new();
    history.login();
    history
        .refresh(0)
        .at(10, 20)
        .is(Response::Refused(Refusal::Reused));
    history.disturbed(0, 100, false);
    history.is_refuted(STRICT, 20);
}

#[test]
fn success_after_a_confirmed_revocation_is_rejected() {
    let mut history = Written::new();
    history.login();
    history.revoke().at(10, 20).is(Response::Revoked);
    history.refresh(0).at(30, 40).answers(1);
    history.is_refuted(PATIENT, 40);

    let mut history = Written::new();
    history.login();
    history.revoke().at(10, 35).is(Response::Revoked);
    history.refresh(0).at(30, 40).answers(1);
    history.is_explained(PATIENT);
}

#[test]
fn a_confirmed_revocation_is_not_lost_in_a_failover() {
    let mut history = Written::new();
    history.login();
    history.disturbed(5, 100, true);
    history.revoke().at(10, 20).is(Response::Revoked);
    history.refresh(0).at(30, 40).answers(1);
    history.is_refuted(PATIENT, 40);
}

#[test]
fn a_session_that_ends_for_no_reason_is_rejected() {
    let mut history = Written::new();
    history.login();
    history
        .refresh(0)
        .at(10, 20)
        .is(Response::Refused(Refusal::Missing));
    history.is_refuted(PATIENT, 20);
}

#[test]
fn after_reuse_nothing_is_accepted() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history
        .refresh(0)
        .at(30, 40)
        .is(Response::Refused(Refusal::Reused));
    history.refresh(1).at(50, 60).answers(2);
    history.is_refuted(STRICT, 60);
}

#[test]
fn two_concurrent_reuses_may_both_be_denied_as_reuse() {
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history
        .refresh(0)
        .at(30, 50)
        .is(Response::Refused(Refusal::Reused));
    history
        .refresh(0)
        .at(31, 51)
        .is(Response::Refused(Refusal::Reused));
    history.is_explained(STRICT);

    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history
        .refresh(0)
        .at(30, 40)
        .is(Response::Refused(Refusal::Reused));
    history
        .refresh(0)
        .at(50, 60)
        .is(Response::Refused(Refusal::Reused));
    history.is_refuted(STRICT, 60);
}

#[test]
fn a_request_without_a_response_takes_effect_at_any_time_or_never() {
    for used in [0, 1] {
        let mut history = Written::new();
        history.login();
        history.refresh(0).at(10, 0).nobody_hears();
        history.introspect(0).at(20, 30).is(Response::Active(true));
        history
            .introspect(used)
            .at(40, 50)
            .is(Response::Active(true));
        history.refresh(0).at(60, 70).answers(1);
        history.refresh(1).at(80, 90).answers(2);
        history.is_explained(PATIENT);
    }
    let mut history = Written::new();
    history.login();
    history.revoke().at(10, 0).nobody_hears();
    history.refresh(0).at(20, 30).answers(1);
    history
        .refresh(1)
        .at(40, 50)
        .is(Response::Refused(Refusal::Missing));
    history.is_explained(PATIENT);
}

#[test]
fn a_request_without_a_response_takes_no_effect_before_it_was_sent() {
    let mut history = Written::new();
    history.login();
    history
        .refresh(0)
        .at(10, 20)
        .is(Response::Refused(Refusal::Missing));
    history.revoke().at(30, 0).nobody_hears();
    history.is_refuted(PATIENT, 20);
}

#[test]
fn tokens_and_responses_follow_the_grant() {
    let refreshed = |sealed, scopes, revision| {
        let mut history = Written::new();
        history.login();
        history.amend(READ).at(10, 20).is(Response::Amended(true));
        let refresh = history.refresh(0).at(30, 40);
        refresh.is(Response::Tokens {
            generation: 1,
            revision,
            sealed,
            scopes,
        });
        history
    };
    let amended = WORDING.revision_after(Revision::ORIGINAL, READ);
    refreshed(READ, READ, amended).is_explained(PATIENT);
    refreshed(ALL, ALL, Revision::ORIGINAL).is_refuted(PATIENT, 40);
    refreshed(ALL, READ, amended).is_refuted(PATIENT, 40);
}

#[test]
fn a_narrowed_response_leaves_the_session_unchanged() {
    let narrowed = |sealed| {
        let mut history = Written::new();
        history.login();
        let operation = Operation::Refresh {
            token: token(0),
            by: Party::Owner,
            scopes: Some(READ),
        };
        history.write(operation).at(10, 20).is(Response::Tokens {
            generation: 1,
            revision: Revision::ORIGINAL,
            sealed,
            scopes: READ,
        });
        history
    };
    narrowed(ALL).is_explained(PATIENT);
    narrowed(READ).is_refuted(PATIENT, 20);
}

#[test]
fn grace_is_certain_before_and_after_and_open_in_between() {
    let spec = Duration::from_millis(1_000);
    let retry = |asked, answered| {
        let mut history = Written::new();
        history.login();
        history.refresh(0).at(100, 200).answers(1);
        history.refresh(0).at(asked, answered).answers(1);
        history
    };
    let reuse = |asked, answered| {
        let mut history = Written::new();
        history.login();
        history.refresh(0).at(100, 200).answers(1);
        let again = history.refresh(0).at(asked, answered);
        again.is(Response::Refused(Refusal::Reused));
        history
    };
    retry(300, 900).is_explained(spec);
    reuse(300, 900).is_refuted(spec, 900);
    retry(1_150, 1_160).is_explained(spec);
    reuse(1_150, 1_160).is_explained(spec);
    retry(1_300, 1_400).is_refuted(spec, 1_400);
    reuse(1_300, 1_400).is_explained(spec);
}

#[test]
fn lost_writes_are_healed_and_only_where_they_were_lost() {
    let healed = |loses_writes| {
        let mut history = Written::new();
        history.login();
        history.refresh(0).at(10, 20).answers(1);
        history.disturbed(30, 100, loses_writes);
        history.refresh(1).at(40, 50).answers(2);
        history
            .introspect(2)
            .at(110, 120)
            .is(Response::Active(false));
        history.refresh(2).at(130, 140).answers(3);
        history
    };
    healed(true).is_explained(PATIENT);
    healed(false).is_refuted(PATIENT, 120);
    // What was confirmed before it began is not lost.
    let mut history = Written::new();
    history.login();
    history.refresh(0).at(10, 20).answers(1);
    history.refresh(1).at(22, 24).answers(2);
    history.disturbed(30, 100, true);
    history.refresh(0).at(110, 120).answers(1);
    history.is_refuted(PATIENT, 120);
}

#[test]
fn many_requests_without_a_response_are_no_obstacle() {
    let after_an_outage = |answered| {
        let mut history = Written::new();
        history.login();
        for generation in 0..24 {
            let at = 10 + 10 * generation;
            history.refresh(generation).at(at, 0).nobody_hears();
            history.refresh(generation).at(at + 1, 0).nobody_hears();
            history
                .refresh(generation)
                .at(at + 2, at + 3)
                .answers(generation + 1);
        }
        // Each of them may have been lost, and brought back by a request of which nobody hears.
        history.disturbed(15, 300, true);
        history.refresh(24).at(310, 320).answers(answered);
        history
    };
    for grace in [PATIENT, STRICT] {
        let spec = Spec {
            limit: 20_000,
            ..Spec::new(grace, WORDING)
        };
        let explained = after_an_outage(25).check_with(spec);
        assert!(explained.is_ok(), "{explained:?}");
        let refuted = after_an_outage(26).check_with(spec);
        let refuted = refuted.expect_err("nobody has refreshed twice");
        assert_eq!(refuted.what, "no order explains this response");
    }
}

#[test]
fn a_search_that_would_take_too_long_is_given_up() {
    let mut history = Written::new();
    history.login();
    for generation in 0..8 {
        for _ in 0..4 {
            history
                .refresh(generation)
                .at(10, 100 + generation)
                .answers(generation + 1);
        }
    }
    let spec = Spec {
        limit: 50,
        ..Spec::new(PATIENT, WORDING)
    };
    let refuted = check(&history.entries, &[], |_| spec).expect_err("too much");
    assert_eq!(refuted.what, "too much to think about");
}
