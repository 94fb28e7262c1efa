//! Nodes that work on all items at once: each is a script over the list.

use super::{flag, left_options, list, parameter, script, text};
use crate::build::{Builder, Input, Plural};
use crate::js::{Why, member_step, text_literal};
use crate::report;
use crate::source::Node;
use crate::written::map_literal;
use serde_json::Value;

/// Whether an old Item Lists node takes a list apart.
pub fn splits(node: &Node) -> bool {
    matches!(text(node, "operation"), None | Some("splitOutItems"))
}

pub fn write(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let what = match (node.kind.as_str(), text(node, "operation")) {
        ("itemLists", None | Some("splitOutItems")) => "splitOut",
        ("itemLists", Some("aggregateItems" | "concatenateItems")) => "aggregate",
        ("itemLists", Some(operation)) => operation,
        (kind, _) => kind,
    };
    let made = match what {
        "splitOut" => split_out(node, input),
        "limit" => limit(node, input),
        "sort" => sort(node, input),
        "removeDuplicates" => unique(node, input),
        "aggregate" => aggregate(node, input),
        "summarize" => summarize(node, input),
        other => Err(Why::NoTwin(other.to_owned())),
    };
    match made {
        Ok((source, plural)) => {
            script(builder, at, input, source);
            let kind = builder.n8n(at).kind.clone();
            builder.say(&report::SCRIPT, at, [kind]);
            builder.gives(at, input, &["out"], plural, "@");
            left_options(
                builder,
                at,
                "options",
                &["disableDotNotation", "destinationFieldName", "mergeLists", "keepMissing"],
            );
        }
        Err(why) => {
            super::not_exact(builder, at, input, &why);
        }
    }
}

type Made = Result<(String, Plural), Why>;

/// A field of an element, where each step may be missing.
fn field(element: &str, name: &str, node: &Node) -> String {
    let dotted = !flag(node, "options.disableDotNotation", false);
    let parts: Vec<&str> = if dotted { name.split('.').collect() } else { vec![name] };
    let mut code = element.to_owned();
    for (at, part) in parts.iter().enumerate() {
        code.push_str(if at == 0 { "" } else { "?" });
        code.push_str(&member_step(part));
    }
    code
}

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn fixed<'v>(node: &'v Node, path: &str) -> Result<Option<&'v str>, Why> {
    match text(node, path) {
        Some(text) if text.starts_with('=') => Err(Why::NoTwin(format!("a computed {path}"))),
        other => Ok(other),
    }
}

fn split_out(node: &Node, input: &Input) -> Made {
    let source = fixed(node, "fieldToSplitOut")?.unwrap_or_default().trim_start_matches("$json.");
    let [name] = &*names(source) else {
        return Err(Why::NoTwin("splitting several fields out at once".into()));
    };
    let to = fixed(node, "options.destinationFieldName")?.filter(|to| !to.trim().is_empty());
    let last = to.unwrap_or(name);
    let single = map_literal([(last.to_owned(), "entry".to_owned())].into_iter());
    let made = match text(node, "include").unwrap_or("noOtherFields") {
        "noOtherFields" if to.is_none() => {
            format!("if type_of(entry) == \"map\" {{ entry }} else {{ {single} }}")
        }
        "noOtherFields" => single,
        "allOtherFields" if !name.contains('.') => {
            format!("merge(omit(item, [{}]), {single})", text_literal(name))
        }
        "selectedOtherFields" => {
            let wanted = names(fixed(node, "fieldsToInclude")?.unwrap_or_default());
            if wanted.iter().any(|name| name.contains('.')) {
                return Err(Why::NoTwin("fieldsToInclude with points".into()));
            }
            let wanted: Vec<String> = wanted.iter().map(|name| text_literal(name)).collect();
            format!("merge(pick(item, [{}]), {single})", wanted.join(", "))
        }
        other => return Err(Why::NoTwin(format!("include: {other}"))),
    };
    let of_item = format!("({} ?? []).map(|entry| {made})", field("item", name, node));
    let whole = input.lens.replace('@', "input");
    Ok(match input.plural {
        Plural::Many => (format!("flatten({whole}.map(|item| {of_item}))"), Plural::Many),
        Plural::One => (format!("let item = {whole};\n{of_item}"), Plural::Many),
    })
}

fn limit(node: &Node, input: &Input) -> Made {
    let most = match parameter(node, "maxItems") {
        None => 1,
        Some(most) => most.as_u64().ok_or_else(|| Why::NoTwin("a computed maxItems".into()))?,
    };
    let items = super::items(input);
    Ok(match text(node, "keep").unwrap_or("firstItems") {
        "firstItems" => (format!("{items}.extract(0, {most})"), Plural::Many),
        _ => (format!("reversed(reversed({items}).extract(0, {most}))"), Plural::Many),
    })
}

