//! `email/send`: a mail that a server has taken.

use super::compose::{self, Input};
use super::smtp::{self, Idle};
use crate::pool::Pool;
use crate::{failure, words};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde_json::{Value, json};

pub struct Send(pub Pool<Idle>);

fn spec() -> OperationSpec {
    let text = |name, en, th| Field::new(name, FieldKind::Text, en, th).at_most(5_000);
    OperationSpec::action("email/send", "Send a mail", "ส่งอีเมล")
        .about(
            "Hands a mail to the server and is done when the server has taken it (250).",
            "ส่งมอบอีเมลให้เซิร์ฟเวอร์ และถือว่าเสร็จเมื่อเซิร์ฟเวอร์รับแล้ว (250)",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            text("to", "To", "ถึง")
                .about(
                    "Addresses with commas between them, with names or without; 100 at most.",
                    "ที่อยู่อีเมลคั่นด้วยจุลภาค มีชื่อหรือไม่ก็ได้ ไม่เกิน 100 ที่อยู่",
                )
                .required()
                .example("สมชาย ใจดี <somchai@example.com>"),
        )
        .field(
            text("cc", "Copy", "สำเนา")
                .about("Who else gets it, for all to see.", "ผู้รับสำเนาที่ทุกคนมองเห็น")
                .example("accounts@example.com"),
        )
        .field(
            text("bcc", "Blind copy", "สำเนาลับ")
                .about("Who else gets it, for nobody to see.", "ผู้รับสำเนาที่ผู้อื่นมองไม่เห็น")
                .example("archive@example.com")
                .advanced(),
        )
        .field(
            text("reply_to", "Answers to", "ตอบกลับไปที่")
                .about("Where answers go. Empty: to the sender.", "ที่อยู่สำหรับตอบกลับ หากเว้นว่างจะกลับไปที่ผู้ส่ง")
                .example("service@example.com")
                .advanced(),
        )
        .field(
            Field::new("subject", FieldKind::Text, "Subject", "หัวเรื่อง")
                .about("One line.", "หนึ่งบรรทัด")
                .required()
                .at_most(500)
                .example("ใบแจ้งหนี้ SHOPIFY-1001"),
        )
        .field(
            Field::new("text", FieldKind::LongText, "Text", "ข้อความ")
                .about("What is read where HTML is not shown.", "ข้อความที่อ่านเมื่อไม่แสดง HTML")
                .at_most(500_000)
                .example("ขอบคุณสำหรับคำสั่งซื้อ"),
        )
        .field(
            Field::new("html", FieldKind::LongText, "HTML", "HTML")
                .about("The same with markup.", "ข้อความเดียวกันแบบจัดรูปแบบ")
                .at_most(500_000)
                .example("<p>ขอบคุณสำหรับคำสั่งซื้อ</p>"),
        )
        .field(attachments())
        .field(words::repeats())
        .example(
            json!({
                "to": "สมชาย ใจดี <somchai@example.com>",
                "subject": "ใบแจ้งหนี้ SHOPIFY-1001",
                "text": "ขอบคุณสำหรับคำสั่งซื้อ",
                "attachments": [{"name": "ใบแจ้งหนี้.pdf", "content_type": "application/pdf", "base64": "JVBERi0="}],
            }),
            json!({"message_id": "<8f1c6f0d5a0c4e3fb1d2c3a4b5968778@example.com>", "answer": "OK id=1xYz"}),
        )
}

fn attachments() -> Field {
    let file = vec![
        Field::new("name", FieldKind::Text, "Name", "ชื่อไฟล์")
            .about("As the receiver sees it.", "ชื่อที่ผู้รับเห็น")
            .required()
            .at_most(200)
            .example("ใบแจ้งหนี้.pdf"),
        Field::new("content_type", FieldKind::Text, "Type", "ชนิด")
            .about(
                "Such as application/pdf. Empty: by the name's ending.",
                "เช่น application/pdf หากเว้นว่างจะดูจากนามสกุลไฟล์",
            )
            .at_most(200)
            .example("application/pdf"),
        Field::new("base64", FieldKind::LongText, "Content in base64", "เนื้อหาแบบ base64")
            .about(
                "What is in the file; files of other steps bring it.",
                "เนื้อหาของไฟล์ ซึ่งไฟล์จากขั้นตอนอื่นมีมาให้แล้ว",
            )
            .example("JVBERi0="),
        Field::new("text", FieldKind::LongText, "Content as text", "เนื้อหาเป็นข้อความ")
            .about("In the place of base64, where the file is a text.", "ใช้แทน base64 เมื่อไฟล์เป็นข้อความ")
            .example("sku,qty"),
    ];
    Field::new("attachments", FieldKind::List(file), "Attachments", "ไฟล์แนบ")
        .about(
            "Files of earlier steps as they are, or made here; 20 at most, of 10 MB in all.",
            "ไฟล์จากขั้นตอนก่อนหน้าหรือสร้างที่นี่ ไม่เกิน 20 ไฟล์ รวมกันไม่เกิน 10 MB",
        )
        .at_most(20)
        .default(json!([]))
        .example(json!([{"name": "ใบแจ้งหนี้.pdf", "content_type": "application/pdf", "base64": "JVBERi0="}]))
}

#[async_trait]
impl Action for Send {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn effect(&self, input: &Value) -> EffectRule {
        words::repeats_of(input)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let connection = cx.connection()?;
        let place = smtp::place(connection)?;
        let (mail, id) = compose::message(&input, connection, cx.step_key, cx.http.source().now())?;
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let idle = self.0.of(connection).get(async { Ok(Idle::default()) }, late).await?;
        let most = words::half(cx.timeout);
        let answer = idle.send(connection, mail.envelope(), &mail.formatted(), most).await?;
        Ok(json!({"message_id": id, "answer": answer}))
    }
}
