//! Cafe24 SMS hosting: sending, credits, registered senders and the list of sent messages.
//!
//! HTTP 200 whatever happened; the first word of the body says it.

mod access;
mod answers;
mod credits;
mod form;
mod list;
mod numbers;
mod outcome;
mod request;
mod send;
mod store;
mod text;
mod time;
mod waiting;

use actix_web::web::{self, ServiceConfig};

pub(crate) use store::Store;

/// A thousand recipients with names and a long text, all in base64, fit well.
const BODY_LIMIT: usize = 1024 * 1024;

/// Mounts the four pages. As PHP does, they take any method and miss the fields that only a form has.
pub(crate) fn routes(config: &mut ServiceConfig) {
    let page = |path| web::resource(path).app_data(web::PayloadConfig::new(BODY_LIMIT));
    config
        .service(page("/sms_sender.php").to(send::send))
        .service(page("/sms_remain.php").to(credits::remaining))
        .service(page("/smsSenderPhone.php").to(credits::senders))
        .service(page("/sms_list.php").to(list::list));
}
