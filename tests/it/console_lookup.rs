//! Looking things up in the console: every look is recorded, and no page shows a code, a token, a text or, unasked, a
//! number.

use bonin_tests::{Administrator, Answer, Deadline, Engine, Server, numbers, on_both_databases, until};
use reqwest::Method;
use serde_json::json;

on_both_databases!(
    a_story_tells_everything_but_what_is_secret,
    a_number_is_looked_up_with_a_reason_and_stays_out_of_addresses,
    a_whole_number_is_shown_once_for_a_reason,
    refused_starts_and_other_tenants_are_found,
    providers_are_asked_on_request,
    what_providers_answer_is_told_in_words_for_operators,
);

/// The entries of the record, newest last: action and subject.
fn recorded(server: &Server) -> Vec<String> {
    server
        .database()
        .texts("SELECT action || ' ' || coalesce(subject, '-') AS text FROM audit ORDER BY number")
}

/// How many entries of an action stand there.
fn many(server: &Server, action: &str) -> usize {
    recorded(server).iter().filter(|entry| entry.starts_with(&format!("{action} "))).count()
}

async fn story(administrator: &Administrator, id: &str) -> Answer {
    administrator.get(&format!("/console/verifications/{id}")).await
}

async fn a_story_tells_everything_but_what_is_secret(engine: Engine) {
    // Of these two SENS alone tells soon what became of a message.
    let server = Server::on(engine).with_limits().set("BONIN__ROUTING__ORDER", "cafe24,sens").start().await;
    server.sandbox().set_fault(&json!({ "provider": "cafe24", "status": 503, "count": 1 })).await;
    let number = numbers::fresh();
    let verification = server.api().start_and_wait(&number, 5).await;
    let code = server.handset().code(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let _ = server.api().check(&verification, wrong).await.expect(422);
    let verified = server.api().check(&verification, &code).await.expect(200);
    let administrator = server.administrator().await;
    until("the delivery", Deadline::secs(20), async || {
        server.api().delivery(&verification).await.filter(|state| state == "delivered")
    })
    .await;
    let answer = story(&administrator, &verification.id).await.expect(200);
    let page = &answer.text;
    for told in [
        "인증 완료",
        &numbers::masked(&number),
        "1번째 시도: Cafe24",
        "2번째 시도: Naver SENS",
        "Naver SENS 접수",
        "badge-info\">접수",
        "badge-good\">도착",
        "발송사 장애",
        "고정 순서",
        "정해 둔 순서",
        "번호별 발송",
        "0 / 5 (10분)",
        "2 / 5",
        "20원",
        "회원가입",
    ] {
        assert!(page.contains(told), "{told} is not told: {page}");
    }
    let text = server.handset().message(&number).await.text;
    let proof = verified.text_of("proof");
    let client_token = verified.text_of("client_token");
    let bare = number.trim_start_matches('+');
    for secret in
        [&code, &verification.token, &proof, &client_token, &text, &number, bare, &numbers::national(&number)]
    {
        assert!(!page.contains(secret), "{secret} stands on the page");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    let subject = format!("verification_viewed verification:{}", verification.id);
    assert!(recorded(&server).contains(&subject), "{:?}", recorded(&server));

    let unknown = story(&administrator, "01a1fe5cab187a56a965588848b0e515").await;
    assert_eq!((unknown.status, unknown.text.contains("<h1>")), (404, true), "a page");
    assert_eq!(story(&administrator, "x").await.status, 404);
    let stranger = server.admin().get(&format!("/console/verifications/{}", verification.id)).await;
    let way_in = format!("/console/login?back=%2Fconsole%2Fverifications%2F{}", verification.id);
    assert_eq!((stranger.status, stranger.header("location")), (303, way_in.as_str()));
}

async fn a_number_is_looked_up_with_a_reason_and_stays_out_of_addresses(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let (first, second) = (server.api().start(&number).await, server.api().start(&number).await);
    let other = server.api().start(&numbers::fresh()).await;
    let administrator = server.administrator().await;
    let look = async |typed: &str, reason: &str| {
        administrator.post("/console/verifications", &[("number", typed), ("reason", reason)]).await
    };
    let (typed, reason) = (numbers::hyphenated(&number), "민원 1234, 번호가 안 와요");
    for (typed, reason, fault) in [
        (typed.as_str(), "왜", "reason-error"),
        ("010-12", reason, "number-error"),
        (&typed, "     ", "reason-error"),
    ] {
        let refused = look(typed, reason).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(&format!("id=\"{fault}\"")), "{}", refused.text);
        assert!(refused.text.contains(&format!("value=\"{typed}\"")), "what was typed is still there");
    }
    assert_eq!(many(&server, "number_looked_up"), 0, "nothing was looked up");

    let found = look(&typed, reason).await.expect(200).text;
    let place = |id: &str| found.find(&format!("/console/verifications/{id}"));
    assert!(place(&second.id) < place(&first.id) && place(&second.id).is_some(), "newest first");
    assert_eq!(place(&other.id), None);
    assert!(found.contains(&numbers::masked(&number)));
    assert_eq!(many(&server, "number_looked_up"), 1);
    let log = recorded(&server);
    assert!(log.iter().any(|entry| entry.starts_with("number_looked_up phone:")), "{log:?}");
    let stored = String::from_utf8_lossy(&server.database().contents()).into_owned();
    assert!(!stored.contains(reason) && !stored.contains(&number), "sealed");
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    for secret in [&typed, &number, &numbers::national(&number), reason] {
        assert!(!output.contains(secret), "{secret} is logged");
    }
    // By id, without a reason: the way leads to the story. What is no id, such as a number in the wrong field, stands in
    // no address.
    let path = "/console/verifications";
    let by_id = administrator.post(path, &[("id", &format!(" {} ", first.id))]).await.expect(303);
    assert_eq!(by_id.header("location"), format!("/console/verifications/{}", first.id));
    // As people copy it.
    let (capitals, parts) = (first.id.to_uppercase(), first.id.split_at(8));
    for typed in [capitals.clone(), format!("{}-{}", parts.0, parts.1), format!("{} {}\t", parts.0, parts.1)]
    {
        let by_id = administrator.post(path, &[("id", &typed)]).await.expect(303);
        assert_eq!(by_id.header("location"), format!("{path}/{}", first.id), "{typed}");
    }
    // One that nobody knows is a fault at its field, with what was typed.
    let before = recorded(&server).len();
    let nobodys = "01A1FE5CAB187A56A965588848B0E515";
    let unknown = administrator.post(path, &[("id", nobodys)]).await.expect(422).text;
    assert!(unknown.contains("id=\"id-error\"") && unknown.contains("이 ID의 인증이 없어요"), "{unknown}");
    assert!(unknown.contains(&format!("value=\"{nobodys}\"")), "{unknown}");
    assert_eq!(recorded(&server).len(), before, "nobody saw anything");
    let again = administrator.post(path, &[("id", &typed)]).await.expect(422);
    assert!(again.text.contains("id=\"id-error\"") && again.text.contains(&format!("value=\"{typed}\"")));
    assert!(!again.text.contains(&format!("={typed}")) && again.header("location").is_empty());
    assert_eq!(administrator.send(path, &[("id", &first.id)]).await.status, 403, "no form token");
    let ignored = administrator.get(&format!("{path}?id={}", first.id)).await.expect(200);
    assert!(!ignored.text.contains(&format!("value=\"{}\"", first.id)), "an address looks nothing up");
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    assert!(!output.contains(&typed), "it is not logged either");
    // Only our own form looks up.
    let fields = [("number", typed.as_str()), ("reason", reason)];
    assert_eq!(administrator.send("/console/verifications", &fields).await.status, 403, "no form token");
    assert_eq!(many(&server, "number_looked_up"), 1);
}

async fn a_whole_number_is_shown_once_for_a_reason(engine: Engine) {
    let server = Server::on(engine).start().await;
    let number = numbers::fresh();
    let verification = server.api().start(&number).await;
    let administrator = server.administrator().await;
    let path = format!("/console/verifications/{}/number", verification.id);
    let refused = administrator.post(&path, &[("reason", "짧다")]).await;
    assert_eq!((refused.status, refused.text.contains(&number)), (422, false));
    assert_eq!(many(&server, "number_revealed"), 0);
    let shown = administrator.post(&path, &[("reason", "본인 확인 요청 77")]).await.expect(200);
    assert!(shown.text.contains(&number), "{}", shown.text);
    assert!(recorded(&server).contains(&format!("number_revealed verification:{}", verification.id)));
    assert!(!story(&administrator, &verification.id).await.expect(200).text.contains(&number), "once");
    assert_eq!(
        administrator.send(&path, &[("reason", "본인 확인 요청 77")]).await.status,
        403,
        "no form token"
    );
    let opened = administrator.get(&path).await.expect(303);
    assert_eq!(opened.header("location"), path.trim_end_matches("/number"), "an address shows nothing");
    assert_eq!(many(&server, "number_revealed"), 1);

    // What is left of a verification after a day has no number.
    let gone = format!("/console/verifications/{}", "01a1e0000000700080000000000000aa");
    let erased = server.database();
    let id = match engine {
        Engine::Sqlite => "unhex('01a1e0000000700080000000000000aa')",
        Engine::Postgres => "CAST('01a1e0000000700080000000000000aa' AS uuid)",
    };
    erased.execute(&format!(
        "INSERT INTO past_verifications SELECT {id}, tenant, purpose, phone_index, country, 'sens', NULL, 'expired', 0, 5, 1, \
         (1 = 1), (1 = 1), test_number, withheld, created_at, expires_at FROM verifications"
    ));
    let page = administrator.get(&gone).await.expect(200).text;
    assert!(page.contains("지워짐") && !page.contains("name=\"reason\""), "{page}");
    let late = administrator.post(&format!("{gone}/number"), &[("reason", "본인 확인 요청 77")]).await;
    assert_eq!((late.status, late.text.contains(&number)), (409, false));
    assert_eq!(many(&server, "number_revealed"), 1);
}

async fn refused_starts_and_other_tenants_are_found(engine: Engine) {
    let server =
        Server::on(engine).with_limits().with_file("[tenants.shop]\nbrand = \"Shop\"\n").start().await;
    let number = numbers::fresh();
    let key = server.key("shop", &["start"]);
    let body = json!({ "phone_number": number, "purpose": "sign_up" });
    let start = async || server.api().with_key(&key, Method::POST, "/v1/verifications", Some(&body)).await;
    let allowed = start().await.expect(201).text_of("id");
    for _ in 1..5 {
        let _ = start().await.expect(201);
    }
    let _ = start().await.expect(429);
    let administrator = server.administrator().await;
    let fields = [("number", number.as_str()), ("reason", "한도에 걸린 고객")];
    let found = administrator.post("/console/verifications", &fields).await.expect(200).text;
    assert!(
        found.contains(&allowed) && found.contains(">shop<") && found.contains("badge-bad\">거부"),
        "{found}"
    );
    let (_, row) = found.split_once("badge-bad\">거부").expect("a refused start");
    let (_, link) = row.split_once("/console/verifications/").expect("a link");
    let page = story(&administrator, &link[..32]).await.expect(200).text;
    assert!(page.contains("5 / 5 (10분)") && page.contains("걸림"), "{page}");
    assert!(page.contains("지워짐") && !page.contains(&number), "a refused start keeps no number");
    assert!(story(&administrator, &allowed).await.expect(200).text.contains("shop"));
}

async fn providers_are_asked_on_request(engine: Engine) {
    let server = Server::on(engine).set("BONIN__ROUTING__ORDER", "sens,cafe24,coolsms,nexmo").start().await;
    let administrator = server.administrator().await;
    let page = administrator.get("/console/providers").await.expect(200).text;
    for told in ["Naver SENS", "Cafe24", "CoolSMS", "Nexmo SMS", "0255550100", "badge-good\">정상"] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!page.contains("남은 건수"), "nobody was asked");
    let asked = administrator.post("/console/providers/check", &[]).await.expect(200).text;
    for told in
        ["발신번호가 모두 등록돼 있어요", "남은 건수", "잔액", "인증키와 시계가 맞아요", "잔액 €1,000,000"]
    {
        assert!(asked.contains(told), "{told}: {asked}");
    }
    assert_eq!(many(&server, "providers_checked"), 1);
    assert_eq!(administrator.send("/console/providers/check", &[]).await.status, 403, "no form token");
    assert_eq!(many(&server, "providers_checked"), 1);

    // A sender that nobody registered with Cafe24.
    let other = server
        .beside()
        .set("BONIN__ROUTING__ORDER", "cafe24")
        .set("BONIN__PROVIDERS__CAFE24__FROM", "0255550101,0299999999")
        .start()
        .await;
    let asked = administrator.at(&other).post("/console/providers/check", &[]).await.expect(200).text;
    assert!(
        asked.contains("0299999999 등록되지 않은 발신번호예요") && !asked.contains("모두 등록돼"),
        "{asked}"
    );
}

