//! `run_statement`: an UPDATE, a DELETE, a procedure.

use super::dialect::Dialect;
use super::sessions::Databases;
use super::{statement, words};
use crate::words::std_span;
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub struct RunStatement<D>(pub Databases<D>);

#[derive(Deserialize)]
struct Input {
    sql: String,
    #[serde(default)]
    parameters: Value,
}

fn repeats() -> Field {
    Field::choice(
        "repeats",
        &[("ask", "Ask a person", "ให้คนตัดสินใจ"), ("send", "Run it again", "ทำอีกครั้ง")],
        "When an answer was lost",
        "เมื่อคำตอบสูญหาย",
    )
    .about(
        "Choose to run it again where the statement does the same when it runs twice, such as setting a status.",
        "เลือกทำอีกครั้งเมื่อคำสั่งให้ผลเหมือนเดิมแม้ทำซ้ำ เช่น การกำหนดสถานะ",
    )
    .default("ask")
    .example("ask")
}

#[async_trait]
impl<D: Dialect> Action for RunStatement<D> {
    fn spec(&self) -> OperationSpec {
        OperationSpec::action(&format!("{}/run_statement", D::ID), "Run a statement", "สั่งคำสั่ง SQL")
            .about(
                "Runs one statement that changes rows or calls a procedure, in a transaction, and tells how many rows it changed.",
                "สั่งคำสั่งเดียวที่แก้ไขแถวหรือเรียกโพรซีเจอร์ภายในทรานแซกชัน และบอกจำนวนแถวที่เปลี่ยน",
            )
            .effect(EffectRule::Ask)
            .connection(Need::Required)
            .field(words::sql(
                "One statement that begins with INSERT, UPDATE, DELETE, MERGE, CALL or EXEC. Values go into the parameters, as :name or $1.",
                "คำสั่งเดียวที่ขึ้นต้นด้วย INSERT, UPDATE, DELETE, MERGE, CALL หรือ EXEC ส่วนค่าให้ใส่ในพารามิเตอร์ เขียนเป็น :ชื่อ หรือ $1",
                "UPDATE orders SET status = :status WHERE order_no = :order_no",
            ))
            .field(words::parameters(json!({"status": "packed", "order_no": "SHOPIFY-1001"})))
            .field(repeats())
            .example(
                json!({
                    "sql": "UPDATE orders SET status = :status WHERE order_no = :order_no",
                    "parameters": {"status": "packed", "order_no": "SHOPIFY-1001"},
                }),
                json!({"changed": 1}),
            )
    }

    fn effect(&self, input: &Value) -> EffectRule {
        crate::words::repeats_of(input)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let statement = statement::change(&input.sql, &input.parameters, D::LEXIS)?;
        let mut open = self.0.begin(cx.connection()?, false, std_span(cx.timeout)).await?;
        let changed = open.change(&statement).await?;
        open.commit().await?;
        Ok(json!({"changed": changed}))
    }
}
