//! The lists of cases, and what is made of them.

/// Makes one test of each case that a [`MessageSender`](bonin_ports::MessageSender) passes; `$provider` is a
/// [`Provider`](crate::conformance::Provider), evaluated in each test. See [`crate::conformance`].
#[macro_export]
macro_rules! message_sender_conformance {
    ($provider:expr) => {
        $crate::__common_conformance!($provider);
        $crate::__conformance_tests! {
            ($provider)
            an_accepted_message_has_a_reference
            a_long_text_goes_in_one_request_too
            a_text_beyond_the_encoding_is_refused_without_a_request
        }
    };
}

/// Makes one test of each case that a [`BulkSender`](bonin_ports::BulkSender) passes; `$provider` is made by
/// [`Provider::bulk`](crate::conformance::Provider::bulk), evaluated in each test. See [`crate::conformance`].
#[macro_export]
macro_rules! bulk_sender_conformance {
    ($provider:expr) => {
        $crate::__common_conformance!($provider);
        $crate::__conformance_tests! {
            ($provider)
            a_full_batch_goes_in_one_request
            one_message_is_a_batch_too
            verdicts_are_in_the_order_of_the_messages
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __common_conformance {
    ($provider:expr) => {
        $crate::__conformance_tests! {
            ($provider)
            each_documented_refusal_has_its_class
            wrong_credentials_are_told_apart
            a_provider_out_of_order_or_over_quota_is_unavailable
            too_many_requests_are_a_matter_of_quota
            a_503_is_a_provider_out_of_order
            other_client_errors_are_surely_not_accepted
            a_connection_refused_is_unavailable
            a_failure_of_tls_is_unavailable
            documented_doubts_are_unclear
            server_errors_are_unclear
            a_success_that_cannot_be_read_is_unclear
            an_empty_success_is_unclear
            an_answer_over_64_kib_is_unclear
            a_redirect_is_not_followed
            a_connection_cut_after_the_request_is_unclear
            a_connection_cut_within_the_answer_is_unclear
            an_answer_that_never_comes_is_unclear
            an_answer_that_drips_is_unclear
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    (($provider:expr) $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::conformance::case::$case($provider).await;
            }
        )*
    };
}
