//! What a link brings along to the editor, such as `?take=v3`. It is done once: a page that is drawn anew in another language, or
//! loaded anew, would do it over what was made since.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

/// What the address says under a name, and what takes it out of there once it is done.
pub fn brought(name: &'static str) -> Option<(String, impl FnOnce())> {
    let said = use_query_map().with_untracked(|query| query.get(name))?;
    let (location, navigate) = (use_location(), use_navigate());
    let page = location.pathname.get_untracked();
    let done = move || {
        // Somebody may be on the way to another page.
        if location.pathname.get_untracked() == page {
            let rest = location.search.with_untracked(|search| without(search, name));
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&format!("{page}{rest}"), options);
        }
    };
    Some((said, done))
}

/// A query without what it says under a name; nothing where that was all of it.
fn without(query: &str, name: &str) -> String {
    let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let rest: Vec<&str> = query.trim_start_matches('?').split('&').filter(is_other).collect();
    if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_leaves_the_address_and_the_rest_stays() {
        assert_eq!(without("take=v3", "take"), "");
        assert_eq!(without("?node=a%20b&take=v3&taken=1", "take"), "?node=a%20b&taken=1");
        assert_eq!(without("", "take"), "");
    }
}
