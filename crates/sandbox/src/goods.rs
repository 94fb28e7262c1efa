//! What the shop sells. The ERP knows all of it but [`UNKNOWN_TO_ERP`].

/// One article: price in satang, VAT included.
#[derive(Debug)]
pub(crate) struct Article {
    pub sku: &'static str,
    pub title: &'static str,
    pub satang: i64,
    pub grams: u32,
}

const fn article(sku: &'static str, title: &'static str, satang: i64, grams: u32) -> Article {
    Article { sku, title, satang, grams }
}

/// Sold by the shop and never entered in the ERP: the everyday mistake that a flow must survive.
pub const UNKNOWN_TO_ERP: &str = "TEA-109";

pub(crate) static ARTICLES: [Article; 12] = [
    article("TEA-100", "ชาอู่หลงดอยแม่สลอง 100 กรัม", 25_000, 120),
    article("TEA-101", "ชาเขียวอัสสัมเชียงราย 100 กรัม", 18_900, 120),
    article("TEA-102", "ชาดำเชียงใหม่ 200 กรัม", 32_050, 230),
    article("TEA-103", "ชามะลิ 50 ซอง", 14_925, 150),
    article("TEA-104", "ชาไทยแดงสูตรโบราณ 400 กรัม", 9_975, 420),
    article("TEA-105", "ชาอู่หลงก้านอ่อน เบอร์ 12", 49_000, 220),
    article("TEA-106", "ชุดของขวัญชาสามรส", 129_000, 900),
    article("TEA-107", "กาน้ำชาดินเผา ด่านเกวียน", 89_050, 1_100),
    article("TEA-108", "ถ้วยชาเซรามิก ลำปาง (2 ใบ)", 35_900, 480),
    article(UNKNOWN_TO_ERP, "ชาฤดูหนาว รุ่นทดลอง", 45_000, 120),
    article("TEA-110", "กระติกน้ำร้อน 1 ลิตร", 79_075, 750),
    article("TEA-111", "ที่กรองชาสแตนเลส", 12_000, 60),
];

/// The articles an ordinary order is made of.
pub(crate) fn known_to_both() -> impl Iterator<Item = &'static Article> {
    ARTICLES.iter().filter(|article| article.sku != UNKNOWN_TO_ERP)
}

pub(crate) fn by_sku(sku: &str) -> Option<&'static Article> {
    ARTICLES.iter().find(|article| article.sku == sku)
}
