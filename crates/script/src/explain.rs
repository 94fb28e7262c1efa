//! Rhai's errors in the words of a shop.

use crate::{
    analysis::Root,
    digits::DIGITS_TYPE,
    error::{Error, Which, place},
    guard, library,
};
use rhai::{Dynamic, EvalAltResult, LexError, ParseError, ParseErrorType, Position};

/// The longest piece of somebody else's words (a thrown text, a name) that goes into a message.
const QUOTE_CHARS_MAX: usize = 300;

/// What an error is made of besides the engine's own report: the limits' figures and the script's text.
pub(crate) struct Context<'a> {
    pub limits: &'a crate::Limits,
    pub source: &'a str,
}

impl Context<'_> {
    pub(crate) fn parse(&self, error: &ParseError) -> Error {
        let (line, column) = place(error.1);
        if let ParseErrorType::VariableUndefined(name) = &*error.0 {
            return Error::Unknown { message: unknown_name(name), line, column };
        }
        Error::Syntax { message: syntax_message(&error.0), line, column }
    }

    pub(crate) fn eval(&self, error: EvalAltResult) -> Error {
        use EvalAltResult as E;
        let at = error.position();
        let (line, column) = place(at);
        match error {
            E::ErrorInFunctionCall(_, _, inner, at) => self.eval_inner(*inner, at),
            E::ErrorParsing(kind, _) => Error::Syntax { message: syntax_message(&kind), line, column },
            E::ErrorTooManyOperations(_) => Error::limit(Which::Operations, self.limits.operations, at),
            E::ErrorTooManyVariables(_) => Error::limit(Which::Variables, self.limits.variables, at),
            E::ErrorStackOverflow(_) => Error::limit(Which::CallDepth, self.limits.call_depth, at),
            E::ErrorDataTooLarge(what, _) => self.too_large(&what, at),
            E::ErrorTerminated(why, _) => self.stopped(&why, at),
            E::ErrorRuntime(thrown, _) => self.thrown(&thrown, at),
            E::ErrorVariableNotFound(name, _) => {
                Error::Unknown { message: unknown_name(&name), line, column }
            }
            E::ErrorFunctionNotFound(signature, _) => self.no_function(&signature, at),
            E::ErrorDotExpr(what, _) => self.no_member(&what, at),
            E::ErrorIndexingType(what, _) => self.no_member(&what, at),
            E::ErrorPropertyNotFound(name, _) => {
                Error::Missing { message: format!("There is no `{}` here.", quote(&name)), line, column }
            }
            E::ErrorIndexNotFound(..) => {
                Error::Missing { message: "There is nothing at that place.".into(), line, column }
            }
            E::ErrorArrayBounds(len, index, _) => {
                Error::Missing { message: no_item(len, index), line, column }
            }
            E::ErrorStringBounds(len, index, _) => Error::Missing {
                message: format!(
                    "The text has {len} characters, so there is none at {index} (the first is 0)."
                ),
                line,
                column,
            },
            E::ErrorArithmetic(message, _) => {
                Error::Arithmetic { message: arithmetic(&message).into(), line, column }
            }
            E::ErrorMismatchDataType(wanted, given, _) | E::ErrorMismatchOutputType(wanted, given, _) => {
                let (wanted, given) = (type_word(&wanted), type_word(&given));
                Error::Value { message: format!("This needs {wanted}, but it is {given}."), line, column }
            }
            E::ErrorFor(_) => Error::Value {
                message: "`for` goes through a list, a map's `.keys()` or a range; this is none of them."
                    .into(),
                line,
                column,
            },
            E::ErrorDataRace(..) => Error::refused(
                "A list or map is used inside a function that works on that same list or map. Copy what you need first: `let count = lines.len();`.",
                at,
            ),
            E::ErrorNonPureMethodCallOnConstant(name, _) => Error::refused(
                format!(
                    "`{}` would change a value that cannot be changed. Copy it first: `let copy = input.lines;`.",
                    quote(&name)
                ),
                at,
            ),
            E::ErrorAssignmentToConstant(..) => {
                Error::refused("This value cannot be changed. Copy it first: `let order = input;`.", at)
            }
            E::ErrorUnboundThis(_) => Error::refused(
                "`this` means nothing here. Give the value to the function as an argument.",
                at,
            ),
            _ => Error::Internal,
        }
    }

    fn eval_inner(&self, mut inner: EvalAltResult, at: Position) -> Error {
        if inner.position().is_none() {
            inner.set_position(at);
        }
        self.eval(inner)
    }

    fn too_large(&self, what: &str, at: Position) -> Error {
        match what {
            _ if what.contains("tring") => {
                Error::limit(Which::StringBytes, self.limits.string_bytes as u64, at)
            }
            _ if what.contains("map") => Error::limit(Which::MapEntries, self.limits.map_entries as u64, at),
            _ => Error::limit(Which::ListItems, self.limits.list_items as u64, at),
        }
    }

    fn stopped(&self, why: &Dynamic, at: Position) -> Error {
        match why.as_int() {
            Ok(guard::STOP_OPERATIONS) => Error::limit(Which::Operations, self.limits.operations, at),
            Ok(guard::STOP_WALL) => Error::limit(Which::Wall, self.limits.wall.as_millis(), at),
            Ok(guard::STOP_MEMORY) => Error::limit(Which::TotalBytes, self.limits.total_bytes as u64, at),
            Ok(guard::STOP_NESTING) => Error::limit(Which::Nesting, self.limits.nesting as u64, at),
            _ => Error::Internal,
        }
    }

    /// What the script threw is the script's own words. A map is shown as its `message`, never whole: it may be data.
    fn thrown(&self, thrown: &Dynamic, at: Position) -> Error {
        let (line, column) = place(at);
        if let Some(ours) = thrown.read_lock::<library::Wrong>() {
            return Error::Value { message: ours.0.to_string(), line, column };
        }
        let said = thrown
            .read_lock::<rhai::Map>()
            .and_then(|map| map.get("message").cloned())
            .unwrap_or_else(|| thrown.clone());
        let message = match said.as_immutable_string_ref() {
            Ok(text) => quote(&text),
            Err(_) if said.is_int() || said.is_decimal() || said.is_bool() => quote(&said.to_string()),
            Err(_) => "The script stopped with `throw`.".to_owned(),
        };
        Error::Thrown { message, line, column }
    }

    fn no_function(&self, signature: &str, at: Position) -> Error {
        let (line, column) = place(at);
        let (name, kinds) = signature.split_once('(').unwrap_or((signature, ""));
        let name = name.trim();
        let kinds = kinds.trim_end_matches(')').trim();
        if kinds.contains(DIGITS_TYPE) {
            let message = "One of these numbers has more digits than scripts compute with (28). It can be passed on and compared, or made a text with `to_string()`.";
            return Error::Arithmetic { message: message.into(), line, column };
        }
        let kinds: Vec<&str> = kinds.split(", ").filter(|kind| !kind.is_empty()).map(type_word).collect();
        if kinds.contains(&"nothing") {
            return Error::Missing { message: self.nothing_given(name, &kinds), line, column };
        }
        let message = match library::nearest(name) {
            _ if library::known(name) && !kinds.is_empty() => {
                format!("`{}` cannot work on {}. {}", quote(name), kinds.join(" and "), how_to(name))
            }
            Some(near) => format!("There is no function `{}`. Did you mean `{near}`?", quote(name)),
            None => format!(
                "There is no function `{}` for {}.",
                quote(name),
                if kinds.is_empty() { "no values".into() } else { kinds.join(" and ") }
            ),
        };
        Error::Unknown { message, line, column }
    }

    fn nothing_given(&self, name: &str, kinds: &[&str]) -> String {
        let operator = !name.chars().any(char::is_alphanumeric);
        let advice = "Give a value to use instead: `(input.price ?? 0)`.";
        match kinds {
            _ if operator => {
                format!("`{name}` was given nothing: one of the two values is missing. {advice}")
            }
            _ => format!("`{}` was given nothing: a value is missing. {advice}", quote(name)),
        }
    }

    /// `input.customer.name` where there is no customer: says which part is missing, from the script's own text.
    fn no_member(&self, what: &str, at: Position) -> Error {
        let (line, column) = place(at);
        let nothing = what.contains("'()'") || what.trim() == "()" || what.starts_with("()");
        let Some((path, member)) = path_before(self.source, line, column) else {
            let message = if nothing {
                "Something is read from a value that is missing. Write `?.` instead of `.` where it may be."
            } else {
                "This kind of value has no such part."
            };
            return Error::Missing { message: message.into(), line, column };
        };
        let (path, member) = (quote(path), quote(member));
        if nothing {
            let safe = if member.starts_with('[') {
                format!("{path}?{member}")
            } else {
                format!("{path}?.{member}")
            };
            let message = format!(
                "`{path}` is missing, so nothing can be read from it. If it may be missing, write `{safe}`."
            );
            return Error::Missing { message, line, column };
        }
        Error::Value { message: format!("`{path}` is no map, so it has no `{member}`."), line, column }
    }
}

