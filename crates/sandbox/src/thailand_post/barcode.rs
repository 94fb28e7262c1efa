//! Barcodes as the postal union wants them: two letters, eight digits, a check digit, the country.

const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];

/// `EY145587898TH`: of the right form, whatever its check digit.
pub(super) fn has_form(barcode: &str) -> bool {
    let bytes = barcode.as_bytes();
    bytes.len() == 13
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..11].iter().all(u8::is_ascii_digit)
        && barcode.ends_with("TH")
}

pub(super) fn check_digit_is_right(barcode: &str) -> bool {
    let digits: Vec<u32> = barcode.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let [number @ .., check] = digits.as_slice() else {
        return false;
    };
    let sum: u32 = number.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit,
    };
    *check == expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_postal_unions() {
        assert!(check_digit_is_right("EY145587898TH"));
        assert!(!check_digit_is_right("EY145587896TH"), "the public guide's own sample does not pass");
    }

    #[test]
    fn a_barcode_has_thirteen_characters_and_ends_with_the_country() {
        assert!(has_form("EY145587896TH"));
        for wrong in ["EY14558789TH", "ey145587898TH", "EY145587898US", "EYA45587898TH", ""] {
            assert!(!has_form(wrong), "{wrong}");
        }
    }
}
