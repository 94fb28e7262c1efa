//! A mapping's lines: can they be read, do they fit what they are made for, and is there what they read?

use super::Check;
use crate::mapping::{
    Each, Gives, Line, Mapping, Rule, coverage, find_target, plain_path, shape_of, sources,
};
use crate::nearest::did_you_mean;
use crate::{Family, Field, FieldKind, Node, OperationSpec, codes, pointer};
use serde_json::Value;

/// Elements of a sample's list that are looked into.
const ELEMENTS_MAX: usize = 50;

impl Check<'_> {
    pub(super) fn mapping(&mut self, spec: &OperationSpec, node: &Node, index: usize, with: &str) {
        for field in spec.fields.iter().filter(|field| field.kind == FieldKind::Mapping) {
            let Some(fields) = node.with.get(&field.name) else { continue };
            let at = pointer::join(with, &field.name);
            let (mapping, slips) = Mapping::read(fields);
            for slip in slips {
                self.error(slip.code, format!("{at}{}", slip.at), slip.message, slip.advice);
            }
            self.read_from(&mapping, index, &at);
            if let Some(target) = node.with.get("target").and_then(Value::as_str) {
                self.made_for(target, &mapping, with, &at);
            }
        }
    }

    /// The target is there, all it needs is mapped, and nothing goes where it has no field.
    fn made_for(&mut self, target: &str, mapping: &Mapping, with: &str, at: &str) {
        let specs = self.specs;
        let Some(shape) = shape_of(specs, target) else {
            if !is_field(specs, target) {
                let message = format!("There is no \"{target}\" to map to");
                let advice = "Write an operation and one of its fields, such as odoo/create_sales_order.order, or leave it out.";
                self.error(codes::UNKNOWN_TARGET, pointer::join(with, "target"), message, advice);
            }
            return;
        };
        self.lines(shape, &mapping.lines, target, at);
        for missing in coverage(shape, mapping).missing {
            let message = format!("\"{missing}\" is required by {target}, and no line fills it");
            self.error(codes::TARGET_MISSING, at, message, "Give it a source or a fixed value.");
        }
    }

    fn lines(&mut self, shape: &[Field], lines: &[Line], target: &str, at: &str) {
        for line in lines {
            let at = pointer::join(at, &line.target);
            let Some(field) = find_target(shape, &line.target) else {
                let names = names_near(shape, &line.target);
                let advice = did_you_mean(&line.target, names.iter().map(String::as_str), "Its fields are");
                let message = format!("{target} has no field \"{}\"", line.target);
                self.error(codes::UNKNOWN_TARGET, at, message, advice);
                continue;
            };
            match (&line.rule, &field.kind) {
                (Rule::Each(Each { lines, .. }), FieldKind::List(fields)) => {
                    self.lines(fields, lines, target, &format!("{at}/fields"));
                }
                (Rule::Each(_), _) => {
                    let message = format!("\"{}\" is no list", line.target);
                    self.error(codes::BAD_CONVERSION, at, message, "Give it one value, without \"each\".");
                }
                (Rule::Value(from), kind) => {
                    let gives = from.conversions.last().and_then(crate::mapping::Conversion::gives);
                    if let Some((gives, wanted)) = gives.and_then(|gives| misfit(gives, kind)) {
                        let message = format!(
                            "\"{}\" takes {wanted}, and the last conversion gives {gives}",
                            line.target
                        );
                        self.error(
                            codes::BAD_CONVERSION,
                            format!("{at}/as"),
                            message,
                            format!("End with a conversion that gives {wanted}."),
                        );
                    }
                }
                (Rule::Unread(_), _) => {}
            }
        }
    }

    /// Warns of a plain path that the sample does not have.
    fn read_from(&mut self, mapping: &Mapping, node: usize, at: &str) {
        for (place, path, around) in sources(mapping) {
            if let Some(name) = self.not_in_sample(node, &path, &around) {
                let message = format!("The sample has no \"{name}\", which {} reads", path.join("."));
                self.warning(
                    codes::NOT_IN_SAMPLE,
                    format!("{at}{place}"),
                    message,
                    "Correct the path, or add the value to the sample.",
                );
            }
        }
    }

    /// The first name of a path that the sample does not have, where there is a sample that would.
    fn not_in_sample(&self, node: usize, path: &[String], around: &[String]) -> Option<String> {
        let (found, rest) = self.begin(node, path, around)?;
        walk(found, rest).err().flatten()
    }

    /// What a path begins at, and the rest of it.
    fn begin<'p>(
        &self,
        node: usize,
        path: &'p [String],
        around: &[String],
    ) -> Option<(Vec<&Value>, &'p [String])> {
        let (root, rest) = path.split_first()?;
        match (root.as_str(), rest) {
            ("input", rest) => Some((vec![self.sample_before(node)?], rest)),
            ("trigger", [body, rest @ ..]) if body == "body" => Some((vec![self.only_trigger()?], rest)),
            ("nodes", [id, rest @ ..]) => Some((vec![self.sample(self.graph.find(id)?)?], rest)),
            ("item", rest) => Some((self.elements(node, around)?, rest)),
            _ => None,
        }
    }

    /// The elements of the list that is gone through.
    fn elements(&self, node: usize, around: &[String]) -> Option<Vec<&Value>> {
        let (list, outer) = around.split_last()?;
        let path = plain_path(crate::template::only_expression(list)?)?;
        let path: Vec<String> = path.into_iter().map(str::to_owned).collect();
        let (found, rest) = self.begin(node, &path, outer)?;
        let lists = walk(found, rest).ok()?.into_iter().filter_map(Value::as_array);
        Some(lists.flatten().take(ELEMENTS_MAX).collect())
    }

    /// What the node before gives by its sample; what passes its input on is looked through.
    fn sample_before(&self, node: usize) -> Option<&Value> {
        let mut at = node;
        for _ in 0..self.graph.len() {
            let mut edges = self.graph.in_edges(at);
            let edge = edges.next().filter(|_| edges.next().is_none())?;
            at = edge.from;
            let passes = ["core/switch", "core/filter", "core/merge"];
            if !passes.contains(&self.doc.nodes[at].operation.as_str()) {
                return self.sample(at);
            }
        }
        None
    }

    /// A trigger's sample may be the whole event; what it gives is the body.
    fn sample(&self, node: usize) -> Option<&Value> {
        let sample = self.doc.samples.get(&self.doc.nodes[node].id)?;
        match self.graph.is_trigger(node) {
            true => Some(sample.get("body").unwrap_or(sample)),
            false => Some(sample),
        }
    }

    fn only_trigger(&self) -> Option<&Value> {
        let mut triggers = (0..self.graph.len()).filter(|node| self.graph.is_trigger(*node));
        let only = triggers.next().filter(|_| triggers.next().is_none())?;
        self.sample(only)
    }
}