/// Texts without regard to capitals, as n8n sorts them; what is equal stays in its order.
fn sort(node: &Node, input: &Input) -> Made {
    if text(node, "type").unwrap_or("simple") != "simple" {
        return Err(Why::NoTwin("sorting by code or at random".into()));
    }
    let mut code = super::items(input);
    for rule in list(node, "sortFieldsUi.sortField").iter().rev() {
        let name = rule["fieldName"].as_str().filter(|name| !name.starts_with('=')).unwrap_or_default();
        let key = field("item", name, node);
        let key = format!(
            "|item| {{ let key = {key}; if type_of(key) == \"string\" {{ key.to_lower() }} else {{ key }} }}"
        );
        code = match rule["order"].as_str() {
            Some("descending") => format!("reversed(sort_by(reversed({code}), {key}))"),
            _ => format!("sort_by({code}, {key})"),
        };
    }
    Ok((code, Plural::Many))
}

fn unique(node: &Node, input: &Input) -> Made {
    if text(node, "operation")
        .is_some_and(|operation| !matches!(operation, "removeDuplicateInputItems" | "removeDuplicates"))
    {
        return Err(Why::NoTwin("comparing with earlier runs".into()));
    }
    if flag(node, "options.removeOtherFields", false) {
        return Err(Why::NoTwin("removeOtherFields".into()));
    }
    let items = super::items(input);
    let compared =
        |path: &str| -> Result<Vec<String>, Why> { Ok(names(fixed(node, path)?.unwrap_or_default())) };
    let code = match text(node, "compare").unwrap_or("allFields") {
        "allFields" => format!("unique({items})"),
        "selectedFields" => {
            let keys: Vec<String> =
                compared("fieldsToCompare")?.iter().map(|name| field("item", name, node)).collect();
            format!("unique({items}, |item| [{}])", keys.join(", "))
        }
        "allFieldsExcept" => {
            let left: Vec<String> =
                compared("fieldsToExclude")?.iter().map(|name| text_literal(name)).collect();
            format!("unique({items}, |item| omit(item, [{}]))", left.join(", "))
        }
        other => return Err(Why::NoTwin(format!("compare: {other}"))),
    };
    Ok((code, Plural::Many))
}

fn aggregate(node: &Node, input: &Input) -> Made {
    if fixed(node, "options.groupByFields")?.is_some_and(|fields| !fields.is_empty()) {
        return Err(Why::NoTwin("groupByFields".into()));
    }
    let items = super::items(input);
    if text(node, "aggregate") == Some("aggregateAllItemData") {
        let to = fixed(node, "destinationFieldName")?.unwrap_or("data").to_owned();
        if text(node, "include").is_some_and(|include| include != "allFields") {
            return Err(Why::NoTwin("including some fields".into()));
        }
        return Ok((map_literal([(to, items)].into_iter()), Plural::One));
    }
    let (merges, keeps) = (flag(node, "options.mergeLists", false), flag(node, "options.keepMissing", false));
    let mut fields = Vec::new();
    for rule in list(node, "fieldsToAggregate.fieldToAggregate") {
        let name = rule["fieldToAggregate"].as_str().unwrap_or_default();
        let renamed = rule["outputFieldName"].as_str().filter(|_| rule["renameField"] == Value::Bool(true));
        let last = name.rsplit('.').next().unwrap_or(name);
        let to = renamed.filter(|to| !to.is_empty()).unwrap_or(last);
        if to.contains('.') || name.is_empty() || name.starts_with('=') {
            return Err(Why::NoTwin("a computed or nested name".into()));
        }
        let mut code = format!("{items}.map(|item| {})", field("item", name, node));
        if !keeps {
            code = format!("{code}.filter(|value| value != ())");
        }
        if merges {
            code = format!("flatten({code})");
        }
        fields.push((to.to_owned(), code));
    }
    if fields.is_empty() {
        return Err(Why::NoTwin("no fields".into()));
    }
    Ok((map_literal(fields.into_iter()), Plural::One))
}

fn summarize(node: &Node, input: &Input) -> Made {
    if fixed(node, "fieldsToSplitBy")?.is_some_and(|fields| !fields.trim().is_empty()) {
        return Err(Why::NoTwin("fieldsToSplitBy".into()));
    }
    let items = super::items(input);
    let mut fields = Vec::new();
    for rule in list(node, "fieldsToSummarize.values") {
        let name = rule["field"].as_str().filter(|name| !name.starts_with('=') && !name.is_empty());
        let name = name.ok_or_else(|| Why::NoTwin("a computed field".into()))?;
        let values = format!("{items}.map(|item| {}).filter(|value| value != ())", field("item", name, node));
        let to = name.replace('.', "_");
        let (prefix, code) = match rule["aggregation"].as_str().unwrap_or("count") {
            "count" => ("count", format!("{values}.filter(|value| value != \"\").len()")),
            "sum" => ("sum", format!("sum({values})")),
            "append" => ("appended", values),
            "countUnique" => {
                ("unique_count", format!("unique({values}.filter(|value| value != \"\")).len()"))
            }
            other => return Err(Why::NoTwin(format!("aggregation: {other}"))),
        };
        fields.push((format!("{prefix}_{to}"), code));
    }
    Ok((map_literal(fields.into_iter()), Plural::One))
}
