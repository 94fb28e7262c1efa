//! Search domains: `["&", ["ref", "=", "A"], "|", …]`, in Polish notation.

use serde_json::Value;

use super::Series;
use super::cell::{Cell, as_python_text, truthy};
use super::database::Database;
use super::exception::Exception;
use super::fields::{ID, Kind, Model};
use super::order::compare_cells;
use super::table::{Record, Table};

/// Terms of one domain; also bounds how deep it nests.
const TERMS_MAX: usize = 1_000;
/// Steps of a dotted path such as `order_line.product_id.default_code`.
const PATH_MAX: usize = 6;

/// A parsed domain.
#[derive(Debug)]
pub(crate) enum Domain {
    Constant(bool),
    Leaf(Leaf),
    All(Vec<Domain>),
    Any(Vec<Domain>),
    Not(Box<Domain>),
}

/// `[path, operator, operand]`
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The fields on the way, each in the model the one before points to.
    path: Vec<usize>,
    test: Test,
    negated: bool,
}

#[derive(Debug)]
enum Test {
    /// Equal to one of the cells, or empty if `empty`.
    In {
        cells: Vec<Cell>,
        empty: bool,
    },
    /// The pattern of a LIKE, `%` and `_` being wild.
    Like {
        pattern: Vec<char>,
        exact_case: bool,
    },
    Compare {
        operator: Comparison,
        cell: Cell,
    },
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Domain {
    pub(crate) fn parse(database: &Database, model: Model, value: &Value) -> Result<Self, Exception> {
        let terms = match value {
            value if !truthy(value) => return Ok(Domain::Constant(true)),
            Value::Array(terms) if terms.len() <= TERMS_MAX => terms,
            _ => return Err(malformed(value)),
        };
        let mut rest = terms.as_slice();
        let mut all = Vec::new();
        while !rest.is_empty() {
            all.push(parse_term(database, model, &mut rest)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Domain::All(all) })
    }

    pub(crate) fn and(self, other: Domain) -> Self {
        Domain::All(vec![self, other])
    }

    pub(crate) fn holds(&self, database: &Database, model: Model, record: &Record) -> bool {
        match self {
            Domain::Constant(constant) => *constant,
            Domain::Leaf(leaf) => leaf.holds(database, model, record),
            Domain::All(all) => all.iter().all(|domain| domain.holds(database, model, record)),
            Domain::Any(any) => any.iter().any(|domain| domain.holds(database, model, record)),
            Domain::Not(domain) => !domain.holds(database, model, record),
        }
    }

    /// Ids among which all matches are, sorted, if the domain pins an id or an indexed text.
    pub(crate) fn candidates(&self, table: &Table) -> Option<Vec<i64>> {
        match self {
            Domain::Leaf(leaf) => leaf.candidates(table),
            Domain::All(all) => all.iter().find_map(|domain| domain.candidates(table)),
            _ => None,
        }
    }

    /// True if the caller asks about this field himself.
    pub(crate) fn mentions(&self, place: usize) -> bool {
        match self {
            Domain::Constant(_) => false,
            Domain::Leaf(leaf) => leaf.path == [place],
            Domain::All(inner) | Domain::Any(inner) => inner.iter().any(|domain| domain.mentions(place)),
            Domain::Not(domain) => domain.mentions(place),
        }
    }
}

fn malformed(value: &Value) -> Exception {
    Exception::value(format!("Malformed domain {value}"))
}

fn parse_term(database: &Database, model: Model, rest: &mut &[Value]) -> Result<Domain, Exception> {
    let Some((term, tail)) = rest.split_first() else {
        return Err(Exception::value("Domain is syntactically not correct: an operator lacks its operands"));
    };
    *rest = tail;
    let mut operand = || parse_term(database, model, rest);
    match term {
        Value::String(operator) => match operator.as_str() {
            "&" => Ok(Domain::All(vec![operand()?, operand()?])),
            "|" => Ok(Domain::Any(vec![operand()?, operand()?])),
            "!" => Ok(Domain::Not(Box::new(operand()?))),
            _ => Err(malformed(term)),
        },
        Value::Array(parts) => match parts.as_slice() {
            [Value::Number(a), Value::String(_), Value::Number(b)] => Ok(Domain::Constant(a == b)),
            [Value::String(path), Value::String(operator), operand] => {
                parse_leaf(database, model, path, operator, operand, term).map(Domain::Leaf)
            }
            _ => Err(malformed(term)),
        },
        _ => Err(malformed(term)),
    }
}

fn parse_leaf(
    database: &Database,
    model: Model,
    path: &str,
    operator: &str,
    operand: &Value,
    term: &Value,
) -> Result<Leaf, Exception> {
    let mut places = Vec::new();
    let (mut at, mut last) = (Some(model), None);
    for step in path.split('.').take(PATH_MAX) {
        let model = at.ok_or_else(|| malformed(term))?;
        let word = if database.series == Series::V17 { "leaf" } else { "condition" };
        let unknown = || Exception::value(format!("Invalid field {}.{step} in {word} {term}", model.name()));
        let place = model.place_in(database.series, step).ok_or_else(unknown)?;
        let field = &model.fields()[place];
        (at, last) = (field.relation(), Some(field));
        places.push(place);
    }
    let field = last.ok_or_else(|| malformed(term))?;
    let (test, negated) = parse_test(field.kind, operator, operand)
        .ok_or_else(|| Exception::value(format!("Invalid operator {operator:?} in domain term {term}")))?;
    Ok(Leaf { path: places, test, negated })
}

fn parse_test(kind: Kind, operator: &str, operand: &Value) -> Option<(Test, bool)> {
    let (operator, negated) = match operator.to_ascii_lowercase().as_str() {
        "!=" | "<>" => ("=".to_owned(), true),
        "==" => ("=".to_owned(), false),
        lower => match lower.strip_prefix("not ") {
            Some(positive) => (positive.to_owned(), true),
            None => (lower.to_owned(), false),
        },
    };
    let test = match operator.as_str() {
        "=" | "in" => one_of(kind, operand),
        "like" | "ilike" => Test::Like {
            pattern: format!("%{}%", as_python_text(operand)).chars().collect(),
            exact_case: operator == "like",
        },
        "=like" | "=ilike" => {
            Test::Like { pattern: as_python_text(operand).chars().collect(), exact_case: operator == "=like" }
        }
        "<" | "<=" | ">" | ">=" => {
            let operator = match operator.as_str() {
                "<" => Comparison::Less,
                "<=" => Comparison::LessOrEqual,
                ">" => Comparison::Greater,
                _ => Comparison::GreaterOrEqual,
            };
            Test::Compare { operator, cell: operand_cell(kind, operand) }
        }
        _ => return None,
    };
    Some((test, negated))
}

/// `=` takes a list and `in` a single value, too: Odoo only warns about either.
fn one_of(kind: Kind, operand: &Value) -> Test {
    let values = match operand {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    let empty = values.iter().any(|value| matches!(value, Value::Null | Value::Bool(false)));
    let cells =
        values.iter().map(|value| operand_cell(kind, value)).filter(|cell| !cell.is_empty()).collect();
    Test::In { cells, empty }
}

/// An operand in the field's own kind; a relation may be asked by id or by name.
fn operand_cell(kind: Kind, value: &Value) -> Cell {
    let relation = matches!(kind, Kind::Many2one(_) | Kind::One2many(_) | Kind::Many2many(_));
    match (kind, value) {
        (_, Value::Null | Value::Bool(false)) => Cell::Empty,
        (_, Value::Bool(true)) => Cell::Bool(true),
        (Kind::Date | Kind::Datetime, Value::String(text)) => parse_time(text),
        (Kind::Char | Kind::Text | Kind::Selection(_), other) => Cell::text(as_python_text(other)),
        (_, Value::Number(number)) => match number.as_i64() {
            Some(int) => Cell::Int(int),
            None => Cell::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        (_, Value::String(text)) if relation => Cell::text(text.as_str()),
        (_, Value::String(text)) => {
            text.trim().parse().map_or_else(|_| Cell::text(text.as_str()), Cell::Float)
        }
        _ => Cell::Empty,
    }
}

fn parse_time(text: &str) -> Cell {
    // A fraction of a second is allowed in a domain; rows are kept to the second.
    let whole = text.split('.').next().unwrap_or(text).replace('T', " ");
    let full = if whole.len() == 10 { format!("{whole} 00:00:00") } else { whole };
    match chrono::NaiveDateTime::parse_from_str(&full, "%Y-%m-%d %H:%M:%S") {
        Ok(time) => Cell::Time(time.and_utc().timestamp()),
        Err(_) => Cell::text(text),
    }
}

impl Leaf {
    /// A negation holds where no value on the path fits, as Odoo has it since 17.
    fn holds(&self, database: &Database, model: Model, record: &Record) -> bool {
        self.reaches(database, model, record, &self.path) != self.negated
    }

    fn reaches(&self, database: &Database, model: Model, record: &Record, path: &[usize]) -> bool {
        let Some((place, rest)) = path.split_first() else {
            return false;
        };
        let kind = model.fields()[*place].kind;
        let cell = database.value(model, record, *place);
        if rest.is_empty() {
            return self.fits(database, kind, &cell);
        }
        let Some(to) = model.fields()[*place].relation() else {
            return false;
        };
        let next =
            |id: &i64| database.table(to).get(*id).is_some_and(|row| self.reaches(database, to, row, rest));
        match &cell {
            Cell::Int(id) => next(id),
            Cell::Ids(ids) => ids.iter().any(next),
            _ => matches!(&self.test, Test::In { empty: true, .. }),
        }
    }

    fn fits(&self, database: &Database, kind: Kind, cell: &Cell) -> bool {
        match &self.test {
            Test::In { cells, empty } => {
                (*empty && cell.is_empty()) || cells.iter().any(|wanted| equal(database, kind, cell, wanted))
            }
            Test::Like { pattern, exact_case } => {
                texts(database, kind, cell).iter().any(|text| like(text, pattern, *exact_case))
            }
            Test::Compare { operator, cell: bound } => compare(*operator, kind, cell, bound),
        }
    }

    fn candidates(&self, table: &Table) -> Option<Vec<i64>> {
        let (Test::In { cells, empty: false }, [place], false) =
            (&self.test, self.path.as_slice(), self.negated)
        else {
            return None;
        };
        let mut ids = Vec::new();
        for cell in cells {
            match cell {
                Cell::Int(id) if *place == ID => ids.push(*id),
                Cell::Text(text) => ids.extend(table.with_text(*place, text)?),
                _ => return None,
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }
}

fn equal(database: &Database, kind: Kind, cell: &Cell, wanted: &Cell) -> bool {
    match (kind, cell, wanted) {
        (Kind::Many2one(_), _, Cell::Text(name)) => {
            texts(database, kind, cell).iter().any(|text| **text == **name)
        }
        (_, Cell::Ids(ids), Cell::Int(id)) => ids.contains(id),
        (Kind::Integer | Kind::Float | Kind::Money, _, Cell::Int(_) | Cell::Float(_)) => {
            cell.as_number() == wanted.as_number()
        }
        _ => cell == wanted,
    }
}

/// The texts a LIKE looks at; for a relation the names of the records.
fn texts(database: &Database, kind: Kind, cell: &Cell) -> Vec<String> {
    match (kind, cell) {
        (_, Cell::Text(text)) => vec![text.to_string()],
        (Kind::Many2one(to), Cell::Int(id)) => {
            database.table(to).get(*id).map(|record| database.display_name(to, record)).into_iter().collect()
        }
        (_, Cell::Int(int)) => vec![int.to_string()],
        _ => Vec::new(),
    }
}

fn compare(operator: Comparison, kind: Kind, cell: &Cell, bound: &Cell) -> bool {
    let number = matches!(kind, Kind::Integer | Kind::Float | Kind::Money);
    if (cell.is_empty() && !number) || bound.is_empty() {
        return false; // NULL is neither less nor greater
    }
    let zero = Cell::Int(0);
    let ordering = compare_cells(if number && cell.is_empty() { &zero } else { cell }, bound);
    match operator {
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    }
}

/// SQL's LIKE: `%` any run, `_` any one character. Walks back to the last `%` only, so it is never exponential.
fn like(text: &str, pattern: &[char], exact_case: bool) -> bool {
    let same = |a: char, b: char| a == b || (!exact_case && a.to_lowercase().eq(b.to_lowercase()));
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut want, mut last) = (0, 0, None);
    while at < text.len() {
        match pattern.get(want) {
            Some('%') => {
                last = Some((want, at));
                want += 1;
            }
            Some(&wild) if wild == '_' || same(wild, text[at]) => {
                at += 1;
                want += 1;
            }
            _ => {
                let Some((percent, from)) = last else { return false };
                last = Some((percent, from + 1));
                at = from + 1;
                want = percent + 1;
            }
        }
    }
    pattern[want..].iter().all(|wild| *wild == '%')
}
