//! What became of the parts of a document that could not be taken as they stand.

use crate::limits::NOTES_MAX;
use crate::saying::words;
use model::Words;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// How much a note asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Somebody has to do something before it works.
    Person,
    /// It is not there.
    LeftOut,
    /// It is there in another form.
    Changed,
    /// The document does not say it; it follows from how such documents are usually meant.
    Assumed,
}

/// One remark about a place of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Stays the same whatever the words become.
    pub code: String,
    pub weight: Weight,
    /// A JSON pointer into the document.
    pub at: String,
    pub message: Words,
}

/// One kind of remark; `{0}` and `{1}` are what it is about.
#[derive(Debug)]
pub(crate) struct Kind {
    code: &'static str,
    weight: Weight,
    message: [&'static str; 2],
}

#[derive(Debug, Default)]
pub(crate) struct Notes {
    list: Vec<Note>,
    seen: HashSet<(&'static str, String)>,
    codes: HashSet<&'static str>,
    more: usize,
}

impl Notes {
    /// A place that many operations share is told of once.
    pub(crate) fn add(&mut self, kind: &Kind, at: &str, arguments: &[&str]) {
        if !self.seen.insert((kind.code, at.to_owned())) {
            return;
        }
        self.codes.insert(kind.code);
        if self.list.len() >= NOTES_MAX {
            self.more += 1;
            return;
        }
        self.list.push(note(kind, at, arguments));
    }

    pub(crate) fn has(&self, kind: &Kind) -> bool {
        self.codes.contains(kind.code)
    }

