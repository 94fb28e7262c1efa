//! Lists and maps.

use super::{
    Answer, Doc, Shelf,
    numbers::{add, compare_numbers, decimal_of, too_large},
    wrong,
};
use crate::guard;
use rhai::{Array, Dynamic, FnPtr, Map, NativeCallContext};
use std::{cmp::Ordering, collections::HashSet};

pub(crate) fn register(shelf: &mut Shelf) {
    of_rhai(shelf);
    reduce(shelf);
    arrange(shelf);
    maps(shelf);
}

fn of_rhai(shelf: &mut Shelf) {
    shelf
        .of_rhai(Doc(
            "list.map(|item| …)",
            "A list of what the function makes of each item.",
            "[1, 2].map(|n| n * 10)",
            "[10,20]",
        ))
        .of_rhai(Doc(
            "list.filter(|item| …)",
            "The items for which the function says true.",
            "[1, 2, 3].filter(|n| n > 1)",
            "[2,3]",
        ))
        .of_rhai(Doc(
            "list.find(|item| …)",
            "The first item for which the function says true, or nothing.",
            "[1, 2, 3].find(|n| n > 1)",
            "2",
        ))
        .of_rhai(Doc(
            "list.some(|item| …)",
            "Does the function say true for any item?",
            "[1, 2].some(|n| n > 1)",
            "true",
        ))
        .of_rhai(Doc(
            "list.all(|item| …)",
            "Does the function say true for every item?",
            "[1, 2].all(|n| n > 1)",
            "false",
        ))
        .add(
            Doc(
                "for_each(list, |item| …)",
                "Calls the function for each item, to count or to collect.",
                "let n = 0; [1, 2].for_each(|x| n += x); n",
                "3",
            ),
            |context: NativeCallContext, list: &mut Array, function: FnPtr| {
                each(&context, list, &function).map(|_| ())
            },
        )
        .of_rhai(Doc(
            "list.reduce(|result, item| …, start)",
            "Goes through the list and carries a result along.",
            "[1, 2, 3].reduce(|sum, n| sum + n, 0)",
            "6",
        ))
        .of_rhai(Doc(
            "list.contains(value)",
            "Is the value in the list (or the text in the text, or the name in the map)?",
            r#"["vip", "new"].contains("vip")"#,
            "true",
        ))
        .of_rhai(Doc(
            "list.index_of(value)",
            "Where the value is, from 0; -1 when it is not there.",
            r#"["a", "b"].index_of("b")"#,
            "1",
        ))
        .of_rhai(Doc("list.len()", "How many items (or entries, or characters).", "[1, 2, 3].len()", "3"))
        .of_rhai(Doc(
            "list.push(value)",
            "Adds a value at the end. The list must be the script's own.",
            "let out = []; out.push(1); out",
            "[1]",
        ))
        .of_rhai(Doc(
            "list.zip(other, |a, b| …)",
            "Goes through two lists side by side.",
            "[1, 2].zip([10, 20], |a, b| a + b)",
            "[11,22]",
        ))
        .of_rhai(Doc("map.keys()", "The names in a map, in order.", "#{ b: 1, a: 2 }.keys()", r#"["a","b"]"#))
        .of_rhai(Doc(
            "map.values()",
            "The values in a map, in the order of their names.",
            "#{ b: 1, a: 2 }.values()",
            "[2,1]",
        ));
}

fn reduce(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("sum(list)", "All numbers of a list together. Texts that are numbers count, an empty list is 0.", r#"sum([1, 2.50, "3"])"#, "6.50"),
            |list: &mut Array| sum(list.iter()),
        )
        .or("sum(list, |item| …)", |context: NativeCallContext, list: &mut Array, value: FnPtr| {
            let numbers = each(&context, list, &value)?;
            sum(numbers.iter())
        })
        .more("total", |list: &mut Array| sum(list.iter()))
        .more("total", |context: NativeCallContext, list: &mut Array, value: FnPtr| {
            let numbers = each(&context, list, &value)?;
            sum(numbers.iter())
        })
        .add(Doc("first(list)", "The first item, or nothing.", "first([1, 2])", "1"), |list: &mut Array| {
            list.first().cloned().unwrap_or_default()
        })
        .add(Doc("last(list)", "The last item, or nothing.", "last([1, 2])", "2"), |list: &mut Array| {
            list.last().cloned().unwrap_or_default()
        })
        .add(
            Doc("join(list, between)", "One text of a list. What is nothing is left out.", r#"join(["a", (), 2], ", ")"#, r#""a, 2""#),
            join,
        )
        .add(
            Doc("coalesce(list)", "The first value that is there: no nothing and no blank text. For two values there is `a ?? b`.", r#"coalesce([(), " ", "x"])"#, r#""x""#),
            |list: &mut Array| list.iter().find(|value| !is_blank(value)).cloned().unwrap_or_default(),
        )
        .add(
            Doc("is_blank(value)", "Is it nothing, a text of spaces, or an empty list or map?", r#"is_blank("  ")"#, "true"),
            |value: Dynamic| is_blank(&value),
        );
}

fn arrange(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("group_by(list, |item| key)", "A map of lists: the items that have the same key.", r#"group_by([1, 2, 3], |n| if n > 1 { "big" } else { "small" })"#, r#"{"big":[2,3],"small":[1]}"#),
            group_by,
        )
        .add(
            Doc("index_by(list, |item| key)", "A map to find items by key. Of items with one key the last stays.", r#"index_by([#{ sku: "A", q: 1 }], |l| l.sku)"#, r#"{"A":{"q":1,"sku":"A"}}"#),
            |context: NativeCallContext, list: &mut Array, key: FnPtr| {
                let keys = each(&context, list, &key)?;
                keys.iter().zip(list.iter()).map(|(key, item)| Ok((key_text(key)?.into(), item.clone()))).collect::<Answer<Map>>()
            },
        )
        .add(Doc("unique(list)", "Each value once, in the order of the first.", "unique([3, 1, 3])", "[3,1]"), |list: &mut Array| {
            let keys = list.clone();
            unique(list, &keys)
        })
        .or("unique(list, |item| key)", |context: NativeCallContext, list: &mut Array, key: FnPtr| {
            let keys = each(&context, list, &key)?;
            unique(list, &keys)
        })
        .add(
            Doc("sort_by(list, |item| key)", "A list in the order of the keys: nothing, false, true, numbers, texts. Equal ones stay as they were.", "sort_by([#{ n: 2 }, #{ n: 1 }], |l| l.n)", r#"[{"n":1},{"n":2}]"#),
            sort_by,
        )
        .add(
            Doc("sorted(list)", "The list in order.", r#"sorted([2, "b", 1.5])"#, r#"[1.5,2,"b"]"#),
            |list: &mut Array| ordered(list, false),
        )
        .add(
            Doc("reversed(list)", "The list from its end.", "reversed([1, 2])", "[2,1]"),
            |list: &mut Array| list.iter().rev().cloned().collect::<Array>(),
        )
        .add(
            Doc("flatten(list)", "The items of the lists in a list.", "flatten([[1], [2, 3], 4])", "[1,2,3,4]"),
            flatten,
        )
        .add(
            Doc("chunks(list, size)", "The list in pieces of so many items, for systems that take a few at a time.", "chunks([1, 2, 3], 2)", "[[1,2],[3]]"),
            chunks,
        )
        .add(
            Doc("numbers(from, to)", "The whole numbers from one to another, both counted.", "numbers(1, 3)", "[1,2,3]"),
            numbers,
        )
        .changing("sort", sort_with)
        .changing("sort", |list: &mut Array| sort_natural(list, false))
        .changing("sort_desc", |list: &mut Array| sort_natural(list, true))
        .more("order", ordered_with)
        .more("order_by", ordered_with)
        .more("order", |list: &mut Array| ordered(list, false))
        .more("order_desc", |list: &mut Array| ordered(list, true));
}

fn maps(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("merge(a, b)", "Both maps as one. Where both have a name, the second counts.", "merge(#{ a: 1, b: 1 }, #{ b: 2 })", r#"{"a":1,"b":2}"#),
            |a: Map, b: Map| {
                let mut merged = a;
                merged.extend(b);
                merged
            },
        )
        .add(
            Doc("pick(map, names)", "Only these entries.", r#"pick(#{ a: 1, b: 2 }, ["a"])"#, r#"{"a":1}"#),
            |map: &mut Map, names: Array| {
                let names = names_in(&names)?;
                Answer::Ok(map.iter().filter(|(name, _)| names.contains(name.as_str())).map(cloned).collect::<Map>())
            },
        )
        .add(
            Doc("omit(map, names)", "All but these entries.", r#"omit(#{ a: 1, b: 2 }, ["a"])"#, r#"{"b":2}"#),
            |map: &mut Map, names: Array| {
                let names = names_in(&names)?;
                Answer::Ok(map.iter().filter(|(name, _)| !names.contains(name.as_str())).map(cloned).collect::<Map>())
            },
        )
        .add(
            Doc("without_blanks(map)", "The entries that hold something, for systems that take an empty field for an order to clear it.", r#"without_blanks(#{ a: "", b: 2 })"#, r#"{"b":2}"#),
            |map: &mut Map| map.iter().filter(|(_, value)| !is_blank(value)).map(cloned).collect::<Map>(),
        )
        .add(
            Doc("entries(map)", "A list of name and value of each entry.", "entries(#{ a: 1 })", r#"[{"name":"a","value":1}]"#),
            |map: &mut Map| {
                let entry = |(name, value): (&rhai::Identifier, &Dynamic)| {
                    let entry: Map = [("name".into(), name.as_str().into()), ("value".into(), value.clone())].into();
                    Dynamic::from_map(entry)
                };
                map.iter().map(entry).collect::<Array>()
            },
        );
}

fn cloned((name, value): (&rhai::Identifier, &Dynamic)) -> (rhai::Identifier, Dynamic) {
    (name.clone(), value.clone())
}

/// What a function of the script makes of each item.
fn each(context: &NativeCallContext, list: &[Dynamic], function: &FnPtr) -> Answer<Array> {
    list.iter().map(|item| function.call_within_context(context, (item.clone(),))).collect()
}

fn sum<'a>(numbers: impl Iterator<Item = &'a Dynamic>) -> Answer<Dynamic> {
    let mut whole: i64 = 0;
    let mut rest = None;
    for number in numbers {
        match (number.as_int(), rest) {
            (Ok(int), None) => whole = whole.checked_add(int).ok_or_else(too_large)?,
            (_, so_far) => {
                let so_far = so_far.unwrap_or_else(|| whole.into());
                rest = Some(add(so_far, decimal_of(number)?)?);
            }
        }
    }
    Ok(rest.map_or(whole.into(), Dynamic::from))
}

fn join(list: &mut Array, between: &str) -> Answer<String> {
    let mut text = String::new();
    for value in list.iter().filter(|value| !value.is_unit()) {
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(&key_text(value)?);
        guard::check_text(Some(text.len()))?;
    }
    Ok(text)
}

pub(crate) fn is_blank(value: &Dynamic) -> bool {
    let blank_text = value.as_immutable_string_ref().is_ok_and(|text| text.trim().is_empty());
    let blank_list = || value.as_array_ref().is_ok_and(|list| list.is_empty());
    let blank_map = || value.as_map_ref().is_ok_and(|map| map.is_empty());
    value.is_unit() || blank_text || blank_list() || blank_map()
}

/// A value as the name of a map's entry.
fn key_text(value: &Dynamic) -> Answer<String> {
    if let Ok(text) = value.as_immutable_string_ref() {
        return Ok(text.to_string());
    }
    if value.is_array() || value.is_map() || value.is_fnptr() {
        return Err(wrong("A text, a number or yes/no is needed here, not a list or a map."));
    }
    Ok(if value.is_unit() { String::new() } else { value.to_string() })
}

fn group_by(context: NativeCallContext, list: &mut Array, key: FnPtr) -> Answer<Map> {
    let keys = each(&context, list, &key)?;
    let mut groups = std::collections::BTreeMap::<String, Array>::new();
    for (key, item) in keys.iter().zip(list.iter()) {
        groups.entry(key_text(key)?).or_default().push(item.clone());
    }
    Ok(groups.into_iter().map(|(key, items)| (key.into(), Dynamic::from_array(items))).collect())
}

fn unique(list: &[Dynamic], keys: &[Dynamic]) -> Answer<Array> {
    let mut seen = HashSet::new();
    let mut kept = Array::new();
    for (item, key) in list.iter().zip(keys) {
        let key = guard::into_json(key.clone())?;
        if seen.insert(key.to_string()) {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn sort_by(context: NativeCallContext, list: &mut Array, key: FnPtr) -> Answer<Array> {
    let keys = each(&context, list, &key)?;
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| compare(&keys[*a], &keys[*b]));
    Ok(order.into_iter().map(|at| list[at].clone()).collect())
}

/// A total order over all values, as sorting needs it: by kind first.
fn compare(a: &Dynamic, b: &Dynamic) -> Ordering {
    if let Some(order) = compare_numbers(a, b) {
        return order;
    }
    if let (Ok(a), Ok(b)) = (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        return a.as_str().cmp(b.as_str());
    }
    let rank = |value: &Dynamic| match value.as_bool() {
        Ok(false) => 1,
        Ok(true) => 2,
        Err(_) if value.is_unit() => 0,
        Err(_) if value.is_int() || value.is_decimal() => 3,
        Err(_) if value.is_string() => 4,
        Err(_) => 5,
    };
    rank(a).cmp(&rank(b))
}

fn ordered(list: &[Dynamic], descending: bool) -> Array {
    let mut ordered = list.to_vec();
    ordered.sort_by(|a, b| if descending { compare(b, a) } else { compare(a, b) });
    ordered
}

fn sort_natural(list: &mut Array, descending: bool) {
    *list = ordered(list, descending);
}

/// Rhai's own sorting hands the script's function to the standard library, which panics when it contradicts itself. This
/// merge sort gives some order for any function.
fn sort(mut items: Array, compare: &mut dyn FnMut(&Dynamic, &Dynamic) -> Answer<Ordering>) -> Answer<Array> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = sort(items, compare)?.into_iter().peekable();
    let mut right = sort(right, compare)?.into_iter().peekable();
    let mut sorted = Array::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let from_left = compare(a, b)? != Ordering::Greater;
        sorted.extend(if from_left { left.next() } else { right.next() });
    }
    sorted.extend(left.chain(right));
    Ok(sorted)
}

fn ordered_with(context: NativeCallContext, list: &mut Array, function: FnPtr) -> Answer<Array> {
    sort(list.clone(), &mut |a, b| {
        let order: Dynamic = function.call_within_context(&context, (a.clone(), b.clone()))?;
        let order = decimal_of(&order)
            .map_err(|_| wrong("The function must give a number: below 0, 0 or above 0."))?;
        Ok(order.cmp(&rust_decimal::Decimal::ZERO))
    })
}

fn sort_with(context: NativeCallContext, list: &mut Array, function: FnPtr) -> Answer<()> {
    *list = ordered_with(context, list, function)?;
    Ok(())
}

fn flatten(list: &mut Array) -> Answer<Array> {
    let mut flat = Array::new();
    for item in list.iter() {
        match item.as_array_ref() {
            Ok(items) => flat.extend(items.iter().cloned()),
            Err(_) => flat.push(item.clone()),
        }
    }
    Ok(flat)
}

fn chunks(list: &mut Array, size: i64) -> Answer<Array> {
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| wrong("A piece has at least one item."))?;
    Ok(list.chunks(size).map(|piece| Dynamic::from_array(piece.to_vec())).collect())
}

fn numbers(from: i64, to: i64) -> Answer<Array> {
    let count =
        to.checked_sub(from).and_then(|less_one| usize::try_from(less_one.saturating_add(1).max(0)).ok());
    guard::check_items(count)?;
    Ok((from..=to).map(Dynamic::from).collect())
}

fn names_in(names: &[Dynamic]) -> Answer<HashSet<String>> {
    names.iter().map(key_text).collect()
}
