//! The messaging web app.

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use crate::controllers::app::{account, allow, compose, earnings, failure, history, login, send, sent};
use crate::pages;
use crate::problem::{Problem, ProblemCode};
use crate::wiring::app::{Offered, Routes};

/// The files that pages link.
pub fn files(config: &mut ServiceConfig) {
    config.service(web::resource("/assets/{name}").route(web::get().to(pages::asset)));
}

/// The pages at `/app`. Where the app is not offered, a page says so.
pub fn pages(config: &mut ServiceConfig, routes: &Routes) {
    config.app_data(web::Data::new(routes.frames.clone()));
    let scope = web::scope("/app").wrap(from_fn(failure::render));
    let Some(offered) = &routes.offered else {
        config.service(scope.default_service(web::to(not_offered)));
        return;
    };
    let Offered { pages, log_ins, accounts, sending } = offered;
    config
        .app_data(web::Data::new(pages.clone()))
        .app_data(web::Data::new(log_ins.clone()))
        .app_data(web::Data::new(accounts.clone()))
        .app_data(web::Data::new(sending.clone()))
        .service(scope.configure(entry).configure(messages).default_service(web::to(nothing)));
}

/// Logging in and out, and the account.
fn entry(config: &mut ServiceConfig) {
    config
        .service(web::resource("").route(web::get().to(login::welcome)))
        .service(web::resource("/login").route(web::post().to(login::log_in)))
        .service(web::resource("/logout").route(web::post().to(login::log_out)))
        .service(web::resource("/oauth/callback").route(web::get().to(login::callback)))
        .service(web::resource("/problem").route(web::get().to(login::problem)))
        .service(web::resource("/allow").route(web::post().to(allow::allow)))
        .service(web::resource("/account").route(web::get().to(account::show)))
        .service(
            web::resource("/account/disconnect")
                .route(web::get().to(account::ask))
                .route(web::post().to(account::disconnect)),
        )
        .service(web::resource("/disconnected").route(web::get().to(account::disconnected)));
}

/// Writing, sending, looking back.
fn messages(config: &mut ServiceConfig) {
    config
        .service(web::resource("/send").route(web::get().to(compose::show)).route(web::post().to(send::send)))
        .service(web::resource("/messages").route(web::get().to(history::list)))
        .service(web::resource("/messages/{id}").route(web::get().to(sent::show)))
        .service(web::resource("/messages/{id}/state").route(web::get().to(sent::state)))
        .service(web::resource("/messages/{id}/release").route(web::post().to(sent::release)))
        .service(web::resource("/messages/{id}/cancel").route(web::post().to(sent::cancel)))
        .service(web::resource("/earnings").route(web::get().to(earnings::show)));
}

async fn nothing() -> Result<String, Problem> {
    Err(Problem::new(ProblemCode::NotFound))
}

async fn not_offered() -> Result<String, Problem> {
    Err(Problem::new(ProblemCode::MessagingNotOffered))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, http::StatusCode};
    use bonin_domain::messages::Locale;

    use super::*;
    use crate::pages::FrameParts;
    use crate::system::{SystemClock, SystemEntropy};

    #[actix_web::test]
    async fn where_the_app_is_not_offered_a_page_says_so() {
        let frames = FrameParts {
            entropy: Arc::new(SystemEntropy::new()),
            clock: Arc::new(SystemClock),
            locale: Locale::En,
        };
        let routes = Routes { frames, offered: None };
        let app = App::new().configure(|config| super::pages(config, &routes));
        let app = init_service(app).await;
        for path in ["/app", "/app/send", "/app/oauth/callback?code=a"] {
            let answer = call_service(&app, TestRequest::get().uri(path).to_request()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            let page = read_body(answer).await;
            let page = std::str::from_utf8(&page).unwrap();
            assert!(page.contains("<h1>There is no messaging app here</h1>"), "{page}");
            assert!(!page.contains("<form"), "there is nothing to log in to: {page}");
        }
    }
}
