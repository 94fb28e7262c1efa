//! Pages about one thing, which the address names.

use crate::client::{client, path as fill_path};
use crate::load::Load;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_url};
use serde::de::DeserializeOwned;

/// What the address names by its id, fetched from `path`, and that id as it changes.
///
/// The router keeps a page whose address names another thing than before, so what was fetched is fetched anew.
pub fn load_named<T: Clone + DeserializeOwned + Send + Sync + 'static>(
    path: &'static str,
) -> (Load<T>, Memo<String>) {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let client = client();
    let load = Load::new(move || {
        let path = fill_path(path, &id.get_untracked());
        async move { client.get::<T>(&path).await }
    });
    restart_on(load, id);
    (load, id)
}

/// Fetches from nothing each time that something else is wanted.
pub fn restart_on<T, W>(load: Load<T>, wanted: impl Get<Value = W> + 'static)
where
    T: Clone + Send + Sync + 'static,
    W: PartialEq + 'static,
{
    on_change(wanted, move || load.restart());
}

/// Does something each time that this has become another than it was.
pub fn on_change<W: PartialEq + 'static>(this: impl Get<Value = W> + 'static, act: impl Fn() + 'static) {
    Effect::new(move |last: Option<W>| {
        let now = this.get();
        if last.is_some_and(|last| last != now) {
            act();
        }
        now
    });
}

/// Asks the page's address what its query says under a name, and follows it. The router's own map decodes it twice: `%2F` in an
/// order's key would become a slash, and a search for `50%25` one for `50%`.
pub fn query_of_page() -> impl Fn(&str) -> Option<String> + Copy + Send + Sync + 'static {
    let url = use_url();
    move |name: &str| url.with(|url| query_value(url.search(), name))
}

/// What a query says under a name.
pub fn query_value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(value))
}

fn decode(value: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (mut decoded, mut rest) = (Vec::with_capacity(value.len()), value.as_bytes());
    while let [first, tail @ ..] = rest {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        let byte = match (escaped, first) {
            (Some((high, low)), _) => (high * 16 + low) as u8,
            (None, b'+') => b' ',
            (None, first) => *first,
        };
        decoded.push(byte);
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::encode;

    #[test]
    fn a_value_of_the_query_is_read_as_it_was_written() {
        for value in ["ก %2F%50+ a/b", "100%", "%", "a&b=c", "#1001?"] {
            let query = format!("?before=1&key={}&key=2", encode(value));
            assert_eq!(query_value(&query, "key").as_deref(), Some(value));
        }
        assert_eq!(query_value("key=a+b%zz", "key").as_deref(), Some("a b%zz"));
        assert_eq!(query_value("keys=1", "key"), None);
    }
}
