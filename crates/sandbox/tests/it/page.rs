//! The handset as a page.

use actix_web::test::TestRequest;
use bonin_sandbox::credentials::COOLSMS_CLIENT_ID;

use crate::support::World;

#[actix_web::test]
async fn the_page_and_its_parts_are_served_guarded() {
    let world = World::new();
    for (target, content_type) in [
        ("/handset", "text/html; charset=utf-8"),
        ("/handset/app.css", "text/css; charset=utf-8"),
        ("/handset/app.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = world.get(target).await;
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(answer.header("content-type"), content_type);
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
}

#[actix_web::test]
async fn the_page_speaks_the_browsers_language() {
    let world = World::new();
    for (language, html, heading) in
        [("ko-KR,ko;q=0.9", "<html lang=\"ko\">", ">메시지<"), ("en", "<html lang=\"en\">", ">Messages<")]
    {
        let request = TestRequest::get().uri("/handset").insert_header(("accept-language", language));
        let page = world.call(request).await.text();
        assert!(page.contains(html) && page.contains(heading), "{language}");
    }
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem() {
    let answer = World::new().get("/nothing/here").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[actix_web::test]
async fn every_page_links_the_style_sheet_that_all_share() {
    let world = World::new();
    let sheet = world.get("/design.css").await;
    assert_eq!((sheet.status.as_u16(), sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(sheet.header("x-content-type-options"), "nosniff");
    assert_eq!(sheet.text(), bonin_design::STYLE);
    let login = format!(
        "/oauth2/v1/authorize?client_id={COOLSMS_CLIENT_ID}&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%2Fback"
    );
    for target in ["/handset", "/iamport/window", &login] {
        let page = world.get(target).await.text();
        let ours = page.find("<link rel=\"stylesheet\" href=\"/design.css\">");
        let theirs = page.rfind("<link rel=\"stylesheet\"");
        assert!(ours.is_some() && ours < theirs, "{target}: its own sheet comes after the shared one");
    }
}
