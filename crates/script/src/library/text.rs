//! Text: filling in, cutting, padding, patterns, and lines of CSV.

use super::{Answer, Doc, Shelf, lists::is_blank, wrong};
use crate::{guard, lru::Lru};
use regex_lite::{Regex, RegexBuilder};
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::cell::RefCell;

/// A pattern takes time for each of its steps at each character, so both are bounded, and time is looked at in between.
const PATTERN_CHARS_MAX: usize = 500;
const PATTERN_BYTES_MAX: usize = 64 << 10;
const PATTERN_NESTING_MAX: u32 = 20;
const PATTERN_TEXT_BYTES_MAX: usize = 64 << 10;
const PATTERNS_KEPT: usize = 64;

pub(crate) fn register(shelf: &mut Shelf) {
    of_rhai(shelf);
    shape(shelf);
    patterns(shelf);
    csv(shelf);
    bounded(shelf);
}

fn of_rhai(shelf: &mut Shelf) {
    shelf
        .of_rhai(Doc(
            "text.to_upper()",
            "In capitals. `to_lower` is the opposite.",
            r#""sku".to_upper()"#,
            r#""SKU""#,
        ))
        .of_rhai(Doc("text.split(between)", "A list of the parts.", r#""a,b".split(",")"#, r#"["a","b"]"#))
        .of_rhai(Doc(
            "text.starts_with(text)",
            "Does it begin so? `ends_with` asks for the end.",
            r##""#1001".starts_with("#")"##,
            "true",
        ))
        .of_rhai(Doc(
            "text.sub_string(start, length)",
            "A part, counted in characters from 0.",
            r#""สวัสดี".sub_string(0, 3)"#,
            r#""สวั""#,
        ))
        .of_rhai(Doc("value.to_string()", "Any value as text.", "(10.50).to_string()", r#""10.50""#))
        .of_rhai(Doc("value.type_of()", "What kind of value it is.", r#"type_of("a")"#, r#""string""#));
}

fn shape(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "fill(text, map)",
                "Puts values in the place of `{name}`. A name that is not in the map is an error.",
                r#"fill("Hello {name}", #{ name: "Noi" })"#,
                r#""Hello Noi""#,
            ),
            fill,
        )
        .add(
            Doc("trimmed(text)", "Without spaces at the ends.", r#"trimmed(" a ")"#, r#""a""#),
            |text: &str| text.trim().to_owned(),
        )
        .add(
            Doc(
                "replaced(text, what, with)",
                "With every occurrence replaced.",
                r#"replaced("a-b-c", "-", "")"#,
                r#""abc""#,
            ),
            replaced,
        )
        .add(
            Doc(
                "shorten(text, characters)",
                "At most so many characters; what is cut ends with … .",
                r#"shorten("Blue cotton shirt", 12)"#,
                r#""Blue cotton…""#,
            ),
            shorten,
        )
        .add(
            Doc(
                "truncated(text, characters)",
                "The first so many characters, for fields with a limit.",
                r#"truncated("สวัสดี", 4)"#,
                r#""สวัส""#,
            ),
            |text: &str, count: i64| {
                text.chars().take(usize::try_from(count).unwrap_or(0)).collect::<String>()
            },
        )
        .add(
            Doc(
                "pad_start(text, characters, with)",
                "Filled up from the left.",
                r#"pad_start(42, 6, "0")"#,
                r#""000042""#,
            ),
            |value: Dynamic, count: i64, with: &str| {
                padding(&value.to_string(), count, with).map(|fill| format!("{fill}{value}"))
            },
        )
        .add(
            Doc(
                "pad_end(text, characters, with)",
                "Filled up to the right.",
                r#"pad_end("ab", 4, ".")"#,
                r#""ab..""#,
            ),
            |value: Dynamic, count: i64, with: &str| {
                padding(&value.to_string(), count, with).map(|fill| format!("{value}{fill}"))
            },
        )
        .add(
            Doc(
                "slug(text)",
                "A text for an address: small letters, digits and hyphens. Thai letters stay.",
                r#"slug("Blue Shirt (M) ไซส์")"#,
                r#""blue-shirt-m-ไซส์""#,
            ),
            slug,
        )
        .add(
            Doc(
                "if_blank(value, other)",
                "The other value where the first is nothing or blank.",
                r#"if_blank(" ", "none")"#,
                r#""none""#,
            ),
            |value: Dynamic, other: Dynamic| if is_blank(&value) { other } else { value },
        )
        .add(Doc("lines(text)", "A list of the lines.", r#"lines("a\nb")"#, r#"["a","b"]"#), |text: &str| {
            listed(text.lines())
        });
}

fn patterns(shelf: &mut Shelf) {
    shelf
        .add(
            Doc("matches(text, pattern)", "Is the pattern (a regular expression) somewhere in the text?", r#"matches("SKU-12", "^SKU-[0-9]+$")"#, "true"),
            |text: &str, pattern: &str| with_pattern(text, pattern, |regex| Ok(regex.is_match(text))),
        )
        .add(
            Doc("match_of(text, pattern)", "The first place that fits: the first group in brackets if there is one, else the whole; nothing where none fits.", r#"match_of("Order 1001 paid", "Order ([0-9]+)")"#, r#""1001""#),
            |text: &str, pattern: &str| {
                with_pattern(text, pattern, |regex| {
                    let found = regex.captures(text);
                    let place = found.and_then(|found| found.get(1).or_else(|| found.get(0)));
                    Ok(place.map_or(Dynamic::UNIT, |place| place.as_str().into()))
                })
            },
        )
        .add(
            Doc("matches_of(text, pattern)", "All places that fit.", r##"matches_of("#1 and #22", "#[0-9]+")"##, r##"["#1","#22"]"##),
            |text: &str, pattern: &str| {
                with_pattern(text, pattern, |regex| {
                    let mut found = Array::new();
                    for place in regex.find_iter(text) {
                        guard::check_time()?;
                        found.push(place.as_str().into());
                    }
                    Ok(found)
                })
            },
        )
        .add(
            Doc("replace_matches(text, pattern, with)", "With every place that fits replaced.", r#"replace_matches("081-234 5678", "[^0-9]", "")"#, r#""0812345678""#),
            replace_matches,
        );
}

fn csv(shelf: &mut Shelf) {
    shelf
        .add(
            Doc(
                "csv_line(text)",
                "The fields of one line of CSV, with quotes and doubled quotes.",
                r#"csv_line("1,\"a, b\",c")"#,
                r#"["1","a, b","c"]"#,
            ),
            |text: &str| csv_fields(text, ','),
        )
        .or("csv_line(text, between)", |text: &str, between: &str| {
            let mut letters = between.chars();
            match (letters.next(), letters.next()) {
                (Some(between), None) if between != '"' => csv_fields(text, between),
                _ => Err(wrong("Between the fields is one character, such as \";\".")),
            }
        })
        .add(
            Doc(
                "to_csv(list)",
                "One line of CSV of a list.",
                r#"to_csv([1, "a, b", ()])"#,
                r#""1,\"a, b\",""#,
            ),
            to_csv,
        );
}

/// Twins of Rhai's functions that make much out of little and ask for no limit.
fn bounded(shelf: &mut Shelf) {
    shelf
        .changing("replace", |text: &mut ImmutableString, what: &str, with: &str| change(text, what, with))
        .changing("replace", |text: &mut ImmutableString, what: char, with: &str| {
            change(text, what.encode_utf8(&mut [0; 4]), with)
        })
        .changing("replace", |text: &mut ImmutableString, what: &str, with: char| {
            change(text, what, with.encode_utf8(&mut [0; 4]))
        })
        .changing("replace", |text: &mut ImmutableString, what: char, with: char| {
            change(text, what.encode_utf8(&mut [0; 4]), with.encode_utf8(&mut [0; 4]))
        })
        .more("split", |text: &str| listed(text.split_whitespace()))
        .more("split", |text: &str, between: &str| listed(text.split(between)))
        .more("split", |text: &str, between: char| listed(text.split(between)))
        .more("split_rev", |text: &str, between: &str| listed(text.rsplit(between)))
        .more("split_rev", |text: &str, between: char| listed(text.rsplit(between)))
        .more("split", |text: &str, between: &str, count: i64| listed(text.splitn(parts(count), between)))
        .more("split", |text: &str, between: char, count: i64| listed(text.splitn(parts(count), between)))
        .more("split_rev", |text: &str, between: &str, count: i64| {
            listed(text.rsplitn(parts(count), between))
        })
        .more("split_rev", |text: &str, between: char, count: i64| {
            listed(text.rsplitn(parts(count), between))
        })
        .more("to_chars", |text: &str| listed(text.chars()));
}

fn parts(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// A list that is no longer than lists may be.
fn listed<T: Into<Dynamic>>(items: impl Iterator<Item = T>) -> Answer<Array> {
    let mut list = Array::new();
    for item in items {
        list.push(item.into());
        guard::check_items(Some(list.len()))?;
    }
    Ok(list)
}

fn change(text: &mut ImmutableString, what: &str, with: &str) -> Answer<()> {
    *text = replaced(text, what, with)?.into();
    Ok(())
}

fn replaced(text: &str, what: &str, with: &str) -> Answer<String> {
    let grown = text.matches(what).count().checked_mul(with.len());
    guard::check_text(grown.and_then(|grown| grown.checked_add(text.len())))?;
    Ok(text.replace(what, with))
}

fn fill(text: &str, map: Map) -> Answer<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| wrong("A { has no } in this text."))?;
        let value = map.get(name.trim()).ok_or_else(|| {
            wrong(format!("The map has no `{}`.", name.trim().chars().take(40).collect::<String>()))
        })?;
        filled.push_str(before);
        if !value.is_unit() {
            filled.push_str(&value.to_string());
        }
        guard::check_text(Some(filled.len()))?;
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn shorten(text: &str, count: i64) -> String {
    let count = usize::try_from(count).unwrap_or(0);
    if text.chars().count() <= count {
        return text.to_owned();
    }
    let cut: String = text.chars().take(count.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn padding(text: &str, count: i64, with: &str) -> Answer<String> {
    let missing = usize::try_from(count).unwrap_or(0).saturating_sub(text.chars().count());
    if with.is_empty() {
        return Err(wrong("There must be something to fill with."));
    }
    // A character has at most four bytes.
    guard::check_text(missing.checked_mul(4).and_then(|bytes| bytes.checked_add(text.len())))?;
    Ok(with.chars().cycle().take(missing).collect())
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    // Thai vowels above and below are marks, not letters, and belong to the word.
    let stays = |letter: char| letter.is_alphanumeric() || ('\u{e01}'..='\u{e4e}').contains(&letter);
    for letter in text.to_lowercase().chars() {
        if stays(letter) {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

thread_local! {
    static PATTERNS: RefCell<Lru<String, Regex>> = RefCell::new(Lru::new(PATTERNS_KEPT, PATTERNS_KEPT));
}

fn with_pattern<T>(text: &str, pattern: &str, then: impl FnOnce(&Regex) -> Answer<T>) -> Answer<T> {
    if text.len() > PATTERN_TEXT_BYTES_MAX || pattern.len() > PATTERN_CHARS_MAX {
        return Err(wrong("Patterns are for texts up to 64 KB, and have up to 500 characters."));
    }
    if let Some(regex) = PATTERNS.with_borrow_mut(|kept| kept.get(pattern)) {
        return then(&regex);
    }
    let regex =
        RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).nest_limit(PATTERN_NESTING_MAX).build();
    let regex = regex.map_err(|_| {
        wrong("This pattern cannot be used: something in it is not closed, unknown or too large.")
    })?;
    PATTERNS.with_borrow_mut(|kept| kept.insert(pattern.to_owned(), regex.clone(), 1));
    then(&regex)
}

fn replace_matches(text: &str, pattern: &str, with: &str) -> Answer<String> {
    with_pattern(text, pattern, |regex| {
        let mut changed = String::new();
        let mut end = 0;
        for place in regex.find_iter(text) {
            guard::check_time()?;
            changed.push_str(&text[end..place.start()]);
            changed.push_str(with);
            guard::check_text(Some(changed.len()))?;
            end = place.end();
        }
        changed.push_str(&text[end..]);
        Ok(changed)
    })
}

fn csv_fields(line: &str, between: char) -> Answer<Array> {
    let mut fields = Array::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut letters = line.trim_end_matches(['\r', '\n']).chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted || field.is_empty() => quoted = !quoted,
            letter if letter == between && !quoted => fields.push(std::mem::take(&mut field).into()),
            letter => field.push(letter),
        }
        guard::check_items(Some(fields.len()))?;
    }
    if quoted {
        return Err(wrong("A quote is not closed in this line of CSV."));
    }
    fields.push(field.into());
    Ok(fields)
}

fn to_csv(list: &mut Array) -> Answer<String> {
    let mut line = String::new();
    for (at, value) in list.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        let text = if value.is_unit() { String::new() } else { value.to_string() };
        match text.contains([',', '"', '\n', '\r']) {
            true => line.push_str(&format!("\"{}\"", text.replace('"', "\"\""))),
            false => line.push_str(&text),
        }
        guard::check_text(Some(line.len()))?;
    }
    Ok(line)
}
