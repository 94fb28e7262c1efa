//! What an API offers, as it tells itself where it lets itself be asked (introspection).

use super::api::{ASK_TIMEOUT, Api, Question};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use serde_json::{Map, Value};

pub const QUERY: &str = "query";
pub const MUTATION: &str = "mutation";

/// An answer is large: a schema has hundreds of fields. Types are at most a list of required ones that is required itself.
const QUERIES: &str = "{ __schema { type: queryType { fields { ...F } } } }";
const MUTATIONS: &str = "{ __schema { type: mutationType { fields { ...F } } } }";
const FIELDS: &str = " fragment F on __Field { name description type { ...T } args { name type { ...T } } } \
     fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const DETAIL_CHARS_MAX: usize = 200;

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let head = match wanted.kind.as_str() {
        QUERY => QUERIES,
        MUTATION => MUTATIONS,
        other => {
            return Err(Error::Input {
                message: format!("there are no records of the kind \"{other}\" to choose from"),
                advice: "Write the name by hand.".into(),
            });
        }
    };
    let (document, variables) = (format!("{head}{FIELDS}"), Map::new());
    let question = Question { document: &document, variables: &variables, name: "" };
    let told = Api::of(http, connection, ASK_TIMEOUT)?.read_whole(&question).await.map_err(not_told)?;
    let fields = told.data.pointer("/__schema/type/fields").and_then(Value::as_array);
    Ok(page(fields.map(Vec::as_slice).unwrap_or_default(), wanted))
}

fn not_told(error: Error) -> Error {
    match error {
        Error::Refused { message, .. } | Error::Input { message, .. } => Error::Refused {
            message: format!("the API does not tell what it offers: {message}"),
            advice: "Write the name by hand, as the API's documentation has it.".into(),
        },
        other => other,
    }
}

fn page(fields: &[Value], wanted: &Wanted) -> Page {
    let text = wanted.text.to_lowercase();
    let name = |field: &Value| field.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let fits = |field: &&Value| match &wanted.id {
        Some(id) => id.as_str() == Some(&name(field)),
        None => name(field).to_lowercase().contains(&text),
    };
    let mut found: Vec<&Value> = fields.iter().filter(fits).collect();
    found.sort_by_key(|field| name(field));
    let after = wanted.after.as_deref().unwrap_or_default();
    let from = found.iter().position(|field| name(field).as_str() > after).unwrap_or(found.len());
    let records: Vec<Record> = found.iter().skip(from).take(PAGE_MAX).map(|field| record(field)).collect();
    let is_last = from + records.len() >= found.len();
    let next = records.last().filter(|_| !is_last).and_then(|last| last.id.as_str()).map(str::to_owned);
    Page { records, next }
}

fn record(field: &Value) -> Record {
    let text = |name: &str| field.get(name).and_then(Value::as_str).unwrap_or_default();
    let args = field.get("args").and_then(Value::as_array).into_iter().flatten();
    let args: Vec<String> = args
        .filter_map(|arg| Some(format!("{}: {}", arg.get("name")?.as_str()?, type_of(arg.get("type")?))))
        .collect();
    let args = if args.is_empty() { String::new() } else { format!("({})", args.join(", ")) };
    let gives = field.get("type").map(type_of).unwrap_or_default();
    let about = text("description").split_whitespace().collect::<Vec<_>>().join(" ");
    Record {
        id: text("name").into(),
        label: format!("{}{args}: {gives}", text("name")),
        detail: about.chars().take(DETAIL_CHARS_MAX).collect(),
    }
}

/// A type as GraphQL writes it: `[Product!]!`.
fn type_of(of: &Value) -> String {
    let inner = || of.get("ofType").map(type_of).unwrap_or_default();
    match of.get("kind").and_then(Value::as_str) {
        Some("NON_NULL") => format!("{}!", inner()),
        Some("LIST") => format!("[{}]", inner()),
        _ => of.get("name").and_then(Value::as_str).unwrap_or("…").to_owned(),
    }
}
