//! Calls of the simulated providers to the receiver of their receipts.

use std::time::Duration;

use awc::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};

/// How often a receiver that does not answer 2xx is called.
const TRIES: u32 = 5;

/// The waits between tries, shorter than the real ones: people wait for them.
const WAIT: Duration = Duration::from_millis(500);

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// One call to a receiver.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) url: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    /// How long after now.
    pub(crate) delay: Duration,
}

/// Calls receivers, in the background.
#[derive(Default)]
pub(crate) struct Webhooks;

impl Webhooks {
    /// Calls the receiver after the delay, and again while it does not answer 2xx. Must be called from a handler.
    #[expect(clippy::unused_self, reason = "sending is what this value stands for")]
    pub(crate) fn deliver(&self, delivery: Delivery) {
        actix_web::rt::spawn(async move {
            tokio::time::sleep(delivery.delay).await;
            for attempt in 0..TRIES {
                if attempt > 0 {
                    tokio::time::sleep(WAIT * attempt).await;
                }
                if call(&delivery).await {
                    return;
                }
            }
        });
    }

    /// Calls the receiver at once and waits for its answer; if that is not 2xx, goes on in the background.
    pub(crate) async fn deliver_now(&self, delivery: Delivery) {
        if !call(&delivery).await {
            self.deliver(Delivery { delay: WAIT, ..delivery });
        }
    }
}

/// Whether the receiver took it.
async fn call(delivery: &Delivery) -> bool {
    let client = awc::Client::builder().timeout(PATIENCE).disable_redirects().finish();
    let mut request = client.post(&delivery.url).insert_header((CONTENT_TYPE, delivery.content_type));
    for (name, value) in &delivery.headers {
        let Ok(value) = HeaderValue::from_str(value) else { return false };
        request = request.insert_header((HeaderName::from_static(name), value));
    }
    request.send_body(delivery.body.clone()).await.is_ok_and(|answer| answer.status().is_success())
}
