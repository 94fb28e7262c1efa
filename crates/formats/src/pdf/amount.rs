//! Amounts in words, as they stand on documents beside the digits.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const DIGITS: [&str; 10] = ["", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"];
const PLACES: [&str; 6] = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน"];
const MILLION: u64 = 1_000_000;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const LARGE: [(u64, &str); 4] =
    [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (MILLION, "million"), (1_000, "thousand")];

/// Baht and satang; nothing where the amount is below zero or larger than any document's.
fn parts(amount: Decimal) -> Option<(u64, u64)> {
    let satang = amount.checked_mul(Decimal::ONE_HUNDRED)?.to_u64()?;
    Some((satang / 100, satang % 100))
}

/// `สองร้อยหกสิบเจ็ดบาทห้าสิบสตางค์`, `หนึ่งร้อยบาทถ้วน`
pub fn in_thai(amount: Decimal) -> Option<String> {
    let (baht, satang) = parts(amount)?;
    Some(match (baht, satang) {
        (0, 0) => "ศูนย์บาทถ้วน".into(),
        (baht, 0) => format!("{}บาทถ้วน", thai(baht)),
        (0, satang) => format!("{}สตางค์", thai(satang)),
        (baht, satang) => format!("{}บาท{}สตางค์", thai(baht), thai(satang)),
    })
}

fn thai(number: u64) -> String {
    let (millions, rest) = (number / MILLION, number % MILLION);
    let mut words = match millions {
        0 => String::new(),
        millions => format!("{}ล้าน", thai(millions)),
    };
    let digits = format!("{rest:06}");
    for (at, digit) in digits.bytes().enumerate() {
        let (digit, place) = (usize::from(digit - b'0'), 5 - at);
        match (digit, place) {
            (0, _) => {}
            // One is another word behind anything else, and tens have their own one and two.
            (1, 0) if number > 1 => words.push_str("เอ็ด"),
            (1, 1) => words.push_str("สิบ"),
            (2, 1) => words.push_str("ยี่สิบ"),
            (digit, place) => {
                words.push_str(DIGITS[digit]);
                words.push_str(PLACES[place]);
            }
        }
    }
    words
}

/// `Two hundred sixty-seven baht and fifty satang`, `One hundred baht only`
pub fn in_english(amount: Decimal) -> Option<String> {
    let (baht, satang) = parts(amount)?;
    let words = match (baht, satang) {
        (baht, 0) => format!("{} baht only", english(baht)),
        (0, satang) => format!("{} satang", english(satang)),
        (baht, satang) => format!("{} baht and {} satang", english(baht), english(satang)),
    };
    let mut letters = words.chars();
    Some(letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default())
}

fn english(number: u64) -> String {
    if let Some((size, name)) = LARGE.iter().find(|(size, _)| number >= *size) {
        return joined(format!("{} {name}", english(number / size)), number % size, ' ');
    }
    match number {
        100.. => joined(format!("{} hundred", english(number / 100)), number % 100, ' '),
        20.. => joined(TENS[(number / 10) as usize % 10].to_owned(), number % 10, '-'),
        _ => SMALL[number as usize % 20].to_owned(),
    }
}

fn joined(words: String, rest: u64, between: char) -> String {
    match rest {
        0 => words,
        rest => format!("{words}{between}{}", english(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: &str, thai: &str, english: &str) {
        let amount: Decimal = amount.parse().unwrap();
        assert_eq!(in_thai(amount).as_deref(), Some(thai));
        assert_eq!(in_english(amount).as_deref(), Some(english));
    }

    #[test]
    fn amounts_are_said_as_a_spreadsheet_s_bahttext_says_them() {
        check("0", "ศูนย์บาทถ้วน", "Zero baht only");
        check("1", "หนึ่งบาทถ้วน", "One baht only");
        check("0.01", "หนึ่งสตางค์", "One satang");
        check("0.25", "ยี่สิบห้าสตางค์", "Twenty-five satang");
        check("11.11", "สิบเอ็ดบาทสิบเอ็ดสตางค์", "Eleven baht and eleven satang");
        check("101", "หนึ่งร้อยเอ็ดบาทถ้วน", "One hundred one baht only");
        check("267.50", "สองร้อยหกสิบเจ็ดบาทห้าสิบสตางค์", "Two hundred sixty-seven baht and fifty satang");
        check(
            "1221.01",
            "หนึ่งพันสองร้อยยี่สิบเอ็ดบาทหนึ่งสตางค์",
            "One thousand two hundred twenty-one baht and one satang",
        );
        check("1000001", "หนึ่งล้านเอ็ดบาทถ้วน", "One million one baht only");
        check(
            "21111111.50",
            "ยี่สิบเอ็ดล้านหนึ่งแสนหนึ่งหมื่นหนึ่งพันหนึ่งร้อยสิบเอ็ดบาทห้าสิบสตางค์",
            "Twenty-one million one hundred eleven thousand one hundred eleven baht and fifty satang",
        );
        check("1000000000000", "หนึ่งล้านล้านบาทถ้วน", "One trillion baht only");
        assert_eq!(in_thai("-1".parse().unwrap()), None);
    }
}
