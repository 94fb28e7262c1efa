//! What documents call the parameters and members that pages are asked for and told by.

/// Compared without signs and in small letters, so that `per_page`, `perPage` and `page[size]` are each said once.
pub(super) const PAGE: [&str; 6] = ["page", "pagenumber", "pageno", "pageindex", "currentpage", "pagenum"];
pub(super) const OFFSET: [&str; 5] = ["offset", "skip", "start", "startindex", "pageoffset"];
pub(super) const SIZE: [&str; 10] = [
    "perpage",
    "pagesize",
    "limit",
    "size",
    "take",
    "pagelimit",
    "maxresults",
    "count",
    "top",
    "itemsperpage",
];
pub(super) const CURSOR: [&str; 9] = [
    "cursor",
    "pagecursor",
    "pagetoken",
    "nexttoken",
    "nextcursor",
    "continuationtoken",
    "pageinfo",
    "after",
    "aftercursor",
];
/// The id of the last record that came, instead of a cursor.
pub(super) const AFTER: [&str; 3] = ["startingafter", "sinceid", "afterid"];

pub(super) const NEXT_CURSOR: [&str; 9] = [
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "nextpagecursor",
    "continuationtoken",
    "endcursor",
    "after",
    "cursor",
    "next",
];
pub(super) const NEXT_ADDRESS: [&str; 6] =
    ["nexturl", "nextlink", "nextpageurl", "nextpagelink", "odatanextlink", "nexthref"];
pub(super) const MORE: [&str; 3] = ["hasmore", "more", "hasnext"];
/// Objects in an answer that tell about pages.
pub(super) const AROUND: [&str; 9] =
    ["meta", "paging", "pagination", "pageinfo", "links", "cursors", "responsemetadata", "page", "metadata"];
/// Lists in an answer, those that mostly are the records first.
pub(super) const ITEMS: [&str; 10] =
    ["data", "items", "results", "records", "value", "rows", "list", "entries", "content", "result"];

pub(super) fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

pub(super) fn is(name: &str, words: &[&str]) -> bool {
    words.contains(&letters(name).as_str())
}

/// A parameter that pages are asked for by, which a form shows on its second screen.
pub(super) fn is_page(name: &str, is_number: bool) -> bool {
    let of_numbers = [&PAGE[..], &OFFSET, &SIZE];
    (is_number && of_numbers.iter().any(|words| is(name, words)))
        || [&CURSOR[..], &AFTER, &BACKWARDS].iter().any(|words| is(name, words))
}

/// Pages the other way, which nobody asks for here.
const BACKWARDS: [&str; 3] = ["endingbefore", "pagebefore", "before"];
