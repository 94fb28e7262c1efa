//! What the code in a node's fields speaks of, and the same code with other words in those places.
//!
//! Only as much of the language is read here as that needs: texts, comments and names. Whoever has to be sure asks for
//! [`Mention::Unclear`], and leaves alone what has one.

use model::template::{Part, parts};
use model::{FieldKind, Node, Specs, Value};

/// The operation whose field `script` is code.
const SCRIPT: &str = "core/script";

/// What is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention<'a> {
    /// `nodes.<id>` or `nodes["<id>"]`.
    Node(&'a str),
    Trigger,
    /// `item` or `index`.
    Item(&'a str),
    /// One of these names means something else here, or `nodes` is used as a whole.
    Unclear(&'a str),
}

/// Goes through the code in a node's fields and puts what is told in the place of what is spoken of.
pub fn retell(node: &mut Node, specs: &Specs, tell: &mut impl FnMut(Mention<'_>) -> Option<String>) {
    let spec = specs.operation(&node.operation);
    for (name, value) in &mut node.with {
        let kind = spec.and_then(|spec| spec.find_field(name)).map(|field| &field.kind);
        match (kind, value) {
            (Some(FieldKind::Code), Value::String(code)) => *code = in_code(code, &mut *tell),
            // Inside of a list of its own, a mapping's `item` is another.
            (Some(FieldKind::Mapping), value) => in_value(value, &mut |mention| match mention {
                Mention::Item(name) => tell(Mention::Unclear(name)),
                other => tell(other),
            }),
            (_, value) => in_value(value, &mut *tell),
        }
    }
}

/// As [`retell`], for whoever has no specs. A script is the one field that is code as it stands; others have code in `${…}`.
pub fn retell_bare(node: &mut Node, tell: &mut impl FnMut(Mention<'_>) -> Option<String>) {
    let is_script = node.operation.as_str() == SCRIPT;
    for (name, value) in &mut node.with {
        match value {
            Value::String(code) if is_script && name == "script" => *code = in_code(code, &mut *tell),
            value => in_value(value, &mut *tell),
        }
    }
}

fn in_value(value: &mut Value, tell: &mut impl FnMut(Mention<'_>) -> Option<String>) {
    // Documents are read with a bound on how deep they go.
    match value {
        Value::String(text) => *text = in_text(text, &mut *tell),
        Value::Array(entries) => entries.iter_mut().for_each(|entry| in_value(entry, &mut *tell)),
        Value::Object(fields) => fields.values_mut().for_each(|field| in_value(field, &mut *tell)),
        _ => {}
    }
}

/// A text with `${…}`. One that is not closed stays as it is.
fn in_text(text: &str, tell: &mut dyn FnMut(Mention<'_>) -> Option<String>) -> String {
    let Ok(parts) = parts(text) else { return text.to_owned() };
    let told = parts.into_iter().map(|part| match part {
        // As it was written: what looks like an expression and is none has a second dollar sign.
        Part::Text(plain) => plain.replace("${", "$${"),
        Part::Expression(code) => format!("${{{}}}", in_code(code, tell)),
    });
    told.collect()
}

fn in_code(code: &str, tell: &mut dyn FnMut(Mention<'_>) -> Option<String>) -> String {
    let mut told = String::with_capacity(code.len());
    let mut rest = code;
    let mut declares = Declares::Nothing;
    while let Some(first) = rest.chars().next() {
        let long = match first {
            '"' => quoted(rest),
            '`' => {
                let long = rest[1..].find('`').map_or(rest.len(), |end| end + 2);
                let inside = rest[1..long].trim_end_matches('`');
                told.push('`');
                told.push_str(&in_text(inside, tell));
                told.push_str(&rest[1 + inside.len()..long]);
                rest = &rest[long..];
                continue;
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            first if is_letter(first) => {
                let long = rest.find(|c: char| !is_letter(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
                let (name, behind) = rest.split_at(long);
                let (mention, more) = mention(name, &told, behind, declares != Declares::Nothing);
                let whole = long + more;
                match mention.and_then(&mut *tell) {
                    Some(other) => told.push_str(&other),
                    None => told.push_str(&rest[..whole]),
                }
                declares = match (name, declares) {
                    ("let" | "const", _) => Declares::One,
                    ("for", _) => Declares::UntilIn,
                    ("fn", _) => Declares::UntilParenthesis,
                    ("in", Declares::UntilIn) | (_, Declares::One) => Declares::Nothing,
                    (_, declares) => declares,
                };
                rest = &rest[whole..];
                continue;
            }
            '|' if declares == Declares::UntilBar => {
                declares = Declares::Nothing;
                1
            }
            '|' if rest.starts_with("||") => 2,
            '|' => {
                // Behind a value it is an operator.
                let begins = told.trim_end().ends_with(['(', ',', '=', '{', ';', '[', ':', '>']);
                if begins || told.trim().is_empty() {
                    declares = Declares::UntilBar;
                }
                1
            }
            ')' if declares == Declares::UntilParenthesis => {
                declares = Declares::Nothing;
                1
            }
            first => first.len_utf8(),
        };
        told.push_str(&rest[..long]);
        rest = &rest[long..];
    }
    told
}

/// Whether names have another meaning from here on, and until where they are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declares {
    Nothing,
    One,
    UntilIn,
    UntilBar,
    UntilParenthesis,
}

/// What a name means between what stands before it and behind it, and how much of what is behind belongs to it.
fn mention<'a>(name: &'a str, before: &str, behind: &'a str, declared: bool) -> (Option<Mention<'a>>, usize) {
    if !matches!(name, "nodes" | "trigger" | "item" | "index") {
        return (None, 0);
    }
    let (before, next) = (before.trim_end(), behind.trim_start());
    let is_member = before.ends_with('.') && !before.ends_with("..");
    let is_key = next.starts_with(':') && !next.starts_with("::");
    if is_member || is_key {
        return (None, 0);
    }
    if declared {
        return (Some(Mention::Unclear(name)), 0);
    }
    match name {
        "trigger" => (Some(Mention::Trigger), 0),
        "nodes" => match id_behind(behind) {
            Some((id, long)) => (Some(Mention::Node(id)), long),
            None => (Some(Mention::Unclear(name)), 0),
        },
        name => (Some(Mention::Item(name)), 0),
    }
}

/// `.id`, `?.id` or `["id"]`, and how long that is.
fn id_behind(behind: &str) -> Option<(&str, usize)> {
    let after = behind.strip_prefix('?').unwrap_or(behind);
    let skipped = behind.len() - after.len();
    if let Some(id) = after.strip_prefix('.') {
        let long = id.find(|c: char| !is_letter(c) && !c.is_ascii_digit()).unwrap_or(id.len());
        return (long > 0).then(|| (&id[..long], skipped + 1 + long));
    }
    let id = after.strip_prefix("[\"")?;
    let long = id.find("\"]")?;
    Some((&id[..long], skipped + 2 + long + 2))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// The length of the text in quotes that the code begins with.
fn quoted(code: &str) -> usize {
    let mut escaped = false;
    for (at, c) in code.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    code.len()
}

/// `nodes.<id>`, as it has to be written for an id.
pub fn node_in_code(id: &str) -> String {
    match id.chars().all(|c| is_letter(c) || c.is_ascii_digit()) {
        true => format!("nodes.{id}"),
        false => format!("nodes[\"{id}\"]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with what is spoken of in angle brackets.
    fn marked(text: &str) -> String {
        in_text(text, &mut |mention| {
            Some(match mention {
                Mention::Node(id) => format!("<node {id}>"),
                Mention::Trigger => "<trigger>".to_owned(),
                Mention::Item(name) => format!("<{name}>"),
                Mention::Unclear(name) => format!("<? {name}>"),
            })
        })
    }

    #[test]
    fn what_expressions_speak_of_is_found_and_words_between_them_are_not() {
        assert_eq!(
            marked("item of ${trigger.body.id}: ${nodes.map.ref}"),
            "item of ${<trigger>.body.id}: ${<node map>.ref}"
        );
        assert_eq!(marked(r#"${nodes["to-erp"].id + nodes?.map}"#), "${<node to-erp>.id + <node map>}");
        assert_eq!(marked("${item.sku + index}"), "${<item>.sku + <index>}");
        assert_eq!(marked("plain $${trigger}"), "plain $${trigger}");
    }

    #[test]
    fn members_keys_texts_and_comments_are_something_else() {
        for text in [
            "${input.item.index}",
            "${#{ item: 1, trigger : 2 }}",
            r#"${"nodes.map \" trigger"}"#,
            "${1 /* trigger */ + 2 // item\n}",
            "${items + my_trigger}",
        ] {
            assert_eq!(marked(text), text);
        }
        assert_eq!(marked("${`for ${item.sku} item`}"), "${`for ${<item>.sku} item`}");
    }

    #[test]
    fn a_name_that_is_given_another_meaning_is_unclear() {
        assert_eq!(marked("${input.map(|item| item.sku)}"), "${input.map(|<? item>| <item>.sku)}");
        assert_eq!(
            marked("${input.map(|a, index| trigger.id + index)}"),
            "${input.map(|a, <? index>| <trigger>.id + <index>)}"
        );
        assert_eq!(marked("${for item in input { item }}"), "${for <? item> in input { <item> }}");
        assert_eq!(marked("${let trigger = 1; a}"), "${let <? trigger> = 1; a}");
        assert_eq!(marked("${nodes.keys()}"), "${<node keys>()}");
        assert_eq!(marked("${nodes}"), "${<? nodes>}");
        assert_eq!(marked("${a || item}"), "${a || <item>}");
    }
}
