//! Which of the encodings of before Unicode a text is in, decided by how its characters fit the places where they stand.
//!
//! The byte 0xD5 is an apostrophe in Mac Roman and a capital O with a tilde in Windows-1252: between two small letters only the
//! first makes sense. Every byte beyond ASCII is judged so in each encoding that comes into question. Where two encodings fit
//! alike, Windows-1252 is taken, in which Excel has written in western Europe for thirty years; other scripts are left to
//! `chardetng`, which knows how often their letters follow each other.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_8859_15, MACINTOSH, WINDOWS_1252};

/// An encoding and the evidence for it.
pub(super) struct Guess {
    pub encoding: &'static Encoding,
    /// How many bytes beyond ASCII were judged.
    pub bytes: u64,
    /// How many of them fit their place in this encoding, and how many in the next best.
    pub fit: u64,
    pub rival: Option<(&'static Encoding, u64)>,
}

/// How many bytes beyond ASCII are judged.
const ENOUGH: usize = 20_000;

/// How many bytes beyond ASCII it takes for the frequency of letters to count as evidence.
const MANY: usize = 24;

/// By how much another encoding must fit better than Windows-1252: one character and a half.
const MARGIN: i64 = 15;

/// Decides the encoding of bytes that are not UTF-8.
pub(super) fn guess(bytes: &[u8]) -> Guess {
    let high: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, b)| **b >= 0x80).map(|(at, _)| at).take(ENOUGH).collect();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let by_letters = detector.guess(None, Utf8Detection::Deny);
    let told = |encoding, fit, rival| Guess { encoding, bytes: high.len() as u64, fit, rival };
    if !by_letters.is_single_byte() || script(bytes, &high) {
        // Hardly a letter of ASCII among them: another script. A few bytes are no evidence for any.
        let encoding = if high.len() >= MANY / 2 { by_letters } else { WINDOWS_1252 };
        return told(encoding, high.len() as u64, None);
    }
    let western = judge(bytes, &high, WINDOWS_1252);
    let macs_lines = memchr::memchr(b'\n', bytes).is_none() && memchr::memchr(b'\r', bytes).is_some();
    let mut best = (WINDOWS_1252, western, western.score + MARGIN);
    let mut rival = None;
    for encoding in [MACINTOSH, ISO_8859_15, by_letters] {
        if encoding == WINDOWS_1252 {
            continue;
        }
        let found = judge(bytes, &high, encoding);
        let bonus = if encoding == MACINTOSH && macs_lines { MARGIN - 5 } else { 0 };
        let frequent = encoding == by_letters && high.len() >= MANY && found.score >= western.score;
        if found.score + bonus > best.2 || (frequent && best.0 == WINDOWS_1252) {
            rival = Some((best.0, best.1.fit));
            best = (encoding, found, found.score);
        } else if rival.is_none() {
            rival = Some((encoding, found.fit));
        }
    }
    told(best.0, best.1.fit, rival)
}

/// Whether most bytes beyond ASCII stand beside others: the text is in another script.
fn script(bytes: &[u8], high: &[usize]) -> bool {
    let is_high = |at: usize| bytes.get(at).is_some_and(|b| *b >= 0x80);
    let among = high.iter().filter(|&&at| (at > 0 && is_high(at - 1)) && is_high(at + 1)).count();
    among * 3 > high.len()
}

/// How well an encoding fits.
#[derive(Clone, Copy)]
struct Fit {
    /// Tenths of a character.
    score: i64,
    /// Bytes that fit.
    fit: u64,
}

fn judge(bytes: &[u8], high: &[usize], encoding: &'static Encoding) -> Fit {
    let table: Vec<char> = (0x80..=0xffu8).map(|b| one(encoding, b)).collect();
    let char_at = |at: Option<usize>| match at.and_then(|at| bytes.get(at)) {
        None => ' ',
        Some(&b) if b < 0x80 => char::from(b),
        Some(&b) => table.get(usize::from(b - 0x80)).copied().unwrap_or('\u{fffd}'),
    };
    let mut fit = Fit { score: 0, fit: 0 };
    for &at in high {
        let score = fits(char_at(at.checked_sub(1)), char_at(Some(at)), char_at(at.checked_add(1)));
        fit.score += score;
        fit.fit += u64::from(score > 0);
    }
    fit
}

/// What a byte stands for.
fn one(encoding: &'static Encoding, byte: u8) -> char {
    let bytes = [byte];
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    text.chars().next().unwrap_or('\u{fffd}')
}

