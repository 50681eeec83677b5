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
        withheld -> Bool,
        proof_refusals -> SmallInt,
        country -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    spending (day, tenant) {
        tenant -> Text,
        day -> Integer,
        charge -> BigInt,
        told -> SmallInt,
        stopped -> Bool,
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
        charge -> Nullable<BigInt>,
        charge_day -> Nullable<Integer>,
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
        verification_id -> Nullable<UidSql>,
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

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    accounts (id) {
        id -> UidSql,
        tenant -> Text,
        login_index -> Binary,
        login_id -> Binary,
        phone_index -> Binary,
        phone -> Binary,
        nickname -> Binary,
        password -> Text,
        phone_proved_at -> InstantSql,
        phone_contested_at -> Nullable<InstantSql>,
        ci -> Nullable<Binary>,
        di -> Nullable<Binary>,
        person_keys -> Nullable<Binary>,
        identified_at -> Nullable<InstantSql>,
        idempotency_key -> Nullable<Binary>,
        idempotency_request -> Nullable<Binary>,
        created_at -> InstantSql,
        closed_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    consents (account_id, number) {
        account_id -> UidSql,
        number -> Integer,
        tenant -> Text,
        term -> Text,
        version -> Text,
        locale -> Text,
        text_hash -> Binary,
        given -> Bool,
        address -> Binary,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    sessions (id) {
        id -> UidSql,
        tenant -> Text,
        account_id -> UidSql,
        token -> Binary,
        created_at -> InstantSql,
        seen_at -> InstantSql,
        expires_at -> InstantSql,
        stepped_up_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    password_resets (id) {
        id -> UidSql,
        tenant -> Text,
        account_id -> UidSql,
        token -> Binary,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    login_attempts (tenant, login_index, address) {
        tenant -> Text,
        login_index -> Binary,
        address -> Binary,
        hits -> Integer,
        ends_at -> InstantSql,
        charged_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    identity_verifications (id) {
        id -> UidSql,
        tenant -> Text,
        purpose -> Text,
        api -> Text,
        order_ref -> Text,
        token -> Binary,
        address -> Nullable<Binary>,
        created_at -> InstantSql,
        expires_at -> InstantSql,
        completed_at -> Nullable<InstantSql>,
        result -> Nullable<Binary>,
        identified -> Nullable<Binary>,
        ci -> Nullable<Binary>,
        di -> Nullable<Binary>,
        proof -> Nullable<Binary>,
        proof_until -> Nullable<InstantSql>,
        proof_spent_at -> Nullable<InstantSql>,
        proof_refusals -> SmallInt,
        erase -> Nullable<Binary>,
        erase_at -> Nullable<InstantSql>,
        otp_requests -> SmallInt,
        otp_tries -> SmallInt,
        reference -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    otp_requests (identity_id, number) {
        identity_id -> UidSql,
        number -> SmallInt,
        tenant -> Text,
        phone_index -> Binary,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    past_verifications (id) {
        id -> UidSql,
        tenant -> Text,
        purpose -> Text,
        phone_index -> Binary,
        country -> Nullable<Text>,
        provider -> Nullable<Text>,
        run_by_provider -> Nullable<Text>,
        status -> Text,
        checks -> SmallInt,
        max_checks -> SmallInt,
        sends -> SmallInt,
        accepted -> Bool,
        delivered -> Bool,
        test_number -> Bool,
        withheld -> Bool,
        created_at -> InstantSql,
        ended_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    oauth_logins (id) {
        id -> UidSql,
        tenant -> Text,
        state -> Binary,
        browser -> Binary,
        verifier -> Nullable<Binary>,
        scopes -> Text,
        connection_id -> Nullable<UidSql>,
        back_to -> Text,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    connections (id) {
        id -> UidSql,
        tenant -> Text,
        account -> Binary,
        scopes -> Text,
        state -> Text,
        access -> Nullable<Binary>,
        access_until -> Nullable<InstantSql>,
        refresh -> Nullable<Binary>,
        version -> Integer,
        created_at -> InstantSql,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    app_sessions (id) {
        id -> UidSql,
        tenant -> Text,
        connection_id -> UidSql,
        token -> Binary,
        draft -> Nullable<Binary>,
        created_at -> InstantSql,
        seen_at -> InstantSql,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    web_sends (id) {
        id -> UidSql,
        tenant -> Text,
        connection_id -> UidSql,
        form -> Binary,
        kind -> Text,
        content -> Binary,
        size -> Integer,
        counted -> Bool,
        state -> Text,
        failure -> Nullable<Text>,
        provider_code -> Nullable<Text>,
        group_ref -> Nullable<Text>,
        delivered -> Integer,
        failed -> Integer,
        pending -> Integer,
        profit -> Text,
        charged -> Text,
        created_at -> InstantSql,
        scheduled_at -> Nullable<InstantSql>,
        releases -> SmallInt,
        released_at -> Nullable<InstantSql>,
        followed_at -> Nullable<InstantSql>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    web_messages (id) {
        id -> UidSql,
        tenant -> Text,
        send_id -> UidSql,
        phone -> Binary,
        state -> Text,
        rank -> SmallInt,
        failure -> Nullable<Text>,
        provider_code -> Nullable<Text>,
        reference -> Nullable<Text>,
        updated_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    admins (id) {
        id -> UidSql,
        name -> Text,
        password -> Text,
        totp -> Binary,
        last_step -> BigInt,
        created_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    admin_invitations (secret) {
        secret -> Binary,
        admin -> Nullable<Text>,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    admin_sessions (id) {
        id -> UidSql,
        admin_id -> UidSql,
        token -> Binary,
        created_at -> InstantSql,
        seen_at -> InstantSql,
        expires_at -> InstantSql,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::sql::*;

    audit (number) {
        number -> BigInt,
        row_id -> UidSql,
        at -> InstantSql,
        actor -> Text,
        address -> Nullable<Text>,
        action -> Text,
        subject -> Nullable<Text>,
        reason -> Nullable<Binary>,
        hash -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(messages, verifications, message_groups, attempts);
diesel::allow_tables_to_appear_in_same_query!(api_keys, bad_keys);
diesel::allow_tables_to_appear_in_same_query!(accounts, consents);
diesel::allow_tables_to_appear_in_same_query!(connections, app_sessions);
diesel::allow_tables_to_appear_in_same_query!(connections, web_sends);
diesel::allow_tables_to_appear_in_same_query!(web_sends, web_messages);
diesel::allow_tables_to_appear_in_same_query!(admins, admin_sessions);
