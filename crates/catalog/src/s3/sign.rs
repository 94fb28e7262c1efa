//! Amazon's signature, version 4, in a header.

use crate::signature::hmac_sha256;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

const SCHEME: &str = "AWS4-HMAC-SHA256";

/// Who signs, and when.
pub struct Signer<'a> {
    pub access_key: &'a str,
    pub secret_key: &'a str,
    pub region: &'a str,
    /// `20130524T000000Z`
    pub time: &'a str,
}

/// What is signed. The path and the query are encoded as they are sent.
pub struct Signed<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// In the order of their names.
    pub query: &'a [(String, String)],
    /// Small letters, in the order of their names.
    pub headers: &'a [(&'a str, &'a str)],
    pub body_sha256: &'a str,
}

impl Signer<'_> {
    /// The value of `authorization`.
    pub fn sign(&self, signed: &Signed<'_>) -> String {
        let day = self.time.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let names: Vec<&str> = signed.headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let headers: String =
            signed.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let request = format!(
            "{}\n{}\n{}\n{headers}\n{names}\n{}",
            signed.method,
            signed.path,
            query(signed.query),
            signed.body_sha256
        );
        let text = format!("{SCHEME}\n{}\n{scope}\n{}", self.time, sha256(request.as_bytes()));
        let first = format!("AWS4{}", self.secret_key).into_bytes();
        let parts = [day, self.region, "s3", "aws4_request"];
        let key = parts.into_iter().fold(first, |key, part| hmac_sha256(&key, part.as_bytes()));
        let signature = hex::encode(hmac_sha256(&key, text.as_bytes()));
        format!("{SCHEME} Credential={}/{scope},SignedHeaders={names},Signature={signature}", self.access_key)
    }
}

/// As it is signed and as it is sent.
pub fn query(pairs: &[(String, String)]) -> String {
    let pair =
        |(name, value): &(String, String)| format!("{}={}", encoded(name, false), encoded(value, false));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Everything but letters, digits and `-._~`; slashes stay between the parts of a name.
pub fn encoded(text: &str, keeps_slashes: bool) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(byte.into()),
            b'/' if keeps_slashes => all.push('/'),
            byte => all.push_str(&format!("%{byte:02X}")),
        }
    }
    all
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub fn time(now_ms: i64) -> String {
    let now = DateTime::<Utc>::from_timestamp_millis(now_ms).unwrap_or_default();
    now.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of Amazon's own documentation of the signature.
    fn signature(
        method: &str,
        path: &str,
        query: &[(&str, &str)],
        more: &[(&str, &str)],
        body: &str,
    ) -> String {
        let signer = Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
            time: "20130524T000000Z",
        };
        let body_sha256 = sha256(body.as_bytes());
        let mut headers = vec![
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", body_sha256.as_str()),
            ("x-amz-date", signer.time),
        ];
        headers.extend(more);
        headers.sort();
        let query: Vec<(String, String)> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signed = Signed { method, path, query: &query, headers: &headers, body_sha256: &body_sha256 };
        let header = signer.sign(&signed);
        header.rsplit_once("Signature=").expect("a signature").1.to_owned()
    }

    #[test]
    fn requests_are_signed_as_amazon_shows_it() {
        assert_eq!(
            signature("GET", "/test.txt", &[], &[("range", "bytes=0-9")], ""),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        let more = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        assert_eq!(
            signature("PUT", &encoded("/test$file.text", true), &[], &more, "Welcome to Amazon S3."),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
        assert_eq!(
            signature("GET", "/", &[("lifecycle", "")], &[], ""),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
        assert_eq!(
            signature("GET", "/", &[("max-keys", "2"), ("prefix", "J")], &[], ""),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        );
    }

    #[test]
    fn a_name_is_encoded_with_its_thai_letters_and_spaces() {
        assert_eq!(encoded("in/ก ข+.csv", true), "in/%E0%B8%81%20%E0%B8%82%2B.csv");
        assert_eq!(encoded("a/b", false), "a%2Fb");
        assert_eq!(time(1_369_353_600_000), "20130524T000000Z");
    }
}
