//! As much of Thailand's addresses as a courier checks: provinces, the postcodes that lie in them, telephone numbers.

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Not five digits.
    Postcode,
    /// No province has this official name.
    Province,
    /// Empty, or a short form where the official name has a word more.
    District,
    /// Each is good, and they do not belong together.
    Mismatch,
}

impl Wrong {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Postcode => "the postcode has not five digits",
            Self::Province => "the province is not one of the official names",
            Self::District => "the district is not an official name",
            Self::Mismatch => "province, district and postcode do not belong together",
        }
    }
}

/// Each province and the first two digits of its postcodes.
#[rustfmt::skip]
const PROVINCES: [(&str, &str); 77] = [
    ("กรุงเทพมหานคร", "10"), ("สมุทรปราการ", "10"), ("นนทบุรี", "11"), ("ปทุมธานี", "12"),
    ("พระนครศรีอยุธยา", "13"), ("อ่างทอง", "14"), ("ลพบุรี", "15"), ("สิงห์บุรี", "16"),
    ("ชัยนาท", "17"), ("สระบุรี", "18"), ("ชลบุรี", "20"), ("ระยอง", "21"),
    ("จันทบุรี", "22"), ("ตราด", "23"), ("ฉะเชิงเทรา", "24"), ("ปราจีนบุรี", "25"),
    ("นครนายก", "26"), ("สระแก้ว", "27"), ("นครราชสีมา", "30"), ("บุรีรัมย์", "31"),
    ("สุรินทร์", "32"), ("ศรีสะเกษ", "33"), ("อุบลราชธานี", "34"), ("ยโสธร", "35"),
    ("ชัยภูมิ", "36"), ("อำนาจเจริญ", "37"), ("บึงกาฬ", "38"), ("หนองบัวลำภู", "39"),
    ("ขอนแก่น", "40"), ("อุดรธานี", "41"), ("เลย", "42"), ("หนองคาย", "43"),
    ("มหาสารคาม", "44"), ("ร้อยเอ็ด", "45"), ("กาฬสินธุ์", "46"), ("สกลนคร", "47"),
    ("นครพนม", "48"), ("มุกดาหาร", "49"), ("เชียงใหม่", "50"), ("ลำพูน", "51"),
    ("ลำปาง", "52"), ("อุตรดิตถ์", "53"), ("แพร่", "54"), ("น่าน", "55"),
    ("พะเยา", "56"), ("เชียงราย", "57"), ("แม่ฮ่องสอน", "58"), ("นครสวรรค์", "60"),
    ("อุทัยธานี", "61"), ("กำแพงเพชร", "62"), ("ตาก", "63"), ("สุโขทัย", "64"),
    ("พิษณุโลก", "65"), ("พิจิตร", "66"), ("เพชรบูรณ์", "67"), ("ราชบุรี", "70"),
    ("กาญจนบุรี", "71"), ("สุพรรณบุรี", "72"), ("นครปฐม", "73"), ("สมุทรสาคร", "74"),
    ("สมุทรสงคราม", "75"), ("เพชรบุรี", "76"), ("ประจวบคีรีขันธ์", "77"), ("นครศรีธรรมราช", "80"),
    ("กระบี่", "81"), ("พังงา", "82"), ("ภูเก็ต", "83"), ("สุราษฎร์ธานี", "84"),
    ("ระนอง", "85"), ("ชุมพร", "86"), ("สงขลา", "90"), ("สตูล", "91"),
    ("ตรัง", "92"), ("พัทลุง", "93"), ("ปัตตานี", "94"), ("ยะลา", "95"), ("นราธิวาส", "96"),
];

/// Districts whose postcodes are known in full, without the word for "district". The rest of the country is believed.
#[rustfmt::skip]
const DISTRICTS: [(&str, &str, &[&str]); 16] = [
    ("กรุงเทพมหานคร", "บางรัก", &["10500"]),
    ("กรุงเทพมหานคร", "คลองเตย", &["10110"]),
    ("กรุงเทพมหานคร", "จตุจักร", &["10900"]),
    ("กรุงเทพมหานคร", "ปทุมวัน", &["10330", "10120"]),
    ("นนทบุรี", "ปากเกร็ด", &["11120"]),
    ("ปทุมธานี", "คลองหลวง", &["12120"]),
    ("เชียงใหม่", "เมืองเชียงใหม่", &["50000", "50100", "50200", "50300"]),
    ("เชียงใหม่", "สันทราย", &["50210", "50290"]),
    ("เชียงราย", "เมืองเชียงราย", &["57000", "57100"]),
    ("ขอนแก่น", "เมืองขอนแก่น", &["40000", "40002", "40260"]),
    ("อุบลราชธานี", "เมืองอุบลราชธานี", &["34000"]),
    ("อุดรธานี", "เมืองอุดรธานี", &["41000", "41330"]),
    ("ชลบุรี", "เมืองชลบุรี", &["20000", "20130", "20131"]),
    ("ประจวบคีรีขันธ์", "หัวหิน", &["77110"]),
    ("ภูเก็ต", "เมืองภูเก็ต", &["83000", "83100", "83130"]),
    ("สงขลา", "หาดใหญ่", &["90110", "90112", "90230", "90250"]),
];

