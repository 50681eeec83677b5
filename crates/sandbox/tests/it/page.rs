//! The handset as a page.

use actix_web::test::TestRequest;

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
