//! Shopify's search: terms that all have to hold, and the newest first.

use super::api::Api;
use super::terms::FOUND_MAX;
use crate::since;
use crate::values::{Limit, Text};
use connector::Error;
use connector::http::shorten;
use serde_json::{Map, Value, json};

/// Whole orders are large; a page of them stays far below what a query may cost.
const PAGE: usize = 50;

#[derive(Debug, Default)]
pub struct Search(Vec<String>);

impl Search {
    /// Begins with what a person wrote in Shopify's own words.
    pub fn new(query: &Text) -> Self {
        Self(query.filled().map(|query| format!("({query})")).into_iter().collect())
    }

    pub fn term(mut self, name: &str, value: Option<String>) -> Self {
        self.0.extend(value.map(|value| format!("{name}:{value}")));
        self
    }

    pub fn changed_after(self, text: &Text) -> Result<Self, Error> {
        let at = text.filled().map(|text| {
            since::read_iso(text).map(|at| format!(">='{}'", since::iso(at))).ok_or_else(|| Error::Input {
                message: format!("\"{}\" is not a time", shorten(text)),
                advice: "Write it as 2026-11-20T00:00:00+07:00.".into(),
            })
        });
        Ok(self.term("updated_at", at.transpose()?))
    }

    /// The search as Shopify takes it; nothing finds everything.
    fn text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join(" AND "))
    }
}

/// The records that are found, and whether there are more.
pub async fn find(
    api: &Api<'_>,
    document: &str,
    root: &str,
    search: &Search,
    limit: Limit,
) -> Result<(Vec<Value>, bool), Error> {
    let (limit, mut found, mut after) = (limit.within(FOUND_MAX), Vec::new(), None);
    loop {
        let variables = Map::from_iter([
            ("first".into(), json!(PAGE.min(limit - found.len()))),
            ("after".into(), json!(after)),
            ("query".into(), json!(search.text())),
            ("reverse".into(), true.into()),
        ]);
        let page = api.page(document, variables, &format!("/{root}")).await?;
        let brought = page.nodes.len();
        found.extend(page.nodes);
        after = page.next;
        if after.is_none() || found.len() >= limit || brought == 0 {
            return Ok((found, after.is_some()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_asked_for_has_to_hold() {
        let search = Search::new(&"status:open OR tag:vip".into()).term("name", Some("\"#1001\"".into()));
        let search = search.changed_after(&"2026-11-20T00:00:00+07:00".into()).unwrap();
        let text = search.text().unwrap();
        assert_eq!(
            text,
            "(status:open OR tag:vip) AND name:\"#1001\" AND updated_at:>='2026-11-19T17:00:00Z'"
        );
        assert_eq!(Search::new(&Text::default()).text(), None);
        assert!(Search::default().changed_after(&"yesterday".into()).is_err());
    }
}
