//! A condition as rows, "value, is, value", and as the expression that it stands for.
//!
//! What is read is what would be written again, but for blanks; everything else is not read and stays an expression.

/// Rows of which all, or one, must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub all: bool,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// An expression.
    pub left: String,
    pub test: Test,
    /// An expression; empty where the test needs none.
    pub right: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Is,
    IsNot,
    Greater,
    AtLeast,
    Less,
    AtMost,
    Contains,
    Lacks,
    StartsWith,
    EndsWith,
    Given,
    Missing,
}

impl Test {
    pub const ALL: [Test; 12] = [
        Test::Is,
        Test::IsNot,
        Test::Greater,
        Test::AtLeast,
        Test::Less,
        Test::AtMost,
        Test::Contains,
        Test::Lacks,
        Test::StartsWith,
        Test::EndsWith,
        Test::Given,
        Test::Missing,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Test::Is => "is",
            Test::IsNot => "is_not",
            Test::Greater => "greater",
            Test::AtLeast => "at_least",
            Test::Less => "less",
            Test::AtMost => "at_most",
            Test::Contains => "contains",
            Test::Lacks => "lacks",
            Test::StartsWith => "starts_with",
            Test::EndsWith => "ends_with",
            Test::Given => "given",
            Test::Missing => "missing",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.name() == name)
    }

    pub const fn needs_value(self) -> bool {
        !matches!(self, Test::Given | Test::Missing)
    }

    const fn operator(self) -> Option<&'static str> {
        match self {
            Test::Is => Some("=="),
            Test::IsNot => Some("!="),
            Test::Greater => Some(">"),
            Test::AtLeast => Some(">="),
            Test::Less => Some("<"),
            Test::AtMost => Some("<="),
            _ => None,
        }
    }

    const fn method(self) -> Option<&'static str> {
        match self {
            Test::Contains | Test::Lacks => Some("contains"),
            Test::StartsWith => Some("starts_with"),
            Test::EndsWith => Some("ends_with"),
            _ => None,
        }
    }
}

/// The expression; nothing while no row is complete.
pub fn write(rows: &Rows) -> Option<String> {
    let written: Vec<String> = rows.rows.iter().filter_map(row).collect();
    (!written.is_empty()).then(|| written.join(if rows.all { " && " } else { " || " }))
}

fn row(row: &Row) -> Option<String> {
    let left = operand(&row.left)?;
    if let Some(operator) = row.test.operator() {
        return Some(format!("{left} {operator} {}", operand(&row.right)?));
    }
    if let Some(method) = row.test.method() {
        let not = if row.test == Test::Lacks { "!" } else { "" };
        return Some(format!("{not}{}.{method}({})", tight(&row.left)?, argument(&row.right)?));
    }
    let operator = if row.test == Test::Given { "!=" } else { "==" };
    Some(format!("{left} {operator} ()"))
}

/// In brackets where it would be read as more than a value beside a comparison.
fn operand(text: &str) -> Option<String> {
    let text = text.trim();
    let scan = Scan::of(text).filter(|_| !text.is_empty())?;
    Some(if scan.has_any(&["=", "<", ">", "&&", "||", "??", "|", "!"]) {
        format!("({text})")
    } else {
        text.to_owned()
    })
}

/// The same in front of a point, which binds before any operator.
fn tight(text: &str) -> Option<String> {
    let text = text.trim();
    let scan = Scan::of(text).filter(|_| !text.is_empty())?;
    let loose = ["=", "<", ">", "&", "|", "!", "+", "-", "*", "/", "%", "??", " "];
    Some(if scan.has_any(&loose) { format!("({text})") } else { text.to_owned() })
}

/// Between the brackets of a call anything may stand but a comma.
fn argument(text: &str) -> Option<String> {
    let text = text.trim();
    let scan = Scan::of(text).filter(|_| !text.is_empty())?;
    Some(if scan.has_any(&[","]) { format!("({text})") } else { text.to_owned() })
}

/// The rows of an expression; nothing where it is more than that.
pub fn read(text: &str) -> Option<Rows> {
    let scan = Scan::of(text)?;
    if scan.has_any(&[";", "=>"]) || begins_with_a_word(text) {
        return None;
    }
    let all = !scan.has_any(&["||"]);
    let pieces = scan.split(if all { "&&" } else { "||" });
    let rows = pieces.iter().map(|piece| read_row(piece)).collect::<Option<Vec<_>>>()?;
    let rows = Rows { all, rows };
    (without_blanks(&write(&rows)?) == without_blanks(text)).then_some(rows)
}

fn begins_with_a_word(text: &str) -> bool {
    let word: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    ["let", "const", "if", "for", "while", "loop", "do", "switch", "return", "throw", "try", "fn"]
        .contains(&&*word)
}

