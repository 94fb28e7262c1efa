//! Barcodes of the Universal Postal Union (S10): two letters, eight digits and a check digit, `TH`.

use crate::parcel::mistake;
use connector::Error;

const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];

/// The check digit of eight digits.
fn check_digit(digits: &[u32]) -> u32 {
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit,
    }
}

/// Refuses what is no barcode of Thailand Post, and, where that is wanted, one whose check digit is wrong.
pub fn check(barcode: &str, with_digit: bool) -> Result<(), Error> {
    let wrong =
        || mistake(format!("\"{}\" is no barcode such as EY145587898TH", connector::http::shorten(barcode)));
    if barcode.len() != 13 || !barcode.is_ascii() {
        return Err(wrong());
    }
    let (letters, rest) = barcode.split_at(2);
    let (numbers, country) = rest.split_at(9);
    let digits: Vec<u32> = numbers.chars().filter_map(|digit| digit.to_digit(10)).collect();
    if digits.len() != 9 || country != "TH" || !letters.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(wrong());
    }
    let due = check_digit(&digits[..8]);
    if with_digit && digits[8] != due {
        return Err(Error::Input {
            message: format!("the check digit of {barcode} should be {due}"),
            advice:
                "Correct the barcode; if the post office gave it so, turn Check the digit off in the node."
                    .into(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barcode_has_its_check_digit() {
        assert_eq!(check("EY145587898TH", true), Ok(()));
        let error = check("EY145587896TH", true).unwrap_err();
        assert_eq!(error.to_string(), "the check digit of EY145587896TH should be 8");
        assert_eq!(check("EY145587896TH", false), Ok(()));
    }

    #[test]
    fn ten_is_nought_and_eleven_is_five() {
        assert_eq!(check_digit(&[0, 0, 0, 0, 0, 0, 0, 0]), 5, "a sum of nothing");
        // 1 x 5 + 1 x 7 = 12, which leaves 1: 11 less 1 is 10.
        assert_eq!(check_digit(&[0, 0, 0, 0, 0, 1, 0, 1]), 0);
        // The Universal Postal Union's own example is RR473124829.
        assert_eq!(check_digit(&[4, 7, 3, 1, 2, 4, 8, 2]), 9);
    }

    #[test]
    fn what_is_no_barcode_is_told_apart() {
        for text in [
            "",
            "EY14558789TH",
            "EY145587898SG",
            "ey145587898TH",
            "E1145587898TH",
            "EY1455878X8TH",
            "ชา145587898TH",
        ] {
            assert!(check(text, false).is_err(), "{text}");
        }
    }
}
