//! `${…}` inside a text: where each expression starts and ends.
//!
//! An expression ends at the brace that closes it, so strings, comments and nested braces of the script language are
//! read here as far as that needs. `$${` stands for a plain `${`.

/// A piece of a text that may hold expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Taken as it is.
    Text(&'a str),
    /// What is between `${` and `}`.
    Expression(&'a str),
}

/// A `${` without its `}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// Byte position of the `$`.
    pub at: usize,
}

/// Cuts a text into its plain pieces and its expressions.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, Unclosed> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut from = 0;
    while let Some(at) = text[from..].find("${").map(|at| at + from) {
        if text[start..at].ends_with('$') {
            push_text(&mut parts, &text[start..at - 1]);
            (start, from) = (at, at + 2);
            continue;
        }
        let length = closing_brace(&text[at + 2..]).ok_or(Unclosed { at })?;
        push_text(&mut parts, &text[start..at]);
        parts.push(Part::Expression(&text[at + 2..at + 2 + length]));
        start = at + 2 + length + 1;
        from = start;
    }
    push_text(&mut parts, &text[start..]);
    Ok(parts)
}

/// Tells whether a text holds an expression, also one that is not closed.
pub fn has_expression(text: &str) -> bool {
    parts(text).map_or(true, |parts| {
        parts.iter().any(|part| matches!(part, Part::Expression(_)))
    })
}

/// The expression that a text consists of and nothing else: its value keeps its type.
pub fn only_expression(text: &str) -> Option<&str> {
    match parts(text).as_deref() {
        Ok([Part::Expression(source)]) => Some(source),
        _ => None,
    }
}

fn push_text<'a>(parts: &mut Vec<Part<'a>>, text: &'a str) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

/// The length of the source up to the brace that closes it.
fn closing_brace(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        at += match bytes[at] {
            b'}' if depth == 0 => return Some(at),
            b'}' => {
                depth -= 1;
                1
            }
            b'{' => {
                depth += 1;
                1
            }
            b'"' | b'`' => quoted(&bytes[at..])?,
            b'\'' => character(source.get(at..)?),
            b'/' => comment(&bytes[at..])?,
            _ => 1,
        };
    }
    None
}

/// The length of a string, its quotes included. A back-quoted one is literal, but doubles its quote and nests `${…}`.
fn quoted(bytes: &[u8]) -> Option<usize> {
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            b'$' if quote == b'`' && bytes.get(at + 1) == Some(&b'{') => {
                let inner = std::str::from_utf8(&bytes[at + 2..]).ok()?;
                at += closing_brace(inner)? + 3;
            }
            byte if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length of a character such as `'}'`, or of the lone quote.
fn character(source: &str) -> usize {
    let mut chars = source.char_indices().skip(1);
    let escaped = chars.next().is_some_and(|(_, first)| first == '\\');
    let close = if escaped { chars.nth(1) } else { chars.next() };
    close.filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1)
}

/// The length of a comment, or of the lone slash.
fn comment(bytes: &[u8]) -> Option<usize> {
    let find = |end: &[u8], from: usize| {
        let rest = bytes.get(from..)?;
        rest.windows(end.len())
            .position(|window| window == end)
            .map(|at| from + at + end.len())
    };
    match bytes.get(1) {
        Some(b'/') => find(b"\n", 2),
        Some(b'*') => find(b"*/", 2),
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Part]) {
        assert_eq!(parts(text).as_deref(), Ok(expected), "{text}");
    }

    use Part::{Expression, Text};

    #[test]
    fn an_expression_ends_at_the_brace_that_closes_it() {
        check("", &[]);
        check("plain", &[Text("plain")]);
        check("${input.id}", &[Expression("input.id")]);
        check(
            "a ${1} ก ${2}",
            &[Text("a "), Expression("1"), Text(" ก "), Expression("2")],
        );
        check("${#{a: #{b: 1}}}", &[Expression("#{a: #{b: 1}}")]);
    }

    #[test]
    fn braces_in_strings_characters_and_comments_close_nothing() {
        check(r#"${"}" + "\"}"}!"#, &[Expression(r#""}" + "\"}""#), Text("!")]);
        check("${`}${`}`}}`}", &[Expression("`}${`}`}}`")]);
        check("${'}'}", &[Expression("'}'")]);
        check(r"${'\''}", &[Expression(r"'\''")]);
        check("${a /* } */ / b // }\n}", &[Expression("a /* } */ / b // }\n")]);
    }

    #[test]
    fn two_dollars_are_a_plain_dollar_and_brace() {
        check("$${x} costs $5", &[Text("${x} costs $5")]);
        check("a$${${x}}", &[Text("a"), Text("${"), Expression("x"), Text("}")]);
        assert!(!has_expression("$${x}"));
    }

    #[test]
    fn a_brace_that_is_never_closed_is_found_where_it_opens() {
        for text in ["ab ${x", "ab ${\"}", "ab ${`${`}", "ab ${// }", "ab ${{}"] {
            assert_eq!(parts(text), Err(Unclosed { at: 3 }), "{text}");
        }
    }
}
