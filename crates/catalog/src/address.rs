//! Addresses whose parts come from data.

use connector::Error;
use std::fmt::Write as _;
use url::Url;

/// The address of something below `base`. Each part is one segment: a slash or question mark in it stays in it, and one that means
/// another place is refused.
pub fn below(base: &str, parts: &[&str]) -> Result<String, Error> {
    if let Some(part) = parts.iter().find(|part| is_step(part)) {
        return Err(Error::Input {
            message: format!("\"{part}\" cannot be part of an address"),
            advice: "Correct the data or the script before this node, then retry.".into(),
        });
    }
    let mut url: Url = connector::http::read_url(base)?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    Ok(url.into())
}

/// Addresses are read without tabs and line breaks.
fn is_step(part: &str) -> bool {
    let seen = part.chars().filter(|letter| !matches!(letter, '\t' | '\n' | '\r'));
    matches!(seen.collect::<String>().as_str(), "." | "..")
}

/// An address with a query. Not every server takes `+` for a space, or `%24` for the dollar sign of an option's name.
pub fn with_query(url: &str, query: &[(&str, String)]) -> String {
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let mark = if url.contains('?') { "&" } else { "?" };
    if pairs.is_empty() { url.to_owned() } else { format!("{url}{mark}{}", pairs.join("&")) }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_cannot_leave_its_place() {
        let under = |part: &str| below("https://api.example.com/v1/", &["contacts", part]).unwrap();
        assert_eq!(under("shopify:8891"), "https://api.example.com/v1/contacts/shopify:8891");
        assert_eq!(under("a/b?c#d"), "https://api.example.com/v1/contacts/a%2Fb%3Fc%23d");
        for part in [".", "..", ".\t.", "..\n"] {
            let left = below("https://api.example.com/v1/", &["contacts", part]);
            assert!(matches!(left, Err(Error::Input { .. })), "{left:?}");
        }
        assert_eq!(under("%2e%2e"), "https://api.example.com/v1/contacts/%252e%252e");
    }

    #[test]
    fn a_query_is_written_so_that_every_server_reads_it() {
        let query = [("$filter", "Name eq 'O''Neil & ชา+1'".to_owned()), ("$top", "5".to_owned())];
        assert_eq!(
            with_query("https://h/Orders", &query),
            "https://h/Orders?$filter=Name%20eq%20%27O%27%27Neil%20%26%20%E0%B8%8A%E0%B8%B2%2B1%27&$top=5"
        );
        assert_eq!(with_query("https://h/Orders?tenant=a", &query[1..]), "https://h/Orders?tenant=a&$top=5");
        assert_eq!(with_query("https://h/Orders", &[]), "https://h/Orders");
    }
}
