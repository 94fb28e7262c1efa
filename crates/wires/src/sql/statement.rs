//! SQL with values beside it: what a person writes, and what is put together here. A value is never part of the text.

use super::reading::{Lexis, Piece, Reading};
use super::trouble::refused_input;
use connector::Error;
use serde_json::Value;

/// A longer text is no statement that a person wrote.
pub const SQL_CHARS_MAX: usize = 20_000;

/// A value as it is bound.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    Json(Value),
    /// Just this text: it is not looked at as a time.
    Text(String),
    Bytes(Option<Vec<u8>>),
}

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Json(text.into())
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Value(usize),
}

/// Text with places for values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    parts: Vec<Part>,
    pub values: Vec<Given>,
}

impl Statement {
    pub fn new(text: impl Into<String>) -> Self {
        Self::default().text(text)
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    pub fn value(mut self, value: impl Into<Given>) -> Self {
        self.parts.push(Part::Value(self.values.len()));
        self.values.push(value.into());
        self
    }

    /// Another statement as a part of this one.
    pub fn join(mut self, other: Self) -> Self {
        let before = self.values.len();
        self.parts.extend(other.parts.into_iter().map(|part| match part {
            Part::Value(at) => Part::Value(at + before),
            text => text,
        }));
        self.values.extend(other.values);
        self
    }

    /// Entries with something between them.
    pub fn list<I>(mut self, entries: I, between: &str, mut add: impl FnMut(Self, I::Item) -> Self) -> Self
    where
        I: IntoIterator,
    {
        for (at, entry) in entries.into_iter().enumerate() {
            if at > 0 {
                self = self.text(between);
            }
            self = add(self, entry);
        }
        self
    }

    /// Rows in brackets: `(…, …), (…, …)`.
    pub fn rows(self, rows: &[Vec<Given>]) -> Self {
        self.list(rows, ", ", |statement, row| {
            let values = |statement: Self, value: &Given| statement.value(value.clone());
            statement.text("(").list(row, ", ", values).text(")")
        })
    }

    /// The text, with what a dialect writes in the place of the value of this number.
    pub fn render(&self, mut place: impl FnMut(usize) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(at) => place(*at),
        };
        self.parts.iter().map(part).collect()
    }

    /// The values in the order in which they stand in the text, for dialects that only count.
    pub fn in_order(&self) -> impl Iterator<Item = &Given> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(at) => self.values.get(*at),
            Part::Text(_) => None,
        })
    }
}

/// What a statement begins with where it only reads.
const READS: [&str; 8] = ["select", "with", "values", "table", "show", "explain", "describe", "desc"];
/// What it may begin with where it changes rows or calls a procedure. The rest changes the database's own shape or the session.
const CHANGES: [&str; 10] =
    ["insert", "update", "delete", "replace", "merge", "with", "call", "exec", "execute", "select"];

/// A person's SELECT that stands in brackets within another one, and has no values.
pub fn source(sql: &str, lexis: Lexis) -> Result<Statement, Error> {
    let inner = read(sql, &Value::Null, lexis)?;
    Ok(Statement::new("(").join(inner).text("\n)"))
}

/// A person's SQL with `:name` or `$1` in the places of values.
pub fn read(sql: &str, given: &Value, lexis: Lexis) -> Result<Statement, Error> {
    written(
        sql,
        given,
        lexis,
        &READS,
        "A query reads: let it begin with SELECT or WITH; to change something use \"Run a statement\".",
    )
}

pub fn change(sql: &str, given: &Value, lexis: Lexis) -> Result<Statement, Error> {
    written(
        sql,
        given,
        lexis,
        &CHANGES,
        "Let it begin with INSERT, UPDATE, DELETE, MERGE, CALL or EXEC; tables are made by the database's administrator.",
    )
}

fn written(
    sql: &str,
    given: &Value,
    lexis: Lexis,
    firsts: &[&str],
    advice: &str,
) -> Result<Statement, Error> {
    if sql.chars().count() > SQL_CHARS_MAX {
        return Err(refused_input(
            format!("the SQL is longer than {SQL_CHARS_MAX} characters"),
            "Make a view of it in the database.",
        ));
    }
    let read = Reading::of(sql, lexis)?;
    if !firsts.contains(&read.first.as_str()) {
        let first = connector::http::shorten(&read.first);
        return Err(refused_input(
            format!("the SQL begins with \"{first}\", which this operation does not take"),
            advice,
        ));
    }
    let (statement, used) = bound(read.parts, given)?;
    let listed = given.as_array().map_or(0, Vec::len);
    if (1..=listed).any(|number| !used.contains(&number.to_string())) {
        return Err(refused_input(
            format!("there are {listed} parameters, and not each of $1 to ${listed} is in the SQL"),
            "Give as many parameters as the SQL has places for.",
        ));
    }
    Ok(statement)
}

