//! The sheets of the connection's spreadsheet, to choose from.

use super::api::Api;
use super::list_sheets;
use crate::office;
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};

pub const SHEET: &str = "sheet";

pub fn names() -> Vec<&'static str> {
    vec![SHEET]
}

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    if wanted.kind != SHEET {
        return Err(office::lacks("such kind of record"));
    }
    let from = wanted.after.as_deref().and_then(|after| after.parse::<usize>().ok()).unwrap_or_default();
    let text = wanted.text.trim().to_lowercase();
    let is_wanted = |name: &String| match &wanted.id {
        Some(id) => id.as_str() == Some(name),
        None => name.to_lowercase().contains(&text),
    };
    let found = list_sheets::names(&Api::new(http, connection, None)?).await?;
    let fitting: Vec<String> = found.into_iter().filter(is_wanted).collect();
    let next = (fitting.len() > from + PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    let record = |name: String| Record { id: name.as_str().into(), label: name, detail: String::new() };
    Ok(Page { records: fitting.into_iter().skip(from).take(PAGE_MAX).map(record).collect(), next })
}
