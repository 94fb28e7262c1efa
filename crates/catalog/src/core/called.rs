use model::OperationSpec;
use serde_json::json;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("core/called", "Called by a flow", "ถูกเรียกจากโฟลว์อื่น")
        .about(
            "Starts when another flow calls this one, or when its errors are sent here. Gives what the caller sent; \
             trigger.depth says how many flows called one another to get here.",
            "เริ่มเมื่อโฟลว์อื่นเรียก หรือส่งข้อผิดพลาดมาที่โฟลว์นี้ ให้ข้อมูลที่ผู้เรียกส่งมา \
             และ trigger.depth บอกว่าโฟลว์เรียกต่อกันมากี่ชั้น",
        )
        .example(json!({}), json!({"order": 1042}))
}
