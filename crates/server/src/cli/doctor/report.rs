//! What the doctor found.

use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Good,
    /// It works, and somebody should look at it.
    Odd,
    Bad,
}

impl Level {
    fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Odd => "warn",
            Self::Bad => "BAD",
        }
    }
}

struct Finding {
    level: Level,
    /// What was looked at, such as `store`; stable, for programs.
    check: &'static str,
    what: String,
    /// What to do about it; empty where all is well.
    advice: String,
}

#[derive(Default)]
pub struct Report(Vec<Finding>);

impl Report {
    pub fn good(&mut self, check: &'static str, what: impl ToString) {
        self.add(Level::Good, check, what, "");
    }

    pub fn odd(&mut self, check: &'static str, what: impl ToString, advice: impl ToString) {
        self.add(Level::Odd, check, what, advice);
    }

    pub fn bad(&mut self, check: &'static str, what: impl ToString, advice: impl ToString) {
        self.add(Level::Bad, check, what, advice);
    }

    fn add(&mut self, level: Level, check: &'static str, what: impl ToString, advice: impl ToString) {
        self.0.push(Finding { level, check, what: what.to_string(), advice: advice.to_string() });
    }

    pub fn is_bad(&self) -> bool {
        self.0.iter().any(|finding| finding.level == Level::Bad)
    }

    pub fn print(&self) {
        for Finding { level, what, advice, .. } in &self.0 {
            println!("{:<5} {what}", level.as_str());
            if !advice.is_empty() {
                println!("      -> {advice}");
            }
        }
    }

    pub fn json(&self) -> Value {
        let finding = |finding: &Finding| {
            let level = finding.level.as_str().to_ascii_lowercase();
            json!({ "level": level, "check": finding.check, "what": finding.what, "advice": finding.advice })
        };
        json!({ "ok": !self.is_bad(), "findings": self.0.iter().map(finding).collect::<Vec<_>>() })
    }
}
