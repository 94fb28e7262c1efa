//! Ids out of names: permanent ones, which people can read.

use std::collections::HashSet;

/// Room for a number behind it.
const ID_CHARS_MAX: usize = 48;

/// Small letters, digits and one kind of sign between words. A name in another alphabet leaves what it has in this one.
pub fn id_of(name: &str, between: char, otherwise: &str) -> String {
    let mut id = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with(between) {
            id.push(between);
        }
        if id.len() >= ID_CHARS_MAX {
            break;
        }
    }
    let id = id.trim_end_matches(between);
    if id.is_empty() { otherwise.to_owned() } else { id.to_owned() }
}

#[derive(Default)]
pub struct Ids {
    taken: HashSet<String>,
}

impl Ids {
    /// A node's id: a word in expressions, so it has no hyphens and begins with a letter.
    pub fn node(&mut self, name: &str, otherwise: &str) -> String {
        let id = id_of(name, '_', &id_of(otherwise, '_', "node"));
        let id = if id.starts_with(|c: char| c.is_ascii_digit()) { format!("n{id}") } else { id };
        self.unique(id, '_')
    }

    /// An id that is there already.
    pub fn take(&mut self, id: &str) {
        self.taken.insert(id.to_owned());
    }

    pub fn unique(&mut self, id: String, between: char) -> String {
        let numbered = (2_usize..).map(|number| format!("{id}{between}{number}"));
        let free = std::iter::once(id.clone()).chain(numbered).find(|id| !self.taken.contains(id));
        let free = free.unwrap_or(id);
        self.taken.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_word_and_the_second_of_two_gets_a_number() {
        let mut ids = Ids::default();
        let of = |ids: &mut Ids, name: &str| ids.node(name, "httpRequest");
        assert_eq!(of(&mut ids, "HTTP Request (v2)"), "http_request_v2");
        assert_eq!(of(&mut ids, "HTTP Request v2"), "http_request_v2_2");
        assert_eq!(of(&mut ids, "แจ้งทีม"), "httprequest");
        assert_eq!(of(&mut ids, "2nd try"), "n2nd_try");
    }
}
