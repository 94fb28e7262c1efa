//! The words of a document that are not of the sale.

use super::facts::{Calendar, Kind, Language, Mark};
use chrono::{Datelike, NaiveDate};

const MONTHS: [(&str, &str); 12] = [
    ("มกราคม", "January"),
    ("กุมภาพันธ์", "February"),
    ("มีนาคม", "March"),
    ("เมษายน", "April"),
    ("พฤษภาคม", "May"),
    ("มิถุนายน", "June"),
    ("กรกฎาคม", "July"),
    ("สิงหาคม", "August"),
    ("กันยายน", "September"),
    ("ตุลาคม", "October"),
    ("พฤศจิกายน", "November"),
    ("ธันวาคม", "December"),
];
const ERA: i32 = 543;

/// A word in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    pub th: &'static str,
    pub en: &'static str,
}

const fn label(th: &'static str, en: &'static str) -> Label {
    Label { th, en }
}

pub const TAX_ID: Label = label("เลขประจำตัวผู้เสียภาษี", "Tax ID");
pub const PHONE: Label = label("โทร.", "Tel.");
pub const BUYER: Label = label("ลูกค้า", "Customer");
pub const NUMBER: Label = label("เลขที่", "No.");
pub const DATE: Label = label("วันที่", "Date");
pub const DUE: Label = label("ครบกำหนด", "Due");
pub const REFERENCE: Label = label("อ้างอิง", "Reference");
pub const LINE: Label = label("ลำดับ", "No.");
pub const NAME: Label = label("รายการ", "Description");
pub const QUANTITY: Label = label("จำนวน", "Quantity");
pub const UNIT: Label = label("หน่วย", "Unit");
pub const PRICE: Label = label("ราคาต่อหน่วย", "Unit price");
pub const DISCOUNT: Label = label("ส่วนลด", "Discount");
pub const AMOUNT: Label = label("จำนวนเงิน", "Amount");
pub const SUB_TOTAL: Label = label("รวมเป็นเงิน", "Subtotal");
pub const AFTER_DISCOUNT: Label = label("ยอดหลังหักส่วนลด", "After discount");
pub const EXEMPT: Label = label("มูลค่าที่ไม่มีภาษี", "Without VAT");
pub const VATABLE: Label = label("มูลค่าก่อนภาษี", "Before VAT");
pub const VAT: Label = label("ภาษีมูลค่าเพิ่ม", "VAT");
pub const GRAND: Label = label("จำนวนเงินรวมทั้งสิ้น", "Grand total");
pub const IN_WORDS: Label = label("จำนวนเงินเป็นตัวอักษร", "Amount in words");
pub const NOTE: Label = label("หมายเหตุ", "Note");
pub const PAID_BY: Label = label("ชำระโดย", "Paid by");
pub const PAGE: Label = label("หน้า", "Page");
pub const CONTINUED: Label = label("มีต่อหน้าถัดไป", "Continued on the next page");
pub const INCLUDES_VAT: Label = label("ราคารวมภาษีมูลค่าเพิ่มแล้ว", "Prices include VAT");
pub const SET: Label = label("เอกสารออกเป็นชุด", "Issued as a set");
pub const RECEIVED_BY: Label = label("ผู้รับสินค้า", "Received by");
pub const PAID_TO: Label = label("ผู้รับเงิน", "Collector");
pub const SIGNED_BY: Label = label("ผู้มีอำนาจลงนาม", "Authorized signature");

impl Label {
    pub fn of(self, language: Language) -> String {
        match language {
            Language::Th => self.th.into(),
            Language::En => self.en.into(),
            Language::Both => format!("{} / {}", self.th, self.en),
        }
    }
}

pub fn title(kind: Kind) -> Label {
    match kind {
        Kind::TaxInvoice => label("ใบกำกับภาษี", "TAX INVOICE"),
        Kind::ReceiptTaxInvoice => label("ใบเสร็จรับเงิน/ใบกำกับภาษี", "RECEIPT / TAX INVOICE"),
        Kind::Invoice => label("ใบแจ้งหนี้", "INVOICE"),
        Kind::Receipt => label("ใบเสร็จรับเงิน", "RECEIPT"),
        Kind::DeliveryNote => label("ใบส่งของ", "DELIVERY NOTE"),
    }
}

pub fn mark(mark: Mark) -> Label {
    match mark {
        Mark::Original => label("ต้นฉบับ", "ORIGINAL"),
        Mark::Copy => label("สำเนา", "COPY"),
    }
}

/// `00000` is the head office, any other number a branch; words stay words.
pub fn branch(text: &str, language: Language) -> String {
    let number = text.bytes().all(|digit| digit.is_ascii_digit()) && !text.is_empty();
    let (th, en) = match number {
        true if text.bytes().all(|digit| digit == b'0') => {
            ("สำนักงานใหญ่".to_owned(), "Head office".to_owned())
        }
        true => (format!("สาขาที่ {text:0>5}"), format!("Branch {text:0>5}")),
        false => return text.to_owned(),
    };
    match language {
        Language::Th => th,
        Language::En => en,
        Language::Both => format!("{th} / {en}"),
    }
}

/// `20 พฤศจิกายน 2569`, `20 November 2026`, or both.
pub fn date(day: NaiveDate, language: Language, calendar: Calendar) -> String {
    let (th, en) = MONTHS[day.month0() as usize % 12];
    let (number, year) = (day.day(), day.year());
    let thai = format!("{number} {th} {}", year + ERA);
    let common = format!("{number:02}/{:02}/{year}", day.month());
    match (calendar, language) {
        (Calendar::Auto, Language::Th) | (Calendar::Buddhist, Language::Th | Language::Both) => thai,
        (Calendar::Auto, Language::Both) => format!("{thai} ({common})"),
        (Calendar::Common, Language::Th | Language::Both) => common,
        (Calendar::Buddhist, Language::En) => format!("{number} {en} {} (B.E.)", year + ERA),
        (Calendar::Auto | Calendar::Common, Language::En) => format!("{number} {en} {year}"),
    }
}
