//! Reads as much GraphQL as pulls and pushes need: one operation, arguments, variables, directives, aliases, fragments.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

use super::fragments::{self, Fragments};

const DEPTH_MAX: usize = 16;
const FIELDS_MAX: usize = 1_000;

/// Its name and its arguments.
pub(crate) type Directive = (String, Map<String, Value>);

/// One asked field.
#[derive(Debug)]
pub(crate) struct Selection {
    /// What the answer calls it.
    pub alias: String,
    pub name: String,
    pub arguments: Map<String, Value>,
    /// `@idempotent(key: "…")`
    pub directives: Vec<Directive>,
    pub inner: Vec<Selection>,
}

impl Selection {
    pub(crate) fn argument(&self, name: &str) -> &Value {
        self.arguments.get(name).unwrap_or(&Value::Null)
    }

    /// An argument of a directive.
    pub(crate) fn directive(&self, name: &str, argument: &str) -> Option<&Value> {
        let (_, arguments) = self.directives.iter().find(|(known, _)| known == name)?;
        arguments.get(argument)
    }
}

/// What a document asks for.
#[derive(Debug)]
pub(crate) struct Operation {
    pub mutation: bool,
    pub fields: Vec<Selection>,
}

/// Parses a document that holds one operation.
pub(crate) fn parse(text: &str, variables: &Map<String, Value>) -> Result<Operation, String> {
    let (operation, fragments) = fragments::split(tokens(text)?)?;
    let tokens = operation.into_iter().peekable();
    let mut parser = Parser { tokens, variables: variables.clone(), fields: 0, fragments };
    let mut mutation = false;
    if parser.tokens.peek() != Some(&Token::Mark('{')) {
        match parser.name()?.as_str() {
            "query" => {}
            "mutation" => mutation = true,
            other => return Err(format!("the stand-in answers queries and mutations, not {other:?}")),
        }
        parser.operation_head()?;
    }
    parser.expect('{')?;
    let fields = parser.selections(0)?;
    match parser.tokens.next() {
        None => Ok(Operation { mutation, fields }),
        Some(token) => Err(format!("syntax error, unexpected {token:?} after the operation")),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Number(String),
    Mark(char),
    Spread,
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&next) = chars.peek() {
        match next {
            '#' => drop(take_while(&mut chars, |c| c != '\n')),
            '"' => tokens.push(Token::Text(string(&mut chars)?)),
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '!' | '=' | '@' => {
                chars.next();
                tokens.push(Token::Mark(next));
            }
            '.' if take_while(&mut chars, |c| c == '.') == "..." => tokens.push(Token::Spread),
            c if c.is_whitespace() || c == ',' => drop(chars.next()),
            c if c.is_alphabetic() || c == '_' => {
                tokens.push(Token::Name(take_while(&mut chars, |c| c.is_alphanumeric() || c == '_')));
            }
            c if c.is_ascii_digit() || c == '-' => {
                let number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
                tokens.push(Token::Number(take_while(&mut chars, number)));
            }
            other => return Err(format!("syntax error, unexpected {other:?}")),
        }
    }
    Ok(tokens)
}

fn take_while(chars: &mut Peekable<Chars<'_>>, fits: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(next) = chars.next_if(|c| fits(*c)) {
        text.push(next);
    }
    text
}

