//! What can be read from a script's text before the parser sees it.

use crate::error::Error;

/// Brackets open at the same time. The parser bounds expressions, but it recurses before it counts some of them.
const BRACKETS_OPEN_MAX: usize = 128;
/// Links of one chain `a.b.c…`, and operators of one expression: both become recursion as deep.
const IN_A_ROW_MAX: usize = 500;

/// Refuses what would make the parser recurse too deeply.
pub(crate) fn check(source: &str) -> Result<(), Error> {
    let mut scanner = Scanner::new(source);
    let (mut open, mut in_a_row) = (0_usize, 0_usize);
    while let Some((at, byte)) = scanner.next_code() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        match byte {
            b';' | b',' | b'{' | b'}' => in_a_row = 0,
            b'.' | b'[' | b'?' | b'+' | b'-' | b'*' | b'/' | b'%' | b'!' | b'=' | b'<' | b'>' | b'&'
            | b'|' | b'^' | b'~' => in_a_row += 1,
            _ => {}
        }
        if open > BRACKETS_OPEN_MAX || in_a_row > IN_A_ROW_MAX {
            return Err(too_deep(source, at));
        }
    }
    Ok(())
}

fn too_deep(source: &str, at: usize) -> Error {
    let (line, column) = place_of(source, at);
    let message =
        "The expression is too long or nested too deeply. Give parts of it names with `let`.".to_owned();
    Error::Syntax { message, line, column }
}

/// Line and column of a byte, both from 1.
pub(crate) fn place_of(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or(before).chars().count() + 1)
}

/// Where the `}` is that closes a brace opened just before this text.
pub(crate) fn closing_brace(text: &str) -> Option<usize> {
    let mut scanner = Scanner::new(text);
    let mut open = 1_usize;
    while let Some((at, byte)) = scanner.next_code() {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

/// Goes through a script byte by byte and leaves out texts and comments. Code inside `` `${…}` `` is code.
struct Scanner<'s> {
    bytes: &'s [u8],
    at: usize,
    /// For each back-quoted text around us: how many braces are open inside its `${`.
    interpolations: Vec<usize>,
}

impl<'s> Scanner<'s> {
    fn new(source: &'s str) -> Self {
        Self { bytes: source.as_bytes(), at: 0, interpolations: Vec::new() }
    }

    fn next_code(&mut self) -> Option<(usize, u8)> {
        loop {
            let at = self.at;
            let byte = *self.bytes.get(at)?;
            self.at += 1;
            match (byte, self.bytes.get(self.at)) {
                (b'"' | b'\'', _) => self.skip_quoted(byte),
                (b'`', _) => self.skip_back_quoted(),
                (b'/', Some(b'/')) => self.skip_past(b"\n"),
                (b'/', Some(b'*')) => self.skip_comment(),
                (b'}', _) if self.interpolations.last() == Some(&0) => {
                    self.interpolations.pop();
                    self.skip_back_quoted();
                }
                _ => {
                    self.count_brace(byte);
                    return Some((at, byte));
                }
            }
        }
    }

    fn count_brace(&mut self, byte: u8) {
        let Some(open) = self.interpolations.last_mut() else {
            return;
        };
        match byte {
            b'{' => *open += 1,
            b'}' => *open = open.saturating_sub(1),
            _ => {}
        }
    }

    fn skip_quoted(&mut self, quote: u8) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    /// Up to the closing back quote, or into the next `${`.
    fn skip_back_quoted(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == b'`' {
                return;
            }
            if byte == b'$' && self.bytes.get(self.at) == Some(&b'{') {
                self.at += 1;
                self.interpolations.push(0);
                return;
            }
        }
    }

    /// Rhai's comments nest.
    fn skip_comment(&mut self) {
        let mut open = 0_usize;
        while self.at <= self.bytes.len() {
            let two = self.bytes.get(self.at - 1..self.at + 1);
            match two {
                Some(b"/*") => (open, self.at) = (open + 1, self.at + 2),
                Some(b"*/") => (open, self.at) = (open.saturating_sub(1), self.at + 2),
                Some(_) => self.at += 1,
                None => return self.at = self.bytes.len(),
            }
            if open == 0 {
                self.at -= 1;
                return;
            }
        }
    }

    fn skip_past(&mut self, end: &[u8]) {
        let rest = &self.bytes[self.at..];
        self.at += rest
            .windows(end.len())
            .position(|window| window == end)
            .map_or(rest.len(), |found| found + end.len());
    }
}
