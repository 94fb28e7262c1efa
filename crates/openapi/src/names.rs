//! Ids and field names out of what a document calls things: permanent, in snake_case, and words that people can read.

use std::collections::HashSet;

/// Longest id of a connector or an operation, and longest name of a field.
pub(crate) const CONNECTOR_BYTES_MAX: usize = 40;
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// A cut id ends with this much of its hash, so that two long ones do not become the same.
const HASH_DIGITS: usize = 8;

/// `listPets`, `list-pets` and `List pets` are all `list_pets`; nothing where no letter or digit of this alphabet is left.
pub(crate) fn snake(text: &str) -> String {
    let mut name = String::with_capacity(text.len() + 8);
    let letters: Vec<char> = text.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            split(&mut name);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        if letter.is_ascii_uppercase() && begins_word(before, after) {
            split(&mut name);
        }
        name.push(letter.to_ascii_lowercase());
    }
    name.trim_end_matches('_').to_owned()
}

fn split(name: &mut String) {
    if !name.is_empty() && !name.ends_with('_') {
        name.push('_');
    }
}

/// A capital after a small letter or digit, or the last of several before a small one: `HTTPServer`. A plural of capitals,
/// `orderIDs`, stays one word.
fn begins_word(before: Option<&char>, after: Option<&char>) -> bool {
    match before {
        Some(before) if before.is_ascii_lowercase() || before.is_ascii_digit() => true,
        Some(before) if before.is_ascii_uppercase() => {
            after.is_some_and(|after| after.is_ascii_lowercase() && *after != 's')
        }
        _ => false,
    }
}

/// A name that begins with a letter and is no longer than `most`.
pub(crate) fn name(text: &str, otherwise: &str, most: usize) -> String {
    let mut name = snake(text);
    if name.is_empty() {
        name = otherwise.to_owned();
    }
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        name.insert_str(0, "n_");
    }
    if name.len() > most {
        let hash = hash(name.as_bytes());
        name.truncate(most - HASH_DIGITS - 1);
        name = format!("{}_{hash}", name.trim_end_matches('_'));
    }
    name
}

/// Of a method and a path: `GET /orders/{orderId}` is `get_orders_by_order_id`.
pub(crate) fn of_call(method: &str, path: &str) -> String {
    let words = path.replace('{', " by ").replace('}', " ");
    name(&format!("{} {words}", method.to_ascii_lowercase()), "call", NAME_BYTES_MAX)
}

/// The same digits for the same text, everywhere and always (FNV-1a).
pub(crate) fn hash(bytes: impl AsRef<[u8]>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes.as_ref() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let digits = format!("{hash:016x}");
    digits[..HASH_DIGITS].to_owned()
}

/// Names that are taken.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    pub fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Takes a name; false where it is taken.
    pub fn take(&mut self, name: &str) -> bool {
        self.0.insert(name.to_owned())
    }

    /// The name, or else with an ending that says which, or else with a number.
    pub fn unique(&mut self, name: &str, ending: &str) -> String {
        let base = name.get(..name.len().min(NAME_BYTES_MAX - 12)).unwrap_or(name);
        let numbered = (2_usize..).map(|number| format!("{base}_{number}"));
        let mut tries = [name.to_owned(), format!("{base}_{ending}")].into_iter().chain(numbered);
        loop {
            // Names are fewer than numbers.
            let next = tries.next().unwrap_or_default();
            if self.0.insert(next.clone()) {
                return next;
            }
        }
    }
}

/// `customerId` as people read it: `Customer id`. A name in another alphabet stays as it is.
pub(crate) fn human(text: &str) -> String {
    if !text.is_ascii() {
        return text.trim().to_owned();
    }
    let words = snake(text).replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + letters.as_str(),
        None => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_snake_case_whatever_they_are_written_like() {
        for (text, expected) in [
            ("listPets", "list_pets"),
            ("GET_Orders-V2", "get_orders_v2"),
            ("getHTTPResponse", "get_http_response"),
            ("orderIDs", "order_ids"),
            ("page[size]", "page_size"),
            ("X-Shop-Id", "x_shop_id"),
            ("pets.find.byStatus", "pets_find_by_status"),
            ("ใบแจ้งหนี้ Invoice", "invoice"),
            ("ใบแจ้งหนี้", ""),
            ("__a__", "a"),
        ] {
            assert_eq!(snake(text), expected, "{text}");
        }
        assert_eq!(of_call("GET", "/orders/{orderId}/lines"), "get_orders_by_order_id_lines");
        assert_eq!(of_call("POST", "/"), "post");
        assert_eq!(name("2fa", "x", 40), "n_2fa");
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let long = |end: &str| name(&format!("{}{end}", "word_".repeat(30)), "x", NAME_BYTES_MAX);
        assert!(long("a").len() <= NAME_BYTES_MAX && long("a") != long("b") && long("a") == long("a"));
    }

    #[test]
    fn a_second_one_says_which_it_is() {
        let mut names = Names::default();
        let taken: Vec<_> = (0..4).map(|_| names.unique("id", "query")).collect();
        assert_eq!(taken, ["id", "id_query", "id_2", "id_3"]);
    }

    #[test]
    fn people_read_words() {
        assert_eq!(
            (human("customerId").as_str(), human("page[size]").as_str()),
            ("Customer id", "Page size")
        );
        assert_eq!((human("วันที่").as_str(), human("@type").as_str()), ("วันที่", "Type"));
    }
}
