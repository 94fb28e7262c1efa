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
    parts(text).map_or(true, |parts| parts.iter().any(|part| matches!(part, Part::Expression(_))))
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
///
/// Goes through once and without recursion: the text may be hostile and megabytes long.
fn closing_brace(source: &str) -> Option<usize> {
    let bytes = source.as_bytes();
    let mut open = 0_usize;
    // For each back-quoted text around us, the braces that were open before it.
    let mut around = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        match (byte, bytes.get(at)) {
            (b'{', _) => open += 1,
            (b'}', _) if open > 0 => open -= 1,
            (b'}', _) if around.is_empty() => return Some(at - 1),
            (b'}' | b'`', _) => {
                let before = if byte == b'}' { around.pop()? } else { open };
                let code;
                (at, code) = back_quoted(bytes, at)?;
                open = if code { 0 } else { before };
                around.extend(code.then_some(before));
            }
            (b'"' | b'\'', _) => at = quoted(bytes, at, byte)?,
            (b'/', Some(b'/')) => at += bytes[at..].iter().position(|byte| *byte == b'\n')?,
            (b'/', Some(b'*')) => at = comment(bytes, at + 1)?,
            _ => {}
        }
    }
    None
}

/// Where a text in quotes ends. A quote that is doubled ends it and begins the next, which comes to the same.
fn quoted(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += match *bytes.get(at)? {
            b'\\' => 2,
            byte if byte == quote => return Some(at + 1),
            _ => 1,
        };
    }
}

/// Where a text in back quotes ends, or where an expression in it begins, and which of the two it is.
fn back_quoted(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'`', _) => return Some((at + 1, false)),
            (b'$', Some(b'{')) => return Some((at + 2, true)),
            _ => at += 1,
        }
    }
}

/// Where a comment ends; comments nest.
fn comment(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut open = 1_usize;
    while open > 0 {
        match bytes.get(at..at + 2)? {
            b"/*" => (open, at) = (open + 1, at + 2),
            b"*/" => (open, at) = (open - 1, at + 2),
            _ => at += 1,
        }
    }
    Some(at)
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
        check("a ${1} ก ${2}", &[Text("a "), Expression("1"), Text(" ก "), Expression("2")]);
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
    fn comments_and_back_quoted_texts_nest() {
        check("${1 /* } /* } */ } */}", &[Expression("1 /* } /* } */ } */")]);
        check(
            "${`a ${`}${#{b: `}`}.b}`} }` + x}!",
            &[Expression("`a ${`}${#{b: `}`}.b}`} }` + x"), Text("!")],
        );
        assert!(parts(&"${`".repeat(1_000_000)).is_err());
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
