//! `load`: rows of texts, found again by their external id. The one true upsert that Odoo has.

use serde_json::{Map, Value, json};

use super::calls::ids_named;
use super::cell::as_python_text;
use super::database::{Database, Origin, RECORDS_MAX};
use super::exception::Exception;
use super::fields::{Kind, Model};

/// Rows of one `load`.
const ROWS_MAX: usize = 10_000;

/// What is wrong with one row: the field and the message.
struct Refused {
    field: String,
    message: String,
}

/// Answers 200 even when rows fail; nothing is stored then, and `ids` is `false`.
pub(crate) fn load(
    database: &mut Database,
    model: Model,
    fields: &Value,
    data: &Value,
    origin: &Origin,
) -> Result<Value, Exception> {
    let columns = columns(database, model, fields)?;
    let rows = data.as_array().ok_or_else(|| Exception::kind("load() expects a list of rows"))?;
    if rows.len() > ROWS_MAX {
        return Err(Exception::user(format!("At most {ROWS_MAX} rows at once here.")));
    }
    let mut records = Vec::with_capacity(rows.len());
    let mut messages = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        match read_row(database, model, &columns, row) {
            Ok(record) => records.push(record),
            Err(refused) => messages.push(message(place, &refused)),
        }
    }
    if !messages.is_empty() {
        return Ok(json!({ "ids": false, "messages": messages, "nextrow": 0 }));
    }
    let ids = records
        .into_iter()
        .map(|record| save(database, model, record, origin))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({ "ids": ids, "messages": [], "nextrow": 0 }))
}

/// A row that can be stored: who it is, and its values.
struct Row {
    external_id: Option<String>,
    known: Option<i64>,
    vals: Value,
}

/// A column: the field's name, and how a relation in it is written.
struct Column {
    name: String,
    by: By,
}

#[derive(PartialEq)]
enum By {
    Name,
    ExternalId,
    DatabaseId,
}

fn columns(database: &Database, model: Model, fields: &Value) -> Result<Vec<Column>, Exception> {
    let fields = fields.as_array().ok_or_else(|| Exception::kind("load() expects a list of fields"))?;
    fields.iter().map(|field| column(database, model, &as_python_text(field))).collect()
}

fn column(database: &Database, model: Model, text: &str) -> Result<Column, Exception> {
    let (name, by) = match text.split_once('/') {
        Some((name, "id")) => (name, By::ExternalId),
        Some((name, ".id")) => (name, By::DatabaseId),
        Some(_) => {
            return Err(Exception::value(format!("Nested columns such as '{text}' are not imitated")));
        }
        None if text == ".id" => ("id", By::DatabaseId),
        None if text == "id" => ("id", By::ExternalId),
        None => (text, By::Name),
    };
    database.field(model, name)?;
    Ok(Column { name: name.to_owned(), by })
}

fn read_row(database: &Database, model: Model, columns: &[Column], row: &Value) -> Result<Row, Refused> {
    let cells = row.as_array().map_or(&[][..], Vec::as_slice);
    let mut vals = Map::new();
    let (mut external_id, mut known) = (None, None);
    for (column, cell) in columns.iter().zip(cells) {
        let text = as_python_text(cell);
        let empty = matches!(cell, Value::Null | Value::Bool(false)) || text.is_empty();
        match (column.name.as_str(), &column.by) {
            ("id", _) if empty => {}
            ("id", By::DatabaseId) => known = text.parse().ok(),
            ("id", _) => external_id = Some(full_external_id(&text)),
            _ if empty => drop(vals.insert(column.name.clone(), false.into())),
            _ => drop(vals.insert(column.name.clone(), value(database, model, column, &text)?)),
        }
    }
    if let Some(id) = &external_id {
        known = database
            .external_ids
            .get(id)
            .filter(|(of, id)| *of == model && exists(database, model, *id))
            .map(|(_, id)| *id);
    }
    let vals = Value::Object(vals);
    check(database, model, known, &vals)?;
    Ok(Row { external_id, known, vals })
}

fn exists(database: &Database, model: Model, id: i64) -> bool {
    database.table(model).contains(id)
}

/// A new record needs what `create` needs; a known one only right values.
fn check(database: &Database, model: Model, known: Option<i64>, vals: &Value) -> Result<(), Refused> {
    let checked = match known {
        None => database.draft(model, vals).map(drop),
        Some(id) => database.existing(model, id).and_then(|_| {
            vals.as_object().into_iter().flatten().try_for_each(|(name, value)| {
                let (_, field) = database.field(model, name)?;
                database.parse(field, value).map(drop)
            })
        }),
    };
    checked.map_err(|exception| Refused { field: "id".to_owned(), message: exception.message().to_owned() })
}

fn full_external_id(text: &str) -> String {
    if text.contains('.') { text.to_owned() } else { format!("__import__.{text}") }
}

/// Turns a column's text into what `create` expects.
fn value(database: &Database, model: Model, column: &Column, text: &str) -> Result<Value, Refused> {
    let refuse = |message: String| Refused { field: column.name.clone(), message };
    let Ok((_, field)) = database.field(model, &column.name) else {
        return Ok(Value::Null);
    };
    match (field.kind, &column.by) {
        (Kind::Many2one(to), By::Name) => match ids_named(database, to, text).first() {
            Some(id) => Ok((*id).into()),
            None => {
                Err(refuse(format!("No matching record found for name '{text}' in field '{}'", field.label)))
            }
        },
        (Kind::Many2one(to), By::ExternalId) => match database.external_ids.get(&full_external_id(text)) {
            Some((of, id)) if *of == to => Ok((*id).into()),
            _ => Err(refuse(format!(
                "No matching record found for external id '{text}' in field '{}'",
                field.label
            ))),
        },
        (Kind::Boolean, _) => Ok((!matches!(text.to_lowercase().as_str(), "0" | "false" | "no")).into()),
        (Kind::Float | Kind::Money | Kind::Integer, _) if text.trim().parse::<f64>().is_err() => {
            Err(refuse(format!("'{text}' does not seem to be a number for field '{}'", field.label)))
        }
        _ => Ok(text.into()),
    }
}

fn message(row: usize, refused: &Refused) -> Value {
    json!({
        "type": "error", "record": row, "rows": { "from": row, "to": row },
        "field": refused.field, "message": refused.message,
    })
}

fn save(database: &mut Database, model: Model, row: Row, origin: &Origin) -> Result<i64, Exception> {
    // A row may name an external id that an earlier row of the same call has just made.
    let made = row.external_id.as_ref().and_then(|id| database.external_ids.get(id));
    let known =
        row.known.or(made.filter(|(of, id)| *of == model && exists(database, model, *id)).map(|(_, id)| *id));
    let id = match known {
        Some(id) => {
            database.write(model, &[id], &row.vals, origin)?;
            id
        }
        None => database.create(model, &[&row.vals], origin)?.first().copied().unwrap_or_default(),
    };
    if let Some(external_id) = row.external_id {
        if database.external_ids.len() >= RECORDS_MAX && !database.external_ids.contains_key(&external_id) {
            return Err(Exception::disk_full());
        }
        database.external_ids.insert(external_id, (model, id));
    }
    Ok(id)
}
