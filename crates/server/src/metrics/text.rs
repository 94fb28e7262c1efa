//! Prometheus' text format, version 0.0.4.

use engine::Distribution;
use std::fmt::{Display, Write as _};

pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Debug)]
pub struct Text(String);

/// One family's samples; its HELP and TYPE stand before them.
pub struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Text {
    pub fn new() -> Self {
        Self(String::with_capacity(16 << 10))
    }

    pub fn counter(&mut self, name: &'static str, about: &str) -> Family<'_> {
        self.family(name, "counter", about)
    }

    pub fn gauge(&mut self, name: &'static str, about: &str) -> Family<'_> {
        self.family(name, "gauge", about)
    }

    pub fn histogram(&mut self, name: &'static str, about: &str) -> Family<'_> {
        self.family(name, "histogram", about)
    }

    fn family(&mut self, name: &'static str, kind: &str, about: &str) -> Family<'_> {
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
        Family { text: &mut self.0, name }
    }

    pub fn finish(self) -> String {
        self.0
    }
}

impl Family<'_> {
    pub fn value(&mut self, value: impl Display) {
        self.sample("", &[], value);
    }

    pub fn labelled(&mut self, labels: &[(&str, &str)], value: impl Display) {
        self.sample("", labels, value);
    }

    /// A distribution whose values are microseconds, given in seconds.
    pub fn seconds(&mut self, labels: &[(&str, &str)], distribution: &Distribution) {
        self.distribution(labels, distribution, seconds);
    }

    pub fn counts(&mut self, labels: &[(&str, &str)], distribution: &Distribution) {
        self.distribution(labels, distribution, |count| count.to_string());
    }

    fn distribution(
        &mut self,
        labels: &[(&str, &str)],
        distribution: &Distribution,
        unit: impl Fn(u64) -> String,
    ) {
        let mut so_far = 0;
        for (end, count) in &distribution.buckets {
            so_far += count;
            let end = end.map_or("+Inf".to_owned(), &unit);
            let labels: Vec<_> = labels.iter().copied().chain([("le", end.as_str())]).collect();
            self.sample("_bucket", &labels, so_far);
        }
        self.sample("_sum", labels, unit(distribution.sum));
        self.sample("_count", labels, so_far);
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.text, "{}{suffix}", self.name);
        for (place, (name, value)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{before}{name}=\"{}\"", escape(value));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

/// Microseconds as seconds, without the zeros at the end.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_break_out_of_its_quotes() {
        let mut text = Text::new();
        text.gauge("g", "A gauge.").labelled(&[("a", "b\"} 1\n\\")], 2);
        assert_eq!(text.finish(), "# HELP g A gauge.\n# TYPE g gauge\ng{a=\"b\\\"} 1\\n\\\\\"} 2\n");
    }

    #[test]
    fn buckets_add_up_and_microseconds_become_seconds() {
        let mut text = Text::new();
        let buckets = vec![(Some(500), 2), (Some(2_000_000), 1), (None, 1)];
        text.histogram("h", "A histogram.").seconds(&[], &Distribution { sum: 7_000_250, buckets });
        let text = text.finish();
        let lines: Vec<_> = text.lines().skip(2).collect();
        let expected = [
            "h_bucket{le=\"0.0005\"} 2",
            "h_bucket{le=\"2\"} 3",
            "h_bucket{le=\"+Inf\"} 4",
            "h_sum 7.00025",
            "h_count 4",
        ];
        assert_eq!(lines, expected);
    }
}
