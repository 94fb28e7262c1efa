//! Thai text, and the numbers that stand in Thai addresses and invoices.

use super::{
    Answer, Doc, Shelf,
    numbers::{decimal_of, round},
    provinces, wrong,
};
pub(crate) use model::money::arabic_digits;
use model::thai::{clean, is_tone, normalise};
use rhai::Dynamic;
use rust_decimal::Decimal;

/// The mark that silences a letter, and the one that shortens a vowel.
const THANTHAKHAT: char = '\u{e4c}';
const MAITAIKHU: char = '\u{e47}';
const LEADING_VOWELS: [char; 5] = ['เ', 'แ', 'โ', 'ใ', 'ไ'];

pub(crate) fn register(shelf: &mut Shelf) {
    text(shelf);
    numbers(shelf);
}

fn text(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("clean(text)", "Without spaces at the ends, invisible characters and doubled spaces.", r#"clean("  สวัสดี   ครับ ")"#, r#""สวัสดี ครับ""#),
            clean,
        )
        .add(
            Doc("thai_normalise(text)", "One spelling for what looks the same: vowels and tone marks in their order, เเ as แ, ํา as ำ, and cleaned.", r#"thai_normalise("เเม่นํ้า  ")"#, r#""แม่น้ำ""#),
            normalise,
        )
        .add(
            Doc("thai_sort_key(text)", "A text that sorts Thai words as a dictionary does.", r#"sort_by(["ไก่", "ขา", "กา"], |w| thai_sort_key(w))"#, r#"["กา","ไก่","ขา"]"#),
            sort_key,
        )
        .add(Doc("thai_digits(value)", "With Thai digits.", "thai_digits(2569)", r#""๒๕๖๙""#), |value: Dynamic| {
            thai_digits(&value.to_string())
        })
        .add(Doc("arabic_digits(text)", "With ๐–๙ as 0–9.", r#"arabic_digits("๒๕๖๙")"#, r#""2569""#), |text: &str| {
            arabic_digits(text)
        });
}

fn numbers(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("baht_text(amount)", "The amount in Thai words, as on an invoice.", "baht_text(121.50)", r#""หนึ่งร้อยยี่สิบเอ็ดบาทห้าสิบสตางค์""#),
            |amount: Dynamic| baht_text(decimal_of(&amount)?),
        )
        .add(
            Doc("is_tax_id(text)", "Is it a Thai tax or citizen id: 13 digits of which the last checks the others?", r#"is_tax_id("1-1017-00207-03-0")"#, "true"),
            |text: &str| is_tax_id(&digits_of(text)),
        )
        .add(
            Doc("format_tax_id(text)", "The 13 digits as they are written. Wrong ones are an error.", r#"format_tax_id("1101700207030")"#, r#""1-1017-00207-03-0""#),
            |text: &str| {
                let digits = digits_of(text);
                if !is_tax_id(&digits) {
                    return Err(wrong("This is no Thai tax id: it has 13 digits, and the last one checks the others."));
                }
                let cut = [&digits[..1], &digits[1..5], &digits[5..10], &digits[10..12], &digits[12..]];
                Ok(cut.join("-"))
            },
        )
        .add(
            Doc("is_postcode(text)", "Is it a Thai postcode: five digits that begin as a province's do?", r#"is_postcode("10110")"#, "true"),
            |text: &str| provinces::of(text).is_some(),
        )
        .add(
            Doc("province_of(postcode)", "The province in Thai, by the first digits of its post office; nothing where there is none. A post office at a border may serve two.", r#"province_of("50200")"#, r#""เชียงใหม่""#),
            |text: &str| provinces::of(text).map_or(Dynamic::UNIT, |(thai, _)| thai.into()),
        )
        .or("province_of(postcode, \"en\")", |text: &str, language: &str| {
            provinces::of(text).map_or(Dynamic::UNIT, |(thai, english)| if language == "en" { english } else { thai }.into())
        })
        .add(
            Doc("phone(text)", "A phone number as +66…, the way other systems want it. Foreign numbers begin with + or 00.", r#"phone("081-234-5678")"#, r#""+66812345678""#),
            phone,
        );
}

/// ๐–๙ as 0–9.
fn thai_digits(text: &str) -> String {
    let thai = |letter: char| {
        let digit = letter.to_digit(10);
        digit.and_then(|digit| char::from_u32('๐' as u32 + digit)).unwrap_or(letter)
    };
    text.chars().map(thai).collect()
}

fn digits_of(text: &str) -> String {
    arabic_digits(text).chars().filter(char::is_ascii_digit).collect()
}

/// A dictionary puts a vowel that is written before its consonant after it, and looks at tone marks only between words
/// that are otherwise the same.
fn sort_key(text: &str) -> String {
    let letters: Vec<char> = normalise(text).chars().collect();
    let (mut key, mut marks) = (String::new(), String::new());
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        at += 1;
        let next = letters.get(at).filter(|next| ('ก'..='ฮ').contains(*next));
        match next {
            _ if is_tone(letter) || letter == THANTHAKHAT || letter == MAITAIKHU => {
                marks.push_str(&format!("{:04}{letter}", key.chars().count()));
            }
            Some(consonant) if LEADING_VOWELS.contains(&letter) => {
                key.extend([*consonant, letter]);
                at += 1;
            }
            _ => key.push(letter),
        }
    }
    if marks.is_empty() { key } else { format!("{key}\u{1}{marks}") }
}

const DIGIT_WORDS: [&str; 10] = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"];
const PLACE_WORDS: [&str; 6] = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน"];

fn baht_text(amount: Decimal) -> Answer<String> {
    let amount = round(amount, 2)?;
    let text = amount.abs().to_string();
    let (baht, satang) = text.split_once('.').unwrap_or((&text, "00"));
    let (baht_words, satang_words) = (in_words(baht), in_words(satang));
    let mut words = String::new();
    if amount.is_sign_negative() && !amount.is_zero() {
        words.push_str("ลบ");
    }
    match (baht_words.is_empty(), satang_words.is_empty()) {
        (true, true) => words.push_str("ศูนย์บาทถ้วน"),
        (true, false) => words.push_str(&format!("{satang_words}สตางค์")),
        (false, true) => words.push_str(&format!("{baht_words}บาทถ้วน")),
        (false, false) => words.push_str(&format!("{baht_words}บาท{satang_words}สตางค์")),
    }
    Ok(words)
}

/// Every six digits there is a million, also of millions.
fn in_words(digits: &str) -> String {
    let mut words = String::new();
    for (at, digit) in digits.bytes().enumerate() {
        let left = digits.len() - at - 1;
        let place = left % PLACE_WORDS.len();
        match (digit - b'0', place) {
            (0, _) => {}
            (1, 0) if !words.is_empty() => words.push_str("เอ็ด"),
            (1, 1) => words.push_str("สิบ"),
            (2, 1) => words.push_str("ยี่สิบ"),
            (digit, place) => {
                words.push_str(DIGIT_WORDS[usize::from(digit)]);
                words.push_str(PLACE_WORDS[place]);
            }
        }
        if left > 0 && place == 0 && !words.is_empty() {
            words.push_str("ล้าน");
        }
    }
    words
}

fn is_tax_id(digits: &str) -> bool {
    if digits.len() != 13 {
        return false;
    }
    let weighed = digits.bytes().take(12).zip((2..=13).rev());
    let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    digits.as_bytes()[12] == b'0' + ((11 - sum % 11) % 10) as u8
}

fn phone(text: &str) -> Answer<String> {
    let text = arabic_digits(text.trim());
    let digits = digits_of(&text);
    let foreign = if text.starts_with('+') { Some(&*digits) } else { digits.strip_prefix("00") };
    let number = match (foreign, digits.strip_prefix('0')) {
        (Some(number), _) => number.replacen("660", "66", usize::from(number.starts_with("660"))),
        (None, Some(rest)) => format!("66{rest}"),
        (None, None) if digits.starts_with("66") => digits.clone(),
        _ => return Err(not_a_phone()),
    };
    let fits = match number.strip_prefix("66") {
        // Eight digits for a house, nine for a mobile.
        Some(thai) => matches!((thai.len(), thai.as_bytes()[0]), (8, b'2'..=b'7') | (9, b'6' | b'8' | b'9')),
        None => (8..=15).contains(&number.len()),
    };
    if fits { Ok(format!("+{number}")) } else { Err(not_a_phone()) }
}

fn not_a_phone() -> Box<rhai::EvalAltResult> {
    wrong(
        "This is no phone number. A Thai one has 9 or 10 digits and begins with 0; a foreign one begins with +.",
    )
}
