//! From a text to records.

/// Fields of a record; more are a sign of another kind of file.
const FIELDS_MAX: usize = crate::rows::COLUMNS_MAX;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// As an editor counts them, from 1.
    pub line: usize,
    pub fields: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A quote that was opened in this line is never closed: the rest of the file would be one field.
    OpenQuote(usize),
    TooManyFields(usize),
}

/// Goes through a text record by record. Lines without anything are none.
pub struct Records<'t> {
    rest: &'t str,
    delimiter: char,
    quote: Option<char>,
    line: usize,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t str, delimiter: char, quote: Option<char>) -> Self {
        Self { rest: text, delimiter, quote, line: 1 }
    }

    /// Leaves out what stands before the table.
    pub fn skip_lines(mut self, count: usize) -> Self {
        for _ in 0..count {
            let end = self.rest.find('\n').map_or(self.rest.len(), |end| end + 1);
            self.rest = &self.rest[end..];
            self.line += 1;
        }
        self
    }

    fn record(&mut self) -> Result<Record, Wrong> {
        let mut record = Record { line: self.line, fields: Vec::new() };
        loop {
            if record.fields.len() == FIELDS_MAX {
                return Err(Wrong::TooManyFields(record.line));
            }
            let field = self.field()?;
            record.fields.push(field);
            match self.rest.chars().next() {
                Some(letter) if letter == self.delimiter => self.rest = &self.rest[letter.len_utf8()..],
                _ => break,
            }
        }
        self.rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        self.line += 1;
        Ok(record)
    }

    /// A field, up to a delimiter or the end of the line, which stay.
    fn field(&mut self) -> Result<String, Wrong> {
        let Some(quote) = self.quote.filter(|quote| self.rest.starts_with(*quote)) else {
            return Ok(self.plain());
        };
        let opened = self.line;
        let mut field = String::new();
        loop {
            let inside = &self.rest[quote.len_utf8()..];
            let end = inside.find(quote).ok_or(Wrong::OpenQuote(opened))?;
            let part = &inside[..end];
            self.line += part.matches('\n').count();
            field.push_str(part);
            self.rest = &inside[end + quote.len_utf8()..];
            if !self.rest.starts_with(quote) {
                break;
            }
            // Two quotes are one.
            field.push(quote);
        }
        field.push_str(&self.plain());
        Ok(field)
    }

    fn plain(&mut self) -> String {
        let is_end = |letter: char| letter == self.delimiter || letter == '\n' || letter == '\r';
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        plain.to_owned()
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            match self.record() {
                Ok(record) if record.fields.iter().all(String::is_empty) => {}
                Err(wrong) => {
                    self.rest = "";
                    return Some(Err(wrong));
                }
                record => return Some(record),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &[&[&str]]) {
        let records: Vec<_> =
            Records::new(text, ',', Some('"')).map(|record| record.unwrap().fields).collect();
        assert_eq!(records, wanted, "{text:?}");
    }

    #[test]
    fn quotes_hold_delimiters_lines_and_quotes() {
        check(
            "a,\"ข,ค\"\r\n\"บรรทัด\r\nสอง\",\"เขาว่า \"\"ดี\"\"\"\n",
            &[&["a", "ข,ค"], &["บรรทัด\r\nสอง", "เขาว่า \"ดี\""]],
        );
        check("\"\",a\n5\" หน้า,b", &[&["", "a"], &["5\" หน้า", "b"]]);
    }

    #[test]
    fn empty_lines_are_no_records_and_old_line_ends_are_line_ends() {
        check("a\r\rb\n\n,,\n\nc", &[&["a"], &["b"], &["c"]]);
    }

    #[test]
    fn a_quote_that_never_closes_is_told_with_its_line() {
        let last = Records::new("a\n\"x\ny\",1\nb,\"c\nd", ',', Some('"')).last();
        assert_eq!(last, Some(Err(Wrong::OpenQuote(4))));
        assert!(Records::new("a,\"b", ',', None).all(|record| record.is_ok()));
    }
}
