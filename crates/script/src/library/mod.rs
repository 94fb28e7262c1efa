//! The standard library: each function is registered together with its documentation, so neither can be without the other.

use rhai::{Dynamic, EvalAltResult, FuncRegistration, Position, RhaiNativeFunc, Variant};
use std::{borrow::Cow, sync::OnceLock};

/// What the documentation and the editor say of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDoc {
    pub name: &'static str,
    pub group: &'static str,
    pub signatures: Vec<&'static str>,
    pub about: &'static str,
    pub example: &'static str,
    /// What the example gives, as JSON.
    pub result: &'static str,
}

/// What a function finds wrong with its arguments, in words for the person who wrote the script.
#[derive(Debug, Clone)]
pub(crate) struct Wrong(pub Cow<'static, str>);

pub(crate) type Answer<T> = Result<T, Box<EvalAltResult>>;

pub(crate) fn wrong(message: impl Into<Cow<'static, str>>) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(Dynamic::from(Wrong(message.into())), Position::NONE).into()
}

/// The words of a function's error, for whoever calls it from here and goes on with the sentence.
pub(crate) fn message_of(error: &EvalAltResult) -> String {
    let message = match error {
        EvalAltResult::ErrorRuntime(thrown, _) => match thrown.read_lock::<Wrong>() {
            Some(wrong) => wrong.0.to_string(),
            None => thrown.to_string(),
        },
        EvalAltResult::ErrorArithmetic(message, _) => message.clone(),
        other => other.to_string(),
    };
    message.trim_end_matches('.').to_owned()
}

mod codes;
pub(crate) mod dates;
mod lists;
pub(crate) mod money;
pub(crate) mod numbers;
mod provinces;
mod text;
pub(crate) mod thai;

pub(crate) use dates::iso_utc;

/// Where functions are put as they are registered.
pub(crate) struct Shelf<'e> {
    rhai: &'e mut rhai::Engine,
    group: &'static str,
    docs: Vec<FunctionDoc>,
}

/// How a function is written, what it does, an example, and what the example gives.
pub(crate) struct Doc(&'static str, &'static str, &'static str, &'static str);

impl Shelf<'_> {
    fn group(&mut self, name: &'static str) -> &mut Self {
        self.group = name;
        self
    }

    /// Registers a function with its documentation.
    fn add<A: 'static, const N: usize, const X: bool, R: Variant + Clone, const F: bool>(
        &mut self,
        doc: Doc,
        function: impl RhaiNativeFunc<A, N, X, R, F> + 'static,
    ) -> &mut Self {
        let name = name_in(doc.0);
        self.of_rhai(doc).more(name, function)
    }

    /// Registers the last function once more, for another way to write it.
    fn or<A: 'static, const N: usize, const X: bool, R: Variant + Clone, const F: bool>(
        &mut self,
        signature: &'static str,
        function: impl RhaiNativeFunc<A, N, X, R, F> + 'static,
    ) -> &mut Self {
        let name = name_in(signature);
        match self.docs.iter_mut().rev().find(|doc| doc.name == name) {
            Some(doc) => doc.signatures.push(signature),
            None => unreachable!("{signature} is another way to write a function that is not there"),
        }
        self.more(name, function)
    }

    /// Registers a function that needs no words: another kind of argument, or a safer twin of one of Rhai's.
    fn more<A: 'static, const N: usize, const X: bool, R: Variant + Clone, const F: bool>(
        &mut self,
        name: &'static str,
        function: impl RhaiNativeFunc<A, N, X, R, F> + 'static,
    ) -> &mut Self {
        FuncRegistration::new(name).with_purity(true).register_into_engine(self.rhai, function);
        self
    }

    /// Registers a twin of a function of Rhai's that changes its first argument.
    fn changing<A: 'static, const N: usize, const X: bool, R: Variant + Clone, const F: bool>(
        &mut self,
        name: &'static str,
        function: impl RhaiNativeFunc<A, N, X, R, F> + 'static,
    ) -> &mut Self {
        FuncRegistration::new(name).with_purity(false).register_into_engine(self.rhai, function);
        self
    }

    /// Documents a function that Rhai brings along.
    fn of_rhai(&mut self, Doc(signature, about, example, result): Doc) -> &mut Self {
        let (name, group) = (name_in(signature), self.group);
        self.docs.push(FunctionDoc { name, group, signatures: vec![signature], about, example, result });
        self
    }
}

/// `map` in `list.map(|item| …)`.
fn name_in(signature: &'static str) -> &'static str {
    let before = signature.split('(').next().unwrap_or(signature);
    before.rsplit('.').next().unwrap_or(before)
}

/// Puts the standard library into an interpreter and says what is in it.
pub(crate) fn register(rhai: &mut rhai::Engine) -> Vec<FunctionDoc> {
    let mut shelf = Shelf { rhai, group: "", docs: Vec::new() };
    money::register(shelf.group("Money and VAT"));
    numbers::register(shelf.group("Numbers"));
    lists::register(shelf.group("Lists and maps"));
    dates::register(shelf.group("Dates and times"));
    text::register(shelf.group("Text"));
    thai::register(shelf.group("Thai"));
    codes::register(shelf.group("Codes, JSON and ids"));
    shelf.docs
}

/// The standard library, as data.
pub fn functions() -> Vec<FunctionDoc> {
    docs().to_vec()
}

fn docs() -> &'static [FunctionDoc] {
    static DOCS: OnceLock<Vec<FunctionDoc>> = OnceLock::new();
    DOCS.get_or_init(|| register(&mut rhai::Engine::new_raw()))
}

/// The standard library as a page of documentation: docs/script.md.
pub fn functions_markdown() -> String {
    let mut page = include_str!("page.md").to_owned();
    let mut group = "";
    for doc in docs() {
        if doc.group != group {
            group = doc.group;
            page.push_str(&format!(
                "\n## {group}\n\n| function | what it does | example | gives |\n|---|---|---|---|\n"
            ));
        }
        let signatures: Vec<String> = doc.signatures.iter().map(|signature| code(signature)).collect();
        let cells =
            [signatures.join("<br>"), doc.about.replace('|', "\\|"), code(doc.example), code(doc.result)];
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    page
}

/// Code in a cell of a table, where a bar would end the cell even inside it.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|"))
}

pub(crate) fn known(name: &str) -> bool {
    docs().iter().any(|doc| doc.name == name)
}

pub(crate) fn signature(name: &str) -> Option<&'static str> {
    docs().iter().find(|doc| doc.name == name).map(|doc| doc.signatures[0])
}

/// The function whose name is only a slip away.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    let distances = docs().iter().map(|doc| (slips(name, doc.name), doc.name));
    distances.filter(|(slips, known)| *slips > 0 && *slips <= known.len() / 3).min().map(|(_, known)| known)
}

/// How many letters are wrong, missing or too many.
fn slips(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.bytes().take(NAME_BYTES_COMPARED).enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.bytes().enumerate() {
            let best = (row[j].min(row[j + 1]) + 1).min(corner + usize::from(letter != other));
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}
/// No function's name is longer.
const NAME_BYTES_COMPARED: usize = 40;