/// The path that ends just before the member at this place, and the member.
fn path_before(source: &str, line: usize, column: usize) -> Option<(&str, &str)> {
    let text = source.lines().nth(line.checked_sub(1)?)?;
    let at = text.char_indices().nth(column.checked_sub(1)?)?.0;
    let (before, after) = text.split_at(at);
    let (before, after) = match after.strip_prefix(['.', '?']) {
        Some(rest) => (before, rest.trim_start_matches('.')),
        None => (before, after),
    };
    let before = before.trim_end().trim_end_matches(['.', '?']);
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, letter)| letter.is_alphanumeric() || "_.?[]\"'".contains(*letter))
        .last()
        .map_or(before.len(), |(at, _)| at);
    let end = match after.strip_prefix('[') {
        Some(inside) => inside.find(']').map_or(after.len(), |end| end + 2),
        None => after.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(after.len()),
    };
    let (path, member) = (before.get(start..)?, after.get(..end)?);
    (!path.is_empty() && !member.is_empty()).then_some((path, member))
}

/// Rhai names the numbers too; they may be somebody's data, so only the kind of mistake is kept.
fn arithmetic(message: &str) -> &'static str {
    match message {
        _ if message.contains("by zero") => "Nothing can be divided by 0.",
        _ if message.contains("arsing") => "This text is no number of that kind.",
        _ if message.contains("overflow") || message.contains("too large") => {
            "The number becomes too large. Whole numbers have 18 digits, decimals 28."
        }
        _ => "This cannot be computed with these numbers.",
    }
}

