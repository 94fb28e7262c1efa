//! JavaScript cut into its pieces.

use super::Why;

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Name(String),
    Number(String),
    Text(String),
    /// Texts, and the sources of the expressions between them.
    Template(Vec<String>, Vec<String>),
    Regex(String, String),
    Sign(&'static str),
    Remark(String),
}

/// The longest first, so that `===` is not read as `==` and `=`.
const SIGNS: [&str; 49] = [
    "...", "===", "!==", "**=", "&&=", "||=", "??=", ">>>", "=>", "==", "!=", "<=", ">=", "&&", "||", "??",
    "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "**", "<<", ">>", "{", "}", "(", ")", "[", "]", ";", ",",
    "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":",
];

/// The pieces of a source, and for each whether it begins a line.
pub fn tokens(source: &str) -> Result<Vec<(Token, bool)>, Why> {
    let mut reader = Reader { rest: source, tokens: Vec::new(), line: true };
    while reader.blanks() {
        let token = reader.token()?;
        let begins = std::mem::take(&mut reader.line);
        reader.tokens.push((token, begins));
    }
    Ok(reader.tokens)
}

struct Reader<'a> {
    rest: &'a str,
    tokens: Vec<(Token, bool)>,
    line: bool,
}

impl<'a> Reader<'a> {
    /// Goes on to the next piece, and tells whether there is one.
    fn blanks(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        self.line |= self.rest[..self.rest.len() - rest.len()].contains('\n');
        self.rest = rest;
        !rest.is_empty()
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn token(&mut self) -> Result<Token, Why> {
        let first = self.rest.chars().next().unwrap_or_default();
        if let Some(rest) = self.rest.strip_prefix("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            return Ok(Token::Remark(self.take(end + 2)[2..].trim().to_owned()));
        }
        if let Some(rest) = self.rest.strip_prefix("/*") {
            let end = rest.find("*/").ok_or_else(|| Why::Syntax("a comment that is never closed".into()))?;
            let text = &self.take(end + 4)[2..end + 2];
            return Ok(Token::Remark(text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        match first {
            '"' | '\'' => self.text(first),
            '`' => self.template(),
            '/' if self.regex_may_stand() => self.regex(),
            c if c.is_ascii_digit()
                || c == '.' && self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) =>
            {
                self.number()
            }
            c if is_of_name(c) => {
                let end = self.rest.find(|c| !is_of_name(c)).unwrap_or(self.rest.len());
                Ok(Token::Name(self.take(end).to_owned()))
            }
            '.' if !self.rest.starts_with("...") => {
                self.take(1);
                Ok(Token::Sign("."))
            }
            '=' if !self.rest.starts_with("==") && !self.rest.starts_with("=>") => {
                self.take(1);
                Ok(Token::Sign("="))
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| self.rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| Why::Syntax(format!("the character {first}")))?;
                // In `a?.5:1` the point belongs to the number.
                let sign = if *sign == "?." && self.rest[2..].starts_with(|c: char| c.is_ascii_digit()) {
                    "?"
                } else {
                    sign
                };
                self.take(sign.len());
                Ok(Token::Sign(sign))
            }
        }
    }

    /// A value cannot be divided by nothing, so after one a slash divides.
    fn regex_may_stand(&self) -> bool {
        let before =
            self.tokens.iter().rev().map(|(token, _)| token).find(|token| !matches!(token, Token::Remark(_)));
        match before {
            None => true,
            Some(Token::Sign(sign)) => !matches!(*sign, ")" | "]" | "}"),
            Some(Token::Name(name)) => matches!(name.as_str(), "return" | "typeof" | "case" | "in" | "of"),
            Some(_) => false,
        }
    }

    fn number(&mut self) -> Result<Token, Why> {
        let end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'));
        let digits = self.take(end.unwrap_or(self.rest.len())).replace('_', "");
        let plain =
            digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.matches('.').count() <= 1;
        // `010` is eight.
        let octal = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if !plain || octal || digits.len() > 18 {
            return Err(Why::Syntax(format!("the number {digits}")));
        }
        let whole = digits.strip_suffix('.').unwrap_or(&digits);
        Ok(Token::Number(if whole.starts_with('.') { format!("0{whole}") } else { whole.to_owned() }))
    }

    fn text(&mut self, quote: char) -> Result<Token, Why> {
        self.take(1);
        let mut text = String::new();
        loop {
            match self.next_char("a text")? {
                c if c == quote => return Ok(Token::Text(text)),
                '\n' => return Err(Why::Syntax("a text that is never closed".into())),
                '\\' => self.escape(&mut text)?,
                c => text.push(c),
            }
        }
    }

    fn next_char(&mut self, what: &str) -> Result<char, Why> {
        let c =
            self.rest.chars().next().ok_or_else(|| Why::Syntax(format!("{what} that is never closed")))?;
        self.take(c.len_utf8());
        Ok(c)
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Why> {
        match self.next_char("a text")? {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'v' => text.push('\u{b}'),
            '\n' => {}
            'u' => text.push(self.code_point()?),
            'x' => {
                let digits = self.rest.get(..2).ok_or_else(bad_escape)?;
                let code = u32::from_str_radix(digits, 16).map_err(|_| bad_escape())?;
                self.take(2);
                text.push(char::from_u32(code).ok_or_else(bad_escape)?);
            }
            c if c.is_ascii_digit() => return Err(bad_escape()),
            c => text.push(c),
        }
        Ok(())
    }

    fn code_point(&mut self) -> Result<char, Why> {
        let (digits, length) = match self.rest.strip_prefix('{') {
            Some(rest) => {
                let end = rest.find('}').ok_or_else(bad_escape)?;
                (&rest[..end], end + 2)
            }
            None => (self.rest.get(..4).ok_or_else(bad_escape)?, 4),
        };
        let code = u32::from_str_radix(digits, 16).map_err(|_| bad_escape())?;
        self.take(length);
        char::from_u32(code).ok_or_else(bad_escape)
    }

    fn template(&mut self) -> Result<Token, Why> {
        self.take(1);
        let (mut texts, mut sources, mut text) = (Vec::new(), Vec::new(), String::new());
        loop {
            match self.next_char("a text")? {
                '`' => {
                    texts.push(text);
                    return Ok(Token::Template(texts, sources));
                }
                '$' if self.rest.starts_with('{') => {
                    self.take(1);
                    texts.push(std::mem::take(&mut text));
                    let end = closing_brace(self.rest)?;
                    sources.push(self.take(end).to_owned());
                    self.take(1);
                }
                '\\' => self.escape(&mut text)?,
                '\r' => {}
                c => text.push(c),
            }
        }
    }

    fn regex(&mut self) -> Result<Token, Why> {
        self.take(1);
        let (mut pattern, mut class) = (String::new(), false);
        loop {
            match self.next_char("a pattern")? {
                '/' if !class => break,
                '\n' => return Err(Why::Syntax("a pattern that is never closed".into())),
                '\\' => {
                    pattern.push('\\');
                    pattern.push(self.next_char("a pattern")?);
                    continue;
                }
                c => {
                    class = c == '[' || class && c != ']';
                    pattern.push(c);
                }
            }
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        Ok(Token::Regex(pattern, self.take(end).to_owned()))
    }
}

fn bad_escape() -> Why {
    Why::Syntax("an escape in a text".into())
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Where the brace is that closes an expression in a template. Texts in it may hold braces of their own.
pub fn closing_brace(source: &str) -> Result<usize, Why> {
    let unclosed = || Why::Syntax("an expression that is never closed".into());
    let bytes = source.as_bytes();
    let (mut at, mut open) = (0, 0_usize);
    // For each back-quoted text around, the braces that were open before it.
    let mut around: Vec<usize> = Vec::new();
    let mut in_template = false;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'\\' => at += 1,
            b'`' if in_template => {
                in_template = false;
                open = around.pop().unwrap_or(0);
            }
            b'$' if in_template && bytes.get(at + 1) == Some(&b'{') => {
                around.push(usize::MAX);
                (in_template, open) = (false, 0);
                at += 1;
            }
            _ if in_template => {}
            b'`' => {
                around.push(open);
                in_template = true;
            }
            b'"' | b'\'' => {
                at += 1;
                while at < bytes.len() && bytes[at] != byte {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' => open += 1,
            b'}' if open > 0 => open -= 1,
            b'}' if around.last() == Some(&usize::MAX) => {
                around.pop();
                in_template = true;
            }
            b'}' => return Ok(at),
            _ => {}
        }
        at += 1;
    }
    Err(unclosed())
}
