//! `/console/tenants`: the tenants as they are configured. They are changed in the configuration, not here.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bonin_domain::codes::CodeLength;
use bonin_domain::{TestNumber, TestNumbers, TestOutcome};
use bonin_services::spending::ReadSpending;

use super::ceilings::Ceiling;
use super::session::{ConsolePages, Signed};
use crate::pages::{Frame, format};
use crate::problem::Problem;
use crate::settings::Tenants as Configured;

/// Codes of fewer digits are guessed too easily.
const ENOUGH_DIGITS: usize = 6;

/// What the page of tenants shows.
pub struct Tenants {
    pub pages: Arc<ConsolePages>,
    pub settings: Configured,
    pub test_numbers: TestNumbers,
    pub code_length: CodeLength,
    pub spending: ReadSpending,
}

#[derive(Template)]
#[template(path = "console/tenants.html")]
struct Page<'a> {
    frame: &'a Frame,
    signed: &'a Signed,
    settings: &'a Configured,
    test_numbers: &'a [TestNumber],
    digits: usize,
    ceilings: Vec<Ceiling>,
}

impl Page<'_> {
    /// Whether calls without a key act for this tenant.
    fn keyless(&self, name: &str) -> bool {
        name == "default" && self.settings.keyless
    }

    /// What the tenant's messages of today may cost, where that is bounded.
    fn ceiling(&self, name: &str) -> Option<&Ceiling> {
        self.ceilings.iter().find(|of| of.tenant == name)
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
        let (frame, test_numbers) = (&signed.frame, shared.test_numbers.all());
        let spending = shared.spending.execute().await.map_err(|error| Problem::from(&error))?;
        let ceilings = spending.iter().map(|of| Ceiling::of(frame, of)).collect();
        Ok(signed.answer(&Page { frame, signed, settings, test_numbers, digits, ceilings }))
    };
    shared.pages.show(&request, page).await
}
