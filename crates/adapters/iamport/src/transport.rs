use bonin_http::{Answer, Http, Method, Request, Url};
use bonin_ports::IdentityError;
use serde_json::Value;

use crate::error::{may_pass, no_answer, out_of_time};
use crate::time::Deadline;

/// One call, which can be made again with another token.
pub(crate) struct Call {
    method: Method,
    url: Url,
    body: Option<Value>,
}

impl Call {
    /// A call of the path that these segments make; each is encoded by itself.
    pub(crate) fn new(method: Method, base_url: &Url, segments: &[&str]) -> Self {
        let mut url = base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        Self { method, url, body: None }
    }

    /// The same call with a JSON body.
    pub(crate) fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The same call with a query.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Makes it once, within what is left of the time.
    pub(crate) async fn make(
        &self,
        http: &Http,
        authorization: Option<String>,
        deadline: Deadline,
    ) -> Result<Answer, IdentityError> {
        let left = deadline.left().ok_or_else(out_of_time)?;
        let mut request = Request::new(self.method.clone(), self.url.clone()).time_limit(left);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        if let Some(body) = &self.body {
            request = request.body("application/json", body.to_string());
        }
        let answer = http.call(request).await.map_err(no_answer)?;
        tracing::debug!(http.status = answer.status, "the provider answered");
        Ok(answer)
    }
}

/// Asks, and asks once more where that may help and time is left. For questions that change nothing.
pub(crate) async fn ask<T, F>(deadline: Deadline, once: impl Fn() -> F) -> Result<T, IdentityError>
where
    F: Future<Output = Result<T, IdentityError>>,
{
    match once().await {
        Err(error) if may_pass(&error) && deadline.left().is_some() => once().await,
        first => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_segment_leads_a_path_elsewhere() {
        let base = Url::parse("https://api.iamport.kr").unwrap();
        let path = |id: &str| Call::new(Method::GET, &base, &["certifications", id]).url.to_string();
        assert_eq!(path("imp_123456789012"), "https://api.iamport.kr/certifications/imp_123456789012");
        assert_eq!(path("a/b?c=d#e%2f"), "https://api.iamport.kr/certifications/a%2Fb%3Fc=d%23e%252f");
        assert_eq!(path("../users"), "https://api.iamport.kr/certifications/..%2Fusers");
    }

    #[test]
    fn a_query_is_encoded() {
        let base = Url::parse("https://api.portone.io").unwrap();
        let call = Call::new(Method::GET, &base, &["a"]).query("storeId", "store-1&b=c");
        assert_eq!(call.url.as_str(), "https://api.portone.io/a?storeId=store-1%26b%3Dc");
    }
}
