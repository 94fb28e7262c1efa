//! Names of tables and columns: read as people write them, and quoted.

use super::trouble::refused_input;
use connector::Error;

const CHARS_MAX: usize = 128;
const PARTS_MAX: usize = 3;

/// A table, with its schema where that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    parts: Vec<String>,
}

impl Table {
    /// `orders`, `shop.orders` or `"odd.name"`.
    pub fn read(text: &str) -> Result<Self, Error> {
        let wrong = || {
            refused_input(
                format!("\"{}\" is not the name of a table", connector::http::shorten(text)),
                "Write it as orders or shop.orders; a name with a dot goes into double quotes.",
            )
        };
        let (mut parts, mut left) = (Vec::new(), text.trim());
        loop {
            let (part, rest) = first(left).ok_or_else(wrong)?;
            check(&part)?;
            parts.push(part);
            if rest.is_empty() {
                break;
            }
            left = rest.strip_prefix('.').ok_or_else(wrong)?;
        }
        if parts.len() > PARTS_MAX {
            return Err(wrong());
        }
        Ok(Self { parts })
    }

    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }

    pub fn schema(&self) -> Option<&str> {
        self.parts.len().checked_sub(2).map(|at| self.parts[at].as_str())
    }

    pub fn quoted(&self, quote: impl Fn(&str) -> String) -> String {
        let parts: Vec<String> = self.parts.iter().map(|part| quote(part)).collect();
        parts.join(".")
    }

    /// As `read` takes it.
    pub fn written(schema: Option<&str>, name: &str) -> String {
        let part = |name: &str| match name.contains(['.', '"']) || name.trim() != name {
            true => double(name),
            false => name.to_owned(),
        };
        schema.map_or_else(|| part(name), |schema| format!("{}.{}", part(schema), part(name)))
    }
}

/// The first part, and what follows it.
fn first(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find('.').unwrap_or(text.len());
        let part = text[..end].trim();
        return (!part.contains('"')).then(|| (part.to_owned(), &text[end..]));
    };
    let (mut part, mut letters) = (String::new(), quoted.char_indices().peekable());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if letters.next_if(|(_, next)| *next == '"').is_some() => part.push('"'),
            '"' => return Some((part, quoted[at + 1..].trim())),
            letter => part.push(letter),
        }
    }
    None
}

/// What no system takes as a name.
pub fn check(name: &str) -> Result<(), Error> {
    let fine = !name.is_empty() && name.chars().count() <= CHARS_MAX && !name.contains('\0');
    fine.then_some(()).ok_or_else(|| {
        refused_input(
            format!("\"{}\" cannot be a name", connector::http::shorten(name)),
            "Use the table's or column's name, 128 characters at most.",
        )
    })
}

/// As the standard has it, and PostgreSQL and SQLite.
pub fn double(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub fn backticks(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

pub fn brackets(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// `a, b` as people write columns.
pub fn columns(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Table::read(text).ok().map(|table| table.quoted(double))
    }

    #[test]
    fn a_name_stays_a_name_whatever_is_in_it() {
        assert_eq!(read("orders").as_deref(), Some("\"orders\""));
        assert_eq!(read(" shop.orders ").as_deref(), Some("\"shop\".\"orders\""));
        assert_eq!(read("\"a.b\".\"c\"\"d\"").as_deref(), Some("\"a.b\".\"c\"\"d\""));
        assert_eq!(read("ร้าน.คำสั่งซื้อ").as_deref(), Some("\"ร้าน\".\"คำสั่งซื้อ\""));
        assert_eq!(read("orders; drop table x --").as_deref(), Some("\"orders; drop table x --\""));
        for wrong in ["", ".", "a.", "a..b", "\"a", "a\"b", "a.b.c.d", "\"a\"b", "a\0b"] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert_eq!(backticks("a`b"), "`a``b`");
        assert_eq!(brackets("a]b"), "[a]]b]");
    }

    #[test]
    fn what_is_looked_up_can_be_read_again() {
        for (schema, name) in [(None, "orders"), (Some("shop"), "odd.name"), (None, "q\"q")] {
            let table = Table::read(&Table::written(schema, name)).expect("read");
            assert_eq!((table.schema(), table.name()), (schema, name));
        }
    }
}
