//! The figures for people and for programs.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::limits::Limits;
use crate::scenes::Figures;
use crate::sheet::{Sheet, Target};
use crate::store::Kind;

/// All that was measured on one store.
pub struct Results {
    pub kind: Kind,
    /// Of the usual loads.
    pub figures: Option<Figures>,
    pub sheet: Sheet,
}

struct Line {
    name: String,
    value: f64,
    unit: &'static str,
    target: Target,
    /// What it is compared with, and how.
    beside: String,
}

pub fn print(limits: &Limits, results: &[Results]) {
    println!("\n{:<64} {:>12} {:>10}", "", "measured", "target");
    limit_lines(limits).iter().for_each(Line::print);
    for results in results {
        println!("\non {}", results.kind.name());
        let usual = results.figures.iter().flat_map(|figures| usual_lines(figures, limits, results.kind));
        usual.chain(sheet_lines(&results.sheet)).for_each(|line| line.print());
        for (scene, why) in &results.sheet.broken {
            println!("{}: not measured: {why}", scene.name());
        }
    }
}

impl Line {
    fn new(name: &str, value: f64, unit: &'static str, target: Target) -> Self {
        Self { name: name.to_owned(), value, unit, target, beside: String::new() }
    }

    fn print(&self) {
        let target = match self.target {
            Target::AtLeast(target) => format!("≥ {}", number(target)),
            Target::AtMost(target) => format!("≤ {}", number(target)),
            Target::None => String::new(),
        };
        let missed = if self.target.is_missed(self.value) { "missed  " } else { "" };
        let value = format!("{} {}", number(self.value), self.unit);
        println!("{:<64} {value:>12} {target:>10}   {missed}{}", self.name, self.beside);
    }
}

fn limit_lines(limits: &Limits) -> Vec<Line> {
    let line = |name, value| Line::new(name, value, "/s", Target::None);
    let postgres =
        limits.postgres_group_per_s.map(|value| line("bare PostgreSQL, 64 rows in a commit", value));
    let mut lines = vec![
        line("bare handler, nothing stored", limits.bare_per_s),
        line("4 KB append and fdatasync, one thread", limits.fsync_per_s),
        line("bare SQLite, 64 rows in a commit", limits.group_per_s),
    ];
    lines.extend(postgres);
    lines
}

/// What PostgreSQL is asked for is less: its server has the same two cores.
fn usual_lines(f: &Figures, limits: &Limits, kind: Kind) -> Vec<Line> {
    use Target::{AtLeast, AtMost, None as Any};
    let (accepted, finished, answered, started, group) = match kind {
        Kind::Sqlite => {
            (Any, AtLeast(4_000.0), AtLeast(6_000.0), AtMost(0.3), ("bare SQLite", limits.group_per_s))
        }
        Kind::Postgres => {
            let group = limits.postgres_group_per_s.unwrap_or_default();
            (AtLeast(8_000.0), AtLeast(2_000.0), Any, Any, ("bare PostgreSQL", group))
        }
    };
    let line = Line::new;
    let of_limits = |line: Line| {
        let of = |(name, limit): (&str, f64)| format!("{:.0} % of {name}", line.value / limit * 100.0);
        let beside = format!("{}, {}", of(("the bare handler", limits.bare_per_s)), of(group));
        Line { beside, ..line }
    };
    vec![
        of_limits(line("w1 accepted events", f.w1_accepted_per_s, "/s", accepted)),
        of_limits(line("w1 finished durable runs", f.w1_finished_per_s, "/s", finished)),
        line("w1 accepted and lost", f.w1_lost as f64, "", AtMost(0.0)),
        line("w1 sent twice", f.w1_doubled as f64, "", AtMost(0.0)),
        line("w1 accepted within, half of them", f.w1_accept_p50_ms, "ms", Any),
        line("w1 accepted within, 99 of 100", f.w1_accept_p99_ms, "ms", Any),
        of_limits(line("w2 synchronous answers", f.w2_answered_per_s, "/s", answered)),
        of_limits(line("w2 the same after an HTTP action", f.w2_with_action_per_s, "/s", Any)),
        line("w3 10,000 elements", f.w3_10k_s, "s", AtMost(0.3)),
        line("w3 100,000 elements", f.w3_100k_s, "s", AtMost(3.0)),
        line("w3 100,000 elements, peak memory", f.w3_100k_peak_mb, "MB", Any),
        line("memory idle", f.idle_mb, "MB", AtMost(40.0)),
        line("memory under load", f.load_mb, "MB", AtMost(150.0)),
        line("start to first accepted event", f.start_s, "s", started),
    ]
}

