//! `…/delete_file`: a file that is gone, whether it was there or not.

use super::doing::Operation;
use super::{Files, Kind, fields};
use async_trait::async_trait;
use connector::Error;
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub struct DeleteFile;

#[derive(Deserialize)]
pub struct Input {
    path: String,
}

#[async_trait]
impl Operation for DeleteFile {
    type Input = Input;

    fn spec(kind: Kind) -> OperationSpec {
        OperationSpec::action(&format!("{}/delete_file", kind.id), "Delete a file", "ลบไฟล์")
            .about(
                "Deletes a file. One that is not there is no failure.",
                "ลบไฟล์ หากไม่มีไฟล์อยู่แล้วจะไม่ถือว่าล้มเหลว",
            )
            .effect(EffectRule::Idempotent)
            .connection(Need::Required)
            .field(
                fields::path("path", ("Path", "พาธของไฟล์"), ("Which file.", "ไฟล์ที่ต้องการลบ"))
                    .example("in/orders.csv"),
            )
            .example(json!({"path": "in/orders.csv"}), json!({"path": "in/orders.csv", "deleted": true}))
    }

    async fn run(files: &mut dyn Files, _kind: Kind, _key: &str, input: Input) -> Result<Value, Error> {
        let path = files.base().path(&input.path)?.named()?;
        let deleted = files.remove(&path).await?;
        Ok(json!({"path": path.shown(), "deleted": deleted}))
    }
}
