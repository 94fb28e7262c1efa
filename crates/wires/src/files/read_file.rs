//! `…/read_file`: a file and, if wanted, its text.

use super::charset::{self, Charset};
use super::doing::Operation;
use super::{Files, Kind, fields, missing, read_as_listed, view};
use crate::failure;
use async_trait::async_trait;
use connector::Error;
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub struct ReadFile;

#[derive(Deserialize)]
pub struct Input {
    path: String,
    #[serde(default)]
    text: Charset,
}

#[async_trait]
impl Operation for ReadFile {
    type Input = Input;

    fn spec(kind: Kind) -> OperationSpec {
        let file =
            json!({"name": "orders.csv", "content_type": "text/csv", "bytes": 7, "base64": "c2t1LHF0eQ=="});
        OperationSpec::action(&format!("{}/read_file", kind.id), "Read a file", "อ่านไฟล์")
            .about(
                "Fetches a file of 10 MB at most, which other steps take as it is.",
                "ดึงไฟล์ขนาดไม่เกิน 10 MB เพื่อให้ขั้นตอนอื่นนำไปใช้ได้ทันที",
            )
            .effect(EffectRule::Read)
            .connection(Need::Required)
            .field(
                fields::path(
                    "path",
                    ("Path", "พาธของไฟล์"),
                    (
                        "Where the file is, below the connection's base folder.",
                        "ตำแหน่งของไฟล์ภายใต้โฟลเดอร์หลักของการเชื่อมต่อ",
                    ),
                )
                .example("in/orders.csv"),
            )
            .field(charset::read_field())
            .example(
                json!({"path": "in/orders.csv", "text": "utf-8"}),
                view::with(
                    view::example("in/orders.csv", 7, !kind.grows),
                    json!({"file": file, "text": "sku,qty"}),
                ),
            )
    }

    async fn run(files: &mut dyn Files, kind: Kind, _key: &str, input: Input) -> Result<Value, Error> {
        let path = files.base().path(&input.path)?.named()?;
        let entry =
            files.find(&path).await?.filter(|entry| !entry.is_folder).ok_or_else(|| missing(&path))?;
        let bytes = read_as_listed(files, &entry).await?;
        if bytes.len() as u64 != entry.bytes {
            return Err(failure::unanswered(&kind.id, &"the file changed while it was read"));
        }
        let text = match input.text {
            Charset::None => None,
            charset => Some(charset.read(&bytes)?),
        };
        let more = json!({"file": view::file(&path, bytes), "text": text});
        Ok(view::with(view::entry(&entry), more))
    }
}
