//! Fields that several operations have.

use model::{Field, FieldKind};

pub fn folder(en: &str, th: &str) -> Field {
    Field::new("folder", FieldKind::Text, "Folder", "โฟลเดอร์")
        .about(en, th)
        .at_most(1_000)
        .default("")
        .example("in")
}

pub fn path(name: &str, title: (&str, &str), about: (&str, &str)) -> Field {
    Field::new(name, FieldKind::Text, title.0, title.1).about(about.0, about.1).required().at_most(1_000)
}

pub fn pattern() -> Field {
    Field::new("pattern", FieldKind::Text, "Names", "ชื่อไฟล์")
        .about(
            "Which files are meant: * stands for any letters and ? for one; several patterns have commas between them. Letters may be large or small.",
            "ไฟล์ที่ต้องการ ใช้ * แทนอักษรใด ๆ และ ? แทนหนึ่งตัว หลายรูปแบบคั่นด้วยจุลภาค ตัวพิมพ์ใหญ่เล็กถือว่าเหมือนกัน",
        )
        .at_most(500)
        .default("*")
        .example("*.csv")
}

pub fn deep() -> Field {
    Field::new("deep", FieldKind::Bool, "Folders below, too", "รวมโฟลเดอร์ย่อย")
        .about("Looks into all folders below as well.", "ดูในโฟลเดอร์ย่อยทั้งหมดด้วย")
        .default(false)
        .example(false)
        .advanced()
}

pub fn make_folders() -> Field {
    Field::new("make_folders", FieldKind::Bool, "Make folders", "สร้างโฟลเดอร์")
        .about("Makes the folders that are missing.", "สร้างโฟลเดอร์ที่ยังไม่มี")
        .default(true)
        .example(true)
        .advanced()
}
