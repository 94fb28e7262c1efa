//! Fields that many operations have, in the same words.

use connector::poll;
use model::{Field, FieldKind};
use serde_json::{Map, Value};

/// Where a trigger listens: `/hooks/` and this.
pub fn path(default: &str) -> Field {
    Field::new("path", FieldKind::Path, "Path", "พาธ")
        .about(
            "Where it is sent to: /hooks/ and this. No two live flows share one.",
            "ที่อยู่ที่ระบบต้นทางส่งมา คือ /hooks/ ตามด้วยค่านี้ โฟลว์ที่ใช้งานอยู่จะใช้พาธซ้ำกันไม่ได้",
        )
        .default(default)
        .example(default)
}

/// Where a node with these fields listens besides, if it does.
pub fn hook_path(with: &Map<String, Value>) -> Option<String> {
    with.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()).map(str::to_owned)
}

/// How often a trigger asks.
pub fn every() -> Field {
    Field::new(poll::EVERY, FieldKind::Span, "Every", "ทุก ๆ")
        .about(
            "How often the system is asked what has changed; 10 seconds at least.",
            "ถามระบบว่ามีอะไรเปลี่ยนแปลงบ่อยเพียงใด ไม่ถี่กว่า 10 วินาที",
        )
        .default(poll::EVERY_DEFAULT.to_string())
        .example(poll::EVERY_DEFAULT.to_string())
}

/// From when on a trigger brings what has changed, when it looks for the first time.
pub fn since() -> Field {
    Field::new("since", FieldKind::Text, "First look from", "เริ่มดึงข้อมูลตั้งแต่")
        .about(
            "Only for the first look: what has changed from this time on comes as well. Empty: from the moment the flow goes live.",
            "ใช้กับการดึงครั้งแรกเท่านั้น ข้อมูลที่เปลี่ยนแปลงตั้งแต่เวลานี้จะถูกนำเข้าด้วย หากเว้นว่างจะเริ่มเมื่อเปิดใช้โฟลว์",
        )
        .example("2026-11-20T00:00:00+07:00")
        .advanced()
}
