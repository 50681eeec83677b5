//! Sending over Cafe24, and what is refused.

use actix_web::test::TestRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bonin_sandbox::credentials::{CAFE24_FROM, CAFE24_SECURE_KEY, CAFE24_USER_ID};
use serde_json::json;

use crate::cafe24_support::{
    TEXT, credentials, form, in_base64, plain, post, post_as, remaining, send, sms, with, without,
};
use crate::support::World;

const PAGE: &str = "/sms_sender.php";

#[actix_web::test]
async fn a_message_is_answered_in_one_line_and_reaches_the_handset() {
    let world = World::new();
    assert_eq!(send(&world, sms()).await, "success,999999");
    let shown = world.get("/handset/messages?to=01012345678").await.json();
    let message = &shown["messages"][0];
    for (member, value) in [
        ("provider", json!("cafe24")),
        ("from", json!(CAFE24_FROM)),
        ("to", json!("+821012345678")),
        ("text", json!(TEXT)),
        ("type", json!("sms")),
        ("subject", json!(null)),
        ("code", json!("123456")),
    ] {
        assert_eq!(message[member], value, "{member}");
    }
    assert_eq!(remaining(&world).await, "999999");
}

#[actix_web::test]
async fn the_form_of_the_sheet_is_taken() {
    let world = World::new();
    let body = format!(
        "user_id={}&secure={}&mode=MQ%3D%3D&sphone1=MDI%3D&sphone2=NTU1NQ%3D%3D&sphone3=MDEwMQ%3D%3D\
         &rphone=MDEwLTEyMzQtNTY3OA%3D%3D&testflag=WQ%3D%3D\
         &msg=7J247Kad67KI7Zi4IFsxMjM0NTZd66W8IOyeheugpe2VtOyjvOyEuOyalC4%3D",
        STANDARD.encode(CAFE24_USER_ID).replace('=', "%3D"),
        STANDARD.encode(CAFE24_SECURE_KEY).replace('=', "%3D"),
    );
    assert_eq!(post(&world, PAGE, body.clone()).await.text(), "Test Success!,1000000");
    assert!(world.texts("").await.is_empty(), "a test sends nothing");
    let real = body.replace("&testflag=WQ%3D%3D", "");
    assert_eq!(post(&world, PAGE, real).await.text(), "success,999999");
    assert_eq!(world.texts("").await, [TEXT]);
}

#[actix_web::test]
async fn encoding_and_mode_must_match() {
    let world = World::new();
    let raw = without(sms(), "mode");
    assert_eq!(post(&world, PAGE, plain(&raw)).await.text(), "success,999999");
    assert_eq!(post(&world, PAGE, plain(&sms())).await.text(), "-102,");
    assert_eq!(post(&world, PAGE, in_base64(&raw)).await.text(), "-102,");
    // A plus of base64 that is not percent-encoded arrives as a blank.
    let broken = in_base64(&without(sms(), "msg")) + "&msg=fn5+Pg";
    assert_eq!(post(&world, PAGE, broken).await.text(), "3203");
    assert_eq!(world.texts("").await, [TEXT]);
}

#[actix_web::test]
async fn a_text_in_euc_kr_is_understood_with_base64_and_without() {
    let world = World::new();
    let encoded = "wM7B9bn4yKMgWzEyMzQ1Nl24piDA1LfCx9jB1ry8v+Qu";
    let body = in_base64(&without(sms(), "msg")) + "&msg=" + &encoded.replace('+', "%2B");
    assert_eq!(post(&world, PAGE, body).await.text(), "success,999999");
    let raw = without(without(sms(), "mode"), "msg");
    let text = STANDARD.decode(encoded).unwrap();
    let raw = raw.into_iter().map(|(name, value)| (name, value.into_bytes())).chain([("msg", text)]);
    assert_eq!(post(&world, PAGE, form(raw)).await.text(), "success,999998");
    assert_eq!(world.texts("").await, [TEXT, TEXT]);
}

