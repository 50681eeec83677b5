//! Who they are. All of them are invented.

use super::{Born, Carrier, Gender, Person, Pg};

const ADULT: Person = Person {
    id: "adult",
    human: "adult",
    name: "김하늘",
    born: Born::On(1990, 3, 1),
    gender: Gender::Female,
    foreigner: false,
    phone: Some("01000001001"),
    carrier: Some(Carrier::Skt),
    pg: Pg::Danal,
    has_ci: true,
    note_ko: "성인",
    note_en: "Adult",
};

/// Everybody, in the order of the window.
pub(in super::super) static PEOPLE: [Person; 11] = [
    ADULT,
    Person {
        id: "second_adult",
        human: "second_adult",
        name: "이바다",
        born: Born::On(1968, 11, 30),
        gender: Gender::Male,
        phone: Some("01000002001"),
        carrier: Some(Carrier::Kt),
        note_ko: "다른 성인",
        note_en: "Another adult",
        ..ADULT
    },
    Person {
        id: "adult_second_phone",
        phone: Some("01000001002"),
        carrier: Some(Carrier::KtBudget),
        note_ko: "같은 사람의 두 번째 번호(알뜰폰)",
        note_en: "The same person, second number",
        ..ADULT
    },
    Person {
        id: "new_owner",
        human: "new_owner",
        name: "박새벽",
        born: Born::On(1985, 7, 17),
        gender: Gender::Male,
        note_ko: "김하늘 님이 쓰던 번호의 새 주인",
        note_en: "New owner of the first person's number",
        ..ADULT
    },
    Person {
        id: "child_13",
        human: "child_13",
        name: "최이슬",
        born: Born::Aged(13, 5, 5),
        phone: Some("01000003001"),
        carrier: Some(Carrier::Lgu),
        note_ko: "만 13세",
        note_en: "13 years old",
        ..ADULT
    },
    Person {
        id: "youth_16",
        human: "youth_16",
        name: "정구름",
        born: Born::Aged(16, 9, 9),
        gender: Gender::Male,
        phone: Some("01000003002"),
        carrier: Some(Carrier::SktBudget),
        note_ko: "만 16세",
        note_en: "16 years old",
        ..ADULT
    },
    Person {
        id: "year_19",
        human: "year_19",
        name: "한노을",
        born: Born::AtYearsEnd(19),
        phone: Some("01000003003"),
        carrier: Some(Carrier::LguBudget),
        note_ko: "연 나이 19세, 생일 전(만 18세)",
        note_en: "Turns 19 at the end of this year",
        ..ADULT
    },
    Person {
        id: "foreigner",
        human: "foreigner",
        name: "MARTIN LOUISE CLAIRE",
        born: Born::On(1994, 2, 14),
        foreigner: true,
        phone: Some("01000004001"),
        carrier: Some(Carrier::Kt),
        note_ko: "외국인",
        note_en: "Foreigner",
        ..ADULT
    },
    Person {
        id: "no_phone",
        human: "no_phone",
        name: "오나루",
        born: Born::On(1979, 1, 2),
        gender: Gender::Male,
        phone: None,
        carrier: None,
        note_ko: "결과에 번호 없음(추가 계약 없는 다날)",
        note_en: "No number in the result (plain Danal)",
        ..ADULT
    },
    Person {
        id: "no_ci",
        human: "no_ci",
        name: "서라온",
        born: Born::On(1988, 6, 21),
        phone: Some("01000005001"),
        carrier: Some(Carrier::Skt),
        pg: Pg::Kcp,
        has_ci: false,
        note_ko: "CI 없음, DI만(KCP)",
        note_en: "No CI, only DI (KCP)",
        ..ADULT
    },
    Person {
        id: "no_di",
        human: "no_di",
        name: "윤다솜",
        born: Born::On(1992, 12, 24),
        phone: Some("01000005002"),
        carrier: Some(Carrier::Lgu),
        pg: Pg::Inicis,
        note_ko: "DI 없음, CI만(이니시스 통합인증)",
        note_en: "No DI, only CI (Inicis)",
        ..ADULT
    },
];
