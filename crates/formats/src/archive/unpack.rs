//! `files/unzip_file`: the files of a ZIP.

use super::pack::Entry;
use super::{FILES_MAX, names};
use crate::{failure, words};
use connector::file::{BYTES_MAX, type_of};
use connector::{ActionCx, Error, File};
use model::{EffectRule, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::Read;

/// Folders are entries, too.
const ENTRIES_MAX: usize = 10 * FILES_MAX;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub file: File,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("files/unzip_file", "Unzip file", "แตกไฟล์ ZIP")
        .about(
            "The files of a ZIP, each with its folder; 100 files and 10 MB in all at most. Archives with a password are not opened.",
            "แตกไฟล์ ZIP เป็นรายการไฟล์พร้อมโฟลเดอร์ รวมไม่เกิน 100 ไฟล์และ 10 MB ไม่เปิดไฟล์ที่มีรหัสผ่าน",
        )
        .effect(EffectRule::Read)
        .field(words::file())
        .example(
            json!({"file": {"name": "documents.zip", "base64": "UEsDBA=="}}),
            json!({
                "files": [{"folder": "2026/11", "name": "orders.csv", "content_type": "text/csv", "bytes": 15, "base64": "c2t1LHF0eQowMDgxLDIK"}],
                "count": 1,
            }),
        )
}

pub async fn run(_cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    failure::apart(move || unpack(&input.file)).await
}

pub fn unpack(file: &File) -> Result<Value, Error> {
    let mut archive = super::open(file)?;
    if archive.len() > ENTRIES_MAX {
        return Err(failure::unreadable(file, format!("it has more than {ENTRIES_MAX} entries")));
    }
    let mut files: Vec<Entry> = Vec::new();
    let mut left = BYTES_MAX as u64;
    for index in 0..archive.len() {
        let damaged = |error: ::zip::result::ZipError| failure::unreadable(file, error);
        let entry = archive.by_index_raw(index).map_err(damaged)?;
        let path = names::decoded(entry.name_raw()).into_owned();
        let (is_dir, is_locked) = (path.ends_with(['/', '\\']), entry.encrypted());
        let (declared, is_link) = (entry.size(), entry.is_symlink());
        drop(entry);
        if is_dir {
            continue;
        }
        if is_locked || is_link {
            let what = if is_locked { "has a password" } else { "is a link" };
            return Err(failure::unreadable(file, format!("\"{path}\" in it {what}")));
        }
        if files.len() == FILES_MAX {
            return Err(failure::unreadable(file, format!("it has more than {FILES_MAX} files")));
        }
        let (folder, name) = names::split(&path)
            .ok_or_else(|| failure::unreadable(file, format!("\"{path}\" would lead out of it")))?;
        // Neither what it says of itself nor what comes out may be more.
        if declared > left {
            return Err(super::too_large(file, BYTES_MAX as u64));
        }
        let mut bytes = Vec::new();
        let entry = archive.by_index(index).map_err(damaged)?;
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| failure::unreadable(file, error))?;
        left =
            left.checked_sub(bytes.len() as u64).ok_or_else(|| super::too_large(file, BYTES_MAX as u64))?;
        files.push(Entry { folder, file: File::new(&name, type_of(&name), bytes) });
    }
    let count = files.len();
    Ok(json!({"files": files, "count": count}))
}