/// Puts values to the places that name them.
fn bound(pieces: Vec<Piece>, given: &Value) -> Result<(Statement, Vec<String>), Error> {
    let (mut statement, mut used) = (Statement::default(), Vec::<String>::new());
    for piece in pieces {
        let name = match piece {
            Piece::Text(text) => {
                statement = statement.text(text);
                continue;
            }
            Piece::Named(name) => name,
        };
        if let Some(at) = used.iter().position(|known| *known == name) {
            statement.parts.push(Part::Value(at));
            continue;
        }
        statement = statement.value(value_of(given, &name)?);
        used.push(name);
    }
    Ok((statement, used))
}

fn value_of(given: &Value, name: &str) -> Result<Value, Error> {
    let number = || name.parse::<usize>().ok()?.checked_sub(1);
    let found = match given {
        Value::Array(list) => number().and_then(|at| list.get(at)),
        Value::Object(map) => map.get(name),
        _ => None,
    };
    found.cloned().ok_or_else(|| {
        refused_input(
            format!("the SQL asks for the parameter \"{name}\", which is not given"),
            "Write parameters as {\"name\": …} for :name, or as a list for $1, $2.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const POSTGRES: Lexis =
        Lexis { backslash: false, brackets: false, backticks: false, hash: false, dollars: true };
    const MYSQL: Lexis =
        Lexis { backslash: true, brackets: false, backticks: true, hash: true, dollars: false };

    fn shown(sql: &str, given: Value, lexis: Lexis) -> Result<(String, usize), String> {
        let statement = read(sql, &given, lexis).map_err(|error| error.to_string())?;
        Ok((statement.render(|at| format!("<{at}>")), statement.values.len()))
    }

    #[test]
    fn places_are_found_in_code_only() {
        for (sql, wanted) in [
            ("select :a, :b, :a", "select <0>, <1>, <0>"),
            ("select ':a', \":a\", now()::date, :a", "select ':a', \":a\", now()::date, <0>"),
            ("select 'it''s :a' /* :a */-- :a\n, :a", "select 'it''s :a'   \n, <0>"),
            ("select $$ :a $$, $x$ ' :a $x$, :b", "select $$ :a $$, $x$ ' :a $x$, <0>"),
            ("select E'\\' :a', :a;  ", "select E'\\' :a', <0>  "),
            ("select สินค้า, :a", "select สินค้า, <0>"),
        ] {
            let shown = shown(sql, json!({"a": 1, "b": 2}), POSTGRES).expect(sql);
            assert_eq!(shown.0, wanted);
        }
        let shown = shown("select '\\' :a', `:a`, $1 # :a", json!([1]), MYSQL).expect("read");
        assert_eq!(shown, ("select '\\' :a', `:a`, <0>  ".into(), 1));
        let told = |lexis| self::shown("select 5--:a\n, 3 -- :a", json!({"a": 1}), lexis).expect("read").0;
        assert_eq!((told(MYSQL), told(POSTGRES)), ("select 5--<0>\n, 3  ".into(), "select 5 \n, 3  ".into()));
    }

    #[test]
    fn one_statement_that_reads_and_nothing_else() {
        for sql in [
            "select 1; delete from t",
            "delete from t",
            "",
            "/* x */ drop table t",
            "select 1;;x",
            "select 1; 'x'",
        ] {
            assert!(shown(sql, Value::Null, POSTGRES).is_err(), "{sql}");
        }
        assert!(shown("select 1; -- the end", Value::Null, POSTGRES).is_ok());
        assert!(change("drop table t", &Value::Null, POSTGRES).is_err());
        assert!(change("update t set a = $1", &json!([1]), POSTGRES).is_ok());
    }

    #[test]
    fn what_is_missing_is_named_and_a_list_fits() {
        let said = shown("select :order_no", json!({"order": 1}), POSTGRES).expect_err("missing");
        assert!(said.contains("\"order_no\""), "{said}");
        assert!(shown("select $1", json!([1, 2]), POSTGRES).is_err());
        assert!(shown("select $0", json!([1]), POSTGRES).is_err());
        assert!(shown("select :a", json!({"a": 1, "more": 2}), POSTGRES).is_ok());
    }

    #[test]
    fn statements_are_put_together_with_their_values() {
        let rows =
            vec![vec![Given::from("a"), Given::Bytes(None)], vec![Given::from("b"), Given::Bytes(None)]];
        let inner = Statement::new("k = ").value("k");
        let statement = Statement::new("x ").value("v").text(" ").join(inner).text(" ").rows(&rows);
        let text = statement.render(|at| at.to_string());
        assert_eq!(text, "x 0 k = 1 (2, 3), (4, 5)");
        assert_eq!(statement.in_order().count(), 6);
    }
}
