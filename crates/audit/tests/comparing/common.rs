//! Two lists of JSON lines, and what a comparison tells of them.

use audit::{Audit, Config, Counts, Error, Finding, Kind, Seen, Side};
use serde_json::{Map, Value};

pub fn config(key: &str, fields: &[&str]) -> Config {
    let parse = |text: &str| text.parse().unwrap_or_else(|error| panic!("{error}"));
    let keys = key.split(' ').map(parse).collect();
    fields.iter().fold(Config::by(keys), |config, field| config.field(parse(field)))
}

pub fn compare(config: Config, left: &str, right: &str) -> Result<(Vec<Finding>, Counts), Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut audit = Audit::new(config, folder.path())?;
    for (side, text) in [(Side::Left, left), (Side::Right, right)] {
        for (line, record) in (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty()) {
            let record: Map<String, Value> = serde_json::from_str(record).expect(record);
            audit.push(side, line, &record)?;
        }
    }
    let mut findings = audit.compare()?;
    let all = findings.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((all, findings.counts()))
}

/// A line for each finding.
pub fn told(config: Config, left: &str, right: &str) -> Vec<String> {
    let fields = config.fields.clone();
    let (findings, counts) = compare(config, left, right).unwrap_or_else(|error| panic!("{error}"));
    let all: u64 =
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::Matched).map(|kind| counts.of(kind)).sum();
    assert_eq!(all, findings.len() as u64);
    findings
        .iter()
        .map(|finding| {
            let mut line = format!("{} {}", finding.kind.as_str(), finding.key().join("/"));
            for difference in &finding.differences {
                let mark = if difference.tolerated { "~" } else { "|" };
                let name = &fields[difference.field].left;
                line += &format!(" {name}: {} {mark} {}", difference.left, difference.right);
            }
            if finding.kind == Kind::Duplicate {
                line += &format!(" {} {}", times(finding.left.as_ref()), times(finding.right.as_ref()));
            }
            line
        })
        .collect()
}

fn times(seen: Option<&Seen>) -> String {
    seen.map_or("-".into(), |seen| match seen.again {
        Some(again) => format!("{}x@{},{again}", seen.times, seen.row.line),
        None => format!("{}x@{}", seen.times, seen.row.line),
    })
}

#[track_caller]
pub fn refused(config: Config, left: &str, right: &str) -> String {
    match compare(config, left, right) {
        Err(error) => error.to_string(),
        Ok((findings, _)) => panic!("compared: {findings:?}"),
    }
}