/// The scenes of which there are several sizes, each beside the first of its kind.
fn sheet_lines(sheet: &Sheet) -> Vec<Line> {
    let mut first: HashMap<(&str, &str), f64> = HashMap::new();
    let line = |row: &crate::sheet::Measured| {
        let beside = match first.get(&(row.scene, row.what)) {
            Some(first) if *first > 0.0 => format!("{:.2} x the first", row.value / first),
            Some(_) => String::new(),
            None => {
                first.insert((row.scene, row.what), row.value);
                String::new()
            }
        };
        let name = format!("{}: {}, {}", row.scene, row.of, row.what);
        Line { beside, ..Line::new(&name, row.value, row.unit, row.target) }
    };
    sheet.rows.iter().map(line).collect()
}

fn number(value: f64) -> String {
    if value == 0.0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The limits and what the first store came to; the second is an object in it.
pub fn json(limits: &Limits, results: &[Results]) -> Value {
    let mut all = json!({
        "bare_per_s": rounded(limits.bare_per_s), "fsync_per_s": rounded(limits.fsync_per_s),
        "group_per_s": rounded(limits.group_per_s),
        "postgres_group_per_s": limits.postgres_group_per_s.map(rounded),
    });
    for (at, results) in results.iter().enumerate() {
        let object = results_json(results);
        if at > 0 {
            all[results.kind.word()] = object;
        } else if let (Some(all), Value::Object(object)) = (all.as_object_mut(), object) {
            all.extend(object);
        }
    }
    all
}

fn results_json(results: &Results) -> Value {
    let mut object = match &results.figures {
        Some(figures) => figures_json(figures),
        None => json!({}),
    };
    object["store"] = results.kind.word().into();
    object["scenes"] = results.sheet.json();
    object["not_measured"] = results.sheet.broken_json();
    object
}

fn figures_json(f: &Figures) -> Value {
    json!({
        "w1_accepted_per_s": rounded(f.w1_accepted_per_s), "w1_finished_per_s": rounded(f.w1_finished_per_s),
        "w1_lost": f.w1_lost, "w1_doubled": f.w1_doubled,
        "w1_accept_p50_ms": rounded(f.w1_accept_p50_ms), "w1_accept_p99_ms": rounded(f.w1_accept_p99_ms),
        "w2_answered_per_s": rounded(f.w2_answered_per_s), "w2_with_action_per_s": rounded(f.w2_with_action_per_s),
        "w3_10k_s": rounded(f.w3_10k_s), "w3_100k_s": rounded(f.w3_100k_s),
        "w3_100k_peak_mb": rounded(f.w3_100k_peak_mb), "idle_mb": rounded(f.idle_mb), "load_mb": rounded(f.load_mb),
        "start_s": rounded(f.start_s),
    })
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISED: [&str; 14] = [
        "w1_accepted_per_s",
        "w1_finished_per_s",
        "w1_lost",
        "w1_accept_p50_ms",
        "w1_accept_p99_ms",
        "w2_answered_per_s",
        "w3_10k_s",
        "w3_100k_s",
        "w3_100k_peak_mb",
        "idle_mb",
        "load_mb",
        "start_s",
        "bare_per_s",
        "fsync_per_s",
    ];

    fn usual(kind: Kind) -> Results {
        Results { kind, figures: Some(Figures::default()), sheet: Sheet::default() }
    }

    #[test]
    fn the_object_has_every_promised_key() {
        let object = json(&Limits::default(), &[usual(Kind::Sqlite)]);
        for key in PROMISED {
            assert!(object[key].is_number(), "{key}");
        }
    }

    #[test]
    fn the_second_store_is_an_object_of_its_own() {
        let mut of_postgres = usual(Kind::Postgres);
        of_postgres.sheet.note("idle", "a live flow", "memory", 61.0, "MB").at_most(60.0);
        let object = json(&Limits::default(), &[usual(Kind::Sqlite), of_postgres]);
        assert_eq!(object["store"], "sqlite");
        assert!(object["postgres"]["w1_lost"].is_number());
        assert_eq!(object["postgres"]["scenes"][0]["target"]["at_most"].as_f64(), Some(60.0));
    }

    #[test]
    fn a_figure_beyond_its_target_is_missed() {
        assert!(Target::AtMost(60.0).is_missed(60.1) && !Target::AtMost(60.0).is_missed(60.0));
        assert!(Target::AtLeast(2_000.0).is_missed(1_999.0) && !Target::None.is_missed(0.0));
    }
}
