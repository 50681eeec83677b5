//! What is wrong with a form, in words; numbers as people write them.

use bonin_domain::PhoneNumber;
use bonin_domain::messages::{Image, ImageError};
use bonin_domain::messaging::SendingRoom;
use bonin_services::messaging::{FormFault, FormField, FormRule, TypedMessage, entries};

use super::limit_words::too_many_at_once;
use crate::pages::Frame;
use crate::pages::format::number;

/// Wrong entries that are repeated at the most.
const MOST_SHOWN: usize = 5;

/// The name of a field in the form.
pub fn name(field: FormField) -> &'static str {
    match field {
        FormField::To => "to",
        FormField::From => "from",
        FormField::Subject => "subject",
        FormField::Text => "text",
        FormField::Image => "image",
        FormField::At => "at",
    }
}

/// A fault, for the person who typed `typed` and may send as many as `room` says.
pub fn fault(frame: &Frame, typed: &TypedMessage, fault: &FormFault, room: SendingRoom) -> String {
    let ko = frame.korean();
    let say = |ko: &str, en: &str| frame.say(ko, en).to_owned();
    match &fault.rule {
        FormRule::Missing => match fault.field {
            FormField::To => say("받는 번호를 입력해 주세요.", "Enter at least one number."),
            FormField::From => say("발신번호를 입력해 주세요.", "Enter your sender number."),
            _ => say("내용을 입력해 주세요.", "Write a message."),
        },
        FormRule::NotNumbers(places) => {
            let wrong = named(&typed.to, places);
            if ko {
                format!("휴대폰 번호가 아니에요: {wrong}")
            } else {
                format!("Not a phone number: {wrong}")
            }
        }
        FormRule::NotAllowed(places) => {
            let wrong = named(&typed.to, places);
            if ko {
                format!("문자를 받을 수 없는 번호예요. 휴대폰 번호로만 보낼 수 있어요: {wrong}")
            } else {
                format!("Only mobile numbers of this country can be sent to: {wrong}")
            }
        }
        FormRule::Abroad(places) => {
            let wrong = named(&typed.to, places);
            if ko {
                format!("해외 번호에는 SMS만 보낼 수 있어요. 짧게 줄이거나 번호를 빼 주세요: {wrong}")
            } else {
                format!("Numbers abroad take SMS only. Shorten the message or leave them out: {wrong}")
            }
        }
        FormRule::TooMany(most) => too_many_at_once(ko, *most, room.now()),
        FormRule::NotASender => say(
            "CoolSMS에 등록한 발신번호를 숫자로 입력해 주세요.",
            "Enter a sender number that is registered at CoolSMS, in digits.",
        ),
        FormRule::ControlCharacter => {
            say("탭 같은 제어 문자는 보낼 수 없어요.", "Tabs and other control characters cannot be sent.")
        }
        FormRule::Unencodable(characters) => {
            let shown: Vec<String> = characters.iter().map(|character| visible(*character)).collect();
            let shown = shown.join(" ");
            if ko {
                format!("문자 메시지로 보낼 수 없는 글자예요: {shown}")
            } else {
                format!("Text messages in Korea do not have: {shown}")
            }
        }
        FormRule::TooLong { bytes, limit } => {
            let (bytes, limit) = (number(*bytes as u64), number(*limit as u64));
            if ko {
                format!("{limit}바이트까지 보낼 수 있어요. 지금은 {bytes}바이트예요.")
            } else {
                format!("At most {limit} bytes; there are {bytes}.")
            }
        }
        FormRule::Image(error) => image(frame, *error),
        FormRule::NotATime => say("날짜와 시각을 확인해 주세요.", "Check the date and time."),
        FormRule::Past => say("지금보다 뒤의 시각을 골라 주세요.", "Choose a time in the future."),
        FormRule::TooFar => say("6개월 안의 시각을 골라 주세요.", "Choose a time within six months."),
    }
}

