//! What errors of one kind have in common.

/// Longest part of a message that tells kinds apart, in bytes.
const TEXT_BYTES_MAX: usize = 400;
/// What stands for what differs from one failure to the next.
const BLANK: char = '_';
/// Words of hex digits alone are ids from this length on; shorter ones are words, such as "feed".
const HEX_CHARS_MIN: usize = 8;

/// An error's message without its particulars: quoted texts, and words with digits in them (numbers, ids, times,
/// addresses), are blanked. Several blanks in a row are one, so that a list of two is like a list of three.
pub fn generic(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        if out.len() >= TEXT_BYTES_MAX {
            break;
        }
        let at_start = out.chars().last().is_none_or(|last| !last.is_alphanumeric());
        let length = match quoted(rest).filter(|_| at_start) {
            Some(length) => {
                blank(&mut out);
                length
            }
            None => match word(rest) {
                0 => {
                    out.push(if first.is_whitespace() { ' ' } else { first });
                    first.len_utf8()
                }
                length => {
                    let word = &rest[..length];
                    if is_particular(word) {
                        blank(&mut out)
                    } else {
                        out.push_str(word)
                    }
                    length
                }
            },
        };
        rest = &rest[length..];
    }
    out.truncate(out.floor_char_boundary(TEXT_BYTES_MAX));
    out
}

/// Ends a text in a blank, where it does not end in one and separators already.
fn blank(out: &mut String) {
    let kept = out.trim_end_matches(|c: char| !c.is_alphanumeric() && c != BLANK).len();
    if out[..kept].ends_with(BLANK) {
        out.truncate(kept);
    } else {
        out.push(BLANK);
    }
}

/// The length of the quotation that the text begins with.
fn quoted(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '\'' | '`' => open,
        '“' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    let inside = &text[open.len_utf8()..];
    Some(open.len_utf8() + inside.find(close)? + close.len_utf8())
}

/// The length of the word that the text begins with. What joins digits, such as a colon in a time, is inside a word.
fn word(text: &str) -> usize {
    let mut length = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = matches!(c, '-' | '.' | ':' | '/' | '+' | '@' | '#' | '_' | ',' | '%');
        let mut goes_on = || chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !(c.is_alphanumeric() || at > 0 && joins && goes_on()) {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

fn is_particular(word: &str) -> bool {
    let hex = word.len() >= HEX_CHARS_MIN && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    hex || word.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_one_failure_to_the_next_is_blanked() {
        for (message, kind) in [
            ("the shop answered 404", "the shop answered _"),
            ("order 450789469 of \"Somchai Jaidee\" is not known", "order _ of _ is not known"),
            ("no answer within 60s", "no answer within _"),
            ("SKU TEA-01, TEA-02 and TEA-3 are unknown", "SKU _ and _ are unknown"),
            ("it was 2026-11-23T09:00:00+07:00 then", "it was _ then"),
            ("run 6f9619ff-8b86-d011-b42d-00c04fc964ff: deadbeef is bad", "run _ is bad"),
            ("the customer's address isn't complete", "the customer's address isn't complete"),
            ("feed the cafe", "feed the cafe"),
            ("ไม่พบสินค้า 'ชา' รหัส ๑๒", "ไม่พบสินค้า _ รหัส _"),
            ("unclosed \"quote", "unclosed \"quote"),
            ("", ""),
        ] {
            assert_eq!(generic(message), kind, "{message}");
        }
    }

    #[test]
    fn a_list_of_two_is_like_a_list_of_three() {
        assert_eq!(generic("lines 1, 2 are wrong"), generic("lines 10, 20, 30 are wrong"));
    }

    #[test]
    fn a_long_message_is_cut_between_two_characters() {
        let long = generic(&"ก".repeat(1_000));
        assert!(long.len() <= TEXT_BYTES_MAX && long.chars().all(|c| c == 'ก'));
    }
}
