//! What could be written at the cursor of a script: the fields of the example's data, the script's own names, the standard
//! library.

use model::Value;
use script::FunctionDoc;
use serde::Serialize;
use serde_json::Map;

/// Names that lead to names that lead to names.
const LOOKUPS_MAX: usize = 8;
const DETAIL_CHARS_MAX: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    pub label: String,
    /// As the editor sorts them: `variable`, `property`, `function`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub detail: String,
    pub info: String,
    /// What belongs to the data comes before what could be done with it.
    pub boost: i8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestions {
    /// The beginning of a name that stands before the cursor.
    pub partial: String,
    pub items: Vec<Suggestion>,
}

/// `before` is the script up to the cursor, `scope` what the names in scope hold.
pub fn suggest(before: &str, scope: &Map<String, Value>, functions: &[FunctionDoc]) -> Suggestions {
    let start = name_start(before);
    let (rest, partial) = before.split_at(start);
    let calls = functions.iter().map(function);
    let items = match member_of(rest) {
        Some(path) => {
            let value = resolve(path, rest, scope, LOOKUPS_MAX);
            let fields = value.as_ref().map(fields).unwrap_or_default();
            fields.into_iter().chain(calls).collect()
        }
        None if in_text(before) => Vec::new(),
        None => {
            let roots = scope.iter().map(|(name, value)| item(name, "variable", value));
            let own = own_names(rest).into_iter().map(|name| plain(name, "variable"));
            roots.chain(own).chain(calls).collect()
        }
    };
    Suggestions { partial: partial.to_owned(), items }
}

fn item(name: &str, kind: &'static str, value: &Value) -> Suggestion {
    let detail = match value {
        Value::Array(items) => format!("[{}]", items.len()),
        Value::Object(_) => "#{}".to_owned(),
        other => other.to_string().chars().take(DETAIL_CHARS_MAX).collect(),
    };
    Suggestion { label: name.to_owned(), kind, detail, info: String::new(), boost: 2 }
}

fn plain(name: &str, kind: &'static str) -> Suggestion {
    Suggestion { label: name.to_owned(), kind, detail: String::new(), info: String::new(), boost: 1 }
}

fn function(doc: &FunctionDoc) -> Suggestion {
    Suggestion {
        label: doc.name.to_owned(),
        kind: "function",
        detail: doc.signatures.first().copied().unwrap_or_default().to_owned(),
        info: format!("{}\n\n{}\n→ {}", doc.about, doc.example, doc.result),
        boost: 0,
    }
}

/// The fields that can be written after a point.
fn fields(value: &Value) -> Vec<Suggestion> {
    let is_name = |name: &str| !name.is_empty() && name_start(name) == 0;
    let fields = value.as_object().into_iter().flatten();
    fields.filter(|(name, _)| is_name(name)).map(|(name, value)| item(name, "property", value)).collect()
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Where the name at the end of a text begins.
fn name_start(text: &str) -> usize {
    let start = text.char_indices().rev().take_while(|(_, letter)| is_letter(*letter)).last();
    let start = start.map_or(text.len(), |(at, _)| at);
    // A number is no name.
    if text[start..].starts_with(|letter: char| letter.is_ascii_digit()) { text.len() } else { start }
}

/// What stands before the point at the end of a text.
fn member_of(text: &str) -> Option<&str> {
    let before = text.strip_suffix('.')?;
    Some(before.strip_suffix('?').unwrap_or(before))
}

/// Whether the cursor stands in a text of its own line.
fn in_text(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let mut open = None;
    let mut escaped = false;
    for letter in line.chars() {
        match (open, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(quote), letter) if quote == letter => open = None,
            (None, '"') => open = Some(letter),
            _ => {}
        }
    }
    open.is_some()
}

/// The value of the path at the end of a text, as the example has it; of a list's entries the first.
fn resolve(text: &str, script: &str, scope: &Map<String, Value>, lookups: usize) -> Option<Value> {
    let text = text.trim_end();
    if let Some(inside) = text.strip_suffix(']') {
        let open = inside.rfind('[')?;
        let whole = resolve(&inside[..open], script, scope, lookups)?;
        let step = inside[open + 1..].trim();
        return match whole {
            Value::Array(items) => items.into_iter().next(),
            other => other.get(step.trim_matches('"')).cloned(),
        };
    }
    let start = name_start(text);
    let name = text.get(start..).filter(|name| !name.is_empty())?;
    match member_of(&text[..start]) {
        Some(path) => resolve(path, script, scope, lookups)?.get(name).cloned(),
        None => scope.get(name).cloned().or_else(|| own_value(name, script, scope, lookups.checked_sub(1)?)),
    }
}

