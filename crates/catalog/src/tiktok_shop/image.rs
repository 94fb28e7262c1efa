//! Images go to TikTok Shop as files, before a product may show them.

use super::api::{Api, Body};
use crate::market::{mistake, text_at};
use connector::Error;
use http::Method;

/// TikTok Shop takes files of 10 MB.
const BYTES_MAX: u64 = 10 << 20;

/// Fetches an image and uploads it; gives its name there.
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
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"use_case\"\r\n\r\nMAIN_IMAGE\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"data\"; filename=\"image\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let form = [head.as_bytes(), &answer.body, tail.as_bytes()].concat();
    let body = Body::form(&boundary, form.into());
    let token = api.connection.access_token()?;
    let told = api.shopless(Method::POST, "/product/202309/images/upload", Some(body), token).await?;
    let uri = text_at(&told, "/uri");
    if uri.is_empty() {
        return Err(Error::Unreadable {
            host: "TikTok Shop".into(),
            message: "the answer names no image".into(),
        });
    }
    Ok(uri)
}
