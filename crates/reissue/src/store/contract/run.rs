use super::{
    Harness, a_consumption_that_fails_changes_nothing, a_created_family_loads_as_it_was_recorded,
    a_family_in_use_outlives_its_first_deadline, a_family_without_deadlines_never_expires,
    a_full_subject_is_refused_one_more, a_full_subject_makes_room_for_one_more,
    a_look_at_an_id_leaves_it_as_it_is, a_lowered_limit_holds_at_the_next_create,
    a_replacement_changes_details_and_revision_only,
    a_replacement_of_another_revision_is_a_conflict, a_replacement_sent_twice_takes_effect_once,
    a_revocation_consumes_an_id_too, a_revoked_family_is_missing,
    a_wrong_generation_or_revision_is_a_conflict, an_advance_extends_the_deadline_up_to_the_expiry,
    an_advance_may_skip_generations, an_advance_moves_the_generation_and_forgets_conflicts,
    an_attempt_takes_effect_once, an_expired_family_is_missing,
    an_id_is_consumed_once_until_its_time_is_up, an_unknown_family_is_missing,
    attempts_are_compared_whole, concurrent_copies_of_an_advance_are_one,
    concurrent_creates_never_exceed_the_limit, concurrent_creates_of_one_family_are_one,
    concurrent_evictions_leave_the_limit, creating_twice_is_creating_once,
    expired_families_do_not_count, generations_that_are_presented_again_are_counted,
    ids_are_separate, no_advance_survives_a_revocation, of_concurrent_advances_one_takes_effect,
    of_concurrent_consumptions_one_is_first, of_concurrent_replacements_one_takes_effect,
    remembered_rotations_have_ages_of_their_own, revoking_all_but_one_spares_that_one,
    revoking_all_ends_every_family, revoking_one_family_ends_just_that,
    revoking_reaches_every_family_of_many, sessions_come_in_pages_that_miss_nothing,
    sessions_list_what_load_answers, subjects_are_separate,
    the_age_of_a_rotation_is_measured_by_the_store,
    the_deadline_is_the_nearer_of_idle_time_and_expiry, young_rotations_are_remembered,
};
use crate::store::Store;

/// Every check of the suite, one after the other.
///
/// # Panics
///
/// At the first check that fails, with what it found.
pub async fn run(harness: &impl Harness) {
    a_fresh_store_is_ready(harness).await;

    a_created_family_loads_as_it_was_recorded(harness).await;
    the_deadline_is_the_nearer_of_idle_time_and_expiry(harness).await;
    creating_twice_is_creating_once(harness).await;

    an_advance_moves_the_generation_and_forgets_conflicts(harness).await;
    an_advance_may_skip_generations(harness).await;
    a_wrong_generation_or_revision_is_a_conflict(harness).await;
    an_attempt_takes_effect_once(harness).await;
    attempts_are_compared_whole(harness).await;
    the_age_of_a_rotation_is_measured_by_the_store(harness).await;
    young_rotations_are_remembered(harness).await;
    remembered_rotations_have_ages_of_their_own(harness).await;
    generations_that_are_presented_again_are_counted(harness).await;

    a_replacement_changes_details_and_revision_only(harness).await;
    a_replacement_of_another_revision_is_a_conflict(harness).await;
    a_replacement_sent_twice_takes_effect_once(harness).await;

    an_advance_extends_the_deadline_up_to_the_expiry(harness).await;
    a_family_in_use_outlives_its_first_deadline(harness).await;
    a_family_without_deadlines_never_expires(harness).await;
    an_unknown_family_is_missing(harness).await;
    a_revoked_family_is_missing(harness).await;
    an_expired_family_is_missing(harness).await;

    sessions_come_in_pages_that_miss_nothing(harness).await;
    sessions_list_what_load_answers(harness).await;
    subjects_are_separate(harness).await;

    revoking_one_family_ends_just_that(harness).await;
    revoking_all_ends_every_family(harness).await;
    revoking_all_but_one_spares_that_one(harness).await;
    revoking_reaches_every_family_of_many(harness).await;

    a_full_subject_is_refused_one_more(harness).await;
    a_full_subject_makes_room_for_one_more(harness).await;
    a_lowered_limit_holds_at_the_next_create(harness).await;
    expired_families_do_not_count(harness).await;

    an_id_is_consumed_once_until_its_time_is_up(harness).await;
    a_consumption_that_fails_changes_nothing(harness).await;
    a_look_at_an_id_leaves_it_as_it_is(harness).await;
    a_revocation_consumes_an_id_too(harness).await;
    ids_are_separate(harness).await;

    of_concurrent_advances_one_takes_effect(harness).await;
    concurrent_copies_of_an_advance_are_one(harness).await;
    of_concurrent_replacements_one_takes_effect(harness).await;
    concurrent_creates_never_exceed_the_limit(harness).await;
    concurrent_evictions_leave_the_limit(harness).await;
    concurrent_creates_of_one_family_are_one(harness).await;
    of_concurrent_consumptions_one_is_first(harness).await;
    no_advance_survives_a_revocation(harness).await;
}

/// A store that the harness has just made can serve. It may have findings: test set-ups seldom persist.
pub async fn a_fresh_store_is_ready(harness: &impl Harness) {
    let ready = harness.store().await.ready().await;
    assert!(ready.is_ok(), "{ready:?}");
}
