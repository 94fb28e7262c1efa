//! Several ways in.

use super::{parameter, text};
use crate::build::{Builder, Input, Out, Plural, object};
use crate::js::member_step;
use crate::report;
use crate::source::Node;
use crate::written::MARK;
use model::{NodeId, PortRef};
use serde_json::{Value, json};

enum Way {
    Append,
    /// One object of both.
    Together,
    /// Only one of them goes on, when all are there.
    Choose(usize),
    Nothing,
    Left(String),
}

fn way(node: &Node) -> Way {
    let mode = text(node, "mode").unwrap_or("append");
    let left = |what: &str| Way::Left(what.to_owned());
    match mode {
        "append" => Way::Append,
        "chooseBranch" | "wait" | "passThrough" => {
            let otherwise = if node.version >= 3.0 { "specifiedInput" } else { "input1" };
            let output = text(node, "output").unwrap_or(otherwise);
            match output {
                "empty" => Way::Nothing,
                "specifiedInput" => parameter(node, "useDataOfInput")
                    .and_then(|input| {
                        input.as_u64().or_else(|| input.as_str().and_then(|input| input.parse().ok()))
                    })
                    .map_or(Way::Choose(0), |input| Way::Choose((input as usize).saturating_sub(1))),
                _ => Way::Choose(usize::from(output == "input2")),
            }
        }
        "combine" | "multiplex" | "mergeByIndex" => {
            let by = text(node, "combineBy").or(text(node, "combinationMode")).unwrap_or(match mode {
                "combine" if node.version >= 3.0 => "combineByFields",
                "combine" => "mergeByFields",
                other => other,
            });
            match by {
                "combineByPosition" | "mergeByPosition" | "combineAll" | "multiplex" | "mergeByIndex" => {
                    Way::Together
                }
                other => left(other),
            }
        }
        other => left(other),
    }
}

pub fn write(builder: &mut Builder, at: usize, input: &Input) {
    let way = way(builder.n8n(at));
    let mut ins = input.ins.clone();
    if matches!(way, Way::Append)
        && exclusive(&ins)
        && ins.iter().all(|(_, out)| out.plural == Plural::One)
        && ins.len() > 1
    {
        return first_come(builder, at, input, ins);
    }
    // Each way in is known in the joined object by the node it comes from.
    let mut seen: Vec<NodeId> = Vec::new();
    for (_, out) in &mut ins {
        if seen.contains(&out.from.node) {
            builder.put_lens(out, at);
        }
        seen.push(out.from.node.clone());
    }
    let joined = Input { ins: ins.clone(), ..input.clone() };
    builder.place(at, &joined, "core/merge", object(json!({"mode": "all"})));
    let id = builder.ids[at].clone();
    let (source, plural) = match &way {
        Way::Append => (append(&ins), Plural::Many),
        Way::Together if ins.iter().all(|(_, out)| out.plural == Plural::One) => {
            (together(&ins), Plural::One)
        }
        Way::Choose(wanted) => choose(&ins, *wanted),
        Way::Nothing => ("#{}".to_owned(), Plural::One),
        Way::Together => (left(builder, at, "position"), Plural::Many),
        Way::Left(what) => (left(builder, at, what), Plural::Many),
    };
    let script = NodeId::from(&*builder.extra.node(&format!("{id}_together"), "together"));
    let place = builder.n8n(at).at;
    let title = builder.n8n(at).name.clone();
    builder.put(
        &script,
        &title,
        "core/script",
        object(json!({"script": source})),
        [place[0] + 110.0, place[1]],
    );
    builder.edge(PortRef { node: id, port: "out".into() }, script.clone());
    if !matches!(way, Way::Left(_)) {
        builder.say(&report::MERGE, at, []);
    }
    if matches!(way, Way::Together) {
        clashes(builder, at);
    }
    // From here on, the script is what the node gives.
    builder.gives(at, input, &["out"], plural, "@");
    if let Some(out) = builder.infos[at].as_mut().and_then(|info| info.outs.first_mut()) {
        out.from = PortRef { node: script.clone(), port: "out".into() };
    }
    builder.stands_for(at, script);
}

/// What is to be done where both have a field: here the last way in wins, with all that is in the field.
fn clashes(builder: &mut Builder, at: usize) {
    let settings = parameter(builder.n8n(at), "options.clashHandling.values").cloned().unwrap_or_default();
    let same = [
        ("resolveClash", [json!("preferLast"), json!("preferInput2")]),
        ("mergeMode", [json!("shallowMerge"), json!("")]),
        ("overrideEmpty", [json!(false), json!("")]),
    ];
    for (name, fits) in same {
        let value = &settings[name];
        if !value.is_null() && !fits.contains(value) {
            builder.say(&report::SETTING, at, [format!("clashHandling: {name}: {value}")]);
        }
    }
    super::left_options(builder, at, "options", &["clashHandling", "includeUnpaired"]);
}

/// Whether at most one of the ways in is taken in a run.
fn exclusive(ins: &[(usize, Out)]) -> bool {
    let apart = |a: &Out, b: &Out| {
        a.taken.iter().any(|(node, output)| b.taken.iter().any(|(other, way)| node == other && output != way))
    };
    ins.iter().enumerate().all(|(at, (_, a))| ins[..at].iter().all(|(_, b)| apart(a, b)))
}

fn first_come(builder: &mut Builder, at: usize, input: &Input, mut ins: Vec<(usize, Out)>) {
    let same = ins.windows(2).all(|two| two[0].1.lens == two[1].1.lens);
    for (_, out) in &mut ins {
        if !same && out.lens != "@" {
            builder.put_lens(out, at);
        }
    }
    let lens = ins.first().map_or_else(|| "@".to_owned(), |(_, out)| out.lens.clone());
    let joined = Input { ins, ..input.clone() };
    builder.place(at, &joined, "core/merge", object(json!({"mode": "any"})));
    builder.gives(at, &joined, &["out"], Plural::One, &lens);
    builder.say(&report::JOIN, at, []);
}

/// What a way in brought, in the joined object; nothing where it was not taken.
fn brought(out: &Out) -> String {
    let value = format!("input{}", member_step(out.from.node.as_str()));
    out.lens.replace('@', &value)
}

fn append(ins: &[(usize, Out)]) -> String {
    let mut lines = vec!["let all = [];".to_owned()];
    for (_, out) in ins {
        let name = crate::js::text_literal(out.from.node.as_str());
        let add = match out.plural {
            Plural::One => format!("all.push({});", brought(out)),
            Plural::Many => format!("all += {};", brought(out)),
        };
        lines.push(format!("if {name} in input {{ {add} }}"));
    }
    lines.push("all".into());
    lines.join("\n")
}

fn together(ins: &[(usize, Out)]) -> String {
    let mut parts = ins.iter().map(|(_, out)| brought(out));
    let first = parts.next().unwrap_or_else(|| "#{}".into());
    parts.fold(first, |code, part| format!("merge({code}, {part})"))
}

fn choose(ins: &[(usize, Out)], wanted: usize) -> (String, Plural) {
    match ins.iter().find(|(input, _)| *input == wanted) {
        Some((_, out)) => (brought(out), out.plural),
        None => ("#{}".into(), Plural::One),
    }
}

fn left(builder: &mut Builder, at: usize, what: &str) -> String {
    builder.say(&report::MERGE_LEFT, at, [what.to_owned()]);
    let parameters = Value::Object(builder.n8n(at).parameters.clone()).to_string();
    format!("/* n8n: {} */\n{MARK}", crate::written::remark(&parameters))
}
