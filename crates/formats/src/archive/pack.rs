//! `files/zip_files`: files as one ZIP.

use super::{FILES_MAX, names};
use crate::{failure, given, words};
use ::zip::result::ZipError;
use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};
use connector::file::BYTES_MAX;
use connector::{ActionCx, Error, File};
use model::{EffectRule, Field, FieldKind, OperationSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub name: String,
    pub files: Vec<Entry>,
}

/// A file, and the folder where it is in the archive.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Entry {
    #[serde(default, deserialize_with = "given::trimmed")]
    pub folder: String,
    #[serde(flatten)]
    pub file: File,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/zip_files", "Zip files", "บีบอัดเป็น ZIP")
        .about("Files as one ZIP; 100 files and 10 MB at most.", "รวมไฟล์เป็น ZIP ไม่เกิน 100 ไฟล์และ 10 MB")
        .effect(EffectRule::Read)
        .field(words::name("documents.zip"))
        .field(
            Field::new("files", FieldKind::Json, "Files", "ไฟล์")
                .about(
                    "A list of files of earlier steps. A file's folder in the ZIP is its member folder, such as 2026/11.",
                    "รายการไฟล์จากขั้นตอนก่อนหน้า โฟลเดอร์ของไฟล์ใน ZIP คือค่า folder ของไฟล์นั้น เช่น 2026/11",
                )
                .required()
                .example(json!([{"folder": "2026/11", "name": "orders.csv", "text": "sku,qty\n0081,2\n"}])),
        )
        .example(
            json!({"name": "documents.zip", "files": [{"folder": "2026/11", "name": "orders.csv", "text": "sku,qty\n0081,2\n"}]}),
            json!({
                "file": {"name": "documents.zip", "content_type": "application/zip", "bytes": 168, "base64": "UEsDBBQ…"},
                "count": 1,
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || pack(&input)).await
}

pub fn pack(input: &Input) -> Result<Value, Error> {
    let total: usize = input.files.iter().map(|entry| entry.file.bytes.len()).sum();
    if input.files.is_empty() || input.files.len() > FILES_MAX || total > BYTES_MAX {
        let message = format!(
            "there are {} files of {total} bytes; 1 to {FILES_MAX} files and 10 MB are possible",
            input.files.len()
        );
        return Err(failure::input(message, "Make several archives."));
    }
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of day: the same files are the same archive, whenever it is made.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for entry in &input.files {
        let path = path(entry)?;
        if !taken.insert(path.clone()) {
            let message = format!("there are two files \"{path}\"");
            return Err(failure::input(message, "Give them names or folders of their own."));
        }
        to.start_file(path, options).map_err(failed)?;
        to.write_all(&entry.file.bytes).map_err(|error| failed(error.into()))?;
    }
    let bytes = to.finish().map_err(failed)?.into_inner();
    failure::made(failure::file(&input.name, "application/zip", bytes)?, json!({"count": input.files.len()}))
}

fn path(entry: &Entry) -> Result<String, Error> {
    let whole = match entry.folder.as_str() {
        "" => entry.file.name.clone(),
        folder => format!("{}/{}", folder.trim_end_matches('/'), entry.file.name),
    };
    match names::split(&whole) {
        Some((folder, name)) if folder.is_empty() => Ok(name),
        Some((folder, name)) => Ok(format!("{folder}/{name}")),
        None => Err(failure::input(
            format!("\"{}\" is no folder in an archive", entry.folder),
            "Write it like 2026/11, without .. and without / at the beginning.",
        )),
    }
}

fn failed(error: ZipError) -> Error {
    failure::input(format!("the archive cannot be made: {error}"), "Look at the files of the steps before.")
}
