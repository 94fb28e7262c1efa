//! From pieces to a tree, by the precedence of JavaScript's operators.

use super::lex::{Token, tokens};
use super::tree::{Body, Entry, Field, Js, Step};
use super::{DEPTH_MAX, SOURCE_BYTES_MAX, Why};

/// Reads one expression and nothing behind it.
pub fn expression(source: &str) -> Result<Js, Why> {
    at_depth(source, 0)
}

/// Reads a program: what a Code node holds.
pub fn program(source: &str) -> Result<Vec<Step>, Why> {
    let mut parser = Parser::new(source, 0, true)?;
    let mut steps = Vec::new();
    while parser.peek().is_some() {
        parser.step(&mut steps)?;
    }
    Ok(steps)
}

fn at_depth(source: &str, depth: usize) -> Result<Js, Why> {
    let mut parser = Parser::new(source, depth, false)?;
    let js = parser.value()?;
    match parser.peek() {
        None => Ok(js),
        Some(token) => Err(parser.unexpected(&token.clone())),
    }
}

struct Parser {
    tokens: Vec<(Token, bool)>,
    at: usize,
    depth: usize,
}

/// Binary operators by how tightly they bind, the loosest first.
const LEVELS: [&[&str]; 8] = [
    &["||", "??"],
    &["&&"],
    &["===", "!==", "==", "!="],
    &["<=", ">=", "<", ">", "in", "instanceof"],
    &["+", "-"],
    &["*", "/", "%"],
    &["**"],
    &[],
];

impl Parser {
    fn new(source: &str, depth: usize, remarks: bool) -> Result<Self, Why> {
        if source.len() > SOURCE_BYTES_MAX || depth > DEPTH_MAX {
            return Err(Why::TooLarge);
        }
        let mut kept: Vec<(Token, bool)> = Vec::new();
        for token in tokens(source)? {
            let between_steps = match kept.last() {
                None => true,
                Some((before, _)) => matches!(before, Token::Remark(_) | Token::Sign(";" | "{" | "}")),
            };
            if !matches!(token.0, Token::Remark(_)) || remarks && between_steps {
                kept.push(token);
            }
        }
        Ok(Self { tokens: kept, at: 0, depth })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn next(&mut self) -> Result<Token, Why> {
        let token = self.tokens.get(self.at).map(|(token, _)| token.clone());
        self.at += 1;
        token.ok_or_else(|| Why::Syntax("what ends in the middle".into()))
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found == word)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Why> {
        match self.takes(sign) {
            true => Ok(()),
            false => Err(match self.peek() {
                Some(token) => self.unexpected(&token.clone()),
                None => Why::Syntax(format!("a missing {sign}")),
            }),
        }
    }

    fn unexpected(&self, token: &Token) -> Why {
        Why::Syntax(match token {
            Token::Name(name) => format!("the word {name} at this place"),
            Token::Sign(sign) => format!("{sign} at this place"),
            Token::Number(number) => format!("the number {number} at this place"),
            _ => "a text at this place".into(),
        })
    }

    fn name(&mut self) -> Result<String, Why> {
        match self.next()? {
            Token::Name(name) => Ok(name),
            other => Err(self.unexpected(&other)),
        }
    }

    /// Goes one level down, and refuses where that is too deep.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Why>) -> Result<T, Why> {
        self.depth += 1;
        let read = if self.depth > DEPTH_MAX { Err(Why::TooLarge) } else { read(self) };
        self.depth -= 1;
        read
    }

    fn value(&mut self) -> Result<Js, Why> {
        self.deeper(|parser| {
            if let Some(arrow) = parser.arrow()? {
                return Ok(arrow);
            }
            let condition = parser.binary(0)?;
            if !parser.takes("?") {
                return Ok(condition);
            }
            let yes = parser.value()?;
            parser.expect(":")?;
            let no = parser.value()?;
            Ok(Js::If(Box::new(condition), Box::new(yes), Box::new(no)))
        })
    }