/// A string literal; its escapes are JSON's.
fn string(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut literal = String::from(chars.next().unwrap_or('"'));
    let mut escaped = false;
    for next in chars.by_ref() {
        literal.push(next);
        match next {
            '"' if !escaped => {
                return serde_json::from_str(&literal).map_err(|error| format!("syntax error, {error}"));
            }
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Err("syntax error, a string without an end".to_owned())
}

struct Parser {
    tokens: Peekable<std::vec::IntoIter<Token>>,
    variables: Map<String, Value>,
    fields: usize,
    fragments: Fragments,
}

impl Parser {
    fn expect(&mut self, mark: char) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Mark(found)) if found == mark => Ok(()),
            found => Err(format!("syntax error, expected {mark:?} and found {found:?}")),
        }
    }

    fn has(&mut self, mark: char) -> bool {
        self.tokens.next_if_eq(&Token::Mark(mark)).is_some()
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Name(name)) => Ok(name),
            found => Err(format!("syntax error, expected a name and found {found:?}")),
        }
    }

    /// `Name($first: Int! = 10, …) @directive` up to the selections.
    fn operation_head(&mut self) -> Result<(), String> {
        self.tokens.next_if(|token| matches!(token, Token::Name(_)));
        if self.has('(') {
            while !self.has(')') {
                self.expect('$')?;
                let name = self.name()?;
                self.expect(':')?;
                self.type_name()?;
                if self.has('=') {
                    let default = self.value(0)?;
                    self.variables.entry(name).or_insert(default);
                }
            }
        }
        self.directives().map(drop)
    }

    fn type_name(&mut self) -> Result<(), String> {
        if self.has('[') {
            self.type_name()?;
            self.expect(']')?;
        } else {
            self.name()?;
        }
        self.has('!');
        Ok(())
    }

    fn directives(&mut self) -> Result<Vec<Directive>, String> {
        let mut directives = Vec::new();
        while self.has('@') {
            directives.push((self.name()?, self.arguments()?));
        }
        Ok(directives)
    }

    fn selections(&mut self, depth: usize) -> Result<Vec<Selection>, String> {
        if depth > DEPTH_MAX {
            return Err(format!("the query is deeper than {DEPTH_MAX}"));
        }
        let mut selections = Vec::new();
        while !self.has('}') {
            if self.tokens.next_if_eq(&Token::Spread).is_some() {
                let name = self.name()?;
                if name == "on" {
                    self.name()?;
                    self.expect('{')?;
                    selections.extend(self.selections(depth + 1)?);
                } else {
                    selections.extend(self.fragment(&name, depth + 1)?);
                }
            } else {
                selections.push(self.selection(depth)?);
            }
        }
        Ok(selections)
    }

    /// What a named fragment stands for, with its closing brace as its end.
    fn fragment(&mut self, name: &str, depth: usize) -> Result<Vec<Selection>, String> {
        let inside =
            self.fragments.get(name).ok_or_else(|| format!("Fragment {name} was used, but not defined"))?;
        let outside = std::mem::replace(&mut self.tokens, inside.clone().into_iter().peekable());
        let selections = self.selections(depth);
        self.tokens = outside;
        selections
    }

    fn selection(&mut self, depth: usize) -> Result<Selection, String> {
        self.fields += 1;
        if self.fields > FIELDS_MAX {
            return Err(format!("the query asks for more than {FIELDS_MAX} fields"));
        }
        let alias = self.name()?;
        let name = if self.has(':') { self.name()? } else { alias.clone() };
        let arguments = self.arguments()?;
        let directives = self.directives()?;
        let inner = if self.has('{') { self.selections(depth + 1)? } else { Vec::new() };
        Ok(Selection { alias, name, arguments, directives, inner })
    }

    fn arguments(&mut self) -> Result<Map<String, Value>, String> {
        let mut arguments = Map::new();
        if self.has('(') {
            while !self.has(')') {
                let name = self.name()?;
                self.expect(':')?;
                let value = self.value(0)?;
                arguments.insert(name, value);
            }
        }
        Ok(arguments)
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEPTH_MAX {
            return Err(format!("a value is deeper than {DEPTH_MAX}"));
        }
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text.into()),
            Some(Token::Number(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Some(Token::Name(name)) => Ok(match name.as_str() {
                "true" => true.into(),
                "false" => false.into(),
                "null" => Value::Null,
                _ => name.into(), // an enum's value
            }),
            Some(Token::Mark('$')) => {
                let name = self.name()?;
                Ok(self.variables.get(&name).cloned().unwrap_or_default())
            }
            Some(Token::Mark('[')) => {
                let mut items = Vec::new();
                while !self.has(']') {
                    items.push(self.value(depth + 1)?);
                }
                Ok(items.into())
            }
            Some(Token::Mark('{')) => {
                let mut map = Map::new();
                while !self.has('}') {
                    let name = self.name()?;
                    self.expect(':')?;
                    map.insert(name, self.value(depth + 1)?);
                }
                Ok(map.into())
            }
            found => Err(format!("syntax error, expected a value and found {found:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str, variables: Value) -> Result<Vec<Selection>, String> {
        parse(text, variables.as_object().unwrap()).map(|operation| operation.fields)
    }

    #[test]
    fn variables_defaults_aliases_and_fragments_are_read() {
        let text = r#"query Pull($n: Int! = 5, $q: [String!]) @x(a: 1) { # the pull
            list: orders(first: $n, after: null, query: "a:\"b\"", f: {x: [ASC, 1.5]}) { ... on OrderConnection { nodes { id } } }
        }"#;
        let query = read(text, json!({ "q": 1 })).unwrap();
        assert_eq!((query[0].alias.as_str(), query[0].name.as_str()), ("list", "orders"));
        let arguments = json!({ "first": 5, "after": null, "query": "a:\"b\"", "f": { "x": ["ASC", 1.5] } });
        assert_eq!(Value::from(query[0].arguments.clone()), arguments);
        assert_eq!(query[0].inner[0].inner[0].name, "id");
    }

    #[test]
    fn a_named_fragment_stands_for_its_fields_wherever_it_is_used() {
        let text =
            "{ a { ...m } b { ...m x } } fragment m on Bag { shop { ...c } } fragment c on Coin { amount }";
        let query = read(text, json!({})).unwrap();
        assert_eq!(query[0].inner[0].inner[0].name, "amount");
        assert_eq!((query[1].inner[0].name.as_str(), query[1].inner[1].name.as_str()), ("shop", "x"));
    }

    #[test]
    fn a_mutation_keeps_the_key_that_makes_it_happen_once() {
        let text = r#"mutation($k: String!) { inventorySetQuantities(input: {a: 1}) @idempotent(key: $k) { userErrors { message } } }"#;
        let variables = json!({ "k": "one" });
        let operation = parse(text, variables.as_object().unwrap()).unwrap();
        assert!(operation.mutation);
        assert_eq!(operation.fields[0].directive("idempotent", "key"), Some(&json!("one")));
        assert_eq!(operation.fields[0].directive("idempotent", "other"), None);
    }

    #[test]
    fn what_is_not_a_query_is_refused_and_never_loops() {
        for text in [
            "",
            "{",
            "{a",
            "{a(",
            "{a(b:",
            "{a(b:[",
            "subscription { x }",
            "{ a } b",
            "query Q(",
            "{ ...F }",
            "{ ...F } fragment F on X { ...F }",
            "{ a } fragment F on X { a",
            "{a(b:\"",
            "{ § }",
        ] {
            assert!(read(text, json!({})).is_err(), "{text}");
        }
        assert!(read(&"{a".repeat(100), json!({})).is_err());
    }
}
