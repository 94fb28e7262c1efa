//! Thai text.
/// ๐–๙ as 0–9.
pub(crate) fn arabic_digits(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if ('๐'..='๙').contains(&letter) {
                char::from(b'0' + (letter as u32 - '๐' as u32) as u8)
            } else {
                letter
            }
        })
        .collect()
}
