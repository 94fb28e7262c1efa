//! A command line as a shell takes it apart: quotes, backslashes, and lines that go on.

use super::NotCurl;
use std::iter::Peekable;
use std::str::Chars;

/// Words of one command.
const WORDS_MAX: usize = 500;

/// The words up to the end of the first command: what it is piped into, or what follows it, is no part of it.
pub fn words(text: &str) -> Result<Vec<String>, NotCurl> {
    let mut left = text.chars().peekable();
    let mut words = Vec::new();
    while let Some(word) = word(&mut left)? {
        if matches!(word.as_str(), "|" | "||" | "&&" | ";" | "&" | ">" | ">>") {
            break;
        }
        if words.len() == WORDS_MAX {
            return Err(NotCurl::TooLong);
        }
        words.push(word);
    }
    Ok(words)
}

/// The next word. Quoted pieces and plain ones that touch are one.
fn word(left: &mut Peekable<Chars<'_>>) -> Result<Option<String>, NotCurl> {
    skip_blanks(left);
    if left.peek().is_none() {
        return Ok(None);
    }
    let mut word = String::new();
    while let Some(letter) = left.next_if(|letter| !letter.is_whitespace()) {
        match letter {
            '\'' => word.push_str(&until(left, '\'')?),
            '"' => double_quoted(left, &mut word)?,
            '$' if left.next_if_eq(&'\'').is_some() => ansi_quoted(left, &mut word)?,
            '\\' if is_line_end(left) => {}
            '\\' => word.extend(left.next()),
            plain => word.push(plain),
        }
    }
    Ok(Some(word))
}

fn skip_blanks(left: &mut Peekable<Chars<'_>>) {
    loop {
        while left.next_if(|letter| letter.is_whitespace()).is_some() {}
        // A line that goes on in the next one.
        let mut ahead = left.clone();
        if ahead.next() != Some('\\') || !is_line_end(&mut ahead) {
            return;
        }
        *left = ahead;
    }
}

/// Takes the end of a line, if one stands here.
fn is_line_end(left: &mut Peekable<Chars<'_>>) -> bool {
    let carriage = left.next_if_eq(&'\r').is_some();
    left.next_if_eq(&'\n').is_some() || carriage
}

fn until(left: &mut Peekable<Chars<'_>>, end: char) -> Result<String, NotCurl> {
    let mut piece = String::new();
    loop {
        match left.next() {
            Some(letter) if letter == end => return Ok(piece),
            Some(letter) => piece.push(letter),
            None => return Err(NotCurl::Unclosed),
        }
    }
}

/// Between double quotes a backslash only stands for itself, but before these.
fn double_quoted(left: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), NotCurl> {
    loop {
        match left.next().ok_or(NotCurl::Unclosed)? {
            '"' => return Ok(()),
            '\\' if is_line_end(left) => {}
            '\\' => {
                let next = left.next().ok_or(NotCurl::Unclosed)?;
                if !matches!(next, '"' | '\\' | '$' | '`') {
                    word.push('\\');
                }
                word.push(next);
            }
            letter => word.push(letter),
        }
    }
}

/// `$'…'`, as browsers write a body with quotes in it.
fn ansi_quoted(left: &mut Peekable<Chars<'_>>, word: &mut String) -> Result<(), NotCurl> {
    loop {
        match left.next().ok_or(NotCurl::Unclosed)? {
            '\'' => return Ok(()),
            '\\' => match left.next().ok_or(NotCurl::Unclosed)? {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                'r' => word.push('\r'),
                'u' => word.extend(code(left, 4)),
                'x' => word.extend(code(left, 2)),
                other => word.push(other),
            },
            letter => word.push(letter),
        }
    }
}

fn code(left: &mut Peekable<Chars<'_>>, digits: usize) -> Option<char> {
    let mut code = 0;
    for _ in 0..digits {
        let Some(digit) = left.peek().and_then(|letter| letter.to_digit(16)) else { break };
        left.next();
        code = code * 16 + digit;
    }
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text).expect("words"), expected);
    }

    #[test]
    fn quotes_keep_what_is_between_them_as_a_shell_does() {
        check(r#"a 'b c' "d e" f' g'"h""#, &["a", "b c", "d e", "f gh"]);
        check(r#"'it'\''s' "a \"b\" \n \$x" c\ d"#, &["it's", r#"a "b" \n $x"#, "c d"]);
        check(r"$'a\'b\n\u0e01\x41'", &["a'b\nกA"]);
        check("'' \"\"", &["", ""]);
    }

    #[test]
    fn a_backslash_at_the_end_of_a_line_goes_on_in_the_next() {
        check("curl \\\n  -X POST \\\r\n  x\\\ny", &["curl", "-X", "POST", "xy"]);
    }

    #[test]
    fn the_command_ends_where_another_begins() {
        check("curl x | jq .", &["curl", "x"]);
        check("curl 'a|b' && rm -r /", &["curl", "a|b"]);
        check("curl http://h/?a=1&b=2", &["curl", "http://h/?a=1&b=2"]);
    }

    #[test]
    fn a_quote_that_is_open_is_told() {
        for text in ["'a", "\"a", "$'a", "\"a\\"] {
            assert_eq!(words(text), Err(NotCurl::Unclosed), "{text}");
        }
    }
}