async fn what_providers_answer_is_told_in_words_for_operators(engine: Engine) {
    let server = Server::on(engine)
        .set("BONIN__ROUTING__ORDER", "sens,cafe24,coolsms,nexmo")
        .set("BONIN__PROVIDERS__NEXMO__API_SECRET", "another-secret-77")
        .start()
        .await;
    let administrator = server.administrator().await;
    server.sandbox().set_fault(&json!({ "provider": "sens", "on": "read", "status": 503 })).await;
    server.sandbox().set_fault(&json!({ "provider": "cafe24", "on": "read", "reset": true })).await;
    let asked = administrator.post("/console/providers/check", &[]).await.expect(200).text;
    assert!(asked.contains("지금 이용할 수 없어요. (503"), "{asked}");
    assert!(asked.contains("제대로 된 답을 받지 못했어요. (reset)"), "{asked}");
    assert!(asked.contains("인증키가 맞지 않아요. 설정한 키를 확인해 주세요. (401)"), "{asked}");
    for foreign in ["unavailable", "unclear", "did not accept", "연결하지 못했어요", "another-secret-77"]
    {
        assert!(!asked.contains(foreign), "{foreign}: {asked}");
    }
    let english = administrator.post("/console/providers/check?lang=en", &[]).await.expect(200).text;
    assert!(english.contains("It is not available now. (503"), "{english}");
    let output = String::from_utf8_lossy(&server.output()).into_owned();
    assert!(!output.contains("another-secret-77"), "{output}");
    assert!(!output.contains("get-balance"), "the address is in no log");
}