/// How well a character fits between its neighbours, in tenths: below nothing where no one would write so.
fn fits(before: char, here: char, after: char) -> i64 {
    let (letter_before, letter_after) = (before.is_alphabetic(), after.is_alphabetic());
    let (digit_before, digit_after) = (before.is_ascii_digit(), after.is_ascii_digit());
    let (word_before, word_after) = (letter_before || digit_before, letter_after || digit_after);
    let inside = letter_before && letter_after;
    let when = |good: bool, yes: i64, no: i64| if good { yes } else { no };
    match here {
        '\u{fffd}' | '\u{80}'..='\u{9f}' => -30,
        '\u{a0}' => 3,
        '\u{2019}' if inside => 12,
        '\u{2019}' => when(letter_before || digit_before, 8, when(word_after, 3, -5)),
        '\u{2018}' => when(word_after && !letter_before, 8, -8),
        '\u{201c}' | '\u{201e}' => when(!word_before && !after.is_whitespace(), 10, -8),
        '\u{201d}' => when(!word_after && !before.is_whitespace(), 10, -8),
        '\u{2013}' | '\u{2014}' => when(
            (before.is_whitespace() && after.is_whitespace()) || (digit_before && digit_after),
            10,
            when(inside, 3, 0),
        ),
        '\u{2026}' => when(!before.is_whitespace() && !letter_after, 10, 0),
        '£' | '€' => when(digit_after, 10, when(word_before && letter_after, -10, 3)),
        '¥' | '¢' | '¤' => when(digit_after && !letter_before && here != '¤', 3, -8),
        '°' | 'º' => when(digit_before, 10, -3),
        'ª' => when(digit_before, 5, -5),
        '½' | '¼' | '¾' => when(!letter_before && !letter_after, 8, -10),
        '²' | '³' | '¹' => when(word_before && !letter_after, 5, -10),
        '•' | '·' => when(inside, -10, when(!word_before, 6, 0)),
        '®' | '™' | '©' => when(inside, -10, 3),
        '´' | '`' => when(inside, 5, 0),
        '«' => when(!word_before && !digit_after, 8, -8),
        '»' => when(!word_after, 8, -8),
        '¿' | '¡' => when(!word_before && letter_after, 10, -8),
        '×' | '÷' | '±' => when(!letter_before && !letter_after, 5, -8),
        '§' | '¶' => when(inside, -15, 0),
        'ƒ' | 'Ω' | 'π' | 'µ' | 'ˆ' | '˜' | 'ˇ' | 'ı' => when(inside, -15, -8),
        'ﬁ' | 'ﬂ' => when(word_before || word_after, 2, -8),
        _ if here.is_lowercase() => {
            if !word_before && !word_after {
                when("àèéìòùóáú".contains(here), 0, -5)
            } else if after.is_uppercase() && !before.is_uppercase() {
                -10
            } else {
                when(digit_before || digit_after, -5, 10)
            }
        }
        _ if here.is_alphabetic() => {
            if before.is_lowercase() {
                -10
            } else {
                when(letter_after || letter_before, 10, -5)
            }
        }
        _ => when(inside, -20, -8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> &'static str {
        guess(bytes).encoding.name()
    }

    #[test]
    fn the_apostrophe_tells_the_mac_from_windows() {
        assert_eq!(name(b"I don\xd5t know,\xd2Great\xd3\r"), "macintosh");
        assert_eq!(name(b"Caf\x8e,5\n"), "macintosh");
        assert_eq!(name(b"I don\x92t know,\x93Great\x94\n"), "windows-1252");
        assert_eq!(name(b"Caf\xe9,\xa35\n"), "windows-1252");
        // 0xA3 is the pound in both.
        assert_eq!(name(b"\xa35,\xa310\n"), "windows-1252");
        // Dots, dashes and bullets of Windows are accented letters of the Mac.
        assert_eq!(name(b"well\x85 yes \x96 no,\x95 one\n"), "windows-1252");
        assert_eq!(name(b"d\x8ej\x88 vu, No\x91l, l\xd5\x8et\x8e\n"), "macintosh");
        assert_eq!(
            name("déjà vu, Noël, l’été, École, À la carte".chars().map(western).collect::<Vec<_>>().as_slice()),
            "windows-1252"
        );
    }

    fn western(c: char) -> u8 {
        let text = c.to_string();
        let (bytes, _, _) = WINDOWS_1252.encode(&text);
        bytes.first().copied().unwrap_or(b'?')
    }

    #[test]
    fn the_euro_and_the_joined_letters_of_latin_nine() {
        assert_eq!(name(b"\xa45,c\xbdur,s\xbdur\n"), "ISO-8859-15");
        assert_eq!(name(b"\x805,c\x9cur,\xbd pint\n"), "windows-1252");
    }

    #[test]
    fn other_scripts_and_languages_by_their_letters() {
        let bytes = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
        let russian = "Имя,Возраст,Ответ\nАнна,34,Очень понравилось\nИван,28,Спасибо музею\n";
        assert_eq!(name(&bytes(encoding_rs::WINDOWS_1251, russian)), "windows-1251");
        let polish = "Imię,Odpowiedź\nŁukasz,było świetnie\nMałgorzata,wszystko się podobało\nPaweł,więcej zajęć dla młodzieży\n";
        assert_eq!(name(&bytes(encoding_rs::WINDOWS_1250, polish)), "windows-1250");
        let japanese = "名前,年齢,回答\n花子,34,とても楽しかったです\n";
        assert_eq!(name(&bytes(encoding_rs::SHIFT_JIS, japanese)), "Shift_JIS");
    }
}
