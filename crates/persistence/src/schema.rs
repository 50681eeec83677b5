//! One `table!` for each table, in our own SQL types; native on both engines.

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    verifications (id) {
        id -> UidSql,
        tenant -> Text,
        purpose -> Text,
        locale -> Text,
        status -> Text,
        token -> Binary,
        phone_index -> Binary,
        phone -> Binary,
        known_client -> Bool,
        test_number -> Bool,
        checks -> SmallInt,
        max_checks -> SmallInt,
        sends -> SmallInt,
        code_1 -> Nullable<Binary>,
        code_1_until -> Nullable<InstantSql>,
        code_2 -> Nullable<Binary>,
        code_2_until -> Nullable<InstantSql>,
        code_3 -> Nullable<Binary>,
        code_3_until -> Nullable<InstantSql>,
        proof -> Nullable<Binary>,
        proof_until -> Nullable<InstantSql>,
        proof_spent_at -> Nullable<InstantSql>,
        created_at -> InstantSql,
        sent_at -> InstantSql,
        resend_at -> InstantSql,
        expires_at -> InstantSql,
        ended_at -> Nullable<InstantSql>,
        run_by_provider -> Nullable<Text>,
        run_by_reference -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    messages (id) {
        id -> UidSql,
        tenant -> Text,
        verification_id -> Nullable<UidSql>,
        group_id -> Nullable<UidSql>,
        kind -> Nullable<Text>,
        phone_index -> Binary,
        phone -> Nullable<Binary>,
        test_number -> Bool,
        payload -> Nullable<Binary>,
        created_at -> InstantSql,
        expires_at -> InstantSql,
        due_at -> Nullable<InstantSql>,
        lease -> Nullable<UidSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    attempts (message_id, number) {
        message_id -> UidSql,
        number -> SmallInt,
        tenant -> Text,
        provider -> Text,
        state -> Text,
        rank -> SmallInt,
        failure -> Nullable<Text>,
        provider_code -> Nullable<Text>,
        reference -> Nullable<Text>,
        possible_duplicate -> Bool,
        started_at -> InstantSql,
        updated_at -> InstantSql,
        accepted_at -> InstantSql,
        poll_at -> Nullable<InstantSql>,
        polls -> SmallInt,
        country -> Nullable<Text>,
        price_amount -> Nullable<Text>,
        price_currency -> Nullable<Text>,
        event -> Nullable<Text>,
        route -> Nullable<DocumentSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    message_groups (id) {
        id -> UidSql,
        tenant -> Text,
        size -> SmallInt,
        images -> Nullable<Binary>,
        idempotency_key -> Nullable<Binary>,
        idempotency_request -> Nullable<Binary>,
        created_at -> InstantSql,
        scheduled_at -> Nullable<InstantSql>,
        expires_at -> InstantSql,
        cancelled_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    decisions (id) {
        id -> UidSql,
        tenant -> Text,
        purpose -> Text,
        phone_index -> Binary,
        test_number -> Bool,
        address -> Nullable<Binary>,
        network -> Nullable<Binary>,
        outcome -> Text,
        findings -> DocumentSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    wrong_checks (tenant, phone_index, known_client, day) {
        tenant -> Text,
        phone_index -> Binary,
        known_client -> Bool,
        day -> Integer,
        hits -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    client_tokens (digest) {
        digest -> Binary,
        tenant -> Text,
        phone_index -> Binary,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    idempotency (key) {
        key -> Binary,
        tenant -> Text,
        request -> Binary,
        verification_id -> UidSql,
        token -> Nullable<Binary>,
        checks_left -> SmallInt,
        sends -> SmallInt,
        resend_at -> InstantSql,
        expires_at -> InstantSql,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    key_checks (key_id) {
        key_id -> Integer,
        value -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    api_keys (id) {
        id -> Text,
        tenant -> Text,
        scopes -> Text,
        secret -> Binary,
        newer_secret -> Nullable<Binary>,
        created_at -> InstantSql,
        revoked_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    bad_keys (address) {
        address -> Binary,
        hits -> SmallInt,
        ends_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    receipts (id) {
        id -> UidSql,
        provider -> Text,
        call -> Nullable<Binary>,
        received_at -> InstantSql,
        due_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    templates (tenant, purpose, locale, version) {
        tenant -> Text,
        purpose -> Text,
        locale -> Text,
        version -> Integer,
        kind -> Text,
        text -> Nullable<Text>,
        created_at -> InstantSql,
    }
}

diesel::allow_tables_to_appear_in_same_query!(messages, verifications, message_groups, attempts);
diesel::allow_tables_to_appear_in_same_query!(api_keys, bad_keys);
