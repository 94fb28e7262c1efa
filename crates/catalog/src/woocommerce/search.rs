//! Searches of the store's lists: the newest first, and so many at most.

use super::api::Api;
use super::terms::FOUND_MAX;
use crate::since;
use crate::values::{Limit, Text};
use connector::Error;
use connector::http::shorten;
use serde_json::Value;

/// The pairs that are filled.
pub fn pairs<'n>(pairs: impl IntoIterator<Item = (&'n str, Option<String>)>) -> Vec<(&'n str, String)> {
    pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

pub fn text(text: &Text) -> Option<String> {
    text.filled().map(str::to_owned)
}

/// A time as the store takes it, which is UTC because each call says so.
pub fn time(text: &Text) -> Result<Option<String>, Error> {
    let read = |text: &str| {
        since::read_iso(text).map(|at| since::iso(at).trim_end_matches('Z').to_owned()).ok_or_else(|| {
            Error::Input {
                message: format!("\"{}\" is not a time", shorten(text)),
                advice: "Write it as 2026-01-05T10:00:00+07:00.".into(),
            }
        })
    };
    text.filled().map(read).transpose()
}

/// The records that are found, and whether there are more.
pub async fn find(
    api: &Api<'_>,
    route: &str,
    pairs: &[(&str, String)],
    limit: Limit,
) -> Result<(Vec<Value>, bool), Error> {
    let (limit, mut found) = (limit.within(FOUND_MAX), Vec::new());
    let mut number = 1;
    loop {
        let page = api.page(route, pairs, number).await?;
        found.extend(page.rows);
        if found.len() >= limit || !page.more {
            let more = found.len() > limit || page.more;
            found.truncate(limit);
            return Ok((found, more));
        }
        number += 1;
    }
}
