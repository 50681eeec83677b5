//! The style sheet that all pages of the sandbox share.

use actix_web::HttpResponse;

/// `GET /design.css`
pub(crate) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
        // Another build may serve another sheet under the same name.
        .insert_header(("Cache-Control", "no-cache"))
        .body(bonin_design::STYLE)
}
