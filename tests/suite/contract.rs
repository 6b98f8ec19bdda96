//! The contract suite rejects each store that breaks one promise of `reissue::store`, in the check
//! that is about it.

mod advance;
mod defect;
mod harness;
mod page;
mod state;
mod steps;
mod store;

use self::defect::Defect;
use self::harness::{Harness, first_check_that_fails};

#[test]
fn a_store_without_defects_keeps_the_contract() {
    assert_eq!(first_check_that_fails(&Harness::sound()), None);
}

#[test]
fn a_store_that_breaks_a_promise_is_rejected_by_the_check_of_that_promise() {
    let mut surprises = Vec::new();
    for (defect, check) in REJECTED {
        let failed = first_check_that_fails(&Harness::with(*defect));
        if failed != Some(*check) {
            surprises.push(format!("{defect:?}: {failed:?} instead of {check}"));
        }
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

/// The harness makes the clock exact, but the suite does not depend on that to be passed.
#[test]
fn a_clock_that_goes_on_by_itself_does_not_matter() {
    assert_eq!(first_check_that_fails(&Harness::with_moving_clock()), None);
}

/// Each defect, and the first check that fails because of it.
#[rustfmt::skip]
const REJECTED: &[(Defect, &str)] = &[
    // Atomic.
    (Defect::AdvanceReadsThenWrites, "of_concurrent_advances_one_takes_effect"),
    (Defect::AdvanceComparesAttemptsApart, "concurrent_copies_of_an_advance_are_one"),
    (Defect::AdvanceBringsBackTheRevoked, "no_advance_survives_a_revocation"),
    (Defect::CreateCountsApart, "concurrent_creates_never_exceed_the_limit"),
    (Defect::CreateEvictsApart, "concurrent_evictions_leave_the_limit"),
    (Defect::ReplaceReadsThenWrites, "of_concurrent_replacements_one_takes_effect"),
    (Defect::ConsumeReadsThenWrites, "of_concurrent_consumptions_one_is_first"),
    // Idempotent.
    (Defect::CreateOverwrites, "creating_twice_is_creating_once"),
    (Defect::AdvanceForgetsTheAttempt, "an_attempt_takes_effect_once"),
    (Defect::AdvanceRemembersEveryAttempt, "an_attempt_takes_effect_once"),
    (Defect::AdvanceComparesTheRevisionFirst, "an_attempt_takes_effect_once"),
    (Defect::AdvanceComparesAttemptsInPart, "attempts_are_compared_whole"),
    (Defect::AdvanceRemembersFailedAttempts, "an_advance_moves_the_generation_and_forgets_conflicts"),
    (Defect::ReplaceForgetsItself, "a_replacement_sent_twice_takes_effect_once"),
    (Defect::RevokeAlwaysCountsOne, "a_family_in_use_outlives_its_first_deadline"),
    // One clock.
    (Defect::DatesByAnotherClock, "a_created_family_loads_as_it_was_recorded"),
    (Defect::AgesByAnotherClock, "the_age_of_a_rotation_is_measured_by_the_store"),
    (Defect::OneAgeForAllRotations, "remembered_rotations_have_ages_of_their_own"),
    (Defect::FutureRotationsAreYoung, "a_clock_that_steps_back_does_not_reopen_grace"),
    // Expiry.
    (Defect::IdleTimeFromTheCreation, "an_advance_moves_the_generation_and_forgets_conflicts"),
    (Defect::IdleTimePastTheExpiry, "an_advance_extends_the_deadline_up_to_the_expiry"),
    (Defect::ConflictsExtendTheDeadline, "a_wrong_generation_or_revision_is_a_conflict"),
    (Defect::ListingsExtendTheDeadline, "a_family_is_missing_from_the_instant_of_its_deadline"),
    (Defect::LoadsExtendTheDeadline, "an_attempt_takes_effect_once"),
    (Defect::AdvancesTheExpired, "a_family_in_use_outlives_its_first_deadline"),
    (Defect::ListsTheExpired, "a_family_in_use_outlives_its_first_deadline"),
    (Defect::RevokesTheExpired, "a_family_in_use_outlives_its_first_deadline"),
    (Defect::RevivesTheExpired, "an_expired_family_is_missing"),
    (Defect::LivesAtTheDeadline, "a_family_is_missing_from_the_instant_of_its_deadline"),
    (Defect::CountsTheExpired, "expired_families_do_not_count"),
    (Defect::CountsTheExpiredButAFew, "many_expired_families_do_not_count"),
    (Defect::EvictsTheExpired, "many_expired_families_are_not_evicted"),
    (Defect::PagesEndAtTheExpired, "many_expired_families_are_not_listed"),
    (Defect::RevokesTheFirstHundred, "revoking_reaches_every_family_of_many"),
    // No eviction.
    (Defect::ForgetsFamiliesForSpace, "families_and_ids_of_others_stay"),
    (Defect::ForgetsIdsForSpace, "families_and_ids_of_others_stay"),
    // Cancel safety.
    (Defect::AdvanceIsTwoTransactions, "a_dropped_advance_takes_effect_whole_or_not_at_all"),
    (Defect::AdvanceWritesTheAttemptLater, "a_dropped_advance_takes_effect_whole_or_not_at_all"),
    (Defect::CreateIsTwoTransactions, "a_dropped_create_takes_effect_whole_or_not_at_all"),
    (Defect::ReplaceIsTwoTransactions, "a_dropped_replacement_takes_effect_whole_or_not_at_all"),
    (Defect::RevokeIsManyTransactions, "a_dropped_revocation_takes_effect_whole_or_not_at_all"),
    (Defect::ConsumeIsTwoTransactions, "a_dropped_consumption_takes_effect_whole_or_not_at_all"),
    (Defect::DroppedCallsKeepTheirPlace, "dropped_calls_hold_nothing_up"),
    // `create`.
    (Defect::CutsDetails, "a_created_family_loads_as_it_was_recorded"),
    (Defect::RecordsWhatItRefuses, "a_full_subject_gets_no_further_family"),
    (Defect::EvictsSilently, "a_full_subject_makes_room_for_one_more"),
    (Defect::EvictsByCreation, "a_full_subject_makes_room_for_one_more"),
    (Defect::EvictsTheLargestSid, "families_of_one_age_go_by_their_sid"),
    (Defect::EvictsOneAtMost, "a_lowered_limit_holds_at_the_next_create"),
    // `advance`.
    (Defect::IgnoresTheRevision, "a_wrong_generation_or_revision_is_a_conflict"),
    (Defect::IgnoresTheGeneration, "an_advance_moves_the_generation_and_forgets_conflicts"),
    (Defect::CountsTokensAhead, "a_wrong_generation_or_revision_is_a_conflict"),
    (Defect::KeepsConflicts, "an_advance_moves_the_generation_and_forgets_conflicts"),
    (Defect::NeverResetsSharedGenerations, "generations_that_are_presented_again_are_counted"),
    (Defect::SharedGenerationsWrap, "the_count_of_shared_generations_saturates"),
    (Defect::DropsTheHistory, "an_advance_may_skip_generations"),
    (Defect::LosesSkips, "an_advance_may_skip_generations"),
    (Defect::KeepsOldRotations, "young_rotations_are_remembered"),
    (Defect::KeepsTooManyRotations, "young_rotations_are_remembered"),
    (Defect::KeepsRotationsOfTheAge, "a_rotation_is_old_from_the_instant_of_its_age"),
    (Defect::HistoryHasGaps, "a_clock_that_steps_back_does_not_reopen_grace"),
    // `replace`, `sessions`, `revoke`.
    (Defect::ReplaceKeepsTheRevision, "an_attempt_takes_effect_once"),
    (Defect::ReplaceStartsTheIdleTime, "a_replacement_changes_details_and_revision_only"),
    (Defect::PagesCountFromTheStart, "pages_miss_nothing_while_others_go"),
    (Defect::PagesMissAFamily, "sessions_come_in_pages_that_miss_nothing"),
    (Defect::PagesNeverEnd, "creating_twice_is_creating_once"),
    (Defect::ListsDetailsInPart, "sessions_list_what_load_returns"),
    (Defect::MixesUpSubjects, "subjects_are_separate"),
    (Defect::AllButOneIsAll, "revoking_all_but_one_spares_that_one"),
    (Defect::AllButAnUnknownIsNone, "revoking_all_but_one_spares_that_one"),
    // `consume`, `is_consumed`, `ready`.
    (Defect::ConsumedForEver, "an_id_is_consumed_once_until_its_time_is_up"),
    (Defect::ConsumedAtTheInstant, "an_id_is_free_from_the_instant_when_its_time_is_up"),
    (Defect::ConsumingAgainProlongs, "a_consumption_that_fails_changes_nothing"),
    (Defect::LooksConsume, "a_look_at_an_id_leaves_it_as_it_is"),
    (Defect::RevocationsConsumeNothing, "a_revocation_consumes_an_id_too"),
    (Defect::IsNotReady, "a_fresh_store_is_ready"),
    // What none of the checks thought of.
    (Defect::AllButOneForgetsConflicts, "random_calls_return_what_a_list_returns"),
];