/// What a name stands for that the script itself has made: `let x = …;`, `for x in …`, `lines.map(|x| …)`.
fn own_value(name: &str, script: &str, scope: &Map<String, Value>, lookups: usize) -> Option<Value> {
    if let Some((_, after)) = script.rsplit_once(&format!("let {name} = ")) {
        let end = after.find([';', '\n']).unwrap_or(after.len());
        return resolve(path_at_start(&after[..end])?, script, scope, lookups);
    }
    if let Some((_, after)) = script.rsplit_once(&format!("for {name} in ")) {
        return first(resolve(path_at_start(after)?, script, scope, lookups)?);
    }
    let marks = [format!("(|{name}|"), format!("(|{name},")];
    let before = marks.iter().find_map(|mark| script.rfind(mark.as_str())).map(|at| &script[..at])?;
    let method = name_start(before);
    first(resolve(member_of(&before[..method])?, script, scope, lookups)?)
}

/// A plain path that a text begins with, also in brackets with something to use instead: `(input.lines ?? [])`.
fn path_at_start(text: &str) -> Option<&str> {
    let text = text.trim_start().trim_start_matches('(');
    let end =
        text.find(|letter: char| !is_letter(letter) && !".?[]\"".contains(letter)).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['?', '.'])).filter(|path| !path.is_empty())
}

fn first(value: Value) -> Option<Value> {
    match value {
        Value::Array(items) => items.into_iter().next(),
        _ => None,
    }
}

fn own_names(script: &str) -> Vec<&str> {
    let named = |mark: &'static str| {
        script.match_indices(mark).filter_map(move |(at, _)| {
            let after = &script[at + mark.len()..];
            let end = after.find(|letter: char| !is_letter(letter)).unwrap_or(after.len());
            (end > 0).then(|| &after[..end])
        })
    };
    let mut names: Vec<&str> = named("let ").chain(named("(|")).chain(named("for ")).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn labels(before: &str) -> Vec<String> {
        let scope = json!({
            "input": {"name": "#1042", "customer": {"email": "a@b"}, "line_items": [{"sku": "TEA", "qty": 2}], "tax-id": 1},
            "nodes": {"map": {"total": 10}}
        });
        let found = suggest(before, scope.as_object().expect("a map"), &[]);
        found.items.into_iter().map(|item| item.label).collect()
    }

    #[test]
    fn after_a_point_stand_the_fields_of_the_example() {
        assert_eq!(labels("input."), ["name", "customer", "line_items"]);
        assert_eq!(labels("#{ a: input.customer?.em"), ["email"]);
        assert_eq!(labels("nodes[\"map\"]."), ["total"]);
        assert_eq!(labels("input.line_items[0].s"), ["sku", "qty"]);
        assert!(labels("input.missing.").is_empty());
    }

    #[test]
    fn names_that_the_script_has_made_lead_on() {
        assert_eq!(labels("let c = input.customer;\nc."), ["email"]);
        assert_eq!(labels("input.line_items.map(|line| line."), ["sku", "qty"]);
        assert_eq!(labels("let lines = (input.line_items ?? []);\nlines.filter(|l| l."), ["sku", "qty"]);
        assert_eq!(labels("for line in input.line_items { line."), ["sku", "qty"]);
    }

    #[test]
    fn a_name_that_leads_to_itself_comes_to_an_end() {
        assert!(labels("let a = b;\nlet b = a;\na.").is_empty());
    }

    #[test]
    fn at_the_start_of_a_name_stands_what_is_in_scope() {
        let found = suggest(
            "let total = 1;\nin",
            json!({"input": 1}).as_object().expect("a map"),
            &script::functions(),
        );
        let labels: Vec<_> = found.items.iter().map(|item| item.label.as_str()).collect();
        assert_eq!((found.partial.as_str(), &labels[..2]), ("in", &["input", "total"][..]));
        let money = found.items.iter().find(|item| item.label == "money").expect("the standard library");
        assert!(money.info.contains("rounded half up") && money.detail.contains("money(amount, currency)"));
    }

    #[test]
    fn in_a_text_nothing_is_suggested() {
        assert!(labels("let a = \"the inp").is_empty());
    }
}
