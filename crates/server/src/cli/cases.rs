//! `khlong test`: the cases that are written for flows, walked without sending anything.

mod find;

use super::files::{catalog, read, scripts, tell};
use crate::flows;
use model::{Problem, Specs, Surroundings};
use rehearsal::flow_test::{self, Case, Subject, Verdict};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What ends the names of files of cases; the flow is the file with the same name and `.json` in its place.
const ENDING: &str = ".test.json";
/// Some case did not come out as it says. What cannot be read at all is a failure, as everywhere.
const CASES_FAILED: u8 = 3;

#[derive(clap::Args)]
pub struct Args {
    /// Files of cases (X.test.json, beside the flow X.json), flow files, or folders with them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only cases whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Print how each case came out as JSON.
    #[arg(long)]
    json: bool,
    /// A data folder whose imported connectors are known, too. Nothing in it changes, whether a server runs or not.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let files = find::files(&args.paths)?;
    let (catalog, scripts) = (catalog(args.data.as_deref()).await?, scripts());
    let bench = Bench { specs: catalog.specs(), scripts: &scripts, name: args.name.as_deref() };
    let tested: Vec<Tested> = files.into_iter().map(|file| bench.test(file)).collect();
    let sums = Sums::of(&tested);
    match args.json {
        true => super::print_json(&told(&tested, &sums))?,
        false => tell_all(&tested, &sums),
    }
    if let Some(name) = args.name.filter(|_| sums.passed + sums.failed == 0 && !sums.unusable) {
        anyhow::bail!("no case's name holds \"{name}\"");
    }
    Ok(sums.exit_code())
}

/// What the cases of a file came to.
struct Tested {
    file: PathBuf,
    cases: Result<Vec<Outcome>, Unusable>,
}

struct Outcome {
    /// Which of the file's cases.
    index: usize,
    name: String,
    verdict: Verdict,
}

/// Why nothing could be tested.
enum Unusable {
    Unread(String),
    /// Of the file of cases, or of the flow.
    Wrong(PathBuf, Vec<Problem>),
}

struct Bench<'a> {
    specs: &'a Specs,
    scripts: &'a script::Engine,
    name: Option<&'a str>,
}

impl Bench<'_> {
    fn test(&self, file: PathBuf) -> Tested {
        let cases = self.outcomes(&file);
        Tested { file, cases }
    }

    fn outcomes(&self, file: &Path) -> Result<Vec<Outcome>, Unusable> {
        let flow = flow_of(file);
        let unread = |error: anyhow::Error| Unusable::Unread(format!("{error:#}"));
        let text = read(file).map_err(unread)?;
        let document = read(&flow).map_err(|error| {
            Unusable::Unread(format!("{error:#}; {} has the cases of that flow", file.display()))
        })?;
        let around = |_: &model::FlowDocument| Surroundings::default();
        let checked = flows::check(&document, self.specs, around, self.scripts)
            .map_err(|problems| Unusable::Wrong(flow, problems))?;
        let subject = Subject { doc: &checked.document, specs: self.specs, scripts: self.scripts };
        let cases = flow_test::read(&text, &subject)
            .map_err(|problems| Unusable::Wrong(file.to_owned(), problems))?;
        let wanted = |case: &Case| self.name.is_none_or(|name| case.name.contains(name));
        let wanted = cases.into_iter().enumerate().filter(|(_, case)| wanted(case));
        let outcome = |(index, case): (usize, Case)| Outcome {
            index,
            verdict: flow_test::check(&case, &subject),
            name: case.name,
        };
        Ok(wanted.map(outcome).collect())
    }
}

fn flow_of(cases: &Path) -> PathBuf {
    let name = cases.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    cases.with_file_name(format!("{}.json", name.strip_suffix(ENDING).unwrap_or(name)))
}

#[derive(Default)]
struct Sums {
    passed: usize,
    failed: usize,
    /// Something could not be tested.
    unusable: bool,
}

impl Sums {
    fn of(tested: &[Tested]) -> Self {
        tested.iter().fold(Self::default(), |mut sums, file| {
            match &file.cases {
                Ok(cases) => {
                    let passed = cases.iter().filter(|case| case.verdict.passed()).count();
                    sums.passed += passed;
                    sums.failed += cases.len() - passed;
                }
                Err(_) => sums.unusable = true,
            }
            sums
        })
    }

    fn exit_code(&self) -> ExitCode {
        match self {
            Self { unusable: true, .. } => ExitCode::FAILURE,
            Self { failed: 1.., .. } => ExitCode::from(CASES_FAILED),
            _ => ExitCode::SUCCESS,
        }
    }
}

fn tell_all(tested: &[Tested], sums: &Sums) {
    for Tested { file, cases } in tested {
        match cases {
            Ok(cases) => tell_cases(file, cases),
            Err(Unusable::Unread(why)) => eprintln!("{}: {why}", file.display()),
            Err(Unusable::Wrong(file, problems)) => tell(file, problems),
        }
    }
    println!("{} passed, {} failed", sums.passed, sums.failed);
}

fn tell_cases(file: &Path, cases: &[Outcome]) {
    let failed: Vec<&Outcome> = cases.iter().filter(|case| !case.verdict.passed()).collect();
    println!("{}: {} passed, {} failed", file.display(), cases.len() - failed.len(), failed.len());
    for Outcome { name, verdict, .. } in failed {
        println!("  FAILED {name}");
        for difference in &verdict.differences {
            println!("    {}", difference.message);
        }
        if verdict.more > 0 {
            println!("    and {} more", verdict.more);
        }
    }
}

/// The same for programs; places are JSON pointers into the file of cases.
fn told(tested: &[Tested], sums: &Sums) -> Value {
    let files: Vec<Value> = tested.iter().map(told_file).collect();
    json!({"files": files, "passed": sums.passed, "failed": sums.failed})
}

fn told_file(tested: &Tested) -> Value {
    let file = tested.file.display().to_string();
    match &tested.cases {
        Ok(cases) => json!({"file": file, "cases": cases.iter().map(told_case).collect::<Vec<_>>()}),
        Err(Unusable::Unread(why)) => json!({"file": file, "error": why}),
        Err(Unusable::Wrong(of, problems)) => {
            json!({"file": file, "problems_in": of.display().to_string(), "problems": problems})
        }
    }
}

fn told_case(case: &Outcome) -> Value {
    let Outcome { index, name, verdict } = case;
    let differences: Vec<Value> = verdict
        .differences
        .iter()
        .map(|one| json!({"at": format!("/cases/{index}{}", one.at), "message": one.message}))
        .collect();
    json!({"name": name, "passed": verdict.passed(), "differences": differences, "more": verdict.more})
}
