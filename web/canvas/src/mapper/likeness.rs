//! How alike two names are: of the words in them, whatever system they come from and in either language.

/// Words that mean the same, the first of each for all of them. Thai has no blanks between words, so those are looked for
/// inside of a text.
const SAME: &[(&str, &[&str])] = &[
    ("quantity", &["qty", "count", "units", "จำนวน"]),
    ("price", &["amount", "rate", "cost", "ราคา"]),
    ("phone", &["tel", "telephone", "mobile", "โทรศัพท์", "เบอร์โทร", "มือถือ"]),
    ("email", &["mail", "อีเมล"]),
    ("zip", &["postcode", "postal", "zipcode", "รหัสไปรษณีย์"]),
    ("city", &["town", "district", "จังหวัด", "อำเภอ", "เขต"]),
    ("street", &["address", "address1", "ที่อยู่"]),
    ("note", &["notes", "remark", "remarks", "comment", "memo", "หมายเหตุ"]),
    ("date", &["created", "time", "datetime", "วันที่"]),
    ("sku", &["รหัสสินค้า"]),
    ("lines", &["line", "items", "products", "รายการ"]),
    ("customer", &["partner", "client", "buyer", "contact", "ลูกค้า"]),
    ("currency", &["สกุลเงิน"]),
    ("discount", &["ส่วนลด"]),
    ("reference", &["ref", "id", "number", "no", "เลขอ้างอิง", "เลขที่", "รหัสลูกค้า"]),
    ("vat", &["taxid", "เลขประจำตัวผู้เสียภาษี"]),
    ("tax", &["taxes", "ภาษี"]),
    ("included", &["inclusive", "รวม"]),
    ("name", &["title", "fullname", "ชื่อ"]),
];

/// Words that say nothing.
const EMPTY: [&str; 5] = ["of", "at", "the", "in", "percent"];

/// The words of a name, each as the first of those that mean the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in parts(name) {
        let thai = part.chars().any(|letter| ('\u{e00}'..='\u{e7f}').contains(&letter));
        let found = match thai {
            true => longest_inside(&part),
            false => SAME
                .iter()
                .find(|(word, same)| *word == part || same.contains(&part.as_str()))
                .map(|(word, _)| *word),
        };
        let word = found.map_or(part, str::to_owned);
        if !EMPTY.contains(&word.as_str()) && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The meaning of the longest known word in a Thai text.
fn longest_inside(text: &str) -> Option<&'static str> {
    let all = SAME.iter().flat_map(|(word, same)| same.iter().map(move |one| (*word, *one)));
    all.filter(|(_, one)| text.contains(one)).max_by_key(|(_, one)| one.len()).map(|(word, _)| word)
}

/// Cuts at everything that is no letter or digit, and where a capital begins.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut small = false;
    for letter in name.chars() {
        let is_word = letter.is_alphanumeric() || ('\u{e30}'..='\u{e4e}').contains(&letter);
        if !is_word || (small && letter.is_uppercase()) {
            parts.push(String::new());
        }
        if is_word && let Some(last) = parts.last_mut() {
            last.extend(letter.to_lowercase());
        }
        small = letter.is_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// From 0, nothing in common, to 1, the same words.
pub(super) fn alike(a: &[String], b: &[String]) -> f64 {
    let common = a.iter().filter(|word| b.contains(word)).count();
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}