fn read_row(piece: &str) -> Option<Row> {
    compared(piece).or_else(|| called(piece))
}

fn compared(piece: &str) -> Option<Row> {
    let scan = Scan::of(piece)?;
    let (at, operator) = scan.first(&["==", "!=", ">=", "<=", ">", "<"])?;
    let (left, right) = (piece[..at].trim(), piece[at + operator.len()..].trim());
    let test = match (operator, right) {
        ("==", "()") => Test::Missing,
        ("!=", "()") => Test::Given,
        _ => Test::ALL.into_iter().find(|test| test.operator() == Some(operator))?,
    };
    let right = if test.needs_value() { right } else { "" };
    Some(Row { left: left.to_owned(), test, right: right.to_owned() })
}

fn called(piece: &str) -> Option<Row> {
    let (not, piece) = match piece.trim().strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, piece.trim()),
    };
    let inside = piece.strip_suffix(')')?;
    let test = [Test::Contains, Test::StartsWith, Test::EndsWith];
    let found = test.into_iter().find_map(|test| {
        let call = format!(".{}(", test.method()?);
        // The last one: what stands before it may call the same function.
        let at = inside.rfind(&call)?;
        Scan::of(&inside[at + call.len()..])?;
        Some((test, &inside[..at], &inside[at + call.len()..]))
    });
    let (test, left, right) = found?;
    let test = match (not, test) {
        (true, Test::Contains) => Test::Lacks,
        (true, _) => return None,
        (false, test) => test,
    };
    Some(Row { left: left.trim().to_owned(), test, right: right.trim().to_owned() })
}

/// A text in script notation.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

/// The text that a piece of script is, where it is no more than a text.
pub fn unquoted(script: &str) -> Option<String> {
    let inside = script.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::new();
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '"' => return None,
            '\\' => match letters.next()? {
                letter @ ('"' | '\\') => letter,
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(text)
}

/// A script's letters that stand in no text and no bracket.
struct Scan<'a> {
    text: &'a str,
    /// By byte: whether it stands outside.
    outside: Vec<bool>,
}

impl<'a> Scan<'a> {
    /// Nothing for what is not closed, and for what has comments or texts of other kinds.
    fn of(text: &'a str) -> Option<Self> {
        let mut outside = vec![false; text.len()];
        let mut open: Vec<char> = Vec::new();
        let mut letters = text.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    let mut closed = false;
                    while let Some((_, letter)) = letters.next() {
                        match letter {
                            '\\' => drop(letters.next()),
                            '"' => {
                                closed = true;
                                break;
                            }
                            _ => {}
                        }
                    }
                    if !closed {
                        return None;
                    }
                }
                '`' | '\'' | '{' | '}' => return None,
                '/' if letters.peek().is_some_and(|(_, next)| matches!(next, '/' | '*')) => return None,
                '(' => open.push(')'),
                '[' => open.push(']'),
                ')' | ']' => (open.pop() == Some(letter)).then_some(())?,
                _ => outside[at] = open.is_empty(),
            }
        }
        open.is_empty().then_some(Self { text, outside })
    }

    fn places(&self, what: &str) -> Vec<usize> {
        self.text.match_indices(what).map(|(at, _)| at).filter(|at| self.outside[*at]).collect()
    }

    fn has_any(&self, what: &[&str]) -> bool {
        what.iter().any(|what| !self.places(what).is_empty())
    }

    /// The first of these operators, and where; the longer ones stand first in the list.
    fn first(&self, operators: &[&'static str]) -> Option<(usize, &'static str)> {
        let first =
            operators.iter().filter_map(|operator| Some((*self.places(operator).first()?, *operator)));
        first.min_by_key(|(at, operator)| (*at, usize::MAX - operator.len()))
    }

    fn split(&self, by: &str) -> Vec<&'a str> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for at in self.places(by) {
            pieces.push(&self.text[from..at]);
            from = at + by.len();
        }
        pieces.push(&self.text[from..]);
        pieces
    }
}

