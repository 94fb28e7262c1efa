//! Thai places and phone numbers, spelt as couriers spell them.

use super::provinces::PROVINCES;

pub const BANGKOK: &str = "กรุงเทพมหานคร";

/// What people write for a province besides its two names.
const OTHER_NAMES: [(&str, &str); 10] = [
    ("กรุงเทพ", BANGKOK),
    ("กทม", BANGKOK),
    ("bkk", BANGKOK),
    ("krungthep", BANGKOK),
    ("krungthepmahanakhon", BANGKOK),
    ("bangkokmetropolis", BANGKOK),
    ("อยุธยา", "พระนครศรีอยุธยา"),
    ("ayutthaya", "พระนครศรีอยุธยา"),
    ("โคราช", "นครราชสีมา"),
    ("korat", "นครราชสีมา"),
];

/// The official Thai name of a province that is written in Thai or in English.
pub fn province(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let text = ["จังหวัด", "จ.", "Changwat "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let wanted = letters(text);
    let wanted = wanted.strip_suffix("province").unwrap_or(&wanted);
    let official = PROVINCES.iter().find(|(thai, english)| *thai == wanted || letters(english) == wanted);
    let other = || OTHER_NAMES.iter().find(|(name, _)| *name == wanted);
    official.map(|(thai, _)| *thai).or_else(|| other().map(|(_, thai)| *thai))
}

/// Without what people put between letters, and in small ones.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|letter| !matches!(letter, ' ' | '.' | '-' | '\'' | 'ฯ'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// A district without the word for it. The main district of a province bears the province's name, in full.
pub fn district(text: &str, province: &str) -> String {
    let bare = without(
        text,
        if province == BANGKOK { &["เขต", "Khet "] } else { &["อำเภอ", "อ.", "Amphoe "] },
    );
    if bare == "เมือง" { format!("เมือง{province}") } else { bare.to_owned() }
}

/// The same with the word that goes with it in Bangkok, `เขตบางรัก`; elsewhere there is none.
pub fn official_district(district: &str, province: &str) -> String {
    let thai = district.chars().any(|letter| ('\u{e00}'..='\u{e7f}').contains(&letter));
    if province == BANGKOK && thai { format!("เขต{district}") } else { district.to_owned() }
}

pub fn subdistrict(text: &str, province: &str) -> String {
    without(
        text,
        if province == BANGKOK {
            &["แขวง", "Khwaeng "]
        } else {
            &["ตำบล", "ต.", "Tambon "]
        },
    )
    .to_owned()
}

fn without<'t>(text: &'t str, words: &[&str]) -> &'t str {
    let text = text.trim();
    words.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text).trim()
}

/// A Thai number as it is dialled in Thailand: nine or ten digits that begin with 0.
pub fn phone(text: &str) -> Option<String> {
    let text = model::money::arabic_digits(text);
    let digits: String =
        text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')' | '.')).collect();
    let local = match digits.strip_prefix("+66").or_else(|| digits.strip_prefix("0066")) {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None if digits.len() == 11 && digits.starts_with("66") => format!("0{}", &digits[2..]),
        None => digits,
    };
    let fits = local.starts_with('0')
        && matches!(local.len(), 9 | 10)
        && local.bytes().all(|digit| digit.is_ascii_digit());
    fits.then_some(local)
}

pub fn postcode(text: &str) -> Option<String> {
    let digits = model::money::arabic_digits(text.trim());
    let fits =
        digits.len() == 5 && !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit());
    fits.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_is_known_by_its_names() {
        for text in
            ["กรุงเทพมหานคร", "กรุงเทพฯ", "กทม.", "Bangkok", "Krung Thep", "BANGKOK", "จังหวัดกรุงเทพมหานคร"]
        {
            assert_eq!(province(text), Some(BANGKOK), "{text}");
        }
        for text in ["เชียงใหม่", "จ.เชียงใหม่", "Chiang Mai", "chiangmai", "Chiang Mai Province"]
        {
            assert_eq!(province(text), Some("เชียงใหม่"), "{text}");
        }
        assert_eq!(province("Chonburi"), Some("ชลบุรี"));
        assert_eq!(province("อยุธยา"), Some("พระนครศรีอยุธยา"));
        assert_eq!(province("Bavaria"), None);
        assert_eq!(province(""), None);
    }

    #[test]
    fn there_are_seventy_seven_provinces_and_none_is_there_twice() {
        let names: std::collections::BTreeSet<&str> =
            PROVINCES.iter().flat_map(|(thai, en)| [*thai, *en]).collect();
        assert_eq!((PROVINCES.len(), names.len()), (77, 154));
    }

    #[test]
    fn a_district_has_its_official_name() {
        assert_eq!(district("เขตบางรัก", BANGKOK), "บางรัก");
        assert_eq!(official_district("บางรัก", BANGKOK), "เขตบางรัก");
        assert_eq!(district("อ.สันทราย", "เชียงใหม่"), "สันทราย");
        assert_eq!(official_district("สันทราย", "เชียงใหม่"), "สันทราย");
        for text in ["เมือง", "อำเภอเมือง", "อ. เมือง", "เมืองเชียงใหม่", "อำเภอเมืองเชียงใหม่"]
        {
            assert_eq!(district(text, "เชียงใหม่"), "เมืองเชียงใหม่", "{text}");
        }
        assert_eq!(district("เขาชะเมา", "ระยอง"), "เขาชะเมา");
        assert_eq!(subdistrict("แขวงสีลม", BANGKOK), "สีลม");
        assert_eq!(subdistrict("ต.สันทรายน้อย", "เชียงใหม่"), "สันทรายน้อย");
    }

    #[test]
    fn a_phone_number_is_as_it_is_dialled_in_thailand() {
        for text in
            ["0810000001", "081-000-0001", "+66810000001", "+66 (0) 81 000 0001", "66810000001", "๐๘๑๐๐๐๐๐๐๑"]
        {
            assert_eq!(phone(text).as_deref(), Some("0810000001"), "{text}");
        }
        assert_eq!(phone("02-123-4567").as_deref(), Some("021234567"));
        for text in ["", "810000001", "08100000012", "+1 555 0100", "08x0000001"] {
            assert_eq!(phone(text), None, "{text}");
        }
    }
}
