//! `khlong audit`: two files, record by record.

mod report;
mod screen;

use anyhow::anyhow;
use audit::moment::{self, Moment};
use audit::{Audit, Config, Field, Findings, Side, Times};
use chrono::TimeDelta;
use engine::{Clock, SystemClock};
use report::Report;
use screen::Screen;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// There are differences; what cannot be compared is 1, as everywhere.
const DIFFERENT: u8 = 3;

#[derive(clap::Args)]
pub struct Args {
    /// What one system has: a file .csv, .jsonl or .xlsx.
    left: PathBuf,
    /// What the other one has.
    right: PathBuf,
    /// What says which records belong together; several times where it takes several fields.
    #[arg(long, value_name = "NAME[=NAME][:text|number]", required = true)]
    key: Vec<Field>,
    /// A field to compare, under both its names, and what is let pass: number, 0.01, 1%, money, 25satang, text, time, 60s.
    #[arg(long, value_name = "NAME[=NAME][:TOLERANCE]")]
    field: Vec<Field>,
    /// The field that says when a record is of, for the window and the cut-off.
    #[arg(long, value_name = "NAME[=NAME]")]
    time: Option<Field>,
    /// Only records from then on, in Bangkok: 2026-11-20, or 2026-11-20T08:00.
    #[arg(long, value_parser = beginning, requires = "time")]
    from: Option<Moment>,
    /// Only records before then; a day is in it as a whole.
    #[arg(long, value_parser = end, requires = "time")]
    to: Option<Moment>,
    /// How long before the end a record may be that only one side has yet, such as 15m.
    #[arg(long, value_parser = spell, requires = "time", default_value = "0s")]
    cut_off: TimeDelta,
    /// Write everything that does not simply match to a file .csv, .xlsx or .json.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How many differences are printed.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    first: usize,
    /// Where to put what does not fit into memory.
    #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
    temp_dir: PathBuf,
}

fn beginning(text: &str) -> Result<Moment, String> {
    moment::read(text).ok_or_else(|| NO_TIME.to_owned())
}

fn end(text: &str) -> Result<Moment, String> {
    moment::read_end(text).ok_or_else(|| NO_TIME.to_owned())
}

const NO_TIME: &str = "write a day like 2026-11-20, or a time like 2026-11-20T08:00";

fn spell(text: &str) -> Result<TimeDelta, String> {
    audit::spell(text).ok_or_else(|| "write it like 90s, 15m, 2h or 1d".to_owned())
}

impl Args {
    fn config(&self) -> Config {
        let times = self.time.clone().map(|field| Times {
            field,
            from: self.from,
            to: self.to,
            asked: moment::of_millis(SystemClock.now()).unwrap_or_default(),
            cut_off: self.cut_off,
        });
        Config { fields: self.field.clone(), times, ..Config::by(self.key.clone()) }
    }

    fn file(&self, side: Side) -> &Path {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// What went wrong, in terms of the files.
    fn tell(&self, error: &audit::Error) -> anyhow::Error {
        let name = |side| self.file(side).display().to_string();
        anyhow!(error.told(&name(Side::Left), &name(Side::Right)))
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // A report that cannot be written is told before anything is read.
    let mut report = args.out.as_deref().map(|out| Report::create(out, &args.key)).transpose()?;
    let mut screen = Screen::new(args.first);
    let mut findings = compare(args)?;
    while let Some(finding) = findings.next() {
        let finding = finding.map_err(|error| args.tell(&error))?;
        screen.add(findings.config(), &finding);
        if let Some(report) = &mut report {
            report.add(findings.config(), &finding)?;
        }
    }
    let counts = findings.counts();
    screen.print(&args.left, &args.right, counts, args.out.as_deref())?;
    if let Some(report) = report {
        report.finish(counts)?;
    }
    Ok(if counts.has_differences() { ExitCode::from(DIFFERENT) } else { ExitCode::SUCCESS })
}

fn compare(args: &Args) -> anyhow::Result<Findings> {
    let mut audit = Audit::new(args.config(), &args.temp_dir).map_err(|error| args.tell(&error))?;
    for side in Side::BOTH {
        let read = formats::table::each(args.file(side), |line, record| -> anyhow::Result<()> {
            audit.push(side, line, &record).map_err(|error| args.tell(&error))
        });
        read.map_err(|error| match error.downcast::<connector::Error>() {
            Ok(error) => anyhow!("{error}. {}", error.advice()),
            Err(error) => error,
        })?;
    }
    audit.compare().map_err(|error| args.tell(&error))
}
