//! `…/list_files`: what is in a folder.

use super::doing::Operation;
use super::pattern::Pattern;
use super::{Entry, Files, Kind, entries, fields, view};
use async_trait::async_trait;
use connector::Error;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const MOST: usize = 10_000;
const MOST_USUAL: usize = 1_000;

pub struct ListFiles;

#[derive(Deserialize)]
#[serde(default)]
pub struct Input {
    folder: String,
    pattern: String,
    deep: bool,
    most: usize,
}

impl Default for Input {
    fn default() -> Self {
        Self { folder: String::new(), pattern: "*".into(), deep: false, most: MOST_USUAL }
    }
}

#[async_trait]
impl Operation for ListFiles {
    type Input = Input;

    fn spec(kind: Kind) -> OperationSpec {
        OperationSpec::action(&format!("{}/list_files", kind.id), "List files", "แสดงรายการไฟล์")
            .about(
                "Lists the files of a folder by their paths, without reading them.",
                "แสดงรายการไฟล์ในโฟลเดอร์เรียงตามชื่อ โดยไม่อ่านเนื้อหา",
            )
            .effect(EffectRule::Read)
            .connection(Need::Required)
            .field(fields::folder(
                "Which folder. Empty: the connection's base folder.",
                "โฟลเดอร์ที่ต้องการ หากเว้นว่างจะใช้โฟลเดอร์หลักของการเชื่อมต่อ",
            ))
            .field(fields::pattern())
            .field(fields::deep())
            .field(
                Field::new("most", FieldKind::Number, "At most", "ไม่เกิน")
                    .about("How many files are listed.", "จำนวนไฟล์ที่แสดง")
                    .at_least(1)
                    .at_most(MOST as u64)
                    .default(MOST_USUAL)
                    .example(MOST_USUAL)
                    .advanced(),
            )
            .example(
                json!({"folder": "in", "pattern": "*.csv"}),
                json!({
                    "files": [view::example("in/orders.csv", 7, !kind.grows)],
                    "count": 1,
                    "more": false,
                }),
            )
    }

    async fn run(files: &mut dyn Files, _kind: Kind, _key: &str, input: Input) -> Result<Value, Error> {
        let folder = files.base().path(&input.folder)?;
        let entries = entries(files, &folder, input.deep).await?;
        let pattern = Pattern::new(&input.pattern);
        let is_meant = |entry: &Entry| !entry.is_folder && pattern.means(entry.path.name());
        let mut found: Vec<Entry> = entries.into_iter().filter(is_meant).collect();
        let more = found.len() > input.most;
        found.truncate(input.most.min(MOST));
        let list: Vec<Value> = found.iter().map(view::entry).collect();
        Ok(json!({"count": list.len(), "files": list, "more": more}))
    }
}
