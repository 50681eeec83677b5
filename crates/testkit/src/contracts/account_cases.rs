//! The lists of cases of accounts, sessions and identities.

#[doc(hidden)]
#[macro_export]
macro_rules! __account_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            an_account_reads_back_as_it_was_opened
            a_sign_up_spends_its_proofs
            a_sign_up_wants_a_proof_that_lives
            a_sign_up_wants_an_identity_proof_that_lives
            a_sign_up_wants_a_proof_of_its_own
            a_sign_up_wants_an_identity_proof_of_its_own
            a_number_opens_one_account
            a_login_id_opens_one_account
            a_person_opens_one_account_where_that_is_asked_for
            another_tenant_has_accounts_of_its_own
            an_account_under_an_id_that_exists_is_a_conflict
            of_16_concurrent_sign_ups_with_one_number_one_creates
            of_16_concurrent_sign_ups_with_one_login_id_one_creates
            of_16_concurrent_sign_ups_of_one_person_one_creates
            of_16_concurrent_sign_ups_with_one_proof_one_creates
            of_16_concurrent_sign_ups_with_one_identity_proof_one_creates
            a_repeated_sign_up_gets_its_account
            another_request_under_a_sign_ups_key_is_refused
            a_sign_ups_key_is_forgotten_after_a_day
            a_refused_sign_up_leaves_its_key_free
            of_eight_concurrent_sign_ups_under_one_key_one_creates
            a_look_up_tells_the_account_and_spends_its_proof
            a_look_up_that_finds_nothing_spends_its_proof_too
            a_look_up_by_identity_finds_by_ci_or_di
            a_look_up_tells_at_most_five_oldest_first
            a_look_up_never_tells_a_closed_account
            a_look_up_wants_a_proof_of_its_own
            a_look_up_wants_a_proof_that_lives
            of_16_concurrent_look_ups_with_one_proof_one_is_answered
            a_changed_number_is_the_accounts
            a_number_that_has_an_account_is_not_changed_to
            a_changed_number_is_proved
            a_change_of_number_takes_the_mark_of_another_person_away
            five_refusals_spend_a_proof
            refusals_are_charged_to_a_live_proof_of_its_own
            of_16_concurrent_refusals_five_are_charged
            a_number_is_changed_in_a_session_only
            of_16_who_want_one_number_at_once_one_gets_it
            a_closed_account_is_gone
            a_closed_account_is_not_repeated
            an_account_is_closed_by_its_present_password
            imported_accounts_are_as_they_were
            concurrent_sign_ups_that_share_subjects_crosswise_all_end
            concurrent_deeds_on_one_account_all_end
            a_withdrawal_is_another_row
            an_account_that_is_gone_takes_no_consents
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __password_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_changed_password_ends_what_the_old_one_opened
            a_change_from_another_password_has_no_effect
            a_password_is_changed_in_a_session_only
            of_16_concurrent_password_changes_one_goes_through
            a_proof_of_the_accounts_own_opens_a_reset
            a_proof_of_somebody_else_opens_no_reset_and_stays_unspent
            a_reset_wants_a_proof_for_it_that_lives
            a_new_reset_ends_the_earlier_one
            a_reset_dies_at_its_end_and_not_before
            a_finished_reset_ends_what_the_old_password_opened
            a_finished_reset_forgets_the_failed_log_ins_of_its_account
            a_number_that_another_person_was_seen_with_opens_no_reset
            a_number_not_proved_for_180_days_opens_no_reset
            another_person_seen_with_a_number_ends_what_it_opened
            of_16_who_finish_a_reset_at_once_one_sets_the_password
            of_16_who_open_a_reset_at_once_one_is_left
            the_owner_is_told_with_the_deed
            of_16_concurrent_deeds_one_tells_the_owner
            a_refused_deed_tells_nobody
            a_notice_is_leased_and_recorded_like_a_code
            notices_do_not_fill_a_numbers_windows
            a_notice_is_not_listed
            a_notice_under_an_id_that_exists_is_a_conflict
            a_number_is_told_five_times_in_24_hours
            a_number_is_told_five_times_over_all_tenants_however_many_deeds_come_at_once
            the_same_number_again_is_told_to_nobody
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __login_attempt_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            log_ins_without_an_address_count_in_all_alone
            ten_log_ins_from_an_address_wait_for_its_window
            each_login_id_and_address_has_log_ins_of_its_own
            after_a_hundred_failures_the_waits_grow_up_to_an_hour
            a_success_forgets_the_failures_of_its_address_and_in_all
            of_40_concurrent_log_ins_from_an_address_ten_are_allowed
            of_40_concurrent_log_ins_from_everywhere_eleven_are_allowed
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __session_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_session_is_found_by_its_token
            a_session_wants_the_present_password
            a_log_in_replaces_an_outdated_hash
            a_log_in_that_races_a_reset_leaves_no_session
            an_idle_session_dies
            a_session_dies_at_its_end_however_often_it_is_used
            a_use_is_noted_once_a_minute
            the_eleventh_session_ends_the_one_used_longest_ago
            a_session_that_is_over_takes_no_place
            of_16_concurrent_log_ins_ten_stay
            sessions_are_listed_by_their_last_use
            an_account_ends_its_own_sessions_alone
            a_step_up_puts_the_session_under_a_new_token
            a_step_up_proves_nothing_where_another_person_was_seen_with_the_number
            a_step_up_wants_a_proof_and_a_session_of_its_own
            of_16_concurrent_step_ups_with_one_proof_one_goes_through
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __identity_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            an_identity_verification_reads_back_as_it_was_started
            an_identity_verification_runs_out
            an_identity_verification_is_completed_once
            a_result_works_once
            a_stranger_completes_nothing
            of_16_concurrent_results_for_one_verification_one_is_taken
            of_16_concurrent_verifications_with_one_result_one_takes_it
            an_identity_proof_dies_at_its_end_and_not_before
            a_result_contests_the_accounts_of_another_person
            an_address_starts_ten_identity_verifications_in_ten_minutes
            an_address_starts_thirty_identity_verifications_in_an_hour
            a_rule_for_identity_verifications_that_is_not_applied_refuses_nothing
            of_40_concurrent_identity_verifications_ten_are_started
            an_issued_order_id_is_known
            three_one_time_passwords_are_sent_and_five_compared
            a_number_gets_so_many_one_time_passwords
            a_rule_for_one_time_passwords_that_is_not_applied_refuses_nothing
            one_time_passwords_are_for_the_holder_of_a_pending_verification
            concurrent_one_time_passwords_never_pass_a_budget
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __erasure_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_result_is_handed_out_until_it_is_erased
            concurrent_erasers_are_disjoint_and_leave_nothing
        }
    };
}
