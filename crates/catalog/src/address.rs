//! Addresses whose parts come from data.

use connector::Error;
use url::Url;

/// The address of something below `base`. Each part is one segment: a slash or question mark in it stays in it.
pub fn below(base: &str, parts: &[&str]) -> Result<String, Error> {
    let mut url: Url = connector::http::read_url(base)?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_cannot_leave_its_place() {
        let under = |part: &str| below("https://api.example.com/v1/", &["contacts", part]).unwrap();
        assert_eq!(under("shopify:8891"), "https://api.example.com/v1/contacts/shopify:8891");
        assert_eq!(under("a/b?c#d"), "https://api.example.com/v1/contacts/a%2Fb%3Fc%23d");
        assert!(!under("..").contains("/v1/contacts/.."), "{}", under(".."));
    }
}