/// Blanks outside of texts mean nothing.
fn without_blanks(text: &str) -> String {
    let mut in_text = false;
    let mut escaped = false;
    text.chars()
        .filter(|letter| {
            let keep = in_text || !letter.is_whitespace();
            match letter {
                _ if escaped => escaped = false,
                '\\' if in_text => escaped = true,
                '"' => in_text = !in_text,
                _ => {}
            }
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn row(left: &str, test: Test, right: &str) -> Row {
        Row { left: left.into(), test, right: right.into() }
    }

    #[test]
    fn every_test_is_read_as_it_was_written() {
        for all in [true, false] {
            for test in Test::ALL {
                let right = if test.needs_value() { "\"a && b\"" } else { "" };
                let rows = Rows {
                    all,
                    rows: vec![
                        row("input.name", test, right),
                        row("nodes[\"to-erp\"].n", Test::AtLeast, "10.50"),
                    ],
                };
                let text = write(&rows).expect("complete rows");
                assert_eq!(read(&text).as_ref(), Some(&rows), "{text}");
            }
        }
    }

    #[test]
    fn rows_stand_for_the_expression_a_person_would_write() {
        let rows = Rows {
            all: true,
            rows: vec![row("input.total", Test::Greater, "1000"), row("input.tags", Test::Lacks, "\"gift\"")],
        };
        assert_eq!(write(&rows).as_deref(), Some("input.total > 1000 && !input.tags.contains(\"gift\")"));
        assert_eq!(
            write(&Rows { all: false, rows: vec![row("input.note", Test::Given, "")] }).as_deref(),
            Some("input.note != ()")
        );
    }

    #[test]
    fn an_unfinished_row_is_not_written() {
        let rows = Rows {
            all: true,
            rows: vec![
                row("", Test::Is, "1"),
                row("input.a", Test::Is, ""),
                row("input.a(", Test::Given, ""),
            ],
        };
        assert_eq!(write(&rows), None);
    }

    #[test]
    fn what_is_more_than_rows_stays_an_expression() {
        for text in [
            "input.a == 1 && input.b == 2 || input.c == 3",
            "input.a",
            "!input.a.starts_with(\"x\")",
            "let a = 1; a == 1",
            "input.lines.some(|line| line.qty > 3)",
            "input.a == `x`",
            "input.a == 1 // for now",
            "input.a == \"x",
            "if input.a == 1 { true } else { false }",
            "input.a == 1 == true",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn blanks_and_brackets_do_not_hinder_reading() {
        let rows = read("input.a==\"a  b\"\n  &&  (input.b ?? 0) >= 3").expect("two rows");
        assert_eq!(
            rows.rows,
            [row("input.a", Test::Is, "\"a  b\""), row("(input.b ?? 0)", Test::AtLeast, "3")]
        );
    }

    #[test]
    fn what_binds_loosely_is_written_in_brackets() {
        let rows = Rows {
            all: true,
            rows: vec![
                row("input.a ?? 0", Test::Is, "input.b == 1"),
                row("input.a + input.b", Test::Contains, "x, y"),
            ],
        };
        assert_eq!(
            write(&rows).as_deref(),
            Some("(input.a ?? 0) == (input.b == 1) && (input.a + input.b).contains((x, y))")
        );
    }

    #[test]
    fn a_text_is_quoted_and_comes_back() {
        for text in ["paid", "say \"hi\"\\", "สวัสดี\n", ""] {
            assert_eq!(unquoted(&quoted(text)).as_deref(), Some(text));
        }
        assert_eq!(
            (unquoted("\"a\" + \"b\""), unquoted("input.a"), unquoted("\"\\x41\"")),
            (None, None, None)
        );
    }

    struct Still;

    impl script::Clock for Still {
        fn now_ms(&self) -> u64 {
            0
        }
    }

    /// As the server's own script engine sees it.
    fn holds(rows: Rows, input: &Value) -> Value {
        let engine = script::Engine::new(script::Limits::default(), Arc::new(Still));
        let run = script::RunInfo::default();
        let scope = script::Scope::of_input(input, &run);
        let text = write(&rows).expect("complete rows");
        engine.run(&engine.compile(&text).expect(&text), &scope).expect(&text)
    }

    #[test]
    fn each_test_means_what_it_says() {
        let order = json!({"name": "#1042", "total": 1200, "tags": ["gift", "vip"], "note": null});
        let cases = [
            (row("input.name", Test::Is, "\"#1042\""), true),
            (row("input.name", Test::IsNot, "\"#1042\""), false),
            (row("input.total", Test::Greater, "1200"), false),
            (row("input.total", Test::AtLeast, "1200"), true),
            (row("input.total", Test::Less, "1200.01"), true),
            (row("input.total", Test::AtMost, "1199"), false),
            (row("input.tags", Test::Contains, "\"vip\""), true),
            (row("input.name", Test::Contains, "\"04\""), true),
            (row("input.tags", Test::Lacks, "\"vip\""), false),
            (row("input.name", Test::StartsWith, "\"#\""), true),
            (row("input.name", Test::EndsWith, "\"#\""), false),
            (row("input.note", Test::Given, ""), false),
            (row("input.missing", Test::Missing, ""), true),
        ];
        for (row, expected) in cases {
            let told = format!("{row:?}");
            assert_eq!(holds(Rows { all: true, rows: vec![row] }, &order), json!(expected), "{told}");
        }
        let both = |all| Rows {
            all,
            rows: vec![row("input.total", Test::Is, "1"), row("input.name", Test::Given, "")],
        };
        assert_eq!((holds(both(true), &order), holds(both(false), &order)), (json!(false), json!(true)));
    }
}