const BANGKOK: &str = "กรุงเทพมหานคร";
const BANGKOK_DISTRICT: &str = "เขต";
const DISTRICT: &str = "อำเภอ";
/// The chief district of a province; alone it says nothing, the province's name belongs to it.
const CHIEF: &str = "เมือง";

/// A place as somebody wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub province: &'a str,
    pub district: &'a str,
    pub postcode: &'a str,
}

/// Province, district and postcode must be official and belong together.
pub(crate) fn check(place: Place<'_>) -> Result<(), Wrong> {
    if place.postcode.len() != 5 || !place.postcode.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Wrong::Postcode);
    }
    let province = PROVINCES.iter().find(|(name, _)| *name == place.province);
    let (_, digits) = province.ok_or(Wrong::Province)?;
    let district = bare(place.district);
    if district.is_empty() || district == CHIEF {
        return Err(Wrong::District);
    }
    let known = DISTRICTS.iter().find(|(province, name, _)| *province == place.province && *name == district);
    let belongs = known.is_none_or(|(_, _, postcodes)| postcodes.contains(&place.postcode));
    if place.postcode.starts_with(digits) && belongs { Ok(()) } else { Err(Wrong::Mismatch) }
}

/// Whether the district is written as it is in the official table: `เขต…` in Bangkok, and no word before it elsewhere.
pub(crate) fn is_official_district(place: Place<'_>) -> bool {
    match place.province {
        BANGKOK => place.district.starts_with(BANGKOK_DISTRICT),
        _ => !place.district.starts_with(DISTRICT) && !place.district.starts_with(BANGKOK_DISTRICT),
    }
}

fn bare(district: &str) -> &str {
    let district = district.trim();
    district.strip_prefix(BANGKOK_DISTRICT).or_else(|| district.strip_prefix(DISTRICT)).unwrap_or(district)
}

/// The local form: a zero and eight or nine more digits, no country code, nothing between them.
pub(crate) fn is_phone(text: &str) -> bool {
    matches!(text.len(), 9 | 10) && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'a>(province: &'a str, district: &'a str, postcode: &'a str) -> Place<'a> {
        Place { province, district, postcode }
    }

    #[test]
    fn province_district_and_postcode_belong_together() {
        for good in [
            place("เชียงใหม่", "สันทราย", "50210"),
            place("กรุงเทพมหานคร", "เขตบางรัก", "10500"),
            place("อุบลราชธานี", "เมืองอุบลราชธานี", "34000"),
            place("น่าน", "ปัว", "55120"),
        ] {
            assert_eq!(check(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn each_mistake_has_its_name() {
        for (wrong, why) in [
            (place("เชียงใหม่", "สันทราย", "5021"), Wrong::Postcode),
            (place("กรุงเทพ", "เขตบางรัก", "10500"), Wrong::Province),
            (place("เชียงใหม่", "เมือง", "50200"), Wrong::District),
            (place("เชียงใหม่", "", "50200"), Wrong::District),
            (place("เชียงใหม่", "สันทราย", "50200"), Wrong::Mismatch),
            (place("เชียงใหม่", "ฝาง", "10500"), Wrong::Mismatch),
        ] {
            assert_eq!(check(wrong), Err(why), "{wrong:?}");
        }
    }

    #[test]
    fn a_district_of_bangkok_begins_with_its_word_and_others_do_not() {
        assert!(is_official_district(place("กรุงเทพมหานคร", "เขตบางรัก", "10500")));
        assert!(!is_official_district(place("กรุงเทพมหานคร", "บางรัก", "10500")));
        assert!(!is_official_district(place("เชียงใหม่", "อำเภอสันทราย", "50210")));
    }

    #[test]
    fn a_telephone_number_is_written_as_in_thailand() {
        assert!(is_phone("0810000001") && is_phone("021234567"));
        for wrong in ["+66810000001", "081-000-0001", "810000001", "08100000", ""] {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }

    #[test]
    fn every_province_stands_once() {
        let mut names: Vec<_> = PROVINCES.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 77);
    }
}
