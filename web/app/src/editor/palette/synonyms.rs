//! Other words for the same thing, in both languages: people search for what they call it, which is not always how its system
//! does.

/// Each line is one thing. Words of Latin letters count where they stand alone, a plural `s` aside; Thai ones wherever they stand.
const THINGS: [&[&str]; 42] = [
    &["order", "sales order", "so", "ออร์เดอร์", "ออเดอร์", "คำสั่งซื้อ", "คำสั่งขาย", "ใบสั่งขาย", "รายการสั่งซื้อ"],
    &["purchase", "purchase order", "po", "supplier", "vendor", "ใบสั่งซื้อ", "จัดซื้อ", "ซัพพลายเออร์", "ผู้ขาย"],
    &[
        "stock",
        "inventory",
        "on hand",
        "warehouse",
        "สต็อก",
        "สต๊อก",
        "สต๊อค",
        "สินค้าคงเหลือ",
        "สินค้าคงคลัง",
        "คลังสินค้า",
    ],
    &["product", "item", "article", "sku", "goods", "สินค้า", "รหัสสินค้า"],
    &["price", "discount", "promotion", "ราคา", "ส่วนลด", "โปรโมชั่น"],
    &["customer", "partner", "contact", "buyer", "client", "ลูกค้า", "ผู้ซื้อ", "ผู้ติดต่อ", "คู่ค้า"],
    &["invoice", "bill", "tax invoice", "ใบแจ้งหนี้", "ใบกำกับภาษี", "ใบกำกับ", "บิล"],
    &["payment", "receipt", "paid", "pay", "transfer", "ชำระเงิน", "จ่ายเงิน", "รับเงิน", "โอนเงิน", "ใบเสร็จ"],
    &["refund", "return", "credit note", "คืนเงิน", "คืนสินค้า", "ใบลดหนี้"],
    &["quotation", "quote", "estimate", "ใบเสนอราคา"],
    &["tax", "vat", "e-tax", "ภาษี"],
    &["account", "ledger", "journal", "accounting", "books", "บัญชี", "สมุดรายวัน"],
    &[
        "shipment",
        "parcel",
        "shipping",
        "delivery",
        "courier",
        "fulfilment",
        "fulfillment",
        "พัสดุ",
        "จัดส่ง",
        "ขนส่ง",
        "ส่งของ",
        "ส่งสินค้า",
    ],
    &["tracking", "track", "trace", "waybill", "ติดตามพัสดุ", "เลขพัสดุ", "ติดตาม", "เช็คพัสดุ"],
    &["label", "print", "ใบปะหน้า", "พิมพ์", "ฉลาก"],
    &["message", "chat", "notify", "notification", "push", "reply", "ข้อความ", "แจ้งเตือน", "แชท", "แชต"],
    &["line", "line oa", "ไลน์"],
    &["email", "e-mail", "mail", "smtp", "imap", "อีเมล", "อีเมล์", "เมล"],
    &[
        "file",
        "upload",
        "download",
        "attachment",
        "document",
        "ไฟล์",
        "อัปโหลด",
        "ดาวน์โหลด",
        "เอกสาร",
        "ไฟล์แนบ",
    ],
    &["folder", "ftp", "sftp", "s3", "bucket", "โฟลเดอร์"],
    &["csv", "excel", "xlsx", "spreadsheet", "sheet", "table", "ตาราง", "เอ็กเซล", "ชีต", "สเปรดชีต"],
    &["database", "sql", "query", "postgresql", "mysql", "mariadb", "ฐานข้อมูล", "ดาต้าเบส", "คิวรี"],
    &["queue", "broker", "topic", "subscribe", "publish", "consume", "คิว", "คิวข้อความ"],
    &["schedule", "cron", "timer", "interval", "every day", "ตั้งเวลา", "ตามเวลา", "กำหนดเวลา", "ทุกวัน"],
    &["webhook", "hook", "callback", "เว็บฮุค", "เว็บฮุก"],
    &["request", "http", "api", "rest", "graphql", "soap", "url", "เรียก api", "เรียกเว็บ"],
    &["switch", "if", "condition", "branch", "router", "decide", "เงื่อนไข", "แยกทาง", "ถ้า"],
    &["filter", "only", "กรอง", "ตัวกรอง"],
    &["for each", "loop", "iterate", "split", "วนซ้ำ", "วนลูป", "ทีละรายการ", "ทุกรายการ"],
    &["merge", "join", "combine", "รวม", "รวมข้อมูล"],
    &["wait", "delay", "sleep", "approval", "รอ", "หน่วงเวลา", "อนุมัติ"],
    &["script", "code", "function", "javascript", "สคริปต์", "โค้ด", "เขียนโปรแกรม"],
    &["map", "mapping", "transform", "convert", "จับคู่", "แปลง", "แปลงข้อมูล"],
    &["find", "search", "look up", "get", "read", "list", "query", "ค้นหา", "หา", "อ่าน", "ดึง", "ดู"],
    &["create", "new", "add", "insert", "make", "สร้าง", "เพิ่ม", "ใหม่"],
    &["update", "change", "edit", "modify", "แก้ไข", "อัปเดต", "เปลี่ยน", "ปรับ"],
    &["cancel", "void", "ยกเลิก"],
    &["delete", "remove", "ลบ"],
    &["lead", "deal", "opportunity", "crm", "ลีด", "โอกาสขาย", "ดีล"],
    &["confirm", "accept", "approve", "ยืนยัน", "รับออเดอร์"],
    &["error", "fail", "stop", "ข้อผิดพลาด", "หยุด"],
    &["sub-flow", "subflow", "call", "workflow", "เรียกโฟลว์", "โฟลว์ย่อย"],
];

/// What a text is also known by: all words for the things that it names.
pub fn also(text: &str) -> String {
    let text = text.to_lowercase();
    let named = THINGS.iter().filter(|words| words.iter().any(|word| names(&text, word)));
    named.flat_map(|words| words.iter().copied()).collect::<Vec<_>>().join(" ")
}

fn names(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    let is_letter = |letter: char| letter.is_alphanumeric();
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let after = after.strip_prefix('s').unwrap_or(after);
        !before.ends_with(is_letter) && !after.starts_with(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_known_by_its_words_in_both_languages() {
        assert!(also("Read stock").contains("สินค้าคงเหลือ"));
        assert!(also("สร้างพัสดุ").contains("shipment"));
        assert!(also("Find orders").contains("คำสั่งซื้อ"));
    }

    #[test]
    fn part_of_a_word_is_no_word() {
        assert!(also("Resource").is_empty());
        assert!(!also("Online").contains("ไลน์"));
    }
}