    /// What asks most of its reader first, and then in the order in which it was found.
    pub(crate) fn into_list(mut self) -> Vec<Note> {
        self.list.sort_by_key(|note| note.weight);
        if self.more > 0 {
            self.list.push(note(&MORE, "", &[&self.more.to_string()]));
        }
        self.list
    }
}

fn note(kind: &Kind, at: &str, arguments: &[&str]) -> Note {
    let message = words(kind.message, arguments);
    Note { code: kind.code.to_owned(), weight: kind.weight, at: at.to_owned(), message }
}

macro_rules! notes {
    ($($name:ident $weight:ident $code:literal $message:literal $message_th:literal;)*) => {
        $(pub(crate) const $name: Kind =
            Kind { code: $code, weight: Weight::$weight, message: [$message, $message_th] };)*

        #[cfg(test)]
        const ALL: &[&Kind] = &[$(&$name),*];
    };
}

notes! {
    NO_SERVER Person "no-server" "The document does not say where the system is: enter its address in the connection."
        "เอกสารไม่ได้บอกที่อยู่ของระบบ ให้กรอกที่อยู่ในการเชื่อมต่อ";
    PLAIN_HTTP Person "plain-http" "\"{0}\" is called without encryption, so that others on the way can read what is sent. Ask for an https address."
        "\"{0}\" ไม่ได้เข้ารหัส ผู้อื่นระหว่างทางอ่านข้อมูลได้ ให้ขอที่อยู่ที่ขึ้นต้นด้วย https";
    EXTERNAL_REFERENCE Person "external-reference" "It refers to \"{0}\" in another file, and other files are not read. Bundle all into one document, and import that."
        "อ้างถึง \"{0}\" ในไฟล์อื่น ซึ่งระบบไม่อ่าน ให้รวมทุกไฟล์เป็นเอกสารเดียวแล้วนำเข้าใหม่";
    MISSING_REFERENCE Person "missing-reference" "It refers to \"{0}\", and there is nothing." "อ้างถึง \"{0}\" แต่ไม่มีอยู่ในเอกสาร";
    ELSEWHERE Person "elsewhere" "This is at \"{0}\" and not at the connection's address. What the connection signs in with is sent there, too: check that it belongs to the same vendor."
        "ส่วนนี้อยู่ที่ \"{0}\" ไม่ใช่ที่อยู่ของการเชื่อมต่อ ข้อมูลยืนยันตัวตนของการเชื่อมต่อจะถูกส่งไปที่นั่นด้วย ตรวจว่าเป็นของผู้ให้บริการรายเดียวกัน";
    UNCALLABLE Person "uncallable" "The operation has more than {0} fields that are required and no body that could hold them, and is left out."
        "การทำงานนี้มีฟิลด์บังคับมากกว่า {0} ฟิลด์และไม่มีเนื้อหาที่รวมไว้ได้ จึงถูกตัดออก";

    TOO_MANY_OPERATIONS LeftOut "too-many-operations" "The document has {0} operations, and the first {1} are taken. Choose tags to take others."
        "เอกสารมี {0} การทำงาน นำเข้าเฉพาะ {1} รายการแรก เลือกแท็กเพื่อนำเข้ารายการอื่น";
    SAME_CALL LeftOut "same-call" "{0} is described twice; the first description is taken." "{0} มีคำอธิบายซ้ำ ใช้คำอธิบายแรก";
    METHOD LeftOut "method" "Calls of the kind {0} are not made." "ไม่มีการเรียกด้วยเมธอด {0}";
    WEBHOOKS LeftOut "webhooks" "What the system sends by itself is not read here. Receive it with the trigger core/webhook."
        "ไม่อ่านส่วนที่ระบบส่งมาเอง ให้รับด้วยตัวเริ่ม core/webhook";
    TOO_MANY_FIELDS LeftOut "too-many-fields" "The operation has more than {0} fields; those from \"{1}\" on are left out."
        "การทำงานนี้มีมากกว่า {0} ฟิลด์ ตัดออกตั้งแต่ \"{1}\" เป็นต้นไป";
    HEADER LeftOut "header" "The header {0} is set by itself and is no field." "เฮดเดอร์ {0} ถูกใส่ให้เอง จึงไม่เป็นฟิลด์";
    LOOSE_PARAMETER LeftOut "loose-parameter" "\"{0}\" should go into the path, and the path has no place for it."
        "\"{0}\" ควรอยู่ในเส้นทาง แต่เส้นทางไม่มีที่สำหรับค่านี้";
    BAD_PARAMETER LeftOut "bad-parameter" "A parameter here has no name or no place." "พารามิเตอร์นี้ไม่มีชื่อหรือไม่บอกตำแหน่ง";
    OTHER_CONTENT LeftOut "other-content" "The body is sent as {0}. It could be sent as {1}, too, which is left out." "ส่งเนื้อหาเป็น {0} ส่วน {1} ซึ่งใช้ได้เช่นกันถูกตัดออก";
    MORE_MEMBERS LeftOut "more-members" "It may have members besides those that are told, which cannot be filled in." "มีค่าอื่นนอกเหนือจากที่แสดงได้ แต่กรอกไม่ได้";
    BODY_OF_A_READ LeftOut "body-of-a-read" "{0} has no body: what it means differs from system to system." "{0} ไม่มีเนื้อหา เพราะแต่ละระบบตีความต่างกัน";
    UNKNOWN_SCHEME LeftOut "unknown-scheme" "It signs in by \"{0}\", which the document does not describe." "ยืนยันตัวตนด้วย \"{0}\" ซึ่งเอกสารไม่ได้อธิบาย";
    UNSUPPORTED_SCHEME LeftOut "unsupported-scheme" "Signing in by {0} is not possible yet." "ยังยืนยันตัวตนด้วย {0} ไม่ได้";
    LEFT_TO_THE_SYSTEM LeftOut "left-to-the-system" "Rules such as \"{0}\", here and elsewhere, are not checked before sending; the system itself does."
        "กฎอย่าง \"{0}\" ทั้งตรงนี้และที่อื่น จะไม่ตรวจก่อนส่ง ระบบปลายทางจะตรวจเอง";
    RING LeftOut "ring" "Its references lead in a circle, so there is nothing in it." "การอ้างอิงวนเป็นวง จึงไม่มีเนื้อหา";
    TOO_MANY_PARTS LeftOut "too-many-parts" "More than {0} schemas are put together here; the others are left out." "รวมสคีมาเกิน {0} ชุดตรงนี้ ส่วนที่เกินถูกตัดออก";

    CIRCLE Changed "circle" "It contains itself. Its inner part is filled in as JSON." "มีตัวเองซ้อนอยู่ข้างใน ส่วนข้างในกรอกเป็น JSON";
    TOO_DEEP Changed "too-deep" "Objects are more than {0} deep here. What is further in is filled in as JSON." "ออบเจ็กต์ซ้อนลึกกว่า {0} ชั้น ส่วนที่ลึกกว่ากรอกเป็น JSON";
    TOO_WIDE Changed "too-wide" "Its objects have more fields than are told, so it is filled in as JSON." "ออบเจ็กต์มีฟิลด์มากเกินกว่าที่แสดง จึงกรอกเป็น JSON";
    WHOLE_BODY Changed "whole-body" "The body has more fields than {0}, so it is filled in as one JSON value." "เนื้อหามีมากกว่า {0} ฟิลด์ จึงกรอกเป็น JSON ก้อนเดียว";
    VARIANTS Changed "variants" "It may have one of several forms, so it is filled in as JSON." "เป็นได้หลายรูปแบบ จึงกรอกเป็น JSON";
    MORE_RULES Changed "more-rules" "It may have one of several forms besides the fields that are told; which of them go together is left to the system."
        "มีได้หลายรูปแบบนอกเหนือจากฟิลด์ที่แสดง ระบบปลายทางจะตรวจเองว่าฟิลด์ใดใช้ร่วมกันได้";
    SEVERAL_TYPES Changed "several-types" "It may be of several types ({0}), so it is filled in as JSON." "เป็นได้หลายชนิด ({0}) จึงกรอกเป็น JSON";
    TOO_MANY_CHOICES Changed "too-many-choices" "There are more than {0} choices, so it is filled in as text." "มีตัวเลือกมากกว่า {0} รายการ จึงกรอกเป็นข้อความ";
    ONE_VALUE Changed "one-value" "It can only be {0}, so it is sent by itself and is no field." "มีค่าได้เพียง {0} จึงส่งให้เองและไม่เป็นฟิลด์";
    RAW_BODY Changed "raw-body" "The body is {0} and is filled in as a whole." "เนื้อหาเป็น {0} กรอกทั้งก้อน";
    STYLE Changed "style" "\"{0}\" is no way to write a parameter here; \"{1}\" is used." "เขียนพารามิเตอร์แบบ \"{0}\" ตรงนี้ไม่ได้ จึงใช้ \"{1}\"";
    CREDENTIAL Changed "credential" "\"{0}\" is a credential by its name, so the connection asks for it and no node does." "ชื่อ \"{0}\" เป็นข้อมูลยืนยันตัวตน จึงกรอกในการเชื่อมต่อ ไม่ใช่ในโหนด";
    OPENID Changed "openid" "Signing in by OpenID Connect is not done here: the connection asks for a token." "ไม่ได้ลงชื่อเข้าใช้ด้วย OpenID Connect ที่นี่ การเชื่อมต่อจะขอโทเคนแทน";
    GRANT Changed "grant" "Signing in by the OAuth flow \"{0}\" is not done here: the connection asks for a token." "ไม่ได้ลงชื่อเข้าใช้ด้วย OAuth แบบ \"{0}\" ที่นี่ การเชื่อมต่อจะขอโทเคนแทน";
    DEPRECATED Changed "deprecated" "The vendor is going to withdraw this operation." "ผู้ให้บริการกำลังจะยกเลิกการทำงานนี้";
    SAME_ID Changed "same-id" "Several operations would be called \"{0}\"; this one is called \"{1}\"." "หลายการทำงานจะมีชื่อ \"{0}\" ซ้ำกัน รายการนี้จึงใช้ชื่อ \"{1}\"";
    EXAMPLE Changed "example" "The example is not what the document describes; another one was made." "ตัวอย่างไม่ตรงกับที่เอกสารอธิบาย จึงสร้างตัวอย่างใหม่";
    PATH Changed "path" "\"{0}\" is no path; \"{1}\" is called." "\"{0}\" ไม่ใช่เส้นทาง จึงเรียก \"{1}\"";

    NEWER Assumed "newer" "The version {0} is newer than what is known; it is read like 3.1." "เวอร์ชัน {0} ใหม่กว่าที่รู้จัก จึงอ่านแบบ 3.1";
    PATH_PARAMETER Assumed "path-parameter" "\"{0}\" stands in the path and is described nowhere; it is taken for a text." "\"{0}\" อยู่ในเส้นทางแต่ไม่มีคำอธิบาย จึงถือว่าเป็นข้อความ";
    BODY_NEEDED Assumed "body-needed" "The document does not say whether there has to be a body; since members of it have to be there, there has to be one."
        "เอกสารไม่ได้บอกว่าต้องมีเนื้อหาหรือไม่ แต่มีค่าที่บังคับ จึงถือว่าต้องมี";
    UNUSED_SCHEMES Assumed "unused-schemes" "The document describes how to sign in and no operation asks for it; what is filled in is sent with all of them."
        "เอกสารอธิบายวิธียืนยันตัวตนแต่ไม่มีการทำงานใดระบุให้ใช้ ข้อมูลที่กรอกจะถูกส่งไปกับทุกการทำงาน";
    PAGES Assumed "pages" "Its answer is taken to come in pages, by {0}." "ถือว่าคำตอบแบ่งเป็นหน้า ตาม {0}";
    RATE Assumed "rate" "It is taken to allow {0} calls in {1}." "ถือว่าเรียกได้ {0} ครั้งใน {1}";
    MORE LeftOut "more" "{0} more notes are not listed." "ยังมีหมายเหตุอีก {0} รายการที่ไม่ได้แสดง";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_note_has_a_code_of_its_own_and_both_languages() {
        let codes: BTreeSet<&str> = ALL.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), ALL.len());
        for kind in ALL {
            let thai = kind.message[1].chars().any(|letter| ('ก'..='๛').contains(&letter));
            assert!(thai && kind.message[0].ends_with('.'), "{}", kind.code);
        }
    }

    #[test]
    fn a_place_is_told_of_once_and_what_is_beyond_the_bound_is_counted() {
        let mut notes = Notes::default();
        (0..NOTES_MAX + 7).for_each(|number| notes.add(&CIRCLE, &format!("/{number}"), &[]));
        notes.add(&CIRCLE, "/3", &[]);
        let list = notes.into_list();
        assert_eq!(list.len(), NOTES_MAX + 1);
        assert_eq!(list.last().map(|note| note.message.en.as_str()), Some("7 more notes are not listed."));
    }
}
