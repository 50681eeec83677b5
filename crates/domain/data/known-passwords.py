#!/usr/bin/env python3
"""Makes known-passwords.txt; see README.md. Not part of the build.

    pip download --no-deps --no-binary :none: Django==5.2.19 && unzip Django-*.whl 'django/contrib/auth/common-passwords.txt.gz'
    npm pack @zxcvbn-ts/language-common@4.1.3 && tar xzf zxcvbn-ts-language-common-4.1.3.tgz
    python3 known-passwords.py package/src/passwords.json django/contrib/auth/common-passwords.txt.gz > known-passwords.txt
"""

import gzip
import json
import sys

SHORTEST = 6

# Rows, columns and zigzags of the keyboard as Korean services see them, and numbers that are words in Korean
# (1004 angel, 486 I love you, 8282 hurry, 7942 friends).
TYPED = """
qwer12 qwer123 qwer1234 qwer12345 qwer123456 qwer4321 qwer1212 qwer1111 qwer0000 qwer1004 qwerqwer qwerasdf qwerasdfzxcv
asdf12 asdf123 asdf1234 asdf12345 asdf123456 asdf4321 asdf1212 asdf1111 asdf0000 asdf1004 asdfasdf asdfzxcv asdfqwer
zxcv12 zxcv123 zxcv1234 zxcv12345 zxcv123456 zxcv4321 zxcv1212 zxcv1111 zxcv0000 zxcv1004 zxcvzxcv zxcvasdf zxcvqwer
1234qwer 1234asdf 1234zxcv 12345qwert 123456qwerty 4321qwer 4321rewq 1111qqqq qqqq1111 aaaa1111 aaaa1234 aaa111 zzzz1111
qwe123 asd123 zxc123 123qwe 123asd 123zxc qweqwe qweasd qweasdzxc qwe123asd qwe123qwe qweasd123 qwas1234 qwaszx qwaszx12
1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u q1w2e3 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 1q2w1q2w 1q2w3e1q2w3e
1a2s3d 1a2s3d4f a1s2d3 a1s2d3f4 a1s2d3f4g5 1z2x3c 1z2x3c4v z1x2c3 z1x2c3v4 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 2wsx1qaz qazwsx
qazwsx12 qazwsx123 qazwsxedc qazxsw qwerty12 qwerty123 qwert123 qwert12345 poiuytrewq mnbvcxz lkjhgfdsa
abc123 abcd12 abcd123 abcd1234 abcd12345 abcde12345 abcd4321 a123456 a1234567 a12345678 a123456789 a1b2c3 a1b2c3d4 a1b2c3d4e5
aa1234 aa12345 aa123456 aabb1122 aa112233 q123456 q12345678 q123456789 z123456 w123456 s123456 k123456 k12345678
123456a 12345678a 123456789a 1234567q 12345678q 123456q 1234567a 123123a a123123 a112233 asd12345 zxc12345 qwe12345
10041004 1004love love1004 angel1004 486486 4864860 love486 love4860 82828282 79427942 777888 00001111 11112222 12121212
test12 test123 test1234 test12345 tester1234 admin123 admin1234 root1234 user1234 guest1234 pass1234 passwd12 passwd1234
password12 password123 password1234 welcome1 welcome123 iloveyou1 korea1 korea12 korea123 korea1234 korea2002 seoul123
seoul1234 corea123 daehan1 hangul1 kakao123 kakao1234 naver123 naver1234 samsung1 samsung123 samsung1234 hyundai1 hyundai123
lotte1234 galaxy1234 iphone1234
!@#$%^& !@#$%^&* !@#$%^&*( !@#$%^&*() !@#$%^&*()_+ 1!2@3# 1!2@3#4$ 1!2@3#4$5% !qaz2wsx !qaz@wsx !@#$qwer !@#$asdf qwer!@#$
asdf!@#$ zxcv!@#$ 1234!@#$ !@#$1234
"""

# Words that Koreans type without changing the keyboard's language: 안녕 becomes dkssud.
WORDS = """
안녕 안녕하세요 안녕하십니까 사랑 사랑해 사랑해요 사랑합니다 너를사랑해 나는너를사랑해 영원히 행복 행복해 행복하자 행운 미안해
고마워 감사합니다 비밀 비밀번호 비번 암호 패스워드 로그인 회원가입 관리자 한국 대한민국 코리아 서울 부산 대구 인천 광주 대전 울산
제주도 독도 태극기 홍길동 김철수 이영희 김영희 김민수 김민준 김지훈 김지영 이순신 세종대왕 가나다 가나다라 가나다라마 가나다라마바사 바보
바보야 멍청이 천사 공주 왕자 친구 우리집 우리가족 가족 엄마 아빠 엄마아빠 아들 우리딸 강아지 고양이 토끼 호랑이 병아리 하늘 바다
바람 구름 나무 무지개 햇살 별빛 봄여름가을겨울 여름 가을 겨울 축구 야구 농구 학교 선생님 대학생 고등학교 공부 열공 합격 취업 대박 부자
부자되자 로또 로또당첨 돈벌자 아자아자 화이팅 파이팅 힘내자 할수있다 하나님 예수님 예수 할렐루야 아멘 은혜 기도 부처님 나무아미타불 성공 소망
희망 믿음 평화 자유 통일 건강 네이버 다음 카카오 카카오톡 삼성 현대 롯데 엘지 쿠팡 배고파 짜증나 씨발 개새끼 존나 병신 미친놈 컴퓨터 인터넷
프로그램 게임 스타크래프트 리니지 메이플스토리 던전앤파이터 서든어택 배틀그라운드 롤드컵 기억해 기다려 보고싶다 좋아해 좋은날 오늘도행복
"""

# The two-set layout (KS X 5002), in the order in which Unicode composes syllables.
INITIALS = "r R s e E f a q Q t T d w W c z x v g".split()
VOWELS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
FINALS = " r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split(" ")


def keys(word):
    """The keys that are pressed for a word in Hangul, without shift."""
    pressed = ""
    for syllable in word:
        place = ord(syllable) - 0xAC00
        pressed += INITIALS[place // 588] + VOWELS[place % 588 // 28] + FINALS[place % 28]
    return pressed.lower()


def main():
    zxcvbn, django = sys.argv[1:]
    with open(zxcvbn, encoding="utf-8") as file:
        known = set(json.load(file))
    with gzip.open(django, "rt", encoding="utf-8") as file:
        known.update(file.read().split("\n"))
    known.update(TYPED.split())
    known.update(keys(word) for word in WORDS.split())
    folded = {word.lower() for word in known}
    visible = (word for word in folded if all("!" <= letter <= "~" for letter in word))
    for word in sorted(word for word in visible if len(word) >= SHORTEST):
        print(word)


main()
