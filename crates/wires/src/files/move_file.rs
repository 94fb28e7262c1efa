//! `…/move_file`: a file in another place, such as the archive of what has been read.

use super::doing::Operation;
use super::{Entry, Files, Kind, Path, fields, make_folders, missing, taken, view};
use async_trait::async_trait;
use connector::Error;
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub struct MoveFile;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfThere {
    Replace,
    #[default]
    Fail,
}

#[derive(Deserialize)]
pub struct Input {
    from: String,
    to: String,
    #[serde(default)]
    if_there: IfThere,
    #[serde(default = "yes")]
    make_folders: bool,
}

fn yes() -> bool {
    true
}

#[async_trait]
impl Operation for MoveFile {
    type Input = Input;

    fn spec(kind: Kind) -> OperationSpec {
        let spec = OperationSpec::action(&format!("{}/move_file", kind.id), "Move a file", "ย้ายไฟล์")
            .about(
                "Moves a file to another folder or name, as into an archive when it has been read.",
                "ย้ายไฟล์ไปยังโฟลเดอร์หรือชื่ออื่น เช่น เก็บเข้าคลังหลังอ่านแล้ว",
            )
            .effect(EffectRule::Probe)
            .connection(Need::Required)
            .field(
                fields::path("from", ("From", "จาก"), ("Where the file is.", "ตำแหน่งปัจจุบันของไฟล์"))
                    .example("in/orders.csv"),
            )
            .field(
                fields::path(
                    "to",
                    ("To", "ไปที่"),
                    (
                        "Where it goes. With / at its end it is a folder, and the file keeps its name.",
                        "ตำแหน่งใหม่ หากลงท้ายด้วย / จะถือว่าเป็นโฟลเดอร์และใช้ชื่อไฟล์เดิม",
                    ),
                )
                .example("done/2026/"),
            )
            .field(if_there());
        let spec = if kind.has_folders { spec.field(fields::make_folders()) } else { spec };
        spec.example(
            json!({"from": "in/orders.csv", "to": "done/2026/"}),
            view::with(
                view::example("done/2026/orders.csv", 7, !kind.grows),
                json!({"from": "in/orders.csv"}),
            ),
        )
    }

    async fn run(files: &mut dyn Files, kind: Kind, _key: &str, input: Input) -> Result<Value, Error> {
        let (from, to) = paths(files, &input)?;
        let source = files.find(&from).await?.filter(|entry| !entry.is_folder);
        let source = source.ok_or_else(|| missing(&from))?;
        if from == to {
            return Ok(said(&source, &from));
        }
        let replaces = input.if_there == IfThere::Replace;
        if !replaces && files.find(&to).await?.is_some() {
            return Err(taken(&to));
        }
        if kind.has_folders && input.make_folders {
            make_folders(files, &to).await?;
        }
        files.rename(&from, &to, replaces).await?;
        // Where nobody tells what is there now, it is what was there before.
        let moved = files.find(&to).await?.unwrap_or(Entry { path: to, ..source });
        Ok(said(&moved, &from))
    }

    /// It is there, and here no longer.
    async fn probe(files: &mut dyn Files, input: Input) -> Result<Option<Value>, Error> {
        let (from, to) = paths(files, &input)?;
        if from != to && files.find(&from).await?.is_some() {
            return Ok(None);
        }
        Ok(files.find(&to).await?.map(|moved| said(&moved, &from)))
    }
}

fn if_there() -> Field {
    let options = [("replace", "Replace it", "เขียนทับ"), ("fail", "Fail", "ให้ขั้นตอนล้มเหลว")];
    Field::choice("if_there", &options, "If there is one of that name", "หากมีไฟล์ชื่อนี้อยู่แล้ว")
        .about("What is done with a file that is there.", "จะทำอย่างไรกับไฟล์ที่มีอยู่แล้ว")
        .default("fail")
        .example("replace")
}

fn paths(files: &dyn Files, input: &Input) -> Result<(Path, Path), Error> {
    let from = files.base().path(&input.from)?.named()?;
    let to = files.base().path(&input.to)?;
    let is_folder = input.to.trim().ends_with('/') || to.name().is_empty();
    let to = if is_folder { to.child(from.name()) } else { to };
    Ok((from, to))
}

fn said(entry: &Entry, from: &Path) -> Value {
    view::with(view::entry(entry), json!({"from": from.shown()}))
}
