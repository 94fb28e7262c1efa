//! What the database takes as text.

use std::borrow::Cow;

/// A text of PostgreSQL cannot hold a NUL; what senders, targets and people give may. Every text that is no id of ours is
/// bound through this: a refusal would hit whatever is written with it, such as the end of a run.
pub(crate) fn text(given: &str) -> Cow<'_, str> {
    match given.contains('\0') {
        true => given.replace('\0', "\u{fffd}").into(),
        false => given.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_what_the_database_cannot_hold() {
        assert_eq!(text("a\0b"), "a\u{fffd}b");
        assert_eq!(text("plain"), "plain");
    }
}
