//! How Google Sheets is called: values of ranges of one spreadsheet.

use super::place::Block;
use super::words::{RANGES_MAX, SPREADSHEET};
use super::{failure, guide};
use crate::address::{self, with_query};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http};
use secrecy::SecretString;
use serde_json::{Value, json};

/// How cells are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Render {
    /// Numbers with all their digits.
    #[default]
    Values,
    /// As they look.
    Shown,
    Formulas,
}

impl Render {
    fn option(self) -> &'static str {
        match self {
            Self::Values => "UNFORMATTED_VALUE",
            Self::Shown => "FORMATTED_VALUE",
            Self::Formulas => "FORMULA",
        }
    }
}

/// How what is written is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// As it is: a text stays a text.
    #[default]
    Raw,
    /// As if somebody typed it.
    Typed,
}

impl Entry {
    fn option(self) -> &'static str {
        match self {
            Self::Raw => "RAW",
            Self::Typed => "USER_ENTERED",
        }
    }
}

/// A range and the rows that are written there.
pub struct Piece {
    pub range: String,
    pub cells: Vec<Value>,
}

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
    token: &'a SecretString,
    root: String,
}

impl<'a> Api<'a> {
    /// For a spreadsheet by its id or address; the connection's where none is named.
    pub fn new(http: &'a Http, connection: &'a Connection, spreadsheet: Option<&str>) -> Result<Self, Error> {
        let named = spreadsheet.map(str::trim).filter(|text| !text.is_empty());
        let named = named.or_else(|| connection.text(SPREADSHEET)).ok_or_else(|| Error::Input {
            message: "no spreadsheet is named".into(),
            advice: "Write its address into the node, or into the connection.".into(),
        })?;
        let base = connection.text("api_url").unwrap_or(guide::API_URL);
        let root = address::below(base, &["v4", "spreadsheets", id(named)?])?;
        Ok(Self { http, connection, token: connection.access_token()?, root })
    }

    pub fn of(cx: &ActionCx<'a>, spreadsheet: Option<&str>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?, spreadsheet)
    }

    /// What there is besides values.
    pub async fn properties(&self, fields: &str) -> Result<Value, Error> {
        self.send(self.http.get(&with_query(&self.root, &[("fields", fields.to_owned())]))).await?.json()
    }

    /// The rows from the first to the last one. Behind the end of a sheet there are none.
    pub async fn rows(&self, block: &Block<'_>, render: Render) -> Result<Vec<Vec<Value>>, Error> {
        let error = match self.range(&block.written(), render).await {
            Err(error) => error,
            found => return found,
        };
        match failure::rows_there(&error) {
            Some(rows) if rows < block.first => Ok(Vec::new()),
            Some(rows) if rows < block.last.unwrap_or(0) => {
                self.range(&Block { last: Some(rows), ..*block }.written(), render).await
            }
            _ => Err(error),
        }
    }

    async fn range(&self, range: &str, render: Render) -> Result<Vec<Vec<Value>>, Error> {
        let url = with_query(&self.below(&["values", range])?, &Self::read_options(render));
        Ok(rows(self.send(self.http.get(&url)).await?.json()?))
    }

    /// The rows of several ranges, in their order.
    pub async fn ranges(&self, ranges: &[String], render: Render) -> Result<Vec<Vec<Vec<Value>>>, Error> {
        let mut found = Vec::with_capacity(ranges.len());
        for group in ranges.chunks(RANGES_MAX) {
            let mut query: Vec<(&str, String)> =
                group.iter().map(|range| ("ranges", range.clone())).collect();
            query.extend(Self::read_options(render));
            let mut answer: Value = self
                .send(self.http.get(&with_query(&self.below(&["values:batchGet"])?, &query)))
                .await?
                .json()?;
            match answer.get_mut("valueRanges").map(Value::take) {
                Some(Value::Array(list)) if list.len() == group.len() => {
                    found.extend(list.into_iter().map(rows))
                }
                _ => {
                    return Err(Error::Unreadable {
                        host: "Google Sheets".into(),
                        message: "other ranges than were asked for".into(),
                    });
                }
            }
        }
        Ok(found)
    }

    fn read_options(render: Render) -> [(&'static str, String); 3] {
        [
            ("majorDimension", "ROWS".into()),
            ("valueRenderOption", render.option().into()),
            // Days are told as they look: as numbers nobody would know them.
            ("dateTimeRenderOption", "FORMATTED_STRING".into()),
        ]
    }

    /// Puts rows below those that there are, and says where.
    pub async fn append(&self, range: &str, rows: &[Vec<Value>], entry: Entry) -> Result<String, Error> {
        let query =
            [("valueInputOption", entry.option().into()), ("insertDataOption", "INSERT_ROWS".to_owned())];
        let url = with_query(&format!("{}:append", self.below(&["values", range])?), &query);
        let body = json!({"majorDimension": "ROWS", "values": rows});
        let answer: Value = self.send(self.http.post(&url).json(&body)).await?.json()?;
        let place = answer.pointer("/updates/updatedRange").and_then(Value::as_str);
        Ok(place.unwrap_or_default().to_owned())
    }

    /// Writes all pieces, or none of them.
    pub async fn write(&self, pieces: &[Piece], entry: Entry) -> Result<(), Error> {
        let data: Vec<Value> =
            pieces.iter().map(|piece| json!({"range": piece.range, "values": [piece.cells]})).collect();
        let body = json!({"valueInputOption": entry.option(), "data": data});
        self.send(self.http.post(&self.below(&["values:batchUpdate"])?).json(&body)).await.map(drop)
    }

    pub async fn clear(&self, range: &str) -> Result<String, Error> {
        let url = format!("{}:clear", self.below(&["values", range])?);
        let answer: Value = self.send(self.http.post(&url).json(&json!({}))).await?.json()?;
        Ok(answer.get("clearedRange").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    fn below(&self, parts: &[&str]) -> Result<String, Error> {
        address::below(&self.root, parts)
    }

    async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let answer = call.bearer(self.token).header("accept", "application/json").send().await?;
        if answer.status.is_success() { Ok(answer) } else { Err(failure::of(answer, self.connection)) }
    }
}

/// The id in an address that was copied from the browser, or the id itself.
fn id(named: &str) -> Result<&str, Error> {
    let rest = named.split_once("/spreadsheets/d/").map_or(named, |(_, rest)| rest);
    let id = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let known =
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    known.then_some(id).ok_or_else(|| Error::Input {
        message: format!("\"{}\" is no spreadsheet's address", connector::http::shorten(named)),
        advice: "Copy it from the browser's address line.".into(),
    })
}

fn rows(mut answer: Value) -> Vec<Vec<Value>> {
    let rows = answer.get_mut("values").map(Value::take);
    let Some(Value::Array(rows)) = rows else { return Vec::new() };
    rows.into_iter().map(|row| if let Value::Array(cells) = row { cells } else { Vec::new() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_is_known_by_its_address_or_its_id() {
        let it = "1AbC-dEf_GhI";
        for text in [it, "https://docs.google.com/spreadsheets/d/1AbC-dEf_GhI/edit?gid=0#gid=0"] {
            assert_eq!(id(text).unwrap(), it);
        }
        for wrong in ["", "https://example.com/x", "a b", "../x"] {
            assert!(id(wrong).is_err(), "{wrong}");
        }
    }
}
