//! What a person sees: how many of each kind, and the first differences.

use audit::{Config, Counts, Finding, Kind, Seen, Side};
use model::money::grouped;
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

/// So much of a value is printed.
const VALUE_CHARS_MAX: usize = 80;

pub struct Screen {
    first: usize,
    lines: Vec<String>,
    shown: usize,
    more: u64,
}

impl Screen {
    pub fn new(first: usize) -> Self {
        Self { first, lines: Vec::new(), shown: 0, more: 0 }
    }

    pub fn add(&mut self, config: &Config, finding: &Finding) {
        if !finding.kind.is_difference() {
            return;
        }
        if self.shown == self.first {
            self.more += 1;
            return;
        }
        self.shown += 1;
        let places: Vec<String> = Side::BOTH
            .into_iter()
            .filter_map(|side| finding.side(side).map(|seen| place(side, seen)))
            .collect();
        let what = finding.kind.as_str().replace('_', " ");
        self.lines.push(format!("{what}: {} ({})", finding.key().join(" / "), places.join("; ")));
        for difference in &finding.differences {
            let name = &config.fields[difference.field].left;
            let mark = if difference.tolerated { " (within tolerance)" } else { "" };
            let (left, right) = (short(&difference.left), short(&difference.right));
            self.lines.push(format!("    {name}: {left} | {right}{mark}"));
        }
    }

    pub fn print(&self, left: &Path, right: &Path, counts: Counts, out: Option<&Path>) -> io::Result<()> {
        let mut to = io::stdout().lock();
        for (path, records) in [(left, counts.left), (right, counts.right)] {
            writeln!(to, "{}: {} records", path.display(), number(records))?;
        }
        writeln!(to)?;
        for kind in Kind::ALL {
            let name = match kind {
                Kind::OnlyLeft => format!("only in {}", left.display()),
                Kind::OnlyRight => format!("only in {}", right.display()),
                kind => kind.as_str().replace('_', " "),
            };
            writeln!(to, "{:>13}  {name}", number(counts.of(kind)))?;
        }
        if counts.outside > 0 {
            writeln!(to, "{:>13}  records outside the window", number(counts.outside))?;
        }
        if !self.lines.is_empty() {
            writeln!(to)?;
        }
        self.lines.iter().try_for_each(|line| writeln!(to, "{line}"))?;
        match (self.more, out) {
            (0, _) => {}
            (more, Some(out)) => writeln!(to, "and {} more, in {}", number(more), out.display())?,
            (more, None) => writeln!(to, "and {} more: --out report.csv writes all", number(more))?,
        }
        to.flush()
    }
}

fn place(side: Side, seen: &Seen) -> String {
    let side = side.as_str();
    match seen.again {
        Some(again) => format!("{side} {} times, lines {} and {again}", seen.times, seen.row.line),
        None => format!("{side} line {}", seen.row.line),
    }
}

fn number(number: u64) -> String {
    grouped(&number.to_string())
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => return "nothing".to_owned(),
        value => value.to_string(),
    };
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
