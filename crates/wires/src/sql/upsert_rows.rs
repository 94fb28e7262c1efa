//! `upsert_rows`: rows are as they are given, whether they were there or not.

use super::dialect::Dialect;
use super::sessions::Databases;
use super::trouble::refused_input;
use super::words;
use super::writing::{Wanted, told, write};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub struct UpsertRows<D>(pub Databases<D>);

#[derive(Deserialize)]
struct Input {
    table: String,
    #[serde(deserialize_with = "words::one_or_many")]
    rows: Vec<Map<String, Value>>,
    #[serde(deserialize_with = "words::names")]
    keys: Vec<String>,
}

#[async_trait]
impl<D: Dialect> Action for UpsertRows<D> {
    fn spec(&self) -> OperationSpec {
        let mut keys = words::keys().required();
        keys.about.en = "The columns of a unique key, with commas between them: a row whose key is there is changed, another is inserted.".into();
        keys.about.th = "คอลัมน์ของคีย์ที่ไม่ซ้ำ คั่นด้วยจุลภาค แถวที่มีคีย์อยู่แล้วจะถูกแก้ไข แถวที่ยังไม่มีจะถูกเพิ่ม".into();
        OperationSpec::action(&format!("{}/upsert_rows", D::ID), "Insert or update rows", "เพิ่มหรือแก้ไขแถว")
            .about(
                "Brings rows into a table: those that are there by their key are changed, others inserted; all of them or none. Columns that a row does not have stay as they are.",
                "นำแถวเข้าตาราง แถวที่มีคีย์อยู่แล้วจะถูกแก้ไข แถวใหม่จะถูกเพิ่ม โดยทำครบทุกแถวหรือไม่ทำเลย คอลัมน์ที่ไม่ได้ระบุจะคงเดิม",
            )
            .effect(EffectRule::Idempotent)
            .connection(Need::Required)
            .field(words::table().required())
            .field(words::rows())
            .field(keys)
            .example(
                json!({
                    "table": "orders",
                    "rows": [{"order_no": "SHOPIFY-1001", "total": "1250.50"}],
                    "keys": "order_no",
                }),
                json!({"rows": 1, "inserted": 0, "updated": 1}),
            )
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let Input { table, rows, keys } = decode(input)?;
        if keys.is_empty() {
            return Err(refused_input(
                "no key columns are named",
                "Name the columns of the table's unique key.",
            ));
        }
        let wanted = Wanted { table: &table, rows, keys: &keys, updates: true };
        Ok(told(&write(&self.0, cx, wanted).await?, "updated"))
    }
}
