//! `query`: rows that a SELECT finds.

use super::dialect::Dialect;
use super::rows::Most;
use super::sessions::Databases;
use super::{statement, words};
use crate::words::std_span;
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const ROWS_USUAL: usize = 1_000;
const ROWS_MOST: usize = 10_000;

pub struct Query<D>(pub Databases<D>);

#[derive(Deserialize)]
struct Input {
    sql: String,
    #[serde(default)]
    parameters: Value,
    rows_max: Option<usize>,
}

#[async_trait]
impl<D: Dialect> Action for Query<D> {
    fn spec(&self) -> OperationSpec {
        OperationSpec::action(&format!("{}/query", D::ID), "Query", "สอบถามข้อมูล")
            .about(
                "Reads rows with SQL, without changing anything. Numbers keep their digits, times are ISO 8601, bytes base64.",
                "อ่านข้อมูลด้วย SQL โดยไม่เปลี่ยนแปลงข้อมูล ตัวเลขคงทุกหลัก วันเวลาเป็น ISO 8601 ข้อมูลไบต์เป็น base64",
            )
            .effect(EffectRule::Read)
            .connection(Need::Required)
            .field(words::sql(
                "One statement that begins with SELECT or WITH. Values go into the parameters, as :name or $1.",
                "คำสั่งเดียวที่ขึ้นต้นด้วย SELECT หรือ WITH ส่วนค่าให้ใส่ในพารามิเตอร์ เขียนเป็น :ชื่อ หรือ $1",
                "SELECT order_no, total FROM orders WHERE status = :status ORDER BY order_no",
            ))
            .field(words::parameters(json!({"status": "paid"})))
            .field(
                Field::new("rows_max", FieldKind::Number, "At most", "จำนวนแถวสูงสุด")
                    .about(
                        "Rows that are read; whether there were more is said in \"more\". 8 MB are read at most, too.",
                        "จำนวนแถวที่อ่าน หากมีมากกว่านี้จะแจ้งใน \"more\" และอ่านไม่เกิน 8 MB",
                    )
                    .at_least(1)
                    .at_most(ROWS_MOST as u64)
                    .default(ROWS_USUAL)
                    .example(ROWS_USUAL)
                    .advanced(),
            )
            .example(
                json!({
                    "sql": "SELECT order_no, total FROM orders WHERE status = :status ORDER BY order_no",
                    "parameters": {"status": "paid"},
                }),
                json!({"rows": [{"order_no": "SHOPIFY-1001", "total": 1250.5}], "count": 1, "more": false}),
            )
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let statement = statement::read(&input.sql, &input.parameters, D::LEXIS)?;
        let most = input.rows_max.unwrap_or(ROWS_USUAL).clamp(1, ROWS_MOST);
        let mut open = self.0.begin(cx.connection()?, true, std_span(cx.timeout)).await?;
        let found = open.read(&statement, Most::rows(most)).await?;
        open.leave().await;
        Ok(json!({"count": found.rows.len(), "rows": found.rows, "more": found.more}))
    }
}
