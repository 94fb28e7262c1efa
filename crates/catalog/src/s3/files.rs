//! A bucket's objects as files.

use super::api::{Api, Request};
use super::{failure, xml};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use connector::Error;
use connector::http::Answer;
use wires::files::{BYTES_MAX, Base, Entry, Files, Path, Write, taken, too_large, too_many};

/// A page of a list is never so long.
const PAGE_BYTES_MAX: u64 = 8 << 20;

pub struct S3Files {
    pub api: Api,
    pub base: Base,
}

/// A name in a bucket begins with no slash.
fn key(path: &Path) -> &str {
    path.real().trim_start_matches('/')
}

fn prefix(folder: &Path) -> String {
    match key(folder) {
        "" => String::new(),
        key => format!("{key}/"),
    }
}

/// How many files a first page has, for whoever tries a connection.
pub async fn first_page(api: &Api, folder: &Path) -> Result<usize, Error> {
    Ok(page(api, folder, false, None).await?.objects.len())
}

async fn page(api: &Api, folder: &Path, deep: bool, after: Option<String>) -> Result<xml::Page, Error> {
    let mut query = Vec::new();
    let mut add = |name: &str, value: String| query.push((name.to_owned(), value));
    // In the order of their names, as they are signed.
    if let Some(after) = after {
        add("continuation-token", after);
    }
    if !deep {
        add("delimiter", "/".into());
    }
    add("encoding-type", "url".into());
    add("list-type", "2".into());
    add("max-keys", "1000".into());
    add("prefix", prefix(folder));
    let request = Request { method: "GET", query, ..Request::default() };
    let answer = api.send_over(&api.bounded(PAGE_BYTES_MAX), request).await?;
    if !answer.status.is_success() {
        return Err(failure::of(answer, folder, api.bucket()));
    }
    xml::page(answer.text()?).ok_or_else(|| Error::Unreadable {
        host: answer.host(),
        message: "no list as S3 writes it; check that the endpoint is S3's".into(),
    })
}

impl S3Files {
    async fn list_all(&self, folder: &Path, deep: bool) -> Result<Vec<Entry>, Error> {
        let (mut entries, mut after) = (Vec::new(), None);
        loop {
            let page = page(&self.api, folder, deep, after).await?;
            let begin = prefix(folder);
            let below = |key: &str| key.strip_prefix(&begin).map(str::to_owned);
            for object in page.objects {
                let Some(name) = below(&object.key) else { continue };
                entries.extend(file(folder, &name, &object));
            }
            for name in page.folders.iter().filter_map(|key| below(key)) {
                entries.extend(entry(folder, name.trim_end_matches('/'), true));
            }
            too_many(folder, entries.len())?;
            // A store that goes round in a circle is left.
            match page.next.filter(|next| !next.is_empty()) {
                Some(next) => after = Some(next),
                None => return Ok(entries),
            }
        }
    }

    fn failed(&self, answer: Answer, path: &Path) -> Error {
        failure::of(answer, path, self.api.bucket())
    }

    /// Some answers that say success hold a failure.
    fn done(&self, answer: Answer, path: &Path) -> Result<(), Error> {
        let fault = answer.text().ok().and_then(xml::fault);
        match (answer.status.is_success(), fault) {
            (true, None) => Ok(()),
            (true, Some(fault)) => Err(Error::Status {
                host: answer.host(),
                status: 500,
                message: connector::http::shorten(&format!("{}: {}", fault.code, fault.message)),
                after: None,
            }),
            (false, _) => Err(self.failed(answer, path)),
        }
    }

    async fn put(&self, path: &Path, write: &Write<'_>, guarded: bool) -> Result<Answer, Error> {
        let mut headers = vec![("content-type", write.content_type)];
        if guarded {
            headers.push(("if-none-match", "*"));
        }
        let body = write.bytes.clone();
        self.api.send(Request { method: "PUT", key: key(path), headers, body, ..Request::default() }).await
    }
}

#[async_trait]
impl Files for S3Files {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn list(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        self.list_all(folder, false).await
    }