#[actix_web::test]
async fn multipart_is_taken_be_it_the_vendors_own() {
    let world = World::new();
    let encode = |value: &str| STANDARD.encode(value);
    let part = |name: &str, value: &str| {
        format!("--Bx\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n", encode(value))
    };
    let ordinary: String = sms().iter().map(|(name, value)| part(name, value)).collect();
    let answer = post_as(&world, PAGE, "multipart/form-data; boundary=Bx", ordinary + "--Bx--\r\n").await;
    assert_eq!(answer.text(), "success,999999");
    // A comma before the boundary, every boundary twice, no closing one.
    let broken: String = sms().iter().map(|(name, value)| part(name, value) + "--Bx\r\n").collect();
    let answer = post_as(&world, PAGE, "multipart/form-data, boundary=Bx", broken).await;
    assert_eq!(answer.text(), "success,999998");
    assert_eq!(world.texts("").await, [TEXT, TEXT]);
}

#[actix_web::test]
async fn every_refusal_has_its_code() {
    let world = World::new();
    let lms = || with(sms(), "smsType", "L");
    let many = vec!["010-1234-5678"; 1001].join(",");
    for (fields, code) in [
        (without(sms(), "user_id"), "-101,"),
        (without(sms(), "secure"), "-101,"),
        (without(sms(), "sphone2"), "-101,"),
        (without(sms(), "rphone"), "-101,"),
        (without(sms(), "msg"), "-101,"),
        (with(sms(), "secure", "another"), "-102,"),
        (with(sms(), "user_id", "another"), "-102,"),
        (with(sms(), "sphone3", "0102"), "-114,"),
        (without(sms(), "sphone3"), "-114,"),
        (with(sms(), "rphone", &many), "-110,"),
        (with(sms(), "rphone", "hello"), "3205"),
        (with(sms(), "rphone", "010-1234-5678,+821012345678"), "3205"),
        (with(sms(), "rphone", "010-1234"), "3202"),
        (with(sms(), "rphone", "1588-0000"), "3202"),
        (with(sms(), "smsType", "M"), "0003"),
        (with(sms(), "msg", &"가".repeat(46)), "0004"),
        (with(lms(), "msg", &("가".repeat(1000) + "a")), "0004"),
        (with(lms(), "subject", &"가".repeat(26)), "0004"),
        (with(sms(), "msg", "그렇게 됬어요"), "-202,"),
        (with(sms(), "msg", "안녕 😀"), "-202,"),
        (with(lms(), "subject", "됬"), "-202,"),
        (with(with(sms(), "rdate", "20261121"), "rtime", "090959"), "-105,"),
        (with(with(sms(), "rdate", "20261131"), "rtime", "120000"), "-105,"),
        (with(sms(), "rdate", "20261122"), "-105,"),
        (with(sms(), "repeatFlag", "Y"), "-101,"),
        (with(with(with(sms(), "repeatFlag", "Y"), "repeatNum", "11"), "repeatTime", "15"), "0003"),
        (with(with(with(sms(), "repeatFlag", "Y"), "repeatNum", "1"), "repeatTime", "14"), "0003"),
    ] {
        assert_eq!(send(&world, fields).await, code);
    }
    assert!(world.texts("").await.is_empty());
    assert_eq!(remaining(&world).await, "1000000");
    // Without a form there is nothing at all.
    assert_eq!(world.call(TestRequest::get().uri(PAGE)).await.text(), "-101,");
    let too_large = post(&world, PAGE, "a".repeat(2 * 1024 * 1024)).await;
    assert_eq!(too_large.status, 413);
}

#[actix_web::test]
async fn the_longest_texts_pass() {
    let world = World::new();
    assert_eq!(send(&world, with(sms(), "msg", &"가".repeat(45))).await, "success,999999");
    let lms = with(with(sms(), "smsType", "L"), "msg", &"가".repeat(1000));
    assert_eq!(send(&world, with(lms, "subject", &"가".repeat(25))).await, "success,999996");
    let shown = world.get("/handset/messages").await.json();
    assert_eq!(shown["messages"][0]["type"], "lms");
    assert_eq!(shown["messages"][0]["subject"], json!("가".repeat(25)));
}

