//! `…/write_file`: a file that is there whole or not at all.

use super::charset::{self, Charset};
use super::doing::Operation;
use super::{Base, Entry, Files, Kind, Path, Write, fields, make_folders, taken, view};
use crate::{failure, words};
use async_trait::async_trait;
use bytes::Bytes;
use connector::{Error, File, file};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

pub struct WriteFile;

/// What becomes of a file that is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfThere {
    #[default]
    Replace,
    Keep,
    Fail,
}

#[derive(Deserialize)]
pub struct Input {
    #[serde(default)]
    folder: String,
    file: File,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    if_there: IfThere,
    #[serde(default)]
    charset: Charset,
    #[serde(default = "yes")]
    make_folders: bool,
}

fn yes() -> bool {
    true
}

#[async_trait]
impl Operation for WriteFile {
    type Input = Input;

    fn spec(kind: Kind) -> OperationSpec {
        let spec = OperationSpec::action(&format!("{}/write_file", kind.id), "Write a file", "เขียนไฟล์")
            .about(
                "Puts a file into a folder. It appears there when it is whole, so that nobody reads half of it.",
                "นำไฟล์ไปวางในโฟลเดอร์ ไฟล์จะปรากฏเมื่อเขียนครบแล้วเท่านั้น จึงไม่มีใครอ่านไฟล์ที่ยังไม่สมบูรณ์",
            )
            .effect(EffectRule::Probe)
            .connection(Need::Required)
            .field(fields::folder(
                "Where the file goes. Empty: the connection's base folder.",
                "โฟลเดอร์ปลายทาง หากเว้นว่างจะใช้โฟลเดอร์หลักของการเชื่อมต่อ",
            ))
            .field(file::field("file").required())
            .field(
                Field::new("name", FieldKind::Text, "Name", "ชื่อไฟล์")
                    .about("What it is to be called there. Empty: its own name.", "ชื่อที่ปลายทาง หากเว้นว่างจะใช้ชื่อเดิม")
                    .at_most(200)
                    .example("orders-2026-11-20.csv"),
            )
            .field(if_there())
            .field(charset::write_field());
        let spec = if kind.has_folders { spec.field(fields::make_folders()) } else { spec };
        let file = json!({"name": "orders.csv", "content_type": "text/csv", "text": "sku,qty"});
        spec.example(
            json!({"folder": "out", "file": file, "if_there": "replace"}),
            view::with(view::example("out/orders.csv", 7, !kind.grows), json!({"written": true})),
        )
    }

    async fn run(files: &mut dyn Files, kind: Kind, key: &str, input: Input) -> Result<Value, Error> {
        let (path, bytes) = (path(files, &input)?, content(&input)?);
        if input.if_there != IfThere::Replace
            && let Some(there) = files.find(&path).await?
        {
            return match input.if_there == IfThere::Keep || holds(files, &there, &bytes).await? {
                true => Ok(said(&there, false)),
                false => Err(taken(&path)),
            };
        }
        if kind.has_folders && input.make_folders {
            make_folders(files, &path).await?;
        }
        let part = format!(".khlong-{}.part", words::digest(key));
        let replaces = input.if_there == IfThere::Replace;
        let content_type = &input.file.content_type;
        files.write(&path, Write { bytes: bytes.clone(), content_type, replaces, part: &part }).await?;
        let there = files.find(&path).await?.filter(|there| there.bytes == bytes.len() as u64);
        let lost = || failure::unanswered(&kind.id, &format!("\"{path}\" is not there as it was written"));
        Ok(said(&there.ok_or_else(lost)?, true))
    }

    /// What is there is read back.
    async fn probe(files: &mut dyn Files, input: Input) -> Result<Option<Value>, Error> {
        let (path, bytes) = (path(files, &input)?, content(&input)?);
        let Some(there) = files.find(&path).await? else { return Ok(None) };
        Ok(holds(files, &there, &bytes).await?.then(|| said(&there, true)))
    }
}

fn if_there() -> Field {
    let options = [
        ("replace", "Replace it", "เขียนทับ"),
        ("keep", "Leave it as it is", "คงไฟล์เดิมไว้"),
        ("fail", "Fail", "ให้ขั้นตอนล้มเหลว"),
    ];
    Field::choice("if_there", &options, "If there is one of that name", "หากมีไฟล์ชื่อนี้อยู่แล้ว")
        .about(
            "What is done with a file that is there. One with the same content is never a failure.",
            "จะทำอย่างไรกับไฟล์ที่มีอยู่ หากเนื้อหาเหมือนกันจะไม่ถือว่าล้มเหลว",
        )
        .default("replace")
        .example("fail")
}

fn path(files: &dyn Files, input: &Input) -> Result<Path, Error> {
    let given = input.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = Base::default().path(given.unwrap_or(&input.file.name))?.named()?;
    if name.shown().contains('/') {
        return Err(failure::input("the file's name holds a /", "Write the folder into the field for it."));
    }
    Ok(files.base().path(&input.folder)?.child(name.name()))
}

fn content(input: &Input) -> Result<Bytes, Error> {
    if input.charset == Charset::None {
        return Ok(input.file.bytes.clone());
    }
    let text = input.file.text().ok_or_else(|| {
        failure::input("the file is no text in UTF-8", "Choose to write it as it is, or make it of text.")
    })?;
    input.charset.write(text).map(Bytes::from)
}

async fn holds(files: &mut dyn Files, there: &Entry, bytes: &Bytes) -> Result<bool, Error> {
    let same_size = !there.is_folder && there.bytes == bytes.len() as u64;
    Ok(same_size && files.read(&there.path).await? == *bytes)
}

fn said(entry: &Entry, written: bool) -> Value {
    view::with(view::entry(entry), json!({"written": written}))
}
