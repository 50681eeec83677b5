//! What a provider said of itself when it was asked, in words.

use bonin_domain::Amount;
use bonin_domain::messages::SenderId;

use super::names::Badge;
use crate::pages::{Frame, format};
use crate::provider_checks::{Answer, Checked, Silence, Trouble};

/// Something that a provider said of itself.
pub struct Said {
    /// `good`, `bad` or `info`.
    pub badge: Badge,
    /// In words.
    pub text: String,
}

/// What a provider said.
pub fn said(frame: &Frame, checked: &Checked) -> Vec<Said> {
    match &checked.answer {
        Ok(Answer::Sens) => vec![
            well(frame, frame.say("인증키, 서비스, 시계가 맞아요.", "Keys, service and clock are accepted.")),
            note(
                frame,
                frame.say(
                    "발신번호 등록 여부는 네이버 클라우드 콘솔에서만 볼 수 있어요.",
                    "Only its own console shows which senders are registered.",
                ),
            ),
        ],
        Ok(Answer::Cafe24 { unregistered, remaining }) => cafe24(frame, unregistered, *remaining),
        Ok(Answer::Coolsms { balance, points }) => {
            let won = |amount: &Option<Amount>| {
                amount.map_or_else(|| "–".to_owned(), |amount| format::money(amount, "KRW", frame.locale))
            };
            let (left, more) = (frame.say("잔액", "Balance"), frame.say("포인트", "points"));
            vec![
                well(frame, frame.say("인증키와 시계가 맞아요.", "Keys and clock are accepted.")),
                note(frame, &format!("{left} {} · {more} {}", won(balance), won(points))),
            ]
        }
        Ok(Answer::Nexmo { balance }) => {
            let (left, euros) = (frame.say("잔액", "Balance"), format::money(*balance, "EUR", frame.locale));
            vec![
                well(frame, frame.say("인증키가 맞아요.", "The keys are accepted.")),
                note(frame, &format!("{left} {euros}")),
            ]
        }
        Ok(Answer::Identity) => vec![well(frame, frame.say("인증키가 맞아요.", "The keys are accepted."))],
        Err(silence) => vec![wrong(frame, &trouble(frame, silence))],
    }
}

fn cafe24(frame: &Frame, unregistered: &[SenderId], remaining: Option<u64>) -> Vec<Said> {
    let mut said = vec![well(frame, frame.say("인증키가 맞아요.", "The keys are accepted."))];
    if unregistered.is_empty() {
        said.push(well(frame, frame.say("발신번호가 모두 등록돼 있어요.", "Every sender is registered.")));
    }
    said.extend(unregistered.iter().map(|sender| {
        let missing = frame.say("등록되지 않은 발신번호예요.", "is not registered.");
        wrong(frame, &format!("{} {missing}", sender.as_str()))
    }));
    said.push(match remaining {
        Some(left) => {
            note(frame, &format!("{} {}", frame.say("남은 건수", "Messages left:"), format::number(left)))
        }
        None => note(frame, frame.say("남은 건수를 알려 주지 않았어요.", "It did not say what is left.")),
    });
    said
}

/// What is wrong, with the provider's code alone: its own words are in no language of the page.
fn trouble(frame: &Frame, silence: &Silence) -> String {
    let text = match silence.trouble {
        Trouble::Settings => frame.say(
            "설정이 올바르지 않아요. 서버에서 bonin doctor로 확인해 주세요.",
            "Its settings are wrong. bonin doctor on the server says how.",
        ),
        Trouble::Unreachable => frame.say("연결하지 못했어요.", "It cannot be reached."),
        Trouble::Unavailable => frame.say("지금 이용할 수 없어요.", "It is not available now."),
        Trouble::Keys => frame.say(
            "인증키가 맞지 않아요. 설정한 키를 확인해 주세요.",
            "It does not accept the keys. Check those of the configuration.",
        ),
        Trouble::Clock => frame.say(
            "이 서버의 시계가 너무 달라요. 시계를 맞춰 주세요.",
            "This server's clock is too far off. Set it right.",
        ),
        Trouble::Refused => frame.say("요청을 거절했어요.", "It refused the question."),
        Trouble::Unclear => frame.say("제대로 된 답을 받지 못했어요.", "No proper answer came."),
    };
    if silence.code.is_empty() { text.to_owned() } else { format!("{text} ({})", silence.code) }
}

fn well(frame: &Frame, text: &str) -> Said {
    Said { badge: Badge::new("good", frame.say("확인", "OK")), text: text.to_owned() }
}

fn note(frame: &Frame, text: &str) -> Said {
    Said { badge: Badge::new("info", frame.say("정보", "Info")), text: text.to_owned() }
}

fn wrong(frame: &Frame, text: &str) -> Said {
    Said { badge: Badge::new("bad", frame.say("문제", "Wrong")), text: text.to_owned() }
}
