//! The figures for people and for programs.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::scenes::Figures;
use crate::wide::Sheet;

/// What a figure should be on an otherwise idle machine with two cores.
enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// It is one of the machine's limits, or stands beside another figure.
    None,
}

struct Line {
    name: &'static str,
    value: f64,
    unit: &'static str,
    target: Target,
    /// Of the bare handler or of the disk.
    share: Option<f64>,
}

/// The scenes of which there are several sizes, each beside the first of its kind.
pub fn print_sheet(sheet: &Sheet) {
    let mut first: HashMap<(&str, &str), f64> = HashMap::new();
    for row in &sheet.0 {
        let first = *first.entry((row.scene, row.what)).or_insert(row.value);
        let times = if first > 0.0 { row.value / first } else { 0.0 };
        let name = format!("{}: {}, {}", row.scene, row.of, row.what);
        println!("{name:<56} {:>12} {:<4} {times:>6.2} x the first", number(row.value), row.unit);
    }
}

pub fn print(figures: &Figures) {
    println!("\n{:<44} {:>12} {:>12}   of the machine's limit", "", "measured", "target");
    for line in lines(figures) {
        let target = match line.target {
            Target::AtLeast(target) => format!("≥ {}", number(target)),
            Target::AtMost(target) => format!("≤ {}", number(target)),
            Target::None => String::new(),
        };
        let missed = if line.is_missed() { "  missed" } else { "" };
        let share = line.share.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default();
        let value = format!("{} {}", number(line.value), line.unit);
        println!("{:<44} {value:>12} {target:>12}   {share}{missed}", line.name);
    }
}

impl Line {
    fn is_missed(&self) -> bool {
        match self.target {
            Target::AtLeast(target) => self.value < target,
            Target::AtMost(target) => self.value > target,
            Target::None => false,
        }
    }
}

fn lines(f: &Figures) -> Vec<Line> {
    use Target::{AtLeast, AtMost, None as Any};
    let line = |name, value, unit, target| Line { name, value, unit, target, share: None };
    let of_bare = |line: Line| Line { share: Some(line.value / f.bare_per_s), ..line };
    vec![
        line("bare handler, nothing stored", f.bare_per_s, "/s", Any),
        line("4 KB append and fdatasync, one thread", f.fsync_per_s, "/s", Any),
        line("bare SQLite, 64 rows in a commit", f.group_per_s, "/s", Any),
        of_bare(line("w1 accepted events", f.w1_accepted_per_s, "/s", Any)),
        of_bare(line("w1 finished durable runs", f.w1_finished_per_s, "/s", AtLeast(4_000.0))),
        line("w1 accepted and lost", f.w1_lost as f64, "", AtMost(0.0)),
        line("w1 sent twice", f.w1_doubled as f64, "", AtMost(0.0)),
        line("w1 accepted within, half of them", f.w1_accept_p50_ms, "ms", Any),
        line("w1 accepted within, 99 of 100", f.w1_accept_p99_ms, "ms", Any),
        of_bare(line("w2 synchronous answers", f.w2_answered_per_s, "/s", AtLeast(6_000.0))),
        of_bare(line("w2 the same after an HTTP action", f.w2_with_action_per_s, "/s", Any)),
        line("w3 10,000 elements", f.w3_10k_s, "s", AtMost(0.3)),
        line("w3 100,000 elements", f.w3_100k_s, "s", AtMost(3.0)),
        line("w3 100,000 elements, peak memory", f.w3_100k_peak_mb, "MB", Any),
        line("memory idle", f.idle_mb, "MB", AtMost(40.0)),
        line("memory under load", f.load_mb, "MB", AtMost(150.0)),
        line("start to first accepted event", f.start_s, "s", AtMost(0.3)),
    ]
}

fn number(value: f64) -> String {
    if value == 0.0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// What every object has, whichever scenes were wanted.
pub fn limits_json(f: &Figures) -> Value {
    json!({"bare_per_s": f.bare_per_s, "fsync_per_s": f.fsync_per_s, "group_per_s": f.group_per_s})
}

pub fn json(f: &Figures) -> Value {
    let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
    json!({
        "w1_accepted_per_s": rounded(f.w1_accepted_per_s), "w1_finished_per_s": rounded(f.w1_finished_per_s),
        "w1_lost": f.w1_lost, "w1_doubled": f.w1_doubled,
        "w1_accept_p50_ms": rounded(f.w1_accept_p50_ms), "w1_accept_p99_ms": rounded(f.w1_accept_p99_ms),
        "w2_answered_per_s": rounded(f.w2_answered_per_s), "w2_with_action_per_s": rounded(f.w2_with_action_per_s),
        "w3_10k_s": rounded(f.w3_10k_s), "w3_100k_s": rounded(f.w3_100k_s),
        "w3_100k_peak_mb": rounded(f.w3_100k_peak_mb), "idle_mb": rounded(f.idle_mb), "load_mb": rounded(f.load_mb),
        "group_per_s": rounded(f.group_per_s), "start_s": rounded(f.start_s), "bare_per_s": rounded(f.bare_per_s), "fsync_per_s": rounded(f.fsync_per_s),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_has_every_promised_key() {
        let object = json(&Figures::default());
        for key in [
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
        ] {
            assert!(object[key].is_number(), "{key}");
        }
    }
}
