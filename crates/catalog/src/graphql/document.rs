//! What is looked at in a GraphQL document before it is sent. The API reads it; here it matters only whether it changes
//! anything, and which variables it takes.

/// Whether nothing in it changes anything: no mutation, and no subscription, which would never end.
pub fn only_reads(document: &str) -> bool {
    let text = bare(document);
    let mut depth = 0_u32;
    let mut outside = String::new();
    for letter in text.chars() {
        match letter {
            '{' | '(' | '[' => {
                depth += 1;
                outside.push(' ');
            }
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            letter if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    !outside.split(|letter| !is_of_name(letter)).any(|word| matches!(word, "mutation" | "subscription"))
}

/// Whether it takes a variable. One that is sent and not taken is ignored by every API, without a word.
pub fn takes(document: &str, variable: &str) -> bool {
    let text = bare(document);
    let mut names = text.split('$').skip(1);
    names.any(|rest| rest.split(|letter| !is_of_name(letter)).next() == Some(variable))
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// The document without comments and texts.
fn bare(document: &str) -> String {
    let mut left = document;
    let mut text = String::with_capacity(document.len());
    while let Some(at) = left.find(['#', '"']) {
        text.push_str(&left[..at]);
        text.push(' ');
        left = match &left[at..] {
            comment if comment.starts_with('#') => comment.find('\n').map_or("", |end| &comment[end..]),
            block if block.starts_with("\"\"\"") => behind_block(&block[3..]),
            quoted => behind_quoted(&quoted[1..]),
        };
    }
    text + left
}

fn behind_block(text: &str) -> &str {
    let mut from = 0;
    while let Some(at) = text[from..].find("\"\"\"") {
        let end = from + at + 3;
        if !text[..from + at].ends_with('\\') {
            return &text[end..];
        }
        from = end;
    }
    ""
}

fn behind_quoted(text: &str) -> &str {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' | '\n' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_changes_something_is_seen_wherever_it_says_so() {
        for reads in [
            "{ products { items { id } } }",
            "query ($mutation: String) { a(b: $mutation) { mutation } }",
            "# mutation\nquery Q { a(text: \"} mutation {\") { b } }",
            "query { a(text: \"\"\"} \\\"\"\" mutation {\"\"\") { b } }",
            "fragment F on Product { id } query { p { ...F } }",
            "query { a(text: \"\\\"} mutation\") { b } }",
        ] {
            assert!(only_reads(reads), "{reads}");
        }
        for changes in [
            "mutation { a }",
            "query A { a } mutation B { b }",
            "query A { a }mutation{ b }",
            "# read\nmutation M($a: Int) { b(a: $a) }",
            "query { a(t: \"#\") } mutation { b }",
            "subscription { a }",
        ] {
            assert!(!only_reads(changes), "{changes}");
        }
    }

    #[test]
    fn a_variable_is_taken_only_by_its_whole_name() {
        let document = "query ($skip: Int) { a(text: \"$take\", skip: $skip) } # $after";
        assert!(takes(document, "skip"));
        assert!(!takes(document, "ski") && !takes(document, "take") && !takes(document, "after"));
    }
}
