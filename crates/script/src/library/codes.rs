//! Hashes, encodings, JSON, and ids.

use super::{Answer, Doc, Shelf, wrong};
use crate::guard;
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac};
use md5::Md5;
use rhai::{Array, Dynamic, Map};
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write;

pub(crate) fn register(shelf: &mut Shelf) {
    hashes(shelf);
    encodings(shelf);
    json(shelf);
    ids(shelf);
}

fn hashes(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "sha256(text)",
                "The SHA-256 of a text, in hex.",
                r#"sha256("abc")"#,
                r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
            ),
            |text: &str| hex::encode(Sha256::digest(text)),
        )
        .add(
            Doc(
                "hmac_sha256(key, text)",
                "The signature many shops and payment systems want, in hex.",
                r#"hmac_sha256("key", "text")"#,
                r#""6afa9046a9579cad143a384c1b564b9a250d27d6f6a63f9f20bf3a7594c9e2c6""#,
            ),
            |key: &str, text: &str| hex::encode(signature::<Hmac<Sha256>>(key, text)),
        )
        .add(
            Doc(
                "hmac_sha256_base64(key, text)",
                "The same in base64, as Shopify and LINE send it.",
                r#"hmac_sha256_base64("key", "text")"#,
                r#""avqQRqlXnK0UOjhMG1ZLmiUNJ9b2pj+fIL86dZTJ4sY=""#,
            ),
            |key: &str, text: &str| BASE64_STANDARD.encode(signature::<Hmac<Sha256>>(key, text)),
        )
        .add(
            Doc(
                "hmac_sha512(key, text)",
                "The longer signature, in hex.",
                r#"hmac_sha512("key", "text").len()"#,
                "128",
            ),
            |key: &str, text: &str| hex::encode(signature::<Hmac<Sha512>>(key, text)),
        )
        .add(
            Doc(
                "md5(text)",
                "The MD5 of a text, in hex: only for couriers and shops that still sign with it.",
                r#"md5("abc")"#,
                r#""900150983cd24fb0d6963f7d28e17f72""#,
            ),
            |text: &str| hex::encode(<Md5 as md5::Digest>::digest(text.as_bytes())),
        );
}

fn signature<M: Mac + hmac::digest::KeyInit>(key: &str, text: &str) -> Vec<u8> {
    // HMAC takes a key of any length, so this cannot fail; an empty signature would fit nothing.
    <M as Mac>::new_from_slice(key.as_bytes())
        .map_or(Vec::new(), |mac| mac.chain_update(text).finalize().into_bytes().to_vec())
}

fn encodings(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("base64_encode(text)", "A text in base64.", r#"base64_encode("hi!")"#, r#""aGkh""#),
            |text: &str| BASE64_STANDARD.encode(text),
        )
        .add(
            Doc(
                "base64_decode(text)",
                "Text out of base64, the usual kind or the one for addresses.",
                r#"base64_decode("aGkh")"#,
                r#""hi!""#,
            ),
            |text: &str| {
                let bytes = BASE64_STANDARD
                    .decode(text.trim())
                    .or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')));
                text_of(bytes.map_err(|_| wrong("This is no base64."))?)
            },
        )
        .add(Doc("hex_encode(text)", "A text in hex.", r#"hex_encode("hi")"#, r#""6869""#), |text: &str| {
            hex::encode(text)
        })
        .add(Doc("hex_decode(text)", "Text out of hex.", r#"hex_decode("6869")"#, r#""hi""#), |text: &str| {
            text_of(
                hex::decode(text.trim())
                    .map_err(|_| wrong("This is no hex: two of 0–9 and a–f for each byte."))?,
            )
        })
        .add(
            Doc(
                "url_encode(text)",
                "A text as part of an address.",
                r#"url_encode("a b&ก")"#,
                r#""a%20b%26%E0%B8%81""#,
            ),
            url_encode,
        )
        .add(
            Doc(
                "url_decode(text)",
                "The text that part of an address stands for.",
                r#"url_decode("a%20b+c")"#,
                r#""a b c""#,
            ),
            url_decode,
        )
        .add(
            Doc(
                "query_string(map)",
                "A map as the part of an address after the `?`. What is nothing is left out.",
                r#"query_string(#{ page: 2, q: "a b" })"#,
                r#""page=2&q=a%20b""#,
            ),
            query_string,
        );
}

fn json(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "parse_json(text)",
                "The value that a JSON text stands for, with all digits.",
                r#"parse_json("{\"price\": 10.50}")"#,
                r#"{"price":10.50}"#,
            ),
            parse_json,
        )
        .add(
            Doc(
                "to_json(value)",
                "A value as JSON text.",
                r#"to_json(#{ a: [1, ()] })"#,
                r#""{\"a\":[1,null]}""#,
            ),
            |value: Dynamic| guard::into_json(value).map(|value| value.to_string()),
        );
}

fn ids(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "new_id()",
                "A new id in the form of a UUID. A replay of the run makes the same ones in the same order.",
                "new_id().len()",
                "36",
            ),
            || {
                let (seed, run, count) = guard::next_id_seed();
                uuid_of(format!("{seed}/{run}/{count}").as_bytes())
            },
        )
        .add(
            Doc(
                "id_for(text)",
                "The id that always belongs to this text: the key for a target that refuses doubles.",
                r#"id_for("order 1001")"#,
                r#""251b0096-f192-8996-b8ca-d497eabd4104""#,
            ),
            |text: &str| uuid_of(text.as_bytes()),
        );
}

/// A UUID of version 8, the one for hashes of one's own, made of a SHA-256.
fn uuid_of(name: &[u8]) -> String {
    let hash = Sha256::digest(name);
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn text_of(bytes: Vec<u8>) -> Answer<String> {
    String::from_utf8(bytes).map_err(|_| wrong("These bytes are no text in UTF-8."))
}

fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

fn url_decode(text: &str) -> Answer<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = match first {
            b'%' => {
                after.get(..2).and_then(|pair| hex::decode(pair).ok()).and_then(|pair| pair.first().copied())
            }
            b'+' => Some(b' '),
            plain => Some(*plain),
        };
        bytes.push(decoded.ok_or_else(|| wrong("There is a % without two of 0–9 and A–F after it."))?);
        rest = if *first == b'%' { &after[2..] } else { after };
    }
    text_of(bytes)
}

fn query_string(map: &mut Map) -> Answer<String> {
    let mut pairs = Vec::new();
    for (name, value) in map.iter().filter(|(_, value)| !value.is_unit()) {
        let values = match value.as_array_ref() {
            Ok(list) => list.clone(),
            Err(_) => Array::from([value.clone()]),
        };
        for value in values {
            if value.is_map() || value.is_array() || value.is_fnptr() {
                return Err(wrong("An address can hold texts, numbers and yes/no, not maps."));
            }
            pairs.push(format!("{}={}", url_encode(name), url_encode(&value.to_string())));
        }
    }
    Ok(pairs.join("&"))
}

/// Counts commas and brackets first, so that a text of a million of them is refused before it takes memory.
fn parse_json(text: &str) -> Answer<Dynamic> {
    let marks = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    guard::check_items(Some(marks))?;
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        wrong(format!("This is no JSON: it goes wrong in line {}, column {}.", error.line(), error.column()))
    })?;
    guard::into_script(&value)
}
