//! `/sms/*`: the source material's own routes, thin over the use cases of the native ones. `docs/classic.md` says what
//! differs and why.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use bonin_domain::access::Scope;
use bonin_domain::accounts::{LoginId, ResetToken};
use bonin_domain::codes::{Code, Purpose, Token, VerificationId};
use bonin_domain::{PhoneNumber, Region};
use bonin_ports::{AnyProof, Holder};
use bonin_services::codes::{StartRequest, Verified};
use serde_json::{Value, json};

use super::account_lookups::AccountLookups;
use super::classic_answer;
use super::password_resets::PasswordResets;
use super::sessions::password;
use super::verifications::Verifications;
use crate::http::access::Caller;
use crate::http::body::{self, JsonBody};
use crate::http::cookies::{self, Life};
use crate::http::fields::Fields;
use crate::http::origin::Origins;
use crate::problem::{FieldCode, Problem, ProblemCode};

/// As long as a code or a reset lives at the most.
const SECONDS: i64 = 600;

/// The cookie that holds a reset.
const RESET: &str = "__Host-bonin-sms-reset";

/// What the classic routes share.
pub struct Classic {
    pub verifications: Arc<Verifications>,
    pub account_lookups: Arc<AccountLookups>,
    pub password_resets: Arc<PasswordResets>,
    pub origins: Origins,
}

type Shared = web::Data<Arc<Classic>>;

/// What a route adds to `code` and `message`, and the cookies it sets.
struct Done {
    message: &'static str,
    adds: Value,
    cookies: Vec<(&'static str, String)>,
}

/// `POST /sms/send`
pub async fn send(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    shared.answer(shared.start(&request, payload, Purpose::SignUp).await)
}

/// `POST /sms/sendID`
pub async fn send_id(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    shared.answer(shared.start(&request, payload, Purpose::FindId).await)
}

/// `POST /sms/sendPW`
pub async fn send_pw(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    shared.answer(shared.start(&request, payload, Purpose::ResetPassword).await)
}

/// `POST /sms/verify`: the answer's proof opens an account.
pub async fn verify(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let verified = async {
        let (caller, body) = shared.enter(&request, payload, Scope::Check).await?;
        let verified = shared.check(&caller, &request, body.fields, Purpose::SignUp).await?;
        Ok(Done {
            message: "인증되었습니다.",
            adds: json!({ "proof": verified.proof.reveal() }),
            cookies: vec![cookies::clear(cookie_of(Purpose::SignUp))],
        })
    };
    shared.answer(verified.await)
}

/// `POST /sms/verifyID`: tells the login id, masked.
pub async fn verify_id(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let found = async {
        let (caller, body) = shared.enter(&request, payload, Scope::Accounts).await?;
        let verified = shared.check(&caller, &request, body.fields, Purpose::FindId).await?;
        let proof = AnyProof::Phone(verified.proof.digest());
        let found = shared.account_lookups.look_up.execute(&caller.tenant, proof).await;
        let found = found.map_err(|error| Problem::of_look_up(&error, proof))?;
        let masked: Vec<String> = found.iter().map(|account| account.login_id.masked()).collect();
        Ok(Done {
            message: if masked.is_empty() {
                "가입한 아이디가 없습니다."
            } else {
                "아이디를 찾았습니다."
            },
            adds: json!({ "userId": masked.first(), "userIds": masked }),
            cookies: vec![cookies::clear(cookie_of(Purpose::FindId))],
        })
    };
    shared.answer(found.await)
}

/// `POST /sms/verifyPW`: the step that the source material forgot; opens a reset.
pub async fn verify_pw(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let opened = async {
        let (caller, mut body) = shared.enter(&request, payload, Scope::Accounts).await?;
        let login_id = body.fields.required("userId", LoginId::parse);
        let verified = shared.check(&caller, &request, body.fields, Purpose::ResetPassword).await?;
        let login_id = login_id.ok_or_else(|| Problem::new(ProblemCode::FieldsInvalid))?;
        let proof = AnyProof::Phone(verified.proof.digest());
        let opened = shared.password_resets.open.execute(&caller.tenant, &login_id, proof).await;
        let token = opened.map_err(|error| Problem::of_open_reset(&error, proof))?.token.reveal();
        Ok(Done {
            message: "인증되었습니다. 새 비밀번호를 입력해 주세요.",
            cookies: vec![
                cookies::set(RESET, &token, Life::Seconds(SECONDS)),
                cookies::clear(cookie_of(Purpose::ResetPassword)),
            ],
            adds: json!({ "resetToken": token }),
        })
    };
    shared.answer(opened.await)
}

/// `POST /sms/changePW`: sets the password, once.
pub async fn change_pw(shared: Shared, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let changed = async {
        let (caller, body) = shared.enter(&request, payload, Scope::Accounts).await?;
        let mut fields = body.fields;
        // What was proved says whose password it is; front ends send these along all the same.
        fields.optional("userId", unheeded);
        fields.optional("phoneNumber", unheeded);
        let member = if fields.holds("newPassword") { "newPassword" } else { "password" };
        let new = fields.required(member, password);
        let shown = fields.optional("resetToken", ResetToken::parse);
        fields.finish()?;
        let kept = || cookies::value(request.headers(), RESET).and_then(|kept| ResetToken::parse(kept).ok());
        let token = shown.or_else(kept).ok_or_else(|| Problem::new(ProblemCode::TokenMissing))?;
        let new = new.ok_or_else(|| Problem::new(ProblemCode::FieldsInvalid))?;
        let finished = shared.password_resets.finish.execute(&caller.tenant, &token, &new).await;
        finished.map_err(|error| Problem::of_finish_reset(&error))?;
        Ok(Done {
            message: "비밀번호를 변경했습니다. 새 비밀번호로 로그인해 주세요.",
            adds: json!({}),
            cookies: vec![cookies::clear(RESET)],
        })
    };
    shared.answer(changed.await)
}

impl Classic {
    /// Who calls, from a site that may, and what they send.
    async fn enter(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        scope: Scope,
    ) -> Result<(Caller, JsonBody), Problem> {
        self.origins.check(request)?;
        let caller = self.verifications.access.caller(request, scope).await?;
        Ok((caller, body::read(request, payload).await?))
    }

