//! What everybody came to, beside Khlong.

use serde_json::{Value, json};

use super::Measured;
use super::work::{Figures, Took};

/// One figure of one of them.
struct Line {
    name: &'static str,
    value: String,
    /// How many times as good Khlong is, where that has a target.
    times: Option<f64>,
    /// It is at least that: the other one was not waited for.
    bound: bool,
}

/// How many times as fast as another one Khlong does each work.
struct Times {
    w1_finished: f64,
    w2_answered: f64,
    w3: f64,
    w3_loop: Option<f64>,
}

impl Times {
    fn of(khlong: &Figures, other: &Figures) -> Self {
        Self {
            w1_finished: ratio(khlong.w1_finished_per_s, other.w1_finished_per_s),
            w2_answered: ratio(khlong.w2_answered_per_s, other.w2_answered_per_s),
            w3: ratio(other.w3.seconds, khlong.w3.seconds),
            w3_loop: other.w3_loop.map(|took| ratio(took.seconds, khlong.w3.seconds)),
        }
    }
}

/// Of who did nothing nobody is a multiple.
fn ratio(better: f64, other: f64) -> f64 {
    if other > 0.0 { better / other } else { 0.0 }
}

pub fn print(all: &[Measured]) {
    println!("\n{:<40} {:>14} {:>12} {:>10}", "", "measured", "Khlong is", "target");
    for of in all {
        let times_min = of.times_min.unwrap_or_default();
        for line in lines(&of.figures, times(all, of).as_ref()) {
            let name = format!("{} {}", of.name, line.name);
            let (times, target) = match line.times {
                Some(times) => (
                    format!("{}{} × it", over(line.bound), number(times)),
                    format!("≥ {} ×", number(times_min)),
                ),
                None => (String::new(), String::new()),
            };
            let missed = if line.is_missed(times_min) { "  missed" } else { "" };
            let row = format!("{name:<40} {:>14} {times:>12} {target:>10}{missed}", line.value);
            println!("{}", row.trim_end());
        }
    }
}

impl Line {
    fn is_missed(&self, times_min: f64) -> bool {
        !self.bound && self.times.is_some_and(|times| times < times_min)
    }
}

fn lines(f: &Figures, times: Option<&Times>) -> Vec<Line> {
    let line = |name, value, times| Line { name, value, times, bound: false };
    let per_second = |value: f64| format!("{} /s", number(value));
    let mut lines = vec![
        line("w1 accepted", per_second(f.w1_accepted_per_s), None),
        line("w1 finished", per_second(f.w1_finished_per_s), times.map(|times| times.w1_finished)),
        line("w1 accepted and lost", f.w1_lost.to_string(), None),
        line("w1 sent twice", f.w1_doubled.to_string(), None),
        line("w2 synchronous answers", per_second(f.w2_answered_per_s), times.map(|times| times.w2_answered)),
        line("w3 10,000 items", seconds(f.w3), times.map(|times| times.w3)),
    ];
    if let Some(took) = f.w3_loop {
        let times = times.and_then(|times| times.w3_loop);
        let bound = !took.ended;
        lines.push(Line { bound, ..line("w3 with its node for loops", seconds(took), times) });
    }
    lines.push(line("memory idle", format!("{} MB", number(f.idle_mb)), None));
    lines.push(line("memory under load", format!("{} MB", number(f.load_mb)), None));
    lines
}

fn seconds(took: Took) -> String {
    format!("{}{} s", over(!took.ended), number(took.seconds))
}

fn over(bound: bool) -> &'static str {
    if bound { "> " } else { "" }
}

fn number(value: f64) -> String {
    if value == 0.0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// Khlong comes first, and is not compared with itself.
fn times(all: &[Measured], of: &Measured) -> Option<Times> {
    of.times_min.map(|_| Times::of(&all[0].figures, &of.figures))
}

/// `{"peers": {"khlong": {…}, "node_red": {…, "khlong_is": {…}}, …}}`
pub fn json(all: &[Measured]) -> Value {
    let object = |of: &Measured| {
        let mut object = figures_json(&of.figures);
        object["name"] = of.name.clone().into();
        if let Some(times) = times(all, of) {
            object["khlong_is_at_least"] = of.times_min.into();
            object["khlong_is"] = times_json(&times);
        }
        (of.key.to_owned(), object)
    };
    json!({"peers": Value::Object(all.iter().map(object).collect())})
}

fn figures_json(f: &Figures) -> Value {
    json!({
        "w1_accepted": f.w1_accepted, "w1_accepted_per_s": rounded(f.w1_accepted_per_s),
        "w1_finished": f.w1_finished, "w1_finished_per_s": rounded(f.w1_finished_per_s),
        "w1_lost": f.w1_lost, "w1_doubled": f.w1_doubled,
        "w2_answered_per_s": rounded(f.w2_answered_per_s),
        "w3_10k_s": rounded(f.w3.seconds), "w3_10k_ended": f.w3.ended,
        "w3_loop_10k_s": f.w3_loop.map(|took| rounded(took.seconds)),
        "w3_loop_10k_ended": f.w3_loop.map(|took| took.ended),
        "idle_mb": rounded(f.idle_mb), "load_mb": rounded(f.load_mb),
    })
}

fn times_json(times: &Times) -> Value {
    json!({
        "w1_finished": rounded(times.w1_finished), "w2_answered": rounded(times.w2_answered),
        "w3_10k": rounded(times.w3), "w3_loop_10k": times.w3_loop.map(rounded),
    })
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(per_second: f64, seconds: f64) -> Figures {
        let w3 = Took { seconds, ended: true };
        Figures { w1_finished_per_s: per_second, w2_answered_per_s: per_second, w3, ..Figures::default() }
    }

    fn measured() -> Vec<Measured> {
        let of = |key: &'static str, figures, times_min| Measured {
            name: key.to_owned(),
            key,
            figures,
            times_min,
        };
        let mut slow = figures(20.0, 10.0);
        slow.w3_loop = Some(Took { seconds: 300.0, ended: false });
        vec![of("khlong", figures(6_000.0, 0.05), None), of("slow", slow, Some(200.0))]
    }

    #[test]
    fn more_in_a_second_and_fewer_seconds_are_both_faster() {
        let times = &json(&measured())["peers"]["slow"]["khlong_is"];
        assert_eq!(times["w1_finished"], 300.0);
        assert_eq!(times["w2_answered"], 300.0);
        assert_eq!(times["w3_10k"], 200.0);
        assert_eq!(times["w3_loop_10k"], 6_000.0);
    }

    #[test]
    fn khlong_is_not_compared_with_itself() {
        let khlong = &json(&measured())["peers"]["khlong"];
        assert!(khlong.get("khlong_is").is_none() && khlong["w1_finished_per_s"] == 6_000.0);
    }

    #[test]
    fn a_loop_that_was_not_waited_for_to_its_end_says_so_and_misses_nothing() {
        let all = measured();
        let lines = lines(&all[1].figures, times(&all, &all[1]).as_ref());
        let over = lines.iter().find(|line| line.value == "> 300 s").unwrap();
        assert!(over.times.is_some() && !over.is_missed(1e9));
    }
}