#[actix_web::test]
async fn a_thousand_recipients_share_one_call() {
    let world = World::new();
    let phones: Vec<_> = (0..1000).map(|index| format!("0102000{index:04}")).collect();
    assert_eq!(send(&world, with(sms(), "rphone", &phones.join(","))).await, "success,999000");
    assert_eq!(world.texts("").await.len(), 1000);
    assert_eq!(world.texts("?to=010-2000-0999").await, [TEXT]);
}

#[actix_web::test]
async fn names_are_merged_in_either_alphabet_of_base64() {
    let world = World::new();
    let fields = || with(with(sms(), "rphone", ""), "msg", "{name}님, {name}님");
    let destination = "010-1234-5678|홍길동,010-2345-6789|김영희";
    assert_eq!(send(&world, with(fields(), "destination", destination)).await, "success,999998");
    assert_eq!(world.texts("?to=01012345678").await, ["홍길동님, 홍길동님"]);
    assert_eq!(world.texts("?to=01023456789").await, ["김영희님, 김영희님"]);
    let encoded = STANDARD.encode("010-1234-5678|콥??>").replace('+', "-").replace('/', ",");
    assert!(encoded.contains([',', '-']), "{encoded}");
    let body = in_base64(&fields()) + "&destination=" + &encoded.replace('=', "%3D");
    assert_eq!(post(&world, PAGE, body).await.text(), "success,999997");
    assert_eq!(world.texts("?to=01012345678").await[0], "콥??>님, 콥??>님");
    let long = format!("010-1234-5678|{}", "가".repeat(22));
    assert_eq!(send(&world, with(fields(), "destination", &long)).await, "0004");
}

#[actix_web::test]
async fn credits_run_out() {
    let world = World::new();
    let phones = vec!["010-1234-5678"; 1000].join(",");
    let costly = || {
        let fields = with(with(sms(), "smsType", "L"), "rphone", &phones);
        with(with(with(fields, "repeatFlag", "Y"), "repeatNum", "10"), "repeatTime", "15")
    };
    for _ in 0..30 {
        assert!(send(&world, costly()).await.starts_with("success,"));
    }
    assert_eq!(send(&world, costly()).await, "-201,10000");
    assert_eq!(send(&world, with(costly(), "testflag", "Y")).await, "Test Success!,10000");
    assert_eq!(send(&world, sms()).await, "success,9999");
}

#[actix_web::test]
async fn a_message_to_its_own_sender_is_charged_and_lost() {
    let world = World::new();
    assert_eq!(send(&world, with(sms(), "rphone", "02-5555-0101")).await, "success,999999");
    assert!(world.texts("").await.is_empty());
}

#[actix_web::test]
async fn registered_senders_are_told_in_json_and_never_in_base64() {
    let world = World::new();
    let ask = |body: String| post(&world, "/smsSenderPhone.php", body);
    let body = format!("userId={CAFE24_USER_ID}&passwd={CAFE24_SECURE_KEY}");
    assert_eq!(ask(body).await.json(), json!({ "result": "Success", "list": ["02-5555-0101"] }));
    assert_eq!(ask("userId=a&passwd=b".to_owned()).await.json(), json!({ "result": "-102", "list": [] }));
    assert_eq!(ask(plain(&credentials())).await.json()["result"], "-101");
}

#[actix_web::test]
async fn credits_are_told_to_their_owner() {
    let world = World::new();
    let raw = post(&world, "/sms_remain.php", plain(&credentials())).await;
    assert_eq!(raw.text(), "1000000");
    let wrong = with(with(credentials(), "secure", "b"), "mode", "1");
    assert_eq!(post(&world, "/sms_remain.php", in_base64(&wrong)).await.text(), "-102,");
    assert_eq!(post(&world, "/sms_remain.php", String::new()).await.text(), "-101,");
}
