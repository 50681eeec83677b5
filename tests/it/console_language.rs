//! The way from one language of the console to the other.

use bonin_tests::{Administrator, Answer, Engine, Server, numbers, on_both_databases, value_after};

on_both_databases!(
    the_other_language_of_an_answer_to_a_form_is_a_page_and_stays,
    what_deeds_show_has_its_page_in_the_other_language,
    the_address_of_a_form_leads_to_its_page,
    failures_are_told_to_operators_and_not_to_programs,
);

/// The cookie of the language that was chosen.
const CHOSEN: &str = "__Host-bonin-language=en";

/// Follows the language link of a page to where it leads.
async fn other_language(keeper: &Administrator, answer: &Answer, path: &str) -> String {
    assert!(answer.text.contains("<html lang=\"ko\">"), "{path}: {}", answer.text);
    let link = value_after(&answer.text, "<a class=\"language\" href=\"");
    let page = keeper.get(&link).await;
    assert_eq!(page.status, 200, "{path} leads to {link}");
    assert!(page.text.contains("<html lang=\"en\">"), "{link}: {}", page.text);
    assert!(page.header("set-cookie").starts_with(CHOSEN), "{link}");
    link.split('?').next().unwrap_or_default().to_owned()
}

async fn the_other_language_of_an_answer_to_a_form_is_a_page_and_stays(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    for (path, fields, status) in [
        ("/console/keys", &[("tenant", "default")][..], 422),
        ("/console/keys", &[("tenant", "default"), ("read", "1")], 201),
        ("/console/keys", &[("tenant", "nobody")], 404),
        ("/console/verifications", &[("number", "010-12"), ("reason", "")], 422),
        ("/console/templates/default/sign_up/ko", &[("text", "")], 422),
        ("/console/templates/default/sign_up/fr/revert", &[], 404),
        ("/console/join", &[("token", "x")], 422),
        ("/console/join/confirm", &[("token", "x")], 422),
    ] {
        let answer = keeper.post(path, fields).await.expect(status);
        other_language(&keeper, &answer, path).await;
    }
}

async fn what_deeds_show_has_its_page_in_the_other_language(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let story = format!("/console/verifications/{}", server.api().start(&numbers::fresh()).await.id);
    let number = format!("{story}/number");
    let rotate = format!("/console/keys/{}/rotate", server.key("default", &["read"]).id);
    let reason = [("reason", "본인 확인 요청 77")];
    for (path, fields, status, page) in [
        (number.as_str(), &reason[..], 200, story.as_str()),
        (&number, &[("reason", "짧다")], 422, &story),
        ("/console/providers/check", &[], 200, "/console/providers"),
        (&rotate, &[], 200, "/console/keys"),
        (&rotate, &[], 409, "/console/keys"),
    ] {
        let answer = keeper.post(path, fields).await.expect(status);
        assert_eq!(other_language(&keeper, &answer, path).await, page);
    }
}

async fn the_address_of_a_form_leads_to_its_page(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let id = "01a1fe5cab187a56a965588848b0e515";
    for (path, page) in [
        ("/console/keys/aaaaaaaa/rotate", "/console/keys".to_owned()),
        ("/console/keys/aaaaaaaa/revoke", "/console/keys".to_owned()),
        (&format!("/console/verifications/{id}/number"), format!("/console/verifications/{id}")),
        ("/console/verifications/x/number", "/console/verifications".to_owned()),
        ("/console/providers/check", "/console/providers".to_owned()),
        ("/console/templates/default/sign_up/ko/revert", "/console/templates/default/sign_up/ko".to_owned()),
        ("/console/join/confirm", "/console/join".to_owned()),
        ("/console/logout", "/console".to_owned()),
    ] {
        assert_eq!(keeper.get(path).await.expect(303).header("location"), page, "{path}");
    }
    let _ = keeper.get("/console/keys").await.expect(200);
}

async fn failures_are_told_to_operators_and_not_to_programs(engine: Engine) {
    let server = Server::on(engine).start().await;
    let keeper = server.administrator().await;
    let old = keeper.send("/console/keys", &[("form_token", "x")]).await.expect(403).text;
    assert!(old.contains("이 화면이 오래됐어요") && !old.contains("합니다"), "{old}");
    let old = keeper.send("/console/keys?lang=en", &[("form_token", "x")]).await.expect(403).text;
    assert!(old.contains("The page was too old") && !old.contains("header is missing"), "{old}");
    let nothing = keeper.get("/console/nothing").await.expect(404).text;
    assert!(nothing.contains("찾는 페이지가 없어요"), "{nothing}");
    let unknown = "/console/verifications/01a1fe5cab187a56a965588848b0e515";
    let unknown = keeper.get(unknown).await.expect(404).text;
    assert!(unknown.contains("이 ID의 인증이 없어요"), "{unknown}");

    // Why a message failed is told to whoever can do something about it, not to whoever waits for a code.
    server.sandbox().set_fault(&serde_json::json!({ "provider": "sens", "status": 503 })).await;
    let verification = server.api().start_and_wait(&numbers::fresh(), 5).await;
    let story = keeper.get(&format!("/console/verifications/{}", verification.id)).await.expect(200).text;
    assert!(story.contains("발송사에 연결할 수 없거나 장애가 있었어요"), "{story}");
    assert!(!story.contains("습니다") && !story.contains("다시 보내 주세요"), "{story}");
}
