//! Sentences in both languages with places for what they are about.

use model::Words;

/// Longer words of a document are cut where they are quoted.
const ARGUMENT_CHARS_MAX: usize = 160;

/// The pattern with `{0}`, `{1}`, … filled in. What is filled in is never looked through for further places.
pub(crate) fn fill(pattern: &str, arguments: &[&str]) -> String {
    let mut text = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let place = after.split_once('}').and_then(|(number, after)| Some((number.parse().ok()?, after)));
        match place {
            Some((number, after)) => {
                let number: usize = number;
                text.push_str(&cut(arguments.get(number).copied().unwrap_or_default()));
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

pub(crate) fn words(patterns: [&str; 2], arguments: &[&str]) -> Words {
    Words::new(fill(patterns[0], arguments), fill(patterns[1], arguments))
}

/// One line, and not too much of it.
pub(crate) fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(ARGUMENT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_not_taken_for_a_place() {
        assert_eq!(fill("{0} and {1}", &["{1}", "b"]), "{1} and b");
        assert_eq!(fill("as {\"base64\": …}, {0}", &["a\n b"]), "as {\"base64\": …}, a b");
    }
}
