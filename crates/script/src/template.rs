//! A node's fields with `${…}` in them.

use crate::{
    Engine, Scope, Script,
    error::{Error, Problem, Which, pointer_to},
    path::{Place, as_text},
};
use rhai::Position;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Fields whose expressions are compiled.
#[derive(Debug)]
pub struct Template {
    node: Node,
    constant: bool,
}

#[derive(Debug)]
enum Node {
    Constant(Value),
    /// A text that is one expression: the value keeps its type.
    Whole(String, Arc<Script>),
    /// Text around expressions.
    Mixed(String, Vec<Part>),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

#[derive(Debug)]
enum Part {
    Text(String),
    Code(Arc<Script>),
}

impl Template {
    /// Rendering gives the fields exactly as they were written.
    pub fn is_constant(&self) -> bool {
        self.constant
    }

    /// Where the value lies, when the template is one plain path.
    pub fn place(&self) -> Option<Place<'_>> {
        match &self.node {
            Node::Whole(_, script) => script.place(),
            _ => None,
        }
    }

    pub(crate) fn compile(engine: &Engine, fields: &Value) -> Result<Self, Error> {
        let node = node(engine, fields, "", engine.limits().nesting)?;
        // `$${` is constant too, but it is not written as it is rendered.
        let constant = constant(&node) == Some(fields);
        Ok(Self { node, constant })
    }

    pub(crate) fn render(&self, engine: &Engine, scope: &Scope) -> Result<Value, Error> {
        render(&self.node, engine, scope, engine.deadline_ms(scope))
    }
}

fn node(engine: &Engine, fields: &Value, pointer: &str, nesting: usize) -> Result<Node, Error> {
    let too_deep =
        || Error::limit(Which::Nesting, engine.limits().nesting as u64, Position::NONE).in_field(pointer);
    match fields {
        Value::String(text) if text.contains("${") => text_node(engine, text, pointer),
        Value::Array(items) => {
            let nesting = nesting.checked_sub(1).ok_or_else(too_deep)?;
            let node = |(at, item): (usize, &Value)| {
                node(engine, item, &pointer_to(pointer, &at.to_string()), nesting)
            };
            items.iter().enumerate().map(node).collect::<Result<_, _>>().map(list)
        }
        Value::Object(members) => {
            let nesting = nesting.checked_sub(1).ok_or_else(too_deep)?;
            let node = |(name, member): (&String, &Value)| {
                Ok((name.clone(), node(engine, member, &pointer_to(pointer, name), nesting)?))
            };
            members.iter().map(node).collect::<Result<_, Error>>().map(map)
        }
        constant => Ok(Node::Constant(constant.clone())),
    }
}

/// A list of constants is one constant.
fn list(nodes: Vec<Node>) -> Node {
    let constants: Option<Vec<&Value>> = nodes.iter().map(constant).collect();
    match constants {
        Some(constants) => Node::Constant(constants.into_iter().cloned().collect()),
        None => Node::List(nodes),
    }
}

fn map(nodes: Vec<(String, Node)>) -> Node {
    let constants: Option<Vec<(&String, &Value)>> =
        nodes.iter().map(|(name, node)| Some((name, constant(node)?))).collect();
    match constants {
        Some(constants) => {
            let members = constants.into_iter().map(|(name, value)| (name.clone(), value.clone()));
            Node::Constant(Value::Object(members.collect()))
        }
        None => Node::Map(nodes),
    }
}

fn constant(node: &Node) -> Option<&Value> {
    if let Node::Constant(value) = node { Some(value) } else { None }
}

fn text_node(engine: &Engine, text: &str, pointer: &str) -> Result<Node, Error> {
    let pieces = pieces(text).map_err(|error| error.in_field(pointer))?;
    if let [Piece::Code(code)] = &*pieces {
        let script = engine.compile(code).map_err(|error| error.in_field(pointer))?;
        return Ok(Node::Whole(pointer.to_owned(), script));
    }
    let compile = |piece: Piece| match piece {
        Piece::Text(text) => Ok(Part::Text(text)),
        Piece::Code(code) => engine.compile(code).map(Part::Code).map_err(|error| error.in_field(pointer)),
    };
    let parts: Vec<Part> = pieces.into_iter().map(compile).collect::<Result<_, _>>()?;
    match &*parts {
        [Part::Text(text)] => Ok(Node::Constant(Value::String(text.clone()))),
        _ => Ok(Node::Mixed(pointer.to_owned(), parts)),
    }
}

