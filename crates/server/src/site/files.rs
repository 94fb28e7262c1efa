//! The files of the web UI.

use crate::failure::Failure;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `cargo xtask web` built; nothing where it has not been built.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

const INDEX: &str = "index.html";
/// Files below have a hash of their content in their name.
const HASHED: &str = "assets/";
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
/// The compressed copies that may lie beside a file, the smallest first: what browsers call them, and how they end.
const PACKED: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Khlong</title>
<h1>Khlong is running</h1>
<p>This binary was built without its web pages. Run <code>cargo xtask build</code>, which builds them first.</p>
<p>The API is there: <a href=\"/api/docs\">/api/docs</a>.</p></html>";

/// A file, or the page that draws whatever the address means.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if matches!(path.split('/').next(), Some("hooks" | "api")) {
        return Failure::not_found("such address").into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return Failure::wrong_method("GET, HEAD").into_response();
    }
    match path {
        "" => index(&headers),
        _ => match file(path, &headers) {
            Some(response) => response,
            // What looks like a file and is none is missing; anything else is a page of the application.
            None if path.rsplit('/').next().is_some_and(|name| name.contains('.')) => {
                Failure::not_found("such file").into_response()
            }
            None => index(&headers),
        },
    }
}

fn index(headers: &HeaderMap) -> Response {
    file(INDEX, headers).unwrap_or_else(|| Html(NOT_BUILT).into_response())
}

fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    let plain = Dist::get(path)?;
    let etag = format!("\"{}\"", hex::encode(&plain.metadata.sha256_hash()[..16]));
    let cache = if path.starts_with(HASHED) { FOREVER } else { ASK_AGAIN };
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let packed = || PACKED.iter().find_map(|(name, ending)| Some((name, packed(asked, path, name, ending)?)));
    let mut response = match (known, if known { None } else { packed() }) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, Some((name, packed))) => ([(header::CONTENT_ENCODING, *name)], packed.data).into_response(),
        (false, None) => content(plain),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, HeaderValue::try_from(etag).ok()?);
    Some(response)
}

fn content(file: EmbeddedFile) -> Response {
    file.data.into_response()
}

fn packed(asked: &HeaderMap, path: &str, name: &str, ending: &str) -> Option<EmbeddedFile> {
    if accepts(asked, name) { Dist::get(&format!("{path}.{ending}")) } else { None }
}

/// Whether whoever asks takes an answer in this encoding.
pub fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut all = accepted.split(',').map(|one| one.split_once(';').unwrap_or((one, "")));
        all.any(|(one, weight)| one.trim() == encoding && matches!(weight.trim(), "" | "q=1" | "q=1.0"))
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(said: &'static str, encoding: &str) -> bool {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(said))]);
        accepts(&headers, encoding)
    }

    #[test]
    fn a_compressed_copy_goes_only_to_who_asked_for_it() {
        assert!(takes("gzip, deflate, br", "br") && takes("br;q=1.0", "br") && takes("gzip;q=1", "gzip"));
        assert!(!takes("gzip, deflate", "br") && !takes("br;q=0", "br") && !takes("brotli", "br"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }
}
