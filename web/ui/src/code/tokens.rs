//! Rhai cut into coloured pieces. Only for the eye: what does not parse is coloured as far as it is recognised.

const KEYWORDS: &[&str] = &[
    "let",
    "const",
    "if",
    "else",
    "for",
    "in",
    "while",
    "loop",
    "do",
    "until",
    "fn",
    "return",
    "throw",
    "try",
    "catch",
    "switch",
    "break",
    "continue",
    "true",
    "false",
    "this",
    "is_def_var",
    "import",
    "export",
    "as",
    "private",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Plain,
    Keyword,
    Text,
    Number,
    Comment,
    /// A name with a parenthesis after it.
    Call,
}

impl Token {
    pub const fn as_str(self) -> &'static str {
        match self {
            Token::Plain => "plain",
            Token::Keyword => "keyword",
            Token::Text => "text",
            Token::Number => "number",
            Token::Comment => "comment",
            Token::Call => "call",
        }
    }
}

/// Cuts a script into pieces; put together again they are the script, whatever it was.
pub fn tokens(script: &str) -> Vec<(Token, &str)> {
    let mut pieces: Vec<(Token, &str)> = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (piece, after) = rest.split_at(length.max(first.len_utf8()));
        pieces.push((kind, piece));
        rest = after;
    }
    pieces
}

fn next(rest: &str, first: char) -> (Token, usize) {
    if rest.starts_with("//") {
        (Token::Comment, rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        (Token::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2))
    } else if matches!(first, '"' | '`' | '\'') {
        (Token::Text, quoted(rest, first))
    } else if first.is_ascii_digit() {
        (Token::Number, span(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.'))
    } else if first.is_alphabetic() || first == '_' {
        word(rest)
    } else {
        (Token::Plain, span(rest, |c| !c.is_alphanumeric() && !"_\"'`/".contains(c)))
    }
}

fn word(rest: &str) -> (Token, usize) {
    let length = span(rest, |c| c.is_alphanumeric() || c == '_');
    let kind = if KEYWORDS.contains(&&rest[..length]) {
        Token::Keyword
    } else if rest[length..].starts_with('(') {
        Token::Call
    } else {
        Token::Plain
    };
    (kind, length)
}

/// The length of a quoted text with its quotes; without a closing one it reaches to the end.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

fn span(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(script: &str) -> Vec<(&'static str, &str)> {
        tokens(script)
            .into_iter()
            .filter(|(kind, _)| *kind != Token::Plain)
            .map(|(kind, text)| (kind.as_str(), text))
            .collect()
    }

    #[test]
    fn a_script_is_coloured_by_its_parts() {
        assert_eq!(
            kinds("let vat = money(l.price, \"THB\") * 0.07; // inside"),
            [
                ("keyword", "let"),
                ("call", "money"),
                ("text", "\"THB\""),
                ("number", "0.07"),
                ("comment", "// inside")
            ]
        );
    }

    #[test]
    fn a_quote_inside_a_text_does_not_end_it() {
        assert_eq!(kinds(r#""a \" b" + 1"#), [("text", r#""a \" b""#), ("number", "1")]);
    }

    #[test]
    fn the_pieces_are_the_script_again_whatever_it_was() {
        for script in
            ["", "\"", "/", "/* open", "let ราคา = `${x}`;\n#{ ก: 1 }", "a/b//c\nd", "'\\", "1..2 | é"]
        {
            assert_eq!(tokens(script).into_iter().map(|(_, text)| text).collect::<String>(), script);
        }
    }
}
