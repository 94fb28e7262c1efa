//! `insert_rows`: new rows; by their keys, only those that are not there.

use super::dialect::Dialect;
use super::sessions::Databases;
use super::words;
use super::writing::{Wanted, told, write};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

pub struct InsertRows<D>(pub Databases<D>);

#[derive(Deserialize)]
struct Input {
    table: String,
    #[serde(deserialize_with = "words::one_or_many")]
    rows: Vec<Map<String, Value>>,
    #[serde(default, deserialize_with = "words::names")]
    keys: Vec<String>,
}

#[async_trait]
impl<D: Dialect> Action for InsertRows<D> {
    fn spec(&self) -> OperationSpec {
        let mut keys = words::keys();
        keys.about.en = "The columns of a unique key, with commas between them: a row whose key is there already stays as it is, so that a repeat does no harm. Empty: each row is inserted, and where an answer was lost a person is asked.".into();
        keys.about.th = "คอลัมน์ของคีย์ที่ไม่ซ้ำ คั่นด้วยจุลภาค แถวที่มีคีย์อยู่แล้วจะไม่ถูกเปลี่ยน จึงทำซ้ำได้โดยไม่มีผลเสีย หากเว้นว่างจะเพิ่มทุกแถว และถามคนเมื่อไม่รู้ว่าสำเร็จหรือไม่".into();
        OperationSpec::action(&format!("{}/insert_rows", D::ID), "Insert rows", "เพิ่มแถว")
            .about(
                "Inserts rows into a table, all of them or none.",
                "เพิ่มแถวลงในตาราง โดยเพิ่มได้ครบทุกแถวหรือไม่เพิ่มเลย",
            )
            .effect(EffectRule::Ask)
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
                json!({"rows": 1, "inserted": 1, "kept": 0}),
            )
    }

    fn effect(&self, input: &Value) -> EffectRule {
        let keys = input.get("keys").cloned().unwrap_or_default();
        match words::names(keys).is_ok_and(|keys| !keys.is_empty()) {
            true => EffectRule::Idempotent,
            false => EffectRule::Ask,
        }
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let Input { table, rows, keys } = decode(input)?;
        let wanted = Wanted { table: &table, rows, keys: &keys, updates: false };
        Ok(told(&write(&self.0, cx, wanted).await?, "kept"))
    }
}