fn no_item(len: usize, index: i64) -> String {
    match len {
        0 => "The list is empty. If it may be, `first(list)` gives nothing instead of an error.".to_owned(),
        _ => format!(
            "The list has {len} items, so there is none at {index} (the first is 0, the last {}).",
            len - 1
        ),
    }
}

fn how_to(name: &str) -> String {
    match library::signature(name) {
        Some(signature) => format!("It is written `{signature}`."),
        None => "Change one of them first, with `to_int`, `to_decimal` or `to_string`.".to_owned(),
    }
}

fn unknown_name(name: &str) -> String {
    match name {
        "item" | "index" => format!("There is no `{name}` here: it exists only inside a for-each node."),
        _ if Root::named(name).is_some() => {
            format!(
                "A function with a name sees only what it is given: hand `{name}` to it, `fn f({name}) {{ … }}`."
            )
        }
        _ => format!(
            "`{}` is not known here. There are input, trigger, nodes, item, index, vars and run, and what the script names with `let`.",
            quote(name)
        ),
    }
}

fn syntax_message(kind: &ParseErrorType) -> String {
    use ParseErrorType as P;
    match kind {
        P::UnexpectedEOF => "The script ends too early. Is a bracket or a quote not closed?".into(),
        P::BadInput(LexError::UnterminatedString) => {
            "A text is not closed. Put the same quote at its end.".into()
        }
        P::BadInput(LexError::MalformedChar(_)) => {
            "Single quotes hold one character. Texts have double quotes: \"text\".".into()
        }
        P::Reserved(word) if REFUSED.contains(&word.as_str()) => {
            format!("`{word}` is not available in scripts.")
        }
        P::BadInput(LexError::ImproperSymbol(word, _)) if REFUSED.contains(&word.as_str()) => {
            format!("`{word}` is not available in scripts.")
        }
        P::Reserved(word) => {
            format!(
                "`{}` is a word of the language. As the name of a field it stands in quotes: `\"{}\"`.",
                quote(word),
                quote(word)
            )
        }
        P::MissingToken(token, _) => format!("`{}` is missing here.", quote(token)),
        P::ExprTooDeep => "Expressions are nested too deeply. Give parts of it names with `let`.".into(),
        P::TooManyFunctions => "The script defines too many functions.".into(),
        P::AssignmentToConstant(_) => {
            "This value cannot be changed. Copy it first: `let order = input;`.".into()
        }
        other => format!("{}.", quote(&other.to_string()).trim_end_matches('.')),
    }
}

/// Words of Rhai's for what scripts here do not do.
const REFUSED: [&str; 9] =
    ["eval", "import", "export", "print", "debug", "module", "spawn", "async", "await"];

/// The words a shop uses for Rhai's types.
fn type_word(name: &str) -> &'static str {
    match name.trim() {
        "()" => "nothing",
        "i64" => "a whole number",
        "decimal" | "rust_decimal::Decimal" | "rust_decimal::decimal::Decimal" => "a decimal number",
        "bool" => "yes/no",
        "string" | "&str | ImmutableString | String" => "a text",
        "char" => "a character",
        "array" => "a list",
        "map" => "a map",
        "Fn" => "a function",
        "blob" => "raw bytes",
        name if name.contains(DIGITS_TYPE) => "a very long number",
        name if name.contains("range") || name.contains("Range") => "a range",
        _ => "another kind of value",
    }
}

/// Words that come from a script, short enough for a message and on one line.
fn quote(words: &str) -> String {
    let line: String = words
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(QUOTE_CHARS_MAX)
        .collect();
    line.trim().to_owned()
}
