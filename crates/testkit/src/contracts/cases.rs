//! The lists of cases, and what is made of them.

/// Makes one multi-threaded test of each case, named like it.
///
/// `$make` is an expression for an `Arc` of a [`Store`](crate::contracts::Store), evaluated in each test; it
/// may await. It may give handles to one shared database or to a new one each time. Where it gives handles to
/// a shared one, `fresh: $fresh` gives a new database to the cases that need it (those of key checks, of
/// conversions, of erasures, of the record and of figures).
/// The calling crate needs `tokio` with `macros` and `rt-multi-thread`.
///
/// ```
/// use std::sync::Arc;
/// # use bonin_testkit::InMemoryStore;
/// # async fn shared_database() -> Arc<InMemoryStore> { Arc::default() }
/// # async fn new_database() -> Arc<InMemoryStore> { Arc::default() }
/// mod contracts {
///     # use super::*;
///     bonin_testkit::contract_tests!(shared_database().await, fresh: new_database().await);
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! contract_tests {
    ($make:expr) => {
        $crate::contract_tests!($make, fresh: $make);
    };
    ($make:expr, fresh: $fresh:expr) => {
        $crate::__verification_cases!(__test_cases($make));
        $crate::__outbox_cases!(__test_cases($make));
        $crate::__group_cases!(__test_cases($make));
        $crate::__spending_cases!(__test_cases($make));
        $crate::__api_key_cases!(__test_cases($make));
        $crate::__receipt_cases!(__test_cases($make));
        $crate::__template_cases!(__test_cases($make));
        $crate::__account_cases!(__test_cases($make));
        $crate::__password_cases!(__test_cases($make));
        $crate::__login_attempt_cases!(__test_cases($make));
        $crate::__session_cases!(__test_cases($make));
        $crate::__identity_cases!(__test_cases($make));
        $crate::__connection_cases!(__test_cases($make));
        $crate::__web_send_cases!(__test_cases($make));
        $crate::__key_check_cases!(__test_cases($fresh));
        $crate::__erasure_cases!(__test_cases($fresh));
        $crate::__conversion_cases!(__test_cases($fresh));
        $crate::__admin_cases!(__test_cases($make));
        $crate::__audit_cases!(__test_cases($fresh));
        $crate::__analytics_cases!(__test_cases($fresh));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __test_cases {
    (($make:expr) $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let store: ::std::sync::Arc<dyn $crate::contracts::Store> = $make;
                $crate::contracts::case::$case(store).await;
            }
        )*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __run_cases {
    (($make:expr) $($case:ident)*) => {
        $( $crate::contracts::case::$case($make).await; )*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __verification_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_verification_reads_back_as_it_was_created
            a_withheld_verification_differs_in_nothing_else
            a_start_follows_its_policy
            a_start_under_an_id_that_exists_is_a_conflict
            a_refused_start_leaves_nothing_but_its_decision
            a_destination_that_is_never_sent_to_is_refused
            a_neighbour_of_the_same_number_is_left_alone
            a_full_window_opens_when_its_oldest_send_ages
            a_number_has_one_window_over_all_tenants_and_purposes
            every_send_to_a_number_counts
            an_address_and_a_network_have_windows_over_all_numbers
            rules_that_are_only_recorded_refuse_nothing
            forty_concurrent_starts_never_pass_a_numbers_window
            forty_concurrent_starts_never_pass_an_addresss_window
            forty_concurrent_starts_never_pass_a_networks_window
            concurrent_starts_that_share_subjects_crosswise_all_end
            a_right_code_is_accepted_once
            a_miss_is_charged_for_good
            the_fifth_check_is_judged_on_its_merits
            five_misses_lock_until_expiry
            a_code_dies_at_its_end_and_not_before
            verified_and_cancelled_outlive_their_end
            of_64_concurrent_wrong_checks_five_are_compared
            of_40_concurrent_right_checks_one_succeeds
            concurrent_mixed_checks_share_one_budget
            a_stranger_finds_nothing_and_changes_nothing
            a_code_counts_for_its_own_verification_only
            a_tenants_key_finds_and_cancels_without_the_token
            a_resend_adds_a_code_and_a_message_but_no_check
            the_oldest_code_dies_beyond_the_live_codes
            each_code_dies_at_its_own_end
            a_resend_before_its_wait_is_too_early
            a_resend_waits_for_the_numbers_windows_too
            a_verification_that_is_over_sends_nothing_more
            of_eight_concurrent_resends_one_sends
            concurrent_resends_never_pass_a_numbers_window
            a_proof_tells_its_number_and_stays_good
            a_proof_dies_at_its_end_and_not_before
            a_proof_counts_for_its_own_tenant_and_purpose
            twenty_misses_refuse_the_next_start_until_the_next_day
            a_budget_that_is_gone_leaves_verifications_under_way_alone
            known_and_unknown_clients_have_a_budget_each
            an_expired_or_foreign_client_token_does_not_help
            a_success_does_not_reset_the_budget
            each_tenant_has_a_budget_of_its_own
            at_the_ceiling_nothing_is_compared_or_charged
            concurrent_misses_never_pass_the_ceiling
            a_repeated_start_gets_its_first_answer
            another_request_under_a_used_key_is_refused
            a_key_is_forgotten_after_a_day
            a_refused_start_leaves_its_key_free
            of_eight_concurrent_starts_under_one_key_one_creates
            a_repeated_resend_gets_its_first_answer
            a_cancelled_verification_takes_no_code
            cancelling_what_is_over_says_how_it_ended
            of_a_check_and_a_cancelling_one_wins
            a_cancelled_verifications_waiting_messages_are_never_leased
            a_cancelled_verifications_leased_message_is_not_leased_again
            a_provider_runs_a_verification_once_it_took_it
            our_own_code_counts_no_more_where_it_never_left
            a_code_that_is_none_of_ours_is_charged_and_undecided
            of_20_concurrent_undecided_checks_five_are_charged
            an_undecided_check_is_charged_in_time_or_not_at_all
            undecided_checks_do_not_count_for_the_number
            at_the_ceiling_no_provider_is_asked
            a_match_marks_the_success_with_its_proof
            of_15_concurrent_matches_one_succeeds
            a_settled_miss_counts_and_the_last_one_locks
            settled_misses_use_up_the_numbers_budget
            a_check_that_was_compared_with_our_own_codes_is_never_given_back
            a_check_that_was_not_compared_is_given_back
            a_match_counts_where_others_used_up_the_budget
            settling_what_is_over_changes_nothing
            a_settlement_is_judged_at_the_moment_of_the_charge
            a_stranger_settles_nothing
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __outbox_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_waiting_message_is_leased_as_it_was_put_in
            a_lease_ends_when_it_says_and_not_before
            a_message_leased_at_its_start_is_left_alone
            a_lease_takes_the_oldest_messages_up_to_its_limit
            concurrent_leases_are_disjoint_and_leave_nothing
            a_message_whose_code_died_is_leased_all_the_same
            a_code_dies_with_its_verification
            a_closed_message_is_never_leased_again
            a_message_comes_back_when_it_is_due_again
            an_outcome_under_a_lost_lease_decides_nothing
            a_late_outcome_decides_while_nobody_took_the_message
            a_recorded_attempt_moves_forward_only
            several_attempts_are_recorded_in_their_order
            an_outcome_without_attempts_decides_what_follows
            outcomes_are_recorded_all_or_nothing
            an_attempt_is_polled_when_due_and_not_twice
            polls_come_by_due_time_up_to_the_limit
            concurrent_polls_are_disjoint_and_leave_nothing
            an_attempt_at_its_end_is_not_polled
            a_report_without_news_only_moves_the_poll
            a_report_moves_its_attempt_forward
            reports_in_every_order_leave_one_state
            a_price_is_taken_whenever_it_comes
            news_that_come_after_three_days_change_nothing
            concurrent_reports_leave_the_farthest_state
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __spending_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            starts_fill_a_day_up_to_its_ceiling
            a_message_dearer_than_the_ceiling_is_refused
            forty_concurrent_starts_stop_at_the_ceiling_to_one_message
            a_ceiling_that_is_only_recorded_refuses_nothing
            what_another_rule_refuses_costs_nothing
            a_resend_counts_and_waits_at_the_ceiling
            a_group_is_stored_whole_or_not_at_all_under_a_ceiling
            concurrent_groups_never_pass_the_ceiling
            a_cancelled_group_gives_its_charge_back
            a_closed_message_costs_what_was_taken
            a_message_that_is_tried_again_is_reckoned_as_a_whole
            a_step_is_told_once
            a_day_on_which_something_was_refused_says_so
            a_message_reckoned_for_good_keeps_its_charge
            a_decision_says_what_was_spent
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __key_check_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            the_first_keys_are_kept_and_recognised
            a_changed_key_is_told_and_not_kept
            a_missing_key_is_told_and_not_forgotten
            an_added_key_is_kept_from_then_on
            nothing_is_kept_where_keys_disagree
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __group_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_group_reads_back_as_it_was_created
            a_group_is_created_whole_or_not_at_all
            a_repeated_group_gets_the_first_groups_name
            another_request_under_a_groups_key_is_refused
            of_eight_concurrent_groups_under_one_key_one_is_created
            messages_are_listed_newest_first_page_by_page
            another_tenant_sees_nothing_of_a_group
            the_message_of_a_code_is_not_listed
            messages_of_groups_do_not_fill_a_numbers_windows
            a_groups_messages_are_leased_as_they_were_put_in
            a_reserved_group_waits_for_its_time
            a_groups_message_is_recorded_and_asked_after
            a_cancelled_reservation_is_never_sent
            a_group_that_is_being_sent_is_not_cancelled
            of_a_lease_and_a_cancelling_one_wins
            a_groups_images_last_until_its_last_message_is_closed
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __api_key_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_key_opens_with_its_own_secret_alone
            a_key_under_an_id_that_exists_is_a_conflict
            a_second_secret_lives_beside_the_first
            the_older_secret_ends_alone
            the_newer_secret_ends_alone
            a_revoked_key_opens_no_more
            keys_are_listed_oldest_first
            of_eight_concurrent_second_secrets_one_is_added
            five_bad_keys_close_an_address_until_the_minute_ends
            a_minute_begins_with_its_first_bad_key
            each_address_has_bad_keys_of_its_own
            of_20_concurrent_bad_keys_five_are_compared
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __receipt_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_receipt_is_due_when_it_says
            a_leased_receipt_is_left_alone_until_its_end
            a_settled_receipt_comes_back_when_it_says_or_never
            concurrent_readers_are_disjoint_and_leave_nothing
            a_receipt_moves_its_attempt_forward
            a_receipt_reaches_a_groups_message
            receipts_of_unknown_messages_are_counted
            receipts_in_every_order_leave_one_attempt
            concurrent_receipts_leave_the_farthest_state
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __template_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            versions_ascend_for_each_template
            concurrent_versions_get_a_number_each
            the_highest_version_is_in_use
            a_version_without_text_goes_back_to_the_built_in_one
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conversion_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_code_converts_when_its_verification_succeeds
            a_code_that_led_nowhere_is_missed
            a_success_is_the_last_codes
            the_newest_decided_codes_come_first
            only_codes_that_a_provider_took_are_learned_from
            codes_are_leased_before_the_messages_of_groups
            notices_are_leased_between_codes_and_groups
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __connection_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_log_in_under_way_is_taken_once
            a_log_in_under_way_is_for_its_own_browser
            a_log_in_under_way_dies_at_its_end_and_not_before
            a_log_in_under_a_state_that_exists_is_a_conflict
            of_16_concurrent_returns_one_takes_the_log_in
            a_connection_reads_back_as_it_was_made
            an_account_that_logs_in_again_renews_its_connection
            a_session_that_is_opened_is_its_connections
            an_account_has_one_connection_in_each_tenant
            a_connection_without_its_session_is_not_renewed
            of_16_concurrent_connections_of_an_account_one_is_made
            of_16_concurrent_renewals_each_changes_the_tokens
            a_second_log_in_that_asks_for_less_changes_nothing
            a_scope_is_taken_off_alone
            tokens_replace_those_of_their_version
            of_16_concurrent_replacements_one_takes_effect
            a_revoked_connection_keeps_its_sessions
            a_disconnected_connection_loses_its_sessions
            of_16_concurrent_ends_of_a_connection_one_takes_effect
            an_app_session_is_found_with_its_connection
            an_idle_app_session_dies
            an_app_session_dies_at_its_end_however_often_it_is_used
            a_use_of_the_app_is_noted_once_a_minute
            the_eleventh_app_session_ends_the_one_used_longest_ago
            an_app_session_that_is_over_takes_no_place
            an_app_session_ends_alone
            a_session_keeps_the_form_that_is_not_sent_yet
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __web_send_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_send_reads_back_as_it_was_asked_for
            a_send_is_found_by_its_own_connection
            sends_are_listed_newest_first_page_by_page
            a_send_is_stored_whole_or_not_at_all
            a_form_counts_once
            a_form_is_for_its_own_connection
            of_16_concurrent_sends_of_a_form_one_is_stored
            a_connection_sends_so_much_within_an_hour
            a_connection_sends_so_much_within_a_day
            a_send_is_told_when_all_of_it_fits
            a_send_for_later_counts_when_it_leaves
            two_hundred_sends_a_day_are_begun_whatever_becomes_of_them
            each_connection_has_its_own_room
            what_was_not_sent_does_not_count
            concurrent_sends_never_pass_a_limit
            a_prepared_send_has_its_references
            a_released_send_moves_its_messages
            a_refusal_answers_a_first_release_alone
            a_refused_send_says_why
            a_send_that_was_not_sent_stays_so
            a_send_that_is_sent_becomes_nothing_else
            a_followed_send_has_the_newest_figures
            another_tenant_notes_nothing
            news_in_every_order_leave_one_state
            concurrent_news_leave_the_farthest_state
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __admin_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            an_invitation_makes_one_administrator
            an_invitation_ends_when_it_says
            a_removed_administrator_leaves_nothing
            an_invitation_that_exists_is_a_conflict
            a_taken_name_leaves_the_invitation_good
            an_invitation_for_an_administrator_sets_everything_anew
            an_invitation_for_nobody_is_gone
            of_16_concurrent_joins_one_is_done
            of_16_concurrent_joins_under_one_name_one_is_done
            administrators_are_listed_by_name
            an_admin_session_is_found_by_its_token
            an_admin_session_wants_the_present_password
            a_step_opens_one_session
            of_16_concurrent_log_ins_with_one_step_one_is_opened
            an_idle_admin_session_dies
            an_admin_session_dies_at_its_end_however_often_it_is_used
            a_use_of_an_admin_session_is_noted_once_a_minute
            the_eleventh_admin_session_ends_the_one_used_longest_ago
            an_administrator_ends_their_own_sessions_alone
            a_story_tells_a_verification_as_it_stands
            a_story_tells_how_it_ended
            a_numbers_verifications_come_newest_first
            a_story_tells_the_decision_on_its_start
            refused_resends_belong_to_their_verification
            refused_starts_of_a_number_come_newest_first
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __audit_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            an_entry_of_the_record_reads_back_as_it_was_added
            the_record_is_listed_newest_first_page_by_page
            entries_of_the_record_are_found_by_actor_and_action
            sixteen_concurrent_entries_make_one_chain
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __analytics_cases {
    ($callback:ident($make:expr)) => {
        $crate::$callback! {
            ($make)
            a_verification_counts_once_by_how_it_ended
            a_verification_counts_for_who_took_its_newest_message
            a_verification_that_a_provider_runs_counts_for_that_one
            what_is_for_tests_or_withheld_never_counts
            figures_are_one_tenants_or_everybodys
            a_verification_counts_in_the_korean_step_of_its_start
            figures_tell_the_country_of_the_number
            times_to_success_are_rounded_down_to_tenths
            attempts_count_by_what_became_of_them
            latencies_are_timed_from_the_call
            refused_starts_count_by_what_stood_in_the_way
        }
    };
}
