//! `/console/tenants`: the tenants as they are configured. They are changed in the configuration, not here.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::codes::CodeLength;
use bonin_domain::{TestNumber, TestNumbers, TestOutcome};

use super::session::{ConsolePages, Signed};
use crate::pages::{Frame, format};
use crate::settings::Tenants as Configured;

/// Codes of fewer digits are guessed too easily.
const ENOUGH_DIGITS: usize = 6;

/// What the page of tenants shows.
pub struct Tenants {
    pub pages: Arc<ConsolePages>,
    pub settings: Configured,
    pub test_numbers: TestNumbers,
    pub code_length: CodeLength,
}

#[derive(Template)]
#[template(path = "console/tenants.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    settings: &'a Configured,
    test_numbers: &'a [TestNumber],
    digits: usize,
}

impl Page<'_> {
    /// Whether calls without a key act for this tenant.
    fn keyless(&self, name: &str) -> bool {
        name == "default" && self.settings.keyless
    }

    fn short(&self) -> bool {
        self.digits < ENOUGH_DIGITS
    }

    fn over(&self, test: &TestNumber) -> bool {
        test.until <= self.frame.now
    }

    fn until(&self, test: &TestNumber) -> String {
        format::minute(test.until, self.frame.locale)
    }

    fn delivered(test: &TestNumber) -> bool {
        test.outcome == TestOutcome::Delivered
    }
}

/// `GET /console/tenants`
pub async fn page(shared: web::Data<Arc<Tenants>>, request: HttpRequest) -> HttpResponse {
    let page = async |signed: &Signed| {
        let (settings, digits) = (&shared.settings, shared.code_length.digits());
        let test_numbers = shared.test_numbers.all();
        Ok(signed.answer(&Page { frame: &signed.frame, signed, settings, test_numbers, digits }))
    };
    shared.pages.show(&request, page).await
}
