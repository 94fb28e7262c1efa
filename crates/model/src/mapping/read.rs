//! A mapping from JSON: everything that is wrong with its form, told at once.

mod conversion;

use super::{
    CONVERSIONS_MAX, Conversion, DEPTH_MAX, Each, From, LINES_MAX, Line, Mapping, Rule, Slip, Within,
};
use crate::nearest::did_you_mean;
use crate::parse::{kind_of, spoken};
use crate::pointer::join;
use crate::{Code, codes};
use conversion::conversion;
use serde_json::{Map, Value};

pub(super) fn mapping(fields: &Value) -> (Mapping, Vec<Slip>) {
    let mut reader = Reader { slips: Vec::new(), lines: 0 };
    let lines = match fields {
        Value::Object(fields) => reader.lines(fields, "", 0),
        Value::Null => Vec::new(),
        other => {
            let message =
                format!("Here belongs an object with a line for each field, not {}", spoken(kind_of(other)));
            reader.slip(codes::BAD_LINE, "", message, "Write it like {\"name\": \"${input.name}\"}.");
            Vec::new()
        }
    };
    if reader.lines > LINES_MAX {
        let message = format!("The mapping has {} lines; {LINES_MAX} are allowed", reader.lines);
        reader.slip(codes::BAD_LINE, "", message, "Split the mapping over several nodes.");
    }
    (Mapping { lines }, reader.slips)
}

struct Reader {
    slips: Vec<Slip>,
    lines: usize,
}

/// Why a line cannot be read, and where below it.
struct Wrong(String, String, String);

fn wrong<T>(at: &str, message: impl Into<String>, advice: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong(at.to_owned(), message.into(), advice.into()))
}

impl Reader {
    fn slip(&mut self, code: Code, at: &str, message: impl Into<String>, advice: impl Into<String>) {
        let slip = Slip { code, at: at.to_owned(), message: message.into(), advice: advice.into() };
        self.slips.push(slip);
    }

    fn lines(&mut self, fields: &Map<String, Value>, at: &str, depth: usize) -> Vec<Line> {
        self.lines = self.lines.saturating_add(fields.len());
        self.names(fields, at);
        let line = |(target, value): (&String, &Value)| {
            let rule = self.rule(value, &join(at, target), depth);
            Line { target: target.clone(), rule }
        };
        fields.iter().map(line).collect()
    }

    /// Names have something between their points, and none is both a value and an object.
    fn names(&mut self, fields: &Map<String, Value>, at: &str) {
        for target in fields.keys() {
            if target.split('.').any(|part| part.trim().is_empty()) {
                let message = format!("\"{target}\" is no name of a field");
                self.slip(
                    codes::BAD_LINE,
                    &join(at, target),
                    message,
                    "Write names with points between, such as partner.name.",
                );
            }
            let above = target.match_indices('.').map(|(end, _)| &target[..end]);
            for above in above.filter(|above| fields.contains_key(*above)) {
                let message = format!("\"{above}\" has a line of its own, and \"{target}\" is inside of it");
                self.slip(codes::BAD_LINE, &join(at, target), message, "Keep one of the two lines.");
            }
        }
    }

    fn rule(&mut self, value: &Value, at: &str, depth: usize) -> Rule {
        let read = match value {
            Value::Object(entries) if entries.contains_key("each") => {
                self.each(entries, at, depth).map(Rule::Each)
            }
            Value::Object(entries) => {
                from(entries).inspect(|from| self.unfinished(from, at)).map(Rule::Value)
            }
            value => Ok(Rule::Value(From { value: value.clone(), conversions: Vec::new() })),
        };
        read.unwrap_or_else(|Wrong(below, message, advice)| {
            let code = if below.starts_with("/as") { codes::BAD_CONVERSION } else { codes::BAD_LINE };
            self.slip(code, &format!("{at}{below}"), message, advice);
            Rule::Unread(value.clone())
        })
    }

    /// What can be read and shown, and does not say enough yet to run.
    fn unfinished(&mut self, from: &From, at: &str) {
        for conversion in &from.conversions {
            if let Conversion::Lookup(lookup) = conversion
                && let Within::Xref(xref) = &lookup.within
                && let Some(trouble) = xref.trouble()
            {
                let advice = "Say which entity, such as customer, and which system, such as shopify.";
                self.slip(codes::BAD_CONVERSION, &format!("{at}/as"), trouble, advice);
            }
        }
    }

    fn each(&mut self, entries: &Map<String, Value>, at: &str, depth: usize) -> Result<Each, Wrong> {
        known(entries, &["each", "when", "fields"])?;
        if depth >= DEPTH_MAX {
            return wrong(
                "",
                format!("Lists are more than {DEPTH_MAX} deep in each other"),
                "Map the inner list in a node of its own.",
            );
        }
        let Some(Value::Object(fields)) = entries.get("fields") else {
            return wrong(
                "",
                "A list has \"fields\" for what each of its elements becomes",
                "Write {\"each\": \"${input.lines}\", \"fields\": {…}}.",
            );
        };
        let list = entries.get("each").cloned().unwrap_or_default();
        if !list.is_string() && !list.is_array() {
            return wrong(
                "/each",
                "\"each\" says which list to go through",
                "Write an expression, such as ${input.line_items}.",
            );
        }
        let lines = self.lines(fields, &format!("{at}/fields"), depth + 1);
        // Nothing is no condition: all elements are taken.
        let when = entries.get("when").filter(|when| !when.is_null()).cloned();
        Ok(Each { list, when, lines })
    }
}

fn known(entries: &Map<String, Value>, names: &[&str]) -> Result<(), Wrong> {
    match entries.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => {
            let advice = did_you_mean(name, names.iter().copied(), "Here may stand");
            wrong(&format!("/{name}"), format!("A line has no \"{name}\""), advice)
        }
        None => Ok(()),
    }
}

fn from(entries: &Map<String, Value>) -> Result<From, Wrong> {
    known(entries, &["from", "as"])?;
    let Some(value) = entries.get("from") else {
        return wrong(
            "",
            "The line does not say where its value comes from",
            "Write \"from\" with an expression or a value, such as {\"from\": \"${input.total}\", \"as\": \"decimal\"}.",
        );
    };
    let written = match entries.get("as") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
    };
    if written.len() > CONVERSIONS_MAX {
        return wrong(
            "/as",
            format!("A line has {CONVERSIONS_MAX} conversions at most"),
            "Use an expression or a script for what is more.",
        );
    }
    let conversions = written.iter().map(conversion).collect::<Result<_, _>>()?;
    Ok(From { value: value.clone(), conversions })
}
