//! What was read.

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Js {
    Text(String),
    /// As it was written: digits and at most one point.
    Number(String),
    Bool(bool),
    Null,
    Undefined,
    /// Texts, and between each two of them an expression.
    Template(Vec<String>, Vec<Js>),
    Regex(String, String),
    Name(String),
    /// Whether nothing may stand before the point (`?.`).
    Member(Box<Js>, String, bool),
    Index(Box<Js>, Box<Js>, bool),
    Call(Box<Js>, Vec<Js>),
    New(Box<Js>, Vec<Js>),
    Unary(&'static str, Box<Js>),
    Binary(&'static str, Box<Js>, Box<Js>),
    If(Box<Js>, Box<Js>, Box<Js>),
    List(Vec<Entry>),
    Map(Vec<Field>),
    Arrow(Vec<String>, Body),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    One(Js),
    Spread(Js),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Named(String, Js),
    Spread(Js),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Value(Box<Js>),
    Steps(Vec<Step>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Let(String, Js),
    /// The place, `=` or `+=` and the like, the value.
    Set(Js, &'static str, Js),
    If(Js, Vec<Step>, Vec<Step>),
    ForOf(String, Js, Vec<Step>),
    Return(Option<Js>),
    Throw(Js),
    Do(Js),
    /// A remark, kept where it stands.
    Remark(String),
}
