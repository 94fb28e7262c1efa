//! A file as flows see it.

use super::{Entry, Path};
use chrono::{DateTime, SecondsFormat, Utc};
use connector::File;
use connector::file::type_of;
use serde_json::{Value, json};

/// What is said of a file wherever one is spoken of.
pub fn entry(entry: &Entry) -> Value {
    described(&entry.path, entry.bytes, entry.modified, entry.etag.as_deref())
}

fn described(path: &Path, bytes: u64, modified: Option<i64>, etag: Option<&str>) -> Value {
    let time = modified.and_then(DateTime::<Utc>::from_timestamp_millis);
    json!({
        "path": path.shown(),
        "name": path.name(),
        "folder": path.folder(),
        "bytes": bytes,
        "modified": time.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true)),
        "etag": etag,
    })
}

/// The same with more.
pub fn with(mut view: Value, more: Value) -> Value {
    if let (Some(view), Value::Object(more)) = (view.as_object_mut(), more) {
        view.extend(more);
    }
    view
}

pub fn file(path: &Path, bytes: bytes::Bytes) -> File {
    // A file that goes through a flow has a name without a backslash.
    let name: String = path.name().replace('\\', "_").chars().take(200).collect();
    File::new(&name, type_of(&name), bytes)
}

/// What examples show.
pub fn example(path: &str, bytes: u64, etag: bool) -> Value {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    json!({
        "path": path,
        "name": name,
        "folder": folder,
        "bytes": bytes,
        "modified": "2026-11-20T03:00:00Z",
        "etag": etag.then_some("9b2cf535f27731c974343645a3985328"),
    })
}
