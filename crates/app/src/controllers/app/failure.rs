//! What went wrong, as a page: controllers of the app return problems, and each becomes a page here.

use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::accounts::FormToken;

use super::session::{self, AppPages};
use super::words;
use crate::http::problems;
use crate::pages::{Frame, FrameParts, see_other};
use crate::problem::{Problem, ProblemCode};

/// Where CoolSMS sends the browser back to.
pub const CALLBACK: &str = "/app/oauth/callback";

#[derive(Template)]
#[template(path = "app/failure.html")]
struct Page<'a> {
    frame: &'a Frame,
    code: ProblemCode,
    title: &'a str,
    text: &'a str,
    button: &'a str,
    /// The button logs in; else it leads to the app's first page.
    logs_in: bool,
    /// Of the form that logs out, where somebody is logged in.
    form_token: Option<String>,
}

/// Shows what failed as a page. Whoever is not logged in is led to the app's first page.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    let response = next.call(request).await?;
    let Some(problem) = problems::problem_of(response.response()) else {
        return Ok(response.map_into_left_body());
    };
    let allow = response.headers().get(ALLOW).cloned();
    let request = response.request().clone();
    let mut page = page(&request, &problem);
    if let Some(allow) = allow {
        page.headers_mut().insert(ALLOW, allow);
    }
    Ok(ServiceResponse::new(request, page).map_into_right_body())
}

fn page(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let code = problem.code();
    if code == ProblemCode::SessionRequired {
        // Somebody who was logged in is told why they are here.
        let was_in = session::shown(request.headers()).is_some();
        let front = if was_in { "/app?over=1" } else { "/app" };
        return see_other(front).insert_header(session::clear_cookie()).finish();
    }
    let pages = request.app_data::<web::Data<Arc<AppPages>>>();
    let parts = request.app_data::<web::Data<FrameParts>>();
    let Some(parts) = pages.map(|pages| &pages.frames).or(parts.map(|parts| &***parts)) else {
        return HttpResponse::from_error(problem.clone());
    };
    let frame = Frame::new(parts, request);
    // Its address answers nobody who comes again.
    let passing = request.method() != Method::GET;
    let frame = if passing { frame.standing_at("/app") } else { frame };
    // Whoever is logged in without a permission can log out all the same.
    let leaver = session::shown(request.headers()).filter(|_| code == ProblemCode::PermissionEnded);
    let told = words::told(code);
    let logs_in = pages.is_some() && told.as_ref().is_some_and(|told| told.logs_in);
    let say = |both: (&'static str, &'static str)| frame.say(both.0, both.1);
    let page = Page {
        frame: &frame,
        code,
        title: told.as_ref().map_or_else(|| code.title(frame.locale), |told| say(told.title)),
        text: told.as_ref().map_or("", |told| say(told.text)),
        button: say(if logs_in { words::CONTINUE } else { words::START }),
        logs_in,
        form_token: leaver.map(|token| FormToken::of(&token).reveal()),
    };
    let mut answer = frame.answer(code.status(), &page);
    if let Some(seconds) = problem.retry_after(Some(frame.now)) {
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    answer
}
