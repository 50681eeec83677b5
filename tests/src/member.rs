//! People with an account.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::numbers;
use crate::server::Server;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A person, and what they chose for their account.
#[derive(Clone, Debug)]
pub struct Member {
    /// Their number, in E.164 form.
    pub number: String,
    /// Their mail address.
    pub login_id: String,
    /// Their password.
    pub password: String,
    /// Their nickname.
    pub nickname: String,
}

impl Member {
    /// Somebody whom no other call in this process gave.
    pub fn fresh() -> Self {
        let place = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            number: numbers::fresh(),
            login_id: format!("reader{place:05}@mail.example"),
            password: format!("quiet harbour lamp {place:05}"),
            nickname: format!("독자{place:05}"),
        }
    }
}

/// Who logged in, as an app that is no browser knows it.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The session's name.
    pub id: String,
    /// Its secret.
    pub token: String,
}

impl Server {
    /// Proves `number` for `purpose` by the code on the handset.
    ///
    /// # Panics
    /// When no code comes or it is not taken.
    pub async fn proof(&self, number: &str, purpose: &str) -> String {
        self.proof_by(json!({ "phone_number": number, "purpose": purpose }), number, None).await
    }

    /// Proves a number by a start with this body, in a session where one is given.
    ///
    /// # Panics
    /// When no code comes or it is not taken.
    pub async fn proof_by(&self, start: Value, number: &str, session: Option<&LoggedIn>) -> String {
        let earlier = self.handset().messages(number).await.into_iter().next();
        let mut request = self.api().request(Method::POST, "/v1/verifications").json(&start);
        if let Some(session) = session {
            request = request.bearer_auth(&session.token);
        }
        let verification = Answer::to(request).await.expect(201).verification(number);
        let message = match earlier {
            Some(earlier) => self.handset().message_after(number, &earlier).await,
            None => self.handset().message(number).await,
        };
        let code = message.code.expect("the message holds a code");
        self.api().check(&verification, &code).await.expect(200).text_of("proof")
    }

    /// Yes to all required terms.
    ///
    /// # Panics
    /// When the terms are not told.
    pub async fn required_consents(&self) -> Value {
        let terms = self.api().get("/v1/terms").await.expect(200).json();
        let terms = terms["terms"].as_array().expect("a list of terms").clone();
        let required = terms.iter().filter(|term| term["required"] == true);
        required.map(|term| json!({ "term_id": term["term_id"], "version": term["version"] })).collect()
    }

    /// The body of a sign-up.
    pub async fn sign_up_body(&self, member: &Member, proof: &str) -> Value {
        json!({
            "proof": proof,
            "login_id": member.login_id,
            "password": member.password,
            "nickname": member.nickname,
            "consents": self.required_consents().await,
        })
    }

    /// Has somebody join, number proved and terms agreed to.
    ///
    /// # Panics
    /// When they are not taken.
    pub async fn join(&self, member: &Member) -> Value {
        let proof = self.proof(&member.number, "sign_up").await;
        let body = self.sign_up_body(member, &proof).await;
        self.api().post("/v1/accounts", &body).await.expect(201).json()
    }

    /// Logs somebody in.
    ///
    /// # Panics
    /// When they are refused.
    pub async fn log_in(&self, member: &Member) -> LoggedIn {
        let answer = self.try_log_in(&member.login_id, &member.password).await.expect(201);
        LoggedIn { id: answer.text_of("id"), token: answer.text_of("token") }
    }

    /// Tries to log in.
    pub async fn try_log_in(&self, login_id: &str, password: &str) -> Answer {
        self.api().post("/v1/sessions", &json!({ "login_id": login_id, "password": password })).await
    }

    /// A call in a session, with a JSON body where there is one.
    pub async fn as_member(
        &self,
        session: &LoggedIn,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let request = self.api().request(method, path).bearer_auth(&session.token);
        Answer::to(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    /// Starts an identity verification.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_identity(&self, purpose: &str) -> Value {
        let body = json!({ "purpose": purpose });
        self.api().post("/v1/identity-verifications", &body).await.expect(201).json()
    }

    /// Has `person` of the sandbox go through the carrier's window of a started identity verification; what the
    /// browser then brings.
    ///
    /// # Panics
    /// When the sandbox does not take it.
    pub async fn go_through_window(&self, started: &Value, with: &Value) -> String {
        let mut order = with.clone();
        let v1 = started["sdk"]["api"] == "v1";
        let (name, brought) = if v1 {
            ("merchant_uid", "imp_uid")
        } else {
            ("identity_verification_id", "identity_verification_id")
        };
        order[name] = started["merchant_uid"].clone();
        self.sandbox().api().post("/sandbox/identities", &order).await.expect(201).text_of(brought)
    }

    /// Completes an identity verification with what the browser brought.
    ///
    /// # Panics
    /// When `started` is no answer to a start.
    pub async fn complete_identity(&self, started: &Value, imp_uid: Option<&str>) -> Answer {
        let mut body = json!({ "token": started["token"] });
        if let Some(imp_uid) = imp_uid {
            body["imp_uid"] = json!(imp_uid);
        }
        let id = started["id"].as_str().expect("an id");
        self.api().post(&format!("/v1/identity-verifications/{id}/complete"), &body).await
    }

    /// Identifies `person` for `purpose`.
    ///
    /// # Panics
    /// When that fails.
    pub async fn identity_proof(&self, purpose: &str, person: &str) -> String {
        let started = self.start_identity(purpose).await;
        let brought = self.go_through_window(&started, &json!({ "person": person })).await;
        let imp_uid = (started["sdk"]["api"] == "v1").then_some(brought);
        self.complete_identity(&started, imp_uid.as_deref()).await.expect(200).text_of("identity_proof")
    }
}
