//! Why a document gives nothing, or a call cannot be made.

use crate::saying::words;
use model::Words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stays the same whatever the words become.
    pub code: String,
    /// A JSON pointer into the document or into the fields, or a line of the text; empty for the whole.
    pub at: String,
    pub message: Words,
    pub advice: Words,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.at.is_empty() {
            write!(f, "{}: ", self.at)?;
        }
        write!(f, "{} {}", self.message.en, self.advice.en)
    }
}

impl std::error::Error for Problem {}

/// One kind of problem; `{0}` and `{1}` are what it is about.
#[derive(Debug)]
pub(crate) struct Kind {
    code: &'static str,
    message: [&'static str; 2],
    advice: [&'static str; 2],
}

impl Kind {
    pub(crate) fn at(&self, at: impl Into<String>, arguments: &[&str]) -> Problem {
        Problem {
            code: self.code.to_owned(),
            at: at.into(),
            message: words(self.message, arguments),
            advice: words(self.advice, arguments),
        }
    }
}

macro_rules! problems {
    ($($name:ident $code:literal $message:literal $message_th:literal, $advice:literal $advice_th:literal;)*) => {
        $(pub(crate) const $name: Kind =
            Kind { code: $code, message: [$message, $message_th], advice: [$advice, $advice_th] };)*

        #[cfg(test)]
        const ALL: &[&Kind] = &[$(&$name),*];
    };
}

problems! {
    TOO_LARGE "too-large" "The document is larger than {0} MB." "เอกสารใหญ่กว่า {0} MB",
        "Remove what you do not need, such as examples, and import it again."
        "ตัดส่วนที่ไม่ใช้ออก เช่น ตัวอย่าง แล้วนำเข้าใหม่";
    TOO_MANY_VALUES "too-many-values" "The document holds more than {0} values, aliases written out."
        "เอกสารมีค่ามากกว่า {0} ค่า เมื่อแทนที่ alias แล้ว",
        "Remove what you do not need, or import a part of it." "ตัดส่วนที่ไม่ใช้ออก หรือนำเข้าเพียงบางส่วน";
    TOO_DEEP "too-deep" "There are more than {0} objects and lists inside each other."
        "มีออบเจ็กต์และรายการซ้อนกันลึกกว่า {0} ชั้น",
        "Is this an API document? Check the file." "ไฟล์นี้เป็นเอกสาร API หรือไม่ ตรวจไฟล์อีกครั้ง";
    EMPTY "empty" "The document is empty." "เอกสารว่างเปล่า",
        "Paste an OpenAPI or Swagger document, in JSON or YAML." "วางเอกสาร OpenAPI หรือ Swagger ในรูปแบบ JSON หรือ YAML";
    WEB_PAGE "web-page" "This is a web page and no API document." "นี่คือหน้าเว็บ ไม่ใช่เอกสาร API",
        "Look on that page for a link such as openapi.json, swagger.json or openapi.yaml, and import what is there."
        "หาลิงก์ในหน้านั้น เช่น openapi.json, swagger.json หรือ openapi.yaml แล้วนำเข้าไฟล์จากลิงก์นั้น";
    NOT_JSON "not-json" "The document cannot be read as JSON: {0}." "อ่านเอกสารเป็น JSON ไม่ได้: {0}",
        "Correct it there, or get the document anew; it may have been cut off." "แก้ไขตรงจุดนั้น หรือดาวน์โหลดเอกสารใหม่ เพราะอาจได้มาไม่ครบ";
    NOT_YAML "not-yaml" "The document cannot be read as YAML: {0}." "อ่านเอกสารเป็น YAML ไม่ได้: {0}",
        "Correct it there, or get the document anew; it may have been cut off." "แก้ไขตรงจุดนั้น หรือดาวน์โหลดเอกสารใหม่ เพราะอาจได้มาไม่ครบ";
    NOT_AN_API "not-an-api" "There is no API document in it: neither \"openapi\" nor \"swagger\" says a version."
        "ไม่พบเอกสาร API: ไม่มี \"openapi\" หรือ \"swagger\" ที่บอกเวอร์ชัน",
        "Import an OpenAPI 3 or Swagger 2.0 document." "นำเข้าเอกสาร OpenAPI 3 หรือ Swagger 2.0";
    OTHER_KIND "other-kind" "This is a document of {0}, which is not read." "นี่คือเอกสาร {0} ซึ่งระบบไม่อ่าน",
        "Ask the vendor for an OpenAPI document, or convert it into one." "ขอเอกสาร OpenAPI จากผู้ให้บริการ หรือแปลงเป็น OpenAPI ก่อน";
    VERSION "version" "The version \"{0}\" is not read." "ไม่รองรับเวอร์ชัน \"{0}\"",
        "OpenAPI 3.0 and 3.1 and Swagger 2.0 are read: convert the document into one of them."
        "รองรับ OpenAPI 3.0, 3.1 และ Swagger 2.0 โปรดแปลงเอกสารเป็นเวอร์ชันเหล่านี้";
    NO_OPERATIONS "no-operations" "There is no operation in the document that can be called." "ไม่มีการทำงานที่เรียกได้ในเอกสาร",
        "Is it the whole document? Its \"paths\" should hold methods such as get and post."
        "เอกสารครบหรือไม่ ภายใต้ \"paths\" ควรมีเมธอด เช่น get และ post";
    NOTHING_WANTED "nothing-wanted" "No operation of the document has one of the tags {0}." "ไม่มีการทำงานใดที่มีแท็ก {0}",
        "Choose other tags, or none to take all operations." "เลือกแท็กอื่น หรือไม่เลือกเลยเพื่อนำเข้าทั้งหมด";
    BAD_ID "bad-id" "\"{0}\" cannot be a connector's id." "\"{0}\" ใช้เป็นรหัสของระบบไม่ได้",
        "Write small letters, digits and _, beginning with a letter, 40 at most." "ใช้ตัวอักษรเล็ก ตัวเลข และ _ เริ่มด้วยตัวอักษร ไม่เกิน 40 ตัว";
    BAD_ADDRESS "bad-address" "\"{0}\" is no address that the document can have come from." "\"{0}\" ไม่ใช่ที่อยู่ของเอกสาร",
        "Write it like https://api.example.com/openapi.json." "เขียนในรูปแบบ https://api.example.com/openapi.json";
    FORMAT "format" "This connector was written in format {0}, and formats up to {1} are read." "ระบบนี้บันทึกในรูปแบบ {0} แต่อ่านได้ถึงรูปแบบ {1}",
        "Update Khlong, or import the API document again." "อัปเดต Khlong หรือนำเข้าเอกสาร API ใหม่";
    NOT_A_CONNECTOR "not-a-connector" "This is no connector that was made of an API document: {0}." "นี่ไม่ใช่ระบบที่สร้างจากเอกสาร API: {0}",
        "Export the connector again, or import the API document." "ส่งออกระบบใหม่ หรือนำเข้าเอกสาร API";

    NOT_FIELDS "not-fields" "The fields have to be an object." "ฟิลด์ต้องเป็นออบเจ็กต์",
        "Give names and values." "ระบุชื่อและค่า";
    UNKNOWN_FIELD "unknown-field" "There is no field \"{0}\"." "ไม่มีฟิลด์ \"{0}\"",
        "Remove it; the operation has {1}." "ลบออก การทำงานนี้มี {1}";
    MISSING_FIELD "missing-field" "The field \"{0}\" is required and has no value." "ต้องระบุฟิลด์ \"{0}\" แต่ไม่มีค่า",
        "Fill it in; if an expression stands there, look whether it finds something." "กรอกค่า หากเป็นนิพจน์ ให้ตรวจว่าได้ค่าหรือไม่";
    WRONG_KIND "wrong-kind" "\"{0}\" has to be {1}, and is {2}." "\"{0}\" มีชนิดไม่ตรง: ต้องเป็น {1} แต่ได้ {2}",
        "Give a value of that kind." "ระบุค่าให้ตรงชนิด";
    EMPTY_IN_PATH "empty-in-path" "\"{0}\" is a part of the address and is empty." "\"{0}\" เป็นส่วนของที่อยู่ แต่ว่างเปล่า",
        "Fill it in: without it another address would be called." "กรอกค่า เพราะหากว่าง จะเป็นการเรียกที่อยู่อื่น";
    DOTS_IN_PATH "dots-in-path" "\"{0}\" makes \"{1}\" a part of the address, which leads elsewhere." "\"{0}\" ทำให้ที่อยู่มีส่วน \"{1}\" ซึ่งนำไปที่อื่น",
        "Give the id of a record." "ระบุรหัสของรายการ";
    BAD_HEADER "bad-header" "\"{0}\" goes into a header and holds a line break or another character that a header cannot have."
        "\"{0}\" ต้องใส่ในเฮดเดอร์ แต่มีการขึ้นบรรทัดใหม่หรืออักขระที่เฮดเดอร์ใช้ไม่ได้",
        "Remove it from the value." "ลบอักขระนั้นออกจากค่า";
    NOT_BASE64 "not-base64" "\"{0}\" says base64 and cannot be read as that." "\"{0}\" ระบุว่าเป็น base64 แต่ถอดไม่ได้",
        "Give a text, or {\"base64\": …} as a webhook or an answer gives it." "ระบุข้อความ หรือ {\"base64\": …} ตามที่ webhook หรือคำตอบให้มา";
    NO_ADDRESS "no-address" "The connection has no base address." "การเชื่อมต่อไม่มีที่อยู่หลัก",
        "Open the connection and enter it." "เปิดการเชื่อมต่อแล้วกรอกที่อยู่";
    NO_PART "no-part" "The connection has no \"{0}\", which is a part of the address {1}." "การเชื่อมต่อไม่มี \"{0}\" ซึ่งเป็นส่วนของที่อยู่ {1}",
        "Open the connection and enter it." "เปิดการเชื่อมต่อแล้วกรอกค่า";
    UNUSABLE_ADDRESS "unusable-address" "\"{0}\" cannot be called: {1}." "เรียก \"{0}\" ไม่ได้: {1}",
        "Open the connection and correct the address." "เปิดการเชื่อมต่อแล้วแก้ที่อยู่";
    NO_CREDENTIALS "no-credentials" "The connection lacks what this operation signs in with: {0}." "การเชื่อมต่อยังขาดข้อมูลยืนยันตัวตนของการทำงานนี้: {0}",
        "Open the connection and complete it." "เปิดการเชื่อมต่อแล้วกรอกให้ครบ";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_problem_has_a_code_of_its_own_and_both_languages() {
        let codes: BTreeSet<&str> = ALL.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for kind in ALL {
            let is_thai = |text: &str| text.chars().any(|letter| ('ก'..='๛').contains(&letter));
            assert!(is_thai(kind.message[1]) && is_thai(kind.advice[1]), "{}", kind.code);
            assert!(kind.message[0].ends_with('.') && kind.advice[0].ends_with('.'), "{}", kind.code);
        }
    }
}
