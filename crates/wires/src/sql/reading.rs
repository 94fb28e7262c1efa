//! A person's SQL, gone through for the places of values: what is a text, a quoted name or a remark is left alone.

use super::trouble::refused_input;
use connector::Error;

/// How a dialect writes what is no code.
#[derive(Clone, Copy, Debug)]
pub struct Lexis {
    /// `\'` in a text.
    pub backslash: bool,
    /// Names in `[…]`.
    pub brackets: bool,
    /// Names in backticks.
    pub backticks: bool,
    /// Remarks from `#` on, and from `--` only where a space follows: `5--3` is 8.
    pub hash: bool,
    /// Texts in `$$…$$`.
    pub dollars: bool,
}

#[derive(Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Named(String),
}

/// A statement that is gone through.
pub struct Reading<'a> {
    left: &'a str,
    lexis: Lexis,
    text: String,
    pub parts: Vec<Piece>,
    /// Its first word, in small letters.
    pub first: String,
}

impl<'a> Reading<'a> {
    pub fn of(sql: &'a str, lexis: Lexis) -> Result<Self, Error> {
        let mut reading =
            Self { left: sql, lexis, text: String::new(), parts: Vec::new(), first: String::new() };
        let mut ended = false;
        while let Some(letter) = reading.left.chars().next() {
            if reading.skip_remark() {
                continue;
            }
            // What follows the end of a statement is another one.
            match letter {
                ';' => ended = true,
                letter if ended && !letter.is_whitespace() => return Err(more_than_one()),
                _ => {}
            }
            if letter == ';' {
                reading.left = &reading.left[1..];
            } else if !reading.skip_quoted(letter) && !reading.word(letter) && !reading.place(letter) {
                reading.take(letter.len_utf8());
            }
        }
        reading.flush();
        Ok(reading)
    }

    fn take(&mut self, bytes: usize) {
        let (taken, left) = self.left.split_at(bytes.min(self.left.len()));
        self.text.push_str(taken);
        self.left = left;
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Piece::Text(std::mem::take(&mut self.text)));
        }
    }

    /// Leaves remarks out: what comes behind the statement stays code, and what some servers read in remarks stays unread.
    fn skip_remark(&mut self) -> bool {
        let left = self.left;
        let spaced = |behind: &str| behind.chars().next().is_none_or(|letter| letter <= ' ');
        let dashes = left.strip_prefix("--").is_some_and(|behind| !self.lexis.hash || spaced(behind));
        let end = if dashes || (self.lexis.hash && left.starts_with('#')) {
            left.find('\n').unwrap_or(left.len())
        } else if left.starts_with("/*") && !left.starts_with("/*+") {
            left.find("*/").map_or(left.len(), |end| end + 2)
        } else {
            return false;
        };
        self.text.push(' ');
        self.left = &left[end..];
        true
    }

    /// Goes over a text, a quoted name or a hint: nothing in it counts.
    fn skip_quoted(&mut self, letter: char) -> bool {
        let (left, lexis) = (self.left, self.lexis);
        let bytes = match letter {
            '\'' => quoted(left, '\'', lexis.backslash || self.text.ends_with(['E', 'e'])),
            '"' => quoted(left, '"', lexis.backslash),
            '`' if lexis.backticks => quoted(left, '`', false),
            '[' if lexis.brackets => quoted(left, ']', false),
            '/' if left.starts_with("/*+") => left.find("*/").map_or(left.len(), |end| end + 2),
            '$' if lexis.dollars => match dollar_tag(left, &self.text) {
                Some(tag) => left[tag.len()..].find(tag).map_or(left.len(), |end| end + 2 * tag.len()),
                None => return false,
            },
            _ => return false,
        };
        self.take(bytes);
        true
    }

    /// A word of the language or a name, which no place for a value is inside of.
    fn word(&mut self, letter: char) -> bool {
        if !(letter.is_alphanumeric() || letter == '_') {
            return false;
        }
        let inside = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
        let end = self.left.find(|letter| !inside(letter)).unwrap_or(self.left.len());
        if self.first.is_empty() {
            self.first = self.left[..end].to_ascii_lowercase();
        }
        self.take(end);
        true
    }

    /// `:name`, `:1` or `$1`.
    fn place(&mut self, letter: char) -> bool {
        if letter != ':' && letter != '$' {
            return false;
        }
        if self.left.starts_with("::") {
            self.take(2);
            return true;
        }
        let rest = &self.left[1..];
        let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let end = rest.find(|letter| !inside(letter)).unwrap_or(rest.len());
        let name = &rest[..end];
        let number = name.chars().all(|letter| letter.is_ascii_digit());
        if name.is_empty() || (letter == '$' && !number) {
            return false;
        }
        self.flush();
        self.parts.push(Piece::Named(name.to_owned()));
        self.left = &rest[end..];
        true
    }
}

/// How many bytes a text has from its quote to the other one; twice the quote is the quote itself.
fn quoted(left: &str, quote: char, backslash: bool) -> usize {
    let mut letters = left.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' && backslash {
            letters.next();
        } else if letter == quote && letters.next_if(|(_, next)| *next == quote).is_none() {
            return at + quote.len_utf8();
        }
    }
    left.len()
}

/// `$$` or `$name$`, which is no `$1`.
fn dollar_tag<'a>(left: &'a str, before: &str) -> Option<&'a str> {
    if before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
        return None;
    }
    let rest = left.strip_prefix('$')?;
    let end = rest.find('$')?;
    let name = &rest[..end];
    let fits = !name.starts_with(|letter: char| letter.is_ascii_digit())
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    fits.then(|| &left[..end + 2])
}

fn more_than_one() -> Error {
    refused_input("the SQL is more than one statement", "Use a node for each statement.")
}