    async fn list_deep(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        self.list_all(folder, true).await
    }

    async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error> {
        let answer = self.api.send(Request { method: "HEAD", key: key(path), ..Request::default() }).await?;
        match answer.status.as_u16() {
            404 => Ok(None),
            200 => Ok(Some(Entry {
                path: path.clone(),
                is_folder: false,
                bytes: answer.header("content-length").and_then(|bytes| bytes.parse().ok()).unwrap_or(0),
                modified: answer
                    .header("last-modified")
                    .and_then(|time| DateTime::parse_from_rfc2822(time).ok())
                    .map(|time| time.timestamp_millis()),
                by_day: false,
                etag: answer.header("etag").map(|etag| etag.trim_matches('"').to_owned()),
            })),
            _ => Err(self.failed(answer, path)),
        }
    }

    async fn read(&mut self, path: &Path) -> Result<Bytes, Error> {
        let request = Request { method: "GET", key: key(path), ..Request::default() };
        let answer = self.api.send_over(&self.api.bounded(BYTES_MAX as u64), request).await;
        let answer = answer.map_err(|error| match error {
            // Whoever runs the server may allow less.
            Error::TooLarge { limit, .. } if limit == BYTES_MAX as u64 => too_large(path, limit + 1),
            error => error,
        })?;
        match answer.status.is_success() {
            true => Ok(answer.body),
            false => Err(self.failed(answer, path)),
        }
    }

    /// S3 shows an object when it has all of it, so there is no other name meanwhile.
    async fn write(&mut self, path: &Path, write: Write<'_>) -> Result<(), Error> {
        let mut answer = self.put(path, &write, !write.replaces).await?;
        if !write.replaces && matches!(answer.status.as_u16(), 501) {
            // The store does not know the question; whoever asked has looked before.
            answer = self.put(path, &write, false).await?;
        }
        match answer.status.as_u16() {
            412 if !write.replaces => Err(taken(path)),
            _ => self.done(answer, path),
        }
    }

    async fn rename(&mut self, from: &Path, to: &Path, _replaces: bool) -> Result<(), Error> {
        let signed = vec![("x-amz-copy-source", self.api.source(key(from)))];
        let request = Request { method: "PUT", key: key(to), signed, ..Request::default() };
        let copied = self.api.send(request).await?;
        self.done(copied, from)?;
        let deleted =
            self.api.send(Request { method: "DELETE", key: key(from), ..Request::default() }).await?;
        self.done(deleted, from)
    }

    async fn remove(&mut self, path: &Path) -> Result<bool, Error> {
        if self.find(path).await?.is_none() {
            return Ok(false);
        }
        let deleted =
            self.api.send(Request { method: "DELETE", key: key(path), ..Request::default() }).await?;
        self.done(deleted, path).map(|()| true)
    }

    async fn has_folder(&mut self, _folder: &Path) -> Result<bool, Error> {
        Ok(true)
    }

    async fn make_folder(&mut self, _folder: &Path) -> Result<(), Error> {
        Ok(())
    }
}

fn file(folder: &Path, name: &str, object: &xml::Object) -> Option<Entry> {
    let modified = DateTime::parse_from_rfc3339(&object.modified).ok();
    // What ends with a slash stands for a folder, in consoles that show folders.
    let found = entry(folder, name, false).filter(|_| !name.ends_with('/'))?;
    Some(Entry {
        bytes: object.bytes,
        // As the question for one file tells it: in seconds.
        modified: modified.map(|time| time.timestamp() * 1_000),
        etag: Some(object.etag.clone()).filter(|etag| !etag.is_empty()),
        ..found
    })
}

fn entry(folder: &Path, name: &str, is_folder: bool) -> Option<Entry> {
    // A name with an empty part cannot be said again.
    let is_name = !name.is_empty() && !name.starts_with('/') && !name.contains("//");
    is_name.then(|| Entry {
        path: folder.child(name),
        is_folder,
        bytes: 0,
        modified: None,
        by_day: false,
        etag: None,
    })
}
