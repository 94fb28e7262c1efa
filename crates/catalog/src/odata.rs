//! What systems that speak OData have in common: filters, queries as their servers read them, pages and the links between them.

use crate::address::with_query;
use connector::Error;
use connector::http::{Answer, host_of, read_url};
use serde_json::Value;
use url::Url;

/// Pages that one list is gathered from at most.
const PAGES_MAX: usize = 50;
/// Records that are named in one filter: the length of an address is bounded.
pub const NAMED_MAX: usize = 20;

/// What is asked for in a list.
#[derive(Clone, Debug, Default)]
pub struct Query<'q> {
    pub entity: &'q str,
    pub select: &'q str,
    pub expand: &'q str,
    pub filter: String,
    pub order: &'q str,
    pub skip: usize,
    pub most: usize,
}

impl Query<'_> {
    /// Its address, given that of its records.
    pub fn address(&self, url: &str) -> String {
        let options = [
            ("$select", self.select.to_owned()),
            ("$expand", self.expand.to_owned()),
            ("$filter", self.filter.clone()),
            ("$orderby", self.order.to_owned()),
            ("$top", self.most.to_string()),
            ("$skip", if self.skip == 0 { String::new() } else { self.skip.to_string() }),
        ];
        let given: Vec<(&str, String)> = options.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        with_query(url, &given)
    }
}

/// A list as it comes: servers give pages of their own size, and the rest is behind their links.
pub struct Pages {
    rows: Vec<Value>,
    next: Option<String>,
    most: usize,
    left: usize,
}

impl Pages {
    pub fn new(first: String, most: usize) -> Self {
        Self { rows: Vec::new(), next: Some(first), most, left: PAGES_MAX }
    }

    /// Where the next page is, as long as rows are wanted.
    pub fn following(&mut self) -> Option<String> {
        let next = self.next.take().filter(|_| self.rows.len() < self.most && self.left > 0)?;
        self.left -= 1;
        Some(next)
    }

    pub fn add(&mut self, root: &str, answer: &Answer) -> Result<(), Error> {
        let (rows, link) = page(&answer.host(), answer.json()?)?;
        self.rows.extend(rows);
        self.next = link.map(|link| next_page(root, &link)).transpose()?;
        Ok(())
    }

    pub fn rows(mut self) -> Vec<Value> {
        self.rows.truncate(self.most);
        self.rows
    }
}

/// A text in a filter or a key.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The filter for records whose field has one of these values, which are written as a filter wants them.
pub fn any_of(field: &str, values: &[String]) -> String {
    values.iter().map(|value| format!("{field} eq {value}")).collect::<Vec<_>>().join(" or ")
}

/// The rows of a page and the link to the next one, by the names of both versions that are in use.
fn page(host: &str, mut answer: Value) -> Result<(Vec<Value>, Option<String>), Error> {
    let link = ["@odata.nextLink", "odata.nextLink"].iter().find_map(|name| answer.get(*name)?.as_str());
    let link = link.filter(|link| !link.is_empty()).map(str::to_owned);
    match answer.get_mut("value").map(Value::take) {
        Some(Value::Array(rows)) => Ok((rows, link)),
        _ => Err(Error::Unreadable { host: host.into(), message: "a list without rows".into() }),
    }
}

/// Where the next page is. The link is the system's own word, and credentials follow it to the same system only.
fn next_page(root: &str, link: &str) -> Result<String, Error> {
    let mut root: Url = read_url(root)?;
    if !root.path().ends_with('/') {
        root.set_path(&format!("{}/", root.path()));
    }
    let next = root.join(link).ok().filter(|next| next.origin() == root.origin());
    next.map(String::from).ok_or_else(|| Error::Unreadable {
        host: host_of(&root),
        message: "the link to the next page leads to another system".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_filter_names_values_and_quotes_are_doubled() {
        assert_eq!(quoted("O'Neil"), "'O''Neil'");
        assert_eq!(any_of("No", &["'a'".into(), "'b'".into()]), "No eq 'a' or No eq 'b'");
    }

    #[test]
    fn a_link_is_followed_within_its_system_only() {
        let root = "https://h:50000/b1s/v2";
        assert_eq!(next_page(root, "Orders?$skip=20").unwrap(), "https://h:50000/b1s/v2/Orders?$skip=20");
        assert_eq!(
            next_page(root, "/b1s/v2/Orders?$skip=20").unwrap(),
            "https://h:50000/b1s/v2/Orders?$skip=20"
        );
        assert!(next_page(root, "https://h:50000/b1s/v2/Orders").is_ok());
        for elsewhere in ["https://evil.example/Orders", "//evil.example/x", "http://h:50000/b1s/v2/Orders"] {
            assert!(matches!(next_page(root, elsewhere), Err(Error::Unreadable { .. })), "{elsewhere}");
        }
    }

    #[test]
    fn both_names_of_the_link_are_known_and_a_page_without_rows_is_none() {
        let link = |body: Value| page("h", body).map(|(rows, link)| (rows.len(), link));
        assert_eq!(link(json!({"value": [1], "@odata.nextLink": "a"})), Ok((1, Some("a".into()))));
        assert_eq!(link(json!({"value": [], "odata.nextLink": "b"})), Ok((0, Some("b".into()))));
        assert_eq!(link(json!({"value": []})), Ok((0, None)));
        assert!(link(json!({"error": {}})).is_err());
    }
}