/// All that is at a path, or the first name that nothing of it has; nothing where that cannot be told.
fn walk<'v>(mut found: Vec<&'v Value>, path: &[String]) -> Result<Vec<&'v Value>, Option<String>> {
    for name in path {
        if found.iter().any(|value| !value.is_object()) {
            return Err(None);
        }
        let next: Vec<&Value> = found.iter().filter_map(|value| value.get(name)).collect();
        if next.is_empty() && !found.is_empty() {
            return Err(Some(name.clone()));
        }
        found = next;
    }
    Ok(found)
}

fn is_field(specs: &crate::Specs, target: &str) -> bool {
    let field = target.split_once('.').and_then(|(operation, field)| {
        let spec = specs.operation(&operation.into())?;
        spec.find_field(field).filter(|_| spec.family == Family::Action)
    });
    field.is_some()
}

/// Names to advise, as long as the one that was written.
fn names_near(shape: &[Field], target: &str) -> Vec<String> {
    let before = target.rsplit_once('.').map_or("", |(before, _)| before);
    let around = match before {
        "" => shape,
        before => find_target(shape, before).map_or(shape, |field| &field.shape),
    };
    let full = |field: &Field| match before {
        "" => field.name.clone(),
        before => format!("{before}.{}", field.name),
    };
    around.iter().map(full).collect()
}

/// What is given and what is wanted, where the two do not go together.
fn misfit(gives: Gives, kind: &FieldKind) -> Option<(&'static str, &'static str)> {
    let given = match gives {
        Gives::Text => "a text",
        Gives::Number => "a number",
        Gives::Bool => "true or false",
        Gives::List => "a list",
    };
    let wanted = match (kind, gives) {
        (FieldKind::Number, Gives::Text | Gives::Bool | Gives::List) => "a number",
        (FieldKind::Money(_), Gives::Text | Gives::Bool | Gives::List) => "an amount of money",
        (FieldKind::Bool, Gives::Text | Gives::Number | Gives::List) => "true or false",
        (FieldKind::Text | FieldKind::LongText, Gives::Bool | Gives::List) => "a text",
        (FieldKind::List(_), Gives::Text | Gives::Number | Gives::Bool) => "a list",
        _ => return None,
    };
    Some((given, wanted))
}
