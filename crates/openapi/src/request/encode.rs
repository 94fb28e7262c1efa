//! Percent-encoding as RFC 3986 has it, for each place of an address.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what is never reserved.
const STRICT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same but for signs that are reserved and leave a query's parameter what it is: `&`, `+`, `#`, `[` and `]` do not,
/// and values come from other systems.
const RESERVED: AsciiSet = STRICT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// What a document writes into a path itself.
const WRITTEN: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'#')
    .add(b'?')
    .add(b'{')
    .add(b'}')
    .add(b'\\');

/// A part of a server's address that a connection holds: it may be a host with its port, or several steps of a path.
pub(crate) const SERVER_PART: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'#')
    .add(b'?')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'^')
    .add(b'@')
    .add(b'\\')
    .add(b'%');

pub(crate) fn strictly(text: &str) -> String {
    utf8_percent_encode(text, &STRICT).to_string()
}

/// With reserved signs as they are, and with what is encoded already left so.
pub(super) fn keeping_reserved(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at(at);
        encoded.extend(utf8_percent_encode(before, &RESERVED));
        let triple = after.as_bytes().get(1..3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        let length = if triple { 3 } else { 1 };
        encoded.push_str(if triple { &after[..length] } else { "%25" });
        rest = &after[length..];
    }
    encoded.extend(utf8_percent_encode(rest, &RESERVED));
    encoded
}

pub(super) fn written(text: &str) -> String {
    utf8_percent_encode(text, &WRITTEN).to_string()
}

/// As forms are sent: a space is a plus.
pub(super) fn in_form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_letters_digits_and_four_signs_is_encoded() {
        assert_eq!(strictly("AZaz09-._~"), "AZaz09-._~");
        assert_eq!(strictly("a b/c?d#e&f=g+h%i"), "a%20b%2Fc%3Fd%23e%26f%3Dg%2Bh%25i");
        assert_eq!(strictly(":[]@!$'()*,;"), "%3A%5B%5D%40%21%24%27%28%29%2A%2C%3B");
        assert_eq!(strictly("ใบ"), "%E0%B9%83%E0%B8%9A");
    }

    #[test]
    fn reserved_signs_stay_where_they_do_no_harm() {
        assert_eq!(keeping_reserved("a/b?c:d@e=f,g%2Fh"), "a/b?c:d@e=f,g%2Fh");
        assert_eq!(keeping_reserved("a&b#c+d[e]100%"), "a%26b%23c%2Bd%5Be%5D100%25");
    }
}
