//! What lists have in common: how long a page is, where the next one begins, and what may be looked for.

use crate::failure::Failure;
use crate::{App, wire};
use model::FlowId;
use store::{Fingerprint, FlowKey, KeyFilter};

const PAGE: usize = 50;
const PAGE_MAX: usize = 200;
const TEXT_BYTES_MAX: usize = 200;
/// Flows are numbered from 1 on.
const NO_FLOW: FlowKey = 0;

/// How many a page holds, whatever was asked for.
pub fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(PAGE).clamp(1, PAGE_MAX)
}

/// What is given as `before` for the next page; nothing where this one is the last.
pub fn next<T, P: ToString>(rows: &[T], limit: usize, place: impl FnOnce(&T) -> P) -> Option<String> {
    rows.last().filter(|_| rows.len() == limit).map(|last| place(last).to_string())
}

/// The flow that a list is about, where it is about one. Of a flow that is not there, the list is empty.
pub async fn flow(app: &App, id: Option<&str>) -> Result<Option<FlowKey>, Failure> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    let row = app.store().flow(&FlowId::from(id)).await?;
    Ok(Some(row.map_or(NO_FLOW, |row| row.key)))
}

pub fn fingerprint(text: Option<&str>) -> Result<Option<Fingerprint>, Failure> {
    let unknown = || Failure::bad_request("`fingerprint` is none of a group of failures");
    text.map(|text| wire::stored_fingerprint(text).ok_or_else(unknown)).transpose()
}

/// What is looked for, where that is anything.
pub fn text(text: Option<&str>) -> Result<Option<String>, Failure> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    check_text(text)?;
    Ok(text.map(str::to_owned))
}

/// Which ordering keys are meant, where that is said: a whole one, or how they begin.
pub fn key(whole: Option<&str>, start: Option<&str>) -> Result<Option<KeyFilter>, Failure> {
    let said = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    check_text(whole)?;
    check_text(start)?;
    match (said(whole), said(start)) {
        (Some(_), Some(_)) => Err(Failure::bad_request("say `key` or `key_start`, not both")),
        (whole, start) => Ok(whole.map(KeyFilter::Is).or(start.map(KeyFilter::Starts))),
    }
}

pub fn check_text(text: Option<&str>) -> Result<(), Failure> {
    match text {
        Some(text) if text.len() > TEXT_BYTES_MAX => {
            Err(Failure::bad_request(format!("the text to look for is longer than {TEXT_BYTES_MAX} bytes")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_bound_and_only_a_full_one_has_a_next() {
        assert_eq!([None, Some(0), Some(7), Some(9_999)].map(limit), [50, 1, 7, 200]);
        let place = |row: &i64| *row;
        assert_eq!(next(&[3, 2], 2, place), Some("2".into()));
        assert_eq!(next(&[3, 2], 3, place), None);
        assert_eq!(next(&[], 1, place), None);
    }
}
