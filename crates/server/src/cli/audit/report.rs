//! Everything that does not simply match, as a file.

use anyhow::{Context, bail};
use audit::{Config, Counts, Field, Finding, Kind, Side};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Between the key and the lines.
const OF_A_FIELD: [&str; 4] = ["field", "left", "right", "tolerated"];
const LINES: [&str; 2] = ["left_line", "right_line"];
/// Excel takes text of another kind for what Windows calls ANSI.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// It comes to its place as a whole, or not at all. Only its owner can read it: it holds what the systems hold.
pub struct Report {
    out: PathBuf,
    columns: Vec<String>,
    to: BufWriter<NamedTempFile>,
    kind: Ending,
}

enum Ending {
    Csv,
    Json {
        count: u64,
    },
    /// A workbook is made of all rows at once, of which it has 100,000 at most.
    Excel {
        rows: Vec<Map<String, Value>>,
    },
}

impl Report {
    pub fn create(out: &Path, key: &[Field]) -> anyhow::Result<Self> {
        let kind = match out.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Ending::Csv,
            Some("json") => Ending::Json { count: 0 },
            Some("xlsx") => Ending::Excel { rows: Vec::new() },
            _ => bail!("{}: name the report .csv, .xlsx or .json", out.display()),
        };
        let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder);
        let file = file.with_context(|| format!("making a file in {}", folder.display()))?;
        let key = key.iter().map(|field| format!("key.{}", field.left));
        let fixed = OF_A_FIELD.into_iter().chain(LINES).map(str::to_owned);
        let columns = std::iter::once("result".to_owned()).chain(key).chain(fixed).collect();
        let mut report = Self { out: out.to_owned(), columns, to: BufWriter::new(file), kind };
        match report.kind {
            Ending::Csv => {
                let header = formats::table::csv_line(report.columns.iter().map(String::as_str));
                report.write(&format!("{BYTE_ORDER_MARK}{header}"))?;
            }
            Ending::Json { .. } => report.write("{\"findings\": [")?,
            Ending::Excel { .. } => {}
        }
        Ok(report)
    }

    pub fn add(&mut self, config: &Config, finding: &Finding) -> anyhow::Result<()> {
        match &mut self.kind {
            Ending::Csv => {
                let lines: String = rows(config, finding)
                    .iter()
                    .map(|row| formats::table::csv_line(row.iter().map(|cell| &**cell)))
                    .collect();
                self.write(&lines)
            }
            Ending::Json { count } => {
                let comma = if *count == 0 { "\n" } else { ",\n" };
                *count += 1;
                self.write(&format!("{comma}{}", object(config, finding)))
            }
            Ending::Excel { rows: all } => {
                let row = |cells: Vec<Cow<'_, str>>| {
                    let named = self.columns.iter().cloned().zip(cells);
                    named.map(|(name, cell)| (name, Value::from(cell.into_owned()))).collect()
                };
                all.extend(rows(config, finding).into_iter().map(row));
                if all.len() > EXCEL_ROWS_MAX {
                    bail!(
                        "a workbook has {EXCEL_ROWS_MAX} rows at most, and there is more to tell: write a .csv or .json"
                    );
                }
                Ok(())
            }
        }
    }

    pub fn finish(mut self, counts: Counts) -> anyhow::Result<()> {
        match &mut self.kind {
            Ending::Csv => {}
            Ending::Json { .. } => {
                let mut all = json!({"left": counts.left, "right": counts.right, "outside": counts.outside});
                for kind in Kind::ALL {
                    all[kind.as_str()] = counts.of(kind).into();
                }
                self.write(&format!("\n], \"counts\": {all}}}\n"))?;
            }
            Ending::Excel { rows } => {
                let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
                let bytes = formats::table::workbook("audit", &columns, std::mem::take(rows))?;
                self.to.write_all(&bytes)?;
            }
        }
        let told = || format!("writing {}", self.out.display());
        let file = self.to.into_inner().map_err(|error| error.into_error()).with_context(told)?;
        file.persist(&self.out).with_context(told)?;
        eprintln!("{} is written", self.out.display());
        Ok(())
    }

    fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.to.write_all(text.as_bytes()).with_context(|| format!("writing {}", self.out.display()))
    }
}

const EXCEL_ROWS_MAX: usize = 100_000;

/// A row for each field that is not the same, or one where no fields were compared.
fn rows<'f>(config: &'f Config, finding: &'f Finding) -> Vec<Vec<Cow<'f, str>>> {
    let row = |field: [Cow<'f, str>; 4]| {
        let key = finding.key().iter().map(|part| Cow::Borrowed(part.as_str()));
        let lines = Side::BOTH.map(|side| lines(finding, side).into());
        std::iter::once(finding.kind.as_str().into()).chain(key).chain(field).chain(lines).collect()
    };
    if finding.differences.is_empty() {
        return vec![row(OF_A_FIELD.map(|_| "".into()))];
    }
    let fields = finding.differences.iter().map(|difference| {
        let name = config.fields[difference.field].left.as_str();
        let tolerated = if difference.tolerated { "yes" } else { "" };
        row([name.into(), text(&difference.left), text(&difference.right), tolerated.into()])
    });
    fields.collect()
}

/// The line of the record, or the first two of one that is there several times.
fn lines(finding: &Finding, side: Side) -> String {
    let Some(seen) = finding.side(side) else { return String::new() };
    match seen.again {
        Some(again) => format!("{}, {again}", seen.row.line),
        None => seen.row.line.to_string(),
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

fn object(config: &Config, finding: &Finding) -> Value {
    let mut object = json!({"result": finding.kind.as_str(), "key": finding.key()});
    for side in Side::BOTH {
        if let Some(seen) = finding.side(side) {
            object[side.as_str()] = json!({"line": seen.row.line, "again": seen.again, "times": seen.times});
        }
    }
    let fields = finding.differences.iter().map(|difference| {
        json!({
            "field": config.fields[difference.field].left,
            "left": difference.left, "right": difference.right, "tolerated": difference.tolerated,
        })
    });
    object["fields"] = fields.collect();
    object
}