fn render(node: &Node, engine: &Engine, scope: &Scope, deadline_ms: u64) -> Result<Value, Error> {
    match node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Whole(pointer, script) => {
            engine.run_until(script, scope, Some(deadline_ms)).map_err(|error| error.in_field(pointer))
        }
        Node::Mixed(pointer, parts) => mixed(parts, engine, scope, deadline_ms)
            .map(Value::String)
            .map_err(|error| error.in_field(pointer)),
        Node::List(nodes) => {
            let items: Result<_, _> =
                nodes.iter().map(|node| render(node, engine, scope, deadline_ms)).collect();
            items.map(Value::Array)
        }
        Node::Map(nodes) => {
            let members = nodes
                .iter()
                .map(|(name, node)| Ok((name.clone(), render(node, engine, scope, deadline_ms)?)));
            members.collect::<Result<Map<_, _>, Error>>().map(Value::Object)
        }
    }
}

fn mixed(parts: &[Part], engine: &Engine, scope: &Scope, deadline_ms: u64) -> Result<String, Error> {
    let bytes_max = engine.limits().string_bytes;
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Code(script) => {
                text.push_str(&as_text(&engine.run_until(script, scope, Some(deadline_ms))?))
            }
        }
        if text.len() > bytes_max {
            return Err(Error::limit(Which::StringBytes, bytes_max as u64, Position::NONE));
        }
    }
    Ok(text)
}

/// Every mistake in a tree of fields, not only the first.
pub(crate) fn check_tree(engine: &Engine, fields: &Value) -> Vec<(String, Problem)> {
    let mut problems = Vec::new();
    check(engine, fields, String::new(), engine.limits().nesting, &mut problems);
    problems
}

fn check(
    engine: &Engine,
    fields: &Value,
    pointer: String,
    nesting: usize,
    problems: &mut Vec<(String, Problem)>,
) {
    let deeper = nesting.checked_sub(1);
    match (fields, deeper) {
        (Value::String(text), _) if text.contains("${") => {
            if let Err(error) = check_text(engine, text) {
                problems.push((pointer, error.problem()));
            }
        }
        (Value::Array(items), Some(nesting)) => {
            for (at, item) in items.iter().enumerate() {
                check(engine, item, pointer_to(&pointer, &at.to_string()), nesting, problems);
            }
        }
        (Value::Object(members), Some(nesting)) => {
            for (name, member) in members {
                check(engine, member, pointer_to(&pointer, name), nesting, problems);
            }
        }
        (Value::Array(_) | Value::Object(_), None) => {
            let error = Error::limit(Which::Nesting, engine.limits().nesting as u64, Position::NONE);
            problems.push((pointer, error.problem()));
        }
        _ => {}
    }
}

fn check_text(engine: &Engine, text: &str) -> Result<(), Error> {
    for piece in pieces(text)? {
        if let Piece::Code(code) = piece {
            engine.compile(code)?;
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'t> {
    Text(String),
    Code(&'t str),
}

/// Takes a text apart. `$${` stands for `${` that is meant as text.
pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Error> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let before = &rest[..at];
        if let Some(before) = before.strip_suffix('$') {
            literal.push_str(before);
            literal.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(before);
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
        }
        let inside = &rest[at + 2..];
        let end = crate::source::closing_brace(inside).ok_or_else(|| {
            mistake("This `${` has no `}`. If it is meant as text, write `$${`.", text, at, rest)
        })?;
        if inside[..end].trim().is_empty() {
            return Err(mistake(
                "There is nothing between `${` and `}`. Write an expression, such as `input.name`.",
                text,
                at,
                rest,
            ));
        }
        pieces.push(Piece::Code(&inside[..end]));
        rest = &inside[end + 1..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// A mistake at a place of `rest`, which is the end of `text`.
fn mistake(message: &str, text: &str, at: usize, rest: &str) -> Error {
    let (line, column) = crate::source::place_of(text, text.len() - rest.len() + at);
    Error::Syntax { message: message.to_owned(), line, column }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn braces_and_quotes_inside_an_expression_belong_to_it() {
        let code = r#"#{ a: "}" }.a + `x${ {1} }` /* } */"#;
        let text = format!("before ${{{code}}} after");
        assert_eq!(
            pieces(&text).unwrap(),
            [Piece::Text("before ".into()), Piece::Code(code), Piece::Text(" after".into())]
        );
    }

    #[test]
    fn a_doubled_dollar_is_text() {
        assert_eq!(pieces("$${x} and $5").unwrap(), [Piece::Text("${x} and $5".into())]);
    }
}
