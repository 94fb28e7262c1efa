//! Images go to Shopee as files, before an item may show them.

use super::api::Api;
use crate::market::{mistake, text_at};
use bytes::Bytes;
use connector::Error;

/// Shopee takes files of 10 MB.
const BYTES_MAX: u64 = 10 << 20;

/// Fetches an image and uploads it; gives its id there.
pub async fn upload(api: &Api<'_>, url: &str) -> Result<String, Error> {
    let answer = api.http().bounded(BYTES_MAX).get(url).send().await?.error_for_status(|_| None)?;
    let kind = match answer.header("content-type") {
        Some(kind) if kind.starts_with("image/") => kind.to_owned(),
        _ => {
            return Err(mistake(
                format!("what {} sent is no image", answer.host()),
                "Give the address of a JPEG or PNG.",
            ));
        }
    };
    let boundary = format!("khlong-{}", api.http().source().nonce());
    let body = form(&boundary, &kind, &answer.body);
    let told = api
        .upload("media_space/upload_image", format!("multipart/form-data; boundary={boundary}"), body)
        .await?;
    let id = text_at(&told, "/image_info/image_id");
    if id.is_empty() {
        return Err(Error::Unreadable { host: "Shopee".into(), message: "the answer names no image".into() });
    }
    Ok(id)
}

/// A form with one part, the file.
fn form(boundary: &str, kind: &str, file: &[u8]) -> Bytes {
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    [head.as_bytes(), file, format!("\r\n--{boundary}--\r\n").as_bytes()].concat().into()
}