    /// `x => …` and `(x, i) => …`; nothing where something else stands here.
    fn arrow(&mut self) -> Result<Option<Js>, Why> {
        let start = self.at;
        let names = match self.peek() {
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.at += 1;
                Some(vec![name])
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                self.names()
            }
            _ => None,
        };
        match names {
            Some(names) if self.takes("=>") => Ok(Some(Js::Arrow(names, self.body()?))),
            _ => {
                self.at = start;
                Ok(None)
            }
        }
    }

    fn names(&mut self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        while !self.takes(")") {
            match self.next().ok()? {
                Token::Name(name) => names.push(name),
                _ => return None,
            }
            if !self.takes(",") && !self.is(")") {
                return None;
            }
        }
        Some(names)
    }

    fn body(&mut self) -> Result<Body, Why> {
        if self.is("{") { Ok(Body::Steps(self.block()?)) } else { Ok(Body::Value(Box::new(self.value()?))) }
    }

    fn binary(&mut self, level: usize) -> Result<Js, Why> {
        let Some(signs) = LEVELS.get(level).filter(|signs| !signs.is_empty()) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        let mut length = 0;
        while let Some(sign) = self.operator(signs) {
            // A long chain is a deep tree.
            length += 1;
            if length > DEPTH_MAX {
                return Err(Why::TooLarge);
            }
            // `**` groups to the right; a chain of it is rare enough to be left to a person.
            if sign == "**" && length > 1 {
                return Err(Why::Syntax("a chain of **".into()));
            }
            let right = self.binary(level + 1)?;
            left = Js::Binary(sign, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let found =
            signs.iter().find(|sign| self.is(sign) || sign.starts_with('i') && self.is_word(sign)).copied();
        self.at += usize::from(found.is_some());
        found
    }

    fn unary(&mut self) -> Result<Js, Why> {
        for sign in ["!", "-", "+", "~"] {
            if self.takes(sign) {
                return self.deeper(|parser| Ok(Js::Unary(sign, Box::new(parser.unary()?))));
            }
        }
        for word in ["typeof", "void", "delete", "await"] {
            if self.is_word(word) {
                self.at += 1;
                return self.deeper(|parser| Ok(Js::Unary(word, Box::new(parser.unary()?))));
            }
        }
        self.chain()
    }

    /// A value and what is asked of it: members, places, calls.
    fn chain(&mut self) -> Result<Js, Why> {
        let mut js = self.primary()?;
        let mut length = 0;
        loop {
            length += 1;
            if length > DEPTH_MAX {
                return Err(Why::TooLarge);
            }
            js = if self.takes(".") {
                Js::Member(Box::new(js), self.name()?, false)
            } else if self.takes("?.") {
                if self.takes("[") {
                    let place = self.value()?;
                    self.expect("]")?;
                    Js::Index(Box::new(js), Box::new(place), true)
                } else if self.is("(") {
                    return Err(Why::NoTwin("?.(".into()));
                } else {
                    Js::Member(Box::new(js), self.name()?, true)
                }
            } else if self.takes("[") {
                let place = self.value()?;
                self.expect("]")?;
                Js::Index(Box::new(js), Box::new(place), false)
            } else if self.takes("(") {
                Js::Call(Box::new(js), self.arguments()?)
            } else {
                return Ok(js);
            };
        }
    }

    fn arguments(&mut self) -> Result<Vec<Js>, Why> {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            if self.is("...") {
                return Err(Why::NoTwin("... in a call".into()));
            }
            arguments.push(self.value()?);
            if !self.takes(",") && !self.is(")") {
                self.expect(")")?;
            }
        }
        Ok(arguments)
    }

    fn primary(&mut self) -> Result<Js, Why> {
        match self.next()? {
            Token::Text(text) => Ok(Js::Text(text)),
            Token::Number(number) => Ok(Js::Number(number)),
            Token::Regex(pattern, flags) => Ok(Js::Regex(pattern, flags)),
            Token::Template(texts, sources) => {
                let depth = self.depth + 1;
                let values =
                    sources.iter().map(|source| at_depth(source, depth)).collect::<Result<_, _>>()?;
                Ok(Js::Template(texts, values))
            }
            Token::Sign("(") => {
                let js = self.value()?;
                self.expect(")")?;
                Ok(js)
            }
            Token::Sign("[") => self.list(),
            Token::Sign("{") => self.map(),
            Token::Name(name) => self.word(name),
            other => Err(self.unexpected(&other)),
        }
    }

    fn word(&mut self, name: String) -> Result<Js, Why> {
        Ok(match name.as_str() {
            "true" | "false" => Js::Bool(name == "true"),
            "null" => Js::Null,
            "undefined" => Js::Undefined,
            "new" => {
                let class = Js::Name(self.name()?);
                let arguments = if self.takes("(") { self.arguments()? } else { Vec::new() };
                Js::New(Box::new(class), arguments)
            }
            "function" | "class" | "async" | "this" | "yield" | "super" => return Err(Why::NoTwin(name)),
            _ => Js::Name(name),
        })
    }

    fn list(&mut self) -> Result<Js, Why> {
        let mut entries = Vec::new();
        while !self.takes("]") {
            let spread = self.takes("...");
            let value = self.value()?;
            entries.push(if spread { Entry::Spread(value) } else { Entry::One(value) });
            if !self.takes(",") && !self.is("]") {
                self.expect("]")?;
            }
        }
        Ok(Js::List(entries))
    }

    fn map(&mut self) -> Result<Js, Why> {
        let mut fields = Vec::new();
        while !self.takes("}") {
            if matches!(self.peek(), Some(Token::Remark(_))) {
                self.at += 1;
                continue;
            }
            fields.push(self.field()?);
            while matches!(self.peek(), Some(Token::Remark(_))) {
                self.at += 1;
            }
            if !self.takes(",") && !self.is("}") {
                self.expect("}")?;
            }
        }
        Ok(Js::Map(fields))
    }

    fn field(&mut self) -> Result<Field, Why> {
        if self.takes("...") {
            return Ok(Field::Spread(self.value()?));
        }
        let name = match self.next()? {
            Token::Name(name) | Token::Text(name) | Token::Number(name) => name,
            Token::Sign("[") => return Err(Why::NoTwin("a computed name in an object".into())),
            other => return Err(self.unexpected(&other)),
        };
        if self.takes(":") {
            return Ok(Field::Named(name, self.value()?));
        }
        if self.is("(") {
            return Err(Why::NoTwin("a method in an object".into()));
        }
        Ok(Field::Named(name.clone(), Js::Name(name)))
    }

    fn block(&mut self) -> Result<Vec<Step>, Why> {
        self.expect("{")?;
        self.deeper(|parser| {
            let mut steps = Vec::new();
            while !parser.takes("}") {
                parser.step(&mut steps)?;
            }
            Ok(steps)
        })
    }

    fn block_or_step(&mut self) -> Result<Vec<Step>, Why> {
        if self.is("{") {
            return self.block();
        }
        self.deeper(|parser| {
            let mut steps = Vec::new();
            parser.step(&mut steps)?;
            Ok(steps)
        })
    }

    fn step(&mut self, steps: &mut Vec<Step>) -> Result<(), Why> {
        if let Some(Token::Remark(text)) = self.peek() {
            steps.push(Step::Remark(text.clone()));
            self.at += 1;
            return Ok(());
        }
        if self.takes(";") {
            return Ok(());
        }
        let word = match self.peek() {
            Some(Token::Name(name)) => name.clone(),
            _ => String::new(),
        };
        match word.as_str() {
            "const" | "let" | "var" => self.declarations(steps)?,
            "if" => {
                let step = self.if_step()?;
                steps.push(step);
                return Ok(());
            }
            "for" => {
                let step = self.for_of()?;
                steps.push(step);
                return Ok(());
            }
            "return" => {
                self.at += 1;
                let ends = self.is(";") || self.is("}") || self.peek().is_none();
                steps.push(Step::Return(if ends { None } else { Some(self.value()?) }));
            }
            "throw" => {
                self.at += 1;
                steps.push(Step::Throw(self.value()?));
            }
            "while" | "do" | "switch" | "try" | "function" | "class" | "async" | "await" | "break"
            | "continue" | "import" | "export" | "with" | "debugger" => return Err(Why::NoTwin(word)),
            _ => self.set_or_do(steps)?,
        }
        self.end_of_step()
    }

    /// A semicolon, or a new line in its place.
    fn end_of_step(&mut self) -> Result<(), Why> {
        let line = self.tokens.get(self.at).is_none_or(|(_, begins_line)| *begins_line);
        if self.takes(";") || self.is("}") || line || matches!(self.peek(), Some(Token::Remark(_))) {
            return Ok(());
        }
        self.expect(";")
    }

    fn declarations(&mut self, steps: &mut Vec<Step>) -> Result<(), Why> {
        self.at += 1;
        loop {
            if self.is("{") || self.is("[") {
                return Err(Why::NoTwin("taking an object apart in a declaration".into()));
            }
            let name = self.name()?;
            let value = if self.takes("=") { self.value()? } else { Js::Undefined };
            steps.push(Step::Let(name, value));
            if !self.takes(",") {
                return Ok(());
            }
        }
    }

    fn set_or_do(&mut self, steps: &mut Vec<Step>) -> Result<(), Why> {
        let place = self.value()?;
        for sign in ["=", "+=", "-=", "*="] {
            if self.takes(sign) {
                steps.push(Step::Set(place, sign, self.value()?));
                return Ok(());
            }
        }
        if self.takes("++") {
            steps.push(Step::Set(place, "+=", Js::Number("1".into())));
            return Ok(());
        }
        steps.push(Step::Do(place));
        Ok(())
    }

    fn if_step(&mut self) -> Result<Step, Why> {
        self.at += 1;
        self.expect("(")?;
        let condition = self.value()?;
        self.expect(")")?;
        let yes = self.block_or_step()?;
        let mut no = Vec::new();
        if self.is_word("else") {
            self.at += 1;
            no = self.block_or_step()?;
        }
        Ok(Step::If(condition, yes, no))
    }

    fn for_of(&mut self) -> Result<Step, Why> {
        self.at += 1;
        self.expect("(")?;
        if !["const", "let", "var"].iter().any(|word| self.is_word(word)) {
            return Err(Why::NoTwin("for without const or let".into()));
        }
        self.at += 1;
        let name = self.name()?;
        if !self.is_word("of") {
            return Err(Why::NoTwin("a for that counts".into()));
        }
        self.at += 1;
        let list = self.value()?;
        self.expect(")")?;
        Ok(Step::ForOf(name, list, self.block_or_step()?))
    }
}
