//! Made-up people at made-up addresses in real places.

use crate::chance::Chance;

/// A place with the postcode that goes with it.
pub(crate) struct Place {
    pub district: &'static str,
    pub province: &'static str,
    /// Shopify's code of the province (ISO 3166-2:TH).
    pub code: &'static str,
    pub postcode: &'static str,
}

const fn place(
    district: &'static str,
    province: &'static str,
    code: &'static str,
    postcode: &'static str,
) -> Place {
    Place { district, province, code, postcode }
}

static PLACES: [Place; 16] = [
    place("แขวงคลองเตย เขตคลองเตย", "กรุงเทพมหานคร", "TH-10", "10110"),
    place("แขวงสีลม เขตบางรัก", "กรุงเทพมหานคร", "TH-10", "10500"),
    place("แขวงลาดยาว เขตจตุจักร", "กรุงเทพมหานคร", "TH-10", "10900"),
    place("ตำบลบางพูด อำเภอปากเกร็ด", "นนทบุรี", "TH-12", "11120"),
    place("ตำบลคลองหนึ่ง อำเภอคลองหลวง", "ปทุมธานี", "TH-13", "12120"),
    place("ตำบลสุเทพ อำเภอเมืองเชียงใหม่", "เชียงใหม่", "TH-50", "50200"),
    place("ตำบลรอบเวียง อำเภอเมืองเชียงราย", "เชียงราย", "TH-57", "57000"),
    place("ตำบลในเมือง อำเภอเมืองขอนแก่น", "ขอนแก่น", "TH-40", "40000"),
    place("ตำบลในเมือง อำเภอเมืองนครราชสีมา", "นครราชสีมา", "TH-30", "30000"),
    place("ตำบลหมากแข้ง อำเภอเมืองอุดรธานี", "อุดรธานี", "TH-41", "41000"),
    place("ตำบลแสนสุข อำเภอเมืองชลบุรี", "ชลบุรี", "TH-20", "20130"),
    place("ตำบลหัวหิน อำเภอหัวหิน", "ประจวบคีรีขันธ์", "TH-77", "77110"),
    place("ตำบลตลาดใหญ่ อำเภอเมืองภูเก็ต", "ภูเก็ต", "TH-83", "83000"),
    place("ตำบลหาดใหญ่ อำเภอหาดใหญ่", "สงขลา", "TH-90", "90110"),
    place("ตำบลตลาด อำเภอเมืองสุราษฎร์ธานี", "สุราษฎร์ธานี", "TH-84", "84000"),
    place("ตำบลในเมือง อำเภอเมืองพิษณุโลก", "พิษณุโลก", "TH-65", "65000"),
];

const FIRST_NAMES: [&str; 20] = [
    "สมชาย",
    "สมหญิง",
    "กนกวรรณ",
    "ณัฐพล",
    "ปิยะดา",
    "ธนกร",
    "วราภรณ์",
    "อนุชา",
    "ศิริพร",
    "ชัยวัฒน์",
    "พิมพ์ชนก",
    "กิตติศักดิ์",
    "นภัสสร",
    "ภูวดล",
    "จิราพร",
    "สุรเชษฐ์",
    "อรอุมา",
    "ธีรภัทร",
    "มณีรัตน์",
    "เอกชัย",
];

const LAST_NAMES: [&str; 20] = [
    "ใจดี",
    "รักษ์ไทย",
    "ศรีสุข",
    "วงศ์ทอง",
    "แก้วมณี",
    "บุญมา",
    "พงษ์ไพบูลย์",
    "สุวรรณรัตน์",
    "จันทร์เพ็ญ",
    "ทองคำ",
    "อินทร์แก้ว",
    "เจริญสุข",
    "มั่นคง",
    "ศักดิ์สิทธิ์",
    "นิลวงศ์",
    "ประเสริฐ",
    "ชูเกียรติ",
    "หอมจันทร์",
    "ตั้งตรงจิต",
    "พรหมมา",
];

const ROADS: [&str; 10] = [
    "ถนนสุขุมวิท",
    "ถนนพหลโยธิน",
    "ถนนเพชรเกษม",
    "ถนนนิมมานเหมินท์",
    "ถนนมิตรภาพ",
    "ถนนเจริญกรุง",
    "ถนนราชดำเนิน",
    "ถนนเทศบาล 1",
    "ถนนประชาอุทิศ",
    "ถนนรัชดาภิเษก",
];

/// A customer with an address.
pub(crate) struct Person {
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub place: &'static Place,
}

impl Person {
    /// `number` makes e-mail and telephone differ between customers of the same name.
    pub(crate) fn new(chance: &mut Chance, number: u64) -> Self {
        let street = format!("{}/{} {}", 1 + chance.below(299), 1 + chance.below(60), chance.pick(&ROADS));
        Self {
            first_name: chance.pick::<&str>(&FIRST_NAMES),
            last_name: chance.pick::<&str>(&LAST_NAMES),
            email: format!("customer{number}@example.com"),
            phone: format!("+6681{:07}", number % 10_000_000),
            street,
            place: chance.pick(&PLACES),
        }
    }

    /// As a Thai writes it down: `0810000042`.
    pub(crate) fn local_phone(&self) -> String {
        self.phone.replacen("+66", "0", 1)
    }

    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}
