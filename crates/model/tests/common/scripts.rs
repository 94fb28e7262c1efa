//! Stands in for the script language: what closes is right, and `nodes.<id>` is a name.

use model::{ScriptCheck, ScriptProblem};

pub struct Brackets;

impl ScriptCheck for Brackets {
    fn script(&self, source: &str) -> Result<(), ScriptProblem> {
        let mut open = Vec::new();
        for (line, text) in source.lines().enumerate() {
            for (column, c) in text.chars().enumerate() {
                let closes = match c {
                    '(' | '[' | '{' => {
                        open.push(c);
                        continue;
                    }
                    ')' => '(',
                    ']' => '[',
                    '}' => '{',
                    _ => continue,
                };
                if open.pop() != Some(closes) {
                    return Err(problem(&format!("'{c}' closes nothing"), line + 1, column + 1));
                }
            }
        }
        match open.pop() {
            Some(c) => Err(problem(&format!("'{c}' is never closed"), source.lines().count(), 1)),
            None => Ok(()),
        }
    }

    fn expression(&self, source: &str) -> Result<(), ScriptProblem> {
        match source.trim() {
            "" => Err(problem("there is no expression", 0, 0)),
            _ => self.script(source),
        }
    }

    fn names(&self, source: &str) -> Vec<String> {
        let name = |rest: &str| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            rest[..end.unwrap_or(rest.len())].to_owned()
        };
        source.split("nodes.").skip(1).map(name).collect()
    }
}

fn problem(message: &str, line: usize, column: usize) -> ScriptProblem {
    ScriptProblem { message: message.into(), line, column }
}
