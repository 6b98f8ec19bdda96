/// Passes the list of all checks to a macro, after the tokens in the brackets. Each check is listed
/// with its module.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_checks {
    (($($then:tt)+) $($arguments:tt)*) => {
        $($then)+! {
            [$($arguments)*]
            ready: [a_fresh_store_is_ready],
            create: [
                a_created_family_loads_as_it_was_recorded,
                the_deadline_is_the_nearer_of_idle_time_and_expiry,
                creating_twice_is_creating_once,
            ],
            advance: [
                an_advance_moves_the_generation_and_forgets_conflicts,
                an_advance_may_skip_generations,
                a_wrong_generation_or_revision_is_a_conflict,
                an_attempt_takes_effect_once,
                attempts_are_compared_whole,
                the_age_of_a_rotation_is_measured_by_the_store,
                young_rotations_are_remembered,
                remembered_rotations_have_ages_of_their_own,
                generations_that_are_presented_again_are_counted,
                the_count_of_shared_generations_saturates,
            ],
            replace: [
                a_replacement_changes_details_and_revision_only,
                a_replacement_of_another_revision_is_a_conflict,
                a_replacement_sent_twice_takes_effect_once,
            ],
            expiry: [
                an_advance_extends_the_deadline_up_to_the_expiry,
                a_family_in_use_outlives_its_first_deadline,
                a_family_without_deadlines_never_expires,
                an_unknown_family_is_missing,
                a_revoked_family_is_missing,
                an_expired_family_is_missing,
            ],
            sessions: [
                sessions_come_in_pages_that_miss_nothing,
                pages_miss_nothing_while_others_go,
                sessions_list_what_load_returns,
                subjects_are_separate,
            ],
            revoke: [
                revoking_one_family_ends_just_that,
                revoking_all_ends_every_family,
                revoking_all_but_one_spares_that_one,
                revoking_reaches_every_family_of_many,
            ],
            limit: [
                a_full_subject_gets_no_further_family,
                a_full_subject_makes_room_for_one_more,
                families_of_one_age_go_by_their_sid,
                a_lowered_limit_holds_at_the_next_create,
                expired_families_do_not_count,
            ],
            consume: [
                an_id_is_consumed_once_until_its_time_is_up,
                a_consumption_that_fails_changes_nothing,
                a_look_at_an_id_leaves_it_as_it_is,
                a_revocation_consumes_an_id_too,
                ids_are_separate,
            ],
            instant: [
                a_family_is_missing_from_the_instant_of_its_deadline,
                a_rotation_is_old_from_the_instant_of_its_age,
                an_id_is_free_from_the_instant_when_its_time_is_up,
                no_time_at_all_is_over_at_once,
            ],
            clock: [a_clock_that_steps_back_does_not_reopen_grace],
            many: [
                many_expired_families_are_not_listed,
                many_expired_families_do_not_count,
                many_expired_families_are_not_evicted,
                many_expired_families_are_revoked_with_the_others,
                families_and_ids_of_others_stay,
            ],
            race: [
                of_concurrent_advances_one_takes_effect,
                concurrent_copies_of_an_advance_are_one,
                of_concurrent_replacements_one_takes_effect,
                concurrent_creates_never_exceed_the_limit,
                concurrent_evictions_leave_the_limit,
                concurrent_creates_of_one_family_are_one,
                of_concurrent_consumptions_one_is_first,
                no_advance_survives_a_revocation,
            ],
            cancel: [
                a_dropped_create_takes_effect_whole_or_not_at_all,
                a_dropped_advance_takes_effect_whole_or_not_at_all,
                a_dropped_replacement_takes_effect_whole_or_not_at_all,
                a_dropped_revocation_takes_effect_whole_or_not_at_all,
                a_dropped_consumption_takes_effect_whole_or_not_at_all,
                dropped_calls_hold_nothing_up,
            ],
            oracle: [random_calls_return_what_a_list_returns],
        }
    };
}