fn image(frame: &Frame, error: ImageError) -> String {
    let (width, height) = Image::PIXELS;
    match (error, frame.korean()) {
        (ImageError::NotJpeg, true) => "JPEG(.jpg) 사진만 보낼 수 있어요.".to_owned(),
        (ImageError::NotJpeg, false) => "Only JPEG pictures can be sent.".to_owned(),
        (ImageError::TooManyBytes(bytes), true) => {
            format!("사진은 200KB까지예요. 이 사진은 {}KB예요.", bytes.div_ceil(1_000))
        }
        (ImageError::TooManyBytes(bytes), false) => {
            format!("At most 200 KB; this picture has {} KB.", bytes.div_ceil(1_000))
        }
        (ImageError::TooLarge(wide, high), true) => {
            format!("사진은 {width}×{height}픽셀까지예요. 이 사진은 {wide}×{high}픽셀이에요.")
        }
        (ImageError::TooLarge(wide, high), false) => {
            format!("At most {width} × {height} pixels; this picture has {wide} × {high}.")
        }
    }
}

/// An image came without the permission to store it.
pub fn images_not_allowed(frame: &Frame) -> String {
    frame.say("사진을 보내려면 먼저 권한을 허용해 주세요.", "Allow pictures first.").to_owned()
}

/// An image was chosen before, and has not come again.
pub fn image_lost(frame: &Frame) -> &'static str {
    if frame.korean() {
        "골랐던 사진이 없어요. 사진을 다시 고르거나 ‘사진 없이 보내기’를 눌러 주세요."
    } else {
        "The picture that you chose is not here. Choose it again, or send without it."
    }
}

/// The form was shown to an earlier log in.
pub fn other_session(frame: &Frame) -> &'static str {
    if frame.korean() {
        "이 화면을 연 뒤에 다시 로그인해서 보내지 않았어요. 내용을 확인하고 다시 보내 주세요."
    } else {
        "You logged in again after this page was opened. Check the message and send it again."
    }
}

/// From the same form another message was sent before.
pub fn other_sent(frame: &Frame) -> &'static str {
    if frame.korean() {
        "이 화면에서 이미 보낸 메시지가 있어요. 새로 보내려면 다시 눌러 주세요."
    } else {
        "Another message was sent from this page before. To send this one, too, press again."
    }
}

/// The entries at these places, as they were typed.
fn named(to: &str, places: &[usize]) -> String {
    let all: Vec<&str> = entries(to).collect();
    let entry = |place: &usize| all.get(place.saturating_sub(1)).copied().unwrap_or_default();
    let shown: Vec<String> =
        places.iter().take(MOST_SHOWN).map(|place| entry(place).chars().take(30).collect()).collect();
    let more = if places.len() > MOST_SHOWN { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A character as people see it; one that shows nothing by its number.
fn visible(character: char) -> String {
    let unseen = matches!(u32::from(character), 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff | 0xe0000..=0xe01ef);
    if unseen || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        character.to_string()
    }
}

/// A number as people write it: `010-1234-5678`; a foreign one in its international form.
pub fn whole(number: &PhoneNumber) -> String {
    let digits = number.national_digits();
    match (number.country_code(), digits.len()) {
        (82, 9 | 10) if digits.starts_with('1') => {
            let (head, last) = digits.split_at(digits.len() - 4);
            let (first, middle) = head.split_at(2);
            format!("0{first}-{middle}-{last}")
        }
        _ => number.e164().to_owned(),
    }
}

/// The form for lists: `010-****-5678`.
pub fn masked(number: &PhoneNumber) -> String {
    let whole = whole(number);
    match whole.split('-').collect::<Vec<_>>()[..] {
        [first, middle, last] => format!("{first}-{}-{last}", "*".repeat(middle.len())),
        _ => number.masked(),
    }
}

#[cfg(test)]
mod tests {
    use bonin_domain::Region;

    use super::*;

    #[test]
    fn numbers_are_written_as_people_do() {
        let of = |raw: &str| PhoneNumber::parse(raw, Region::KR).unwrap();
        assert_eq!(whole(&of("01012345678")), "010-1234-5678");
        assert_eq!(masked(&of("01012345678")), "010-****-5678");
        assert_eq!(
            (whole(&of("011-234-5678")), masked(&of("0112345678"))),
            ("011-234-5678".into(), "011-***-5678".into())
        );
        assert_eq!(whole(&of("+1 650 253 0000")), "+16502530000");
        assert_eq!(masked(&of("+1 650 253 0000")), "+165****0000");
    }

    #[test]
    fn a_character_that_shows_nothing_is_named_by_its_number() {
        assert_eq!(
            ['😀', '\u{fe0f}', '\u{200d}', '\u{a0}'].map(visible),
            ["😀", "U+FE0F", "U+200D", "U+00A0"]
        );
    }
}