    async fn start(
        &self,
        request: &HttpRequest,
        payload: web::Payload,
        purpose: Purpose,
    ) -> Result<Done, Problem> {
        let (caller, mut body) = self.enter(request, payload, Scope::Start).await?;
        let phone_number = body.fields.required("phoneNumber", |text| PhoneNumber::parse(text, Region::KR));
        let login_id =
            (purpose == Purpose::ResetPassword).then(|| body.fields.required("userId", LoginId::parse));
        body.fields.finish()?;
        let phone_number = phone_number.ok_or_else(|| Problem::new(ProblemCode::FieldsInvalid))?;
        let (idempotency, _flight) = self.verifications.enter(request, &body.bytes, &caller)?;
        let counts_address = caller.key.is_none();
        let start = StartRequest {
            tenant: caller.tenant,
            phone_number,
            purpose,
            login_id: login_id.flatten(),
            account: None,
            locale: self.verifications.locale,
            client_token: None,
            client: caller.client,
            counts_address,
            idempotency,
        };
        let started = self.verifications.start.execute(start).await;
        let started = started.map_err(|error| Problem::of_start(&error))?;
        let held = format!("{}.{}", started.verification.id, started.token.reveal());
        Ok(Done {
            message: "인증번호를 보냈습니다.",
            cookies: vec![cookies::set(cookie_of(purpose), &held, Life::Seconds(SECONDS))],
            adds: json!({ "verificationToken": held }),
        })
    }

    /// Checks the typed code of the verification that the cookie or the body names, for the number that is sent along.
    async fn check(
        &self,
        caller: &Caller,
        request: &HttpRequest,
        mut fields: Fields,
        purpose: Purpose,
    ) -> Result<Verified, Problem> {
        let code =
            fields.required("verifyCode", |text| Code::parse(text, self.verifications.policy.code_length));
        let phone_number = fields.optional("phoneNumber", |text| PhoneNumber::parse(text, Region::KR));
        let shown = fields.optional("verificationToken", unheeded);
        // Front ends send it along everywhere; where it matters it was read before.
        fields.optional("userId", unheeded);
        fields.finish()?;
        let held = match &shown {
            Some(shown) => Some(shown.as_str()),
            None => cookies::value(request.headers(), cookie_of(purpose)),
        };
        let held = held.ok_or_else(|| Problem::new(ProblemCode::TokenMissing))?;
        let not_found = || Problem::new(ProblemCode::VerificationNotFound);
        let (id, token) = holder(held).ok_or_else(not_found)?;
        // What belongs to another purpose or number is answered like what does not exist.
        let seen = self.verifications.read.execute(&caller.tenant, id, Holder::Token(token.digest())).await;
        let seen = seen.map_err(|error| Problem::of_read(&error))?;
        let other_number = phone_number.is_some_and(|sent| sent != seen.phone_number);
        if seen.verification.purpose != purpose || other_number {
            return Err(not_found());
        }
        let code = code.ok_or_else(|| Problem::new(ProblemCode::CodeMalformed))?;
        let verified = self.verifications.check.execute(&caller.tenant, id, &token, &code).await;
        verified.map_err(|error| Problem::of_check(error, self.verifications.clock.now()))
    }

    fn answer(&self, done: Result<Done, Problem>) -> HttpResponse {
        match done {
            Ok(done) => {
                let mut response = HttpResponse::Created();
                for (name, value) in done.cookies {
                    response.append_header((name, value));
                }
                response.insert_header(("content-language", "ko"));
                let mut body = json!({ "code": 201, "message": done.message });
                if let (Value::Object(body), Value::Object(adds)) = (&mut body, done.adds) {
                    body.extend(adds);
                }
                response.json(body)
            }
            Err(problem) => {
                let better =
                    (problem.code() == ProblemCode::TokenMissing).then_some("인증번호를 먼저 요청해 주세요.");
                classic_answer::refused(&problem, better, self.verifications.clock.now())
            }
        }
    }
}

/// The cookie that ties a check to its start: one for each flow, so that one under way does not end another.
fn cookie_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::FindId => "__Host-bonin-sms-find-id",
        Purpose::ResetPassword => "__Host-bonin-sms-reset-password",
        Purpose::SignUp | Purpose::ChangePhone | Purpose::StepUp => "__Host-bonin-sms-sign-up",
    }
}

/// The verification and its token, as a cookie or body holds them.
fn holder(text: &str) -> Option<(VerificationId, Token)> {
    let (id, token) = text.split_once('.')?;
    Some((id.parse().ok()?, Token::parse(token).ok()?))
}

/// Any text passes.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a parser")]
fn unheeded(text: &str) -> Result<String, FieldCode> {
    Ok(text.to_owned())
}
