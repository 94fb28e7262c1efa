//! Moments and lengths of time as people read them.

use crate::words::{Language, Words, count, fill, language, words};
use leptos::prelude::*;
use model::Span;
use std::time::Duration;

const TICK: Duration = Duration::from_secs(15);
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const JUST_NOW: i64 = 5 * SECOND;

/// The time of day, which moves on by itself; provided as a context by the shell.
#[derive(Clone, Copy)]
pub struct Now(RwSignal<i64>);

impl Now {
    pub fn start() -> Self {
        let now = RwSignal::new(now_ms());
        if let Ok(tick) = set_interval_with_handle(
            move || {
                now.try_set(now_ms());
            },
            TICK,
        ) {
            on_cleanup(move || tick.clear());
        }
        Self(now)
    }

    pub fn get(self) -> i64 {
        self.0.get()
    }
}

pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// A moment as "3 min ago", with date and time as a tooltip.
#[component]
pub fn Ago(#[prop(into)] at: Signal<i64>) -> impl IntoView {
    let now = expect_context::<Now>().0;
    view! {
        <time datetime=move || iso(at.get()) title=move || date_time(at.get())>
            {move || ago(now.get().max(at.get()) - at.get(), words())}
        </time>
    }
}

fn iso(at: i64) -> String {
    js_sys::Date::new(&(at as f64).into()).to_iso_string().into()
}

/// Date and time as the reader's language writes them, in the browser's time zone; Thai counts Buddhist years.
pub fn date_time(at: i64) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"dateStyle".into(), &"medium".into());
    let _ = js_sys::Reflect::set(&options, &"timeStyle".into(), &"medium".into());
    date.to_locale_string(locale(), &options).into()
}

/// Bangkok's clocks stand so far ahead of UTC, all year.
const BANGKOK: i64 = 7 * HOUR;

/// The date and the time of day in Bangkok, wherever the reader is.
pub fn in_bangkok(at: i64) -> String {
    in_bangkok_with(at, &[("dateStyle", "full"), ("timeStyle", "short")])
}

/// Hours and minutes in Bangkok.
pub fn bangkok_clock(at: i64) -> String {
    let of_day = (at + BANGKOK).rem_euclid(DAY);
    format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / MINUTE)
}

/// The weekday in Bangkok, as the reader's language calls it.
pub fn bangkok_weekday(at: i64) -> String {
    in_bangkok_with(at, &[("weekday", "long")])
}

/// A moment as the time of day in Bangkok, with the date where that is not today's.
#[component]
pub fn Moment(at: i64) -> impl IntoView {
    let seconds = (at.rem_euclid(MINUTE)) / SECOND;
    let clock = format!("{}:{seconds:02}", bangkok_clock(at));
    let text = match bangkok_day(at) == bangkok_day(now_ms()) {
        true => clock,
        false => format!("{} {clock}", in_bangkok_with(at, &[("day", "numeric"), ("month", "short")])),
    };
    view! { <time datetime=iso(at) title=in_bangkok(at)>{text}</time> }
}

fn bangkok_day(at: i64) -> i64 {
    (at + BANGKOK).div_euclid(DAY)
}

fn in_bangkok_with(at: i64, wanted: &[(&str, &str)]) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    let options = js_sys::Object::new();
    for (name, value) in wanted.iter().chain([&("timeZone", "Asia/Bangkok")]) {
        let _ = js_sys::Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    date.to_locale_string(locale(), &options).into()
}

/// The time of day with seconds.
pub fn clock(at: i64) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    format!("{:02}:{:02}:{:02}", date.get_hours(), date.get_minutes(), date.get_seconds())
}

fn locale() -> &'static str {
    match language() {
        Language::English => "en-GB",
        Language::Thai => "th-TH",
    }
}

pub fn ago(ms: i64, words: &Words) -> String {
    let (text, unit) = match ms {
        ms if ms < JUST_NOW => return words.just_now.to_owned(),
        ms if ms < MINUTE => (words.seconds_ago, SECOND),
        ms if ms < HOUR => (words.minutes_ago, MINUTE),
        ms if ms < DAY => (words.hours_ago, HOUR),
        _ => (words.days_ago, DAY),
    };
    fill(text, &[&(ms / unit)])
}

/// A length of time in its largest unit, with one decimal below ten seconds.
pub fn length(ms: i64, words: &Words) -> String {
    let seconds = ms / SECOND;
    match ms.max(0) {
        ms if ms < SECOND => format!("{ms} {}", words.unit_ms),
        ms if ms < 10 * SECOND => format!("{seconds}.{} {}", ms % SECOND / 100, words.unit_s),
        ms if ms < MINUTE => format!("{seconds} {}", words.unit_s),
        ms if ms < HOUR => format!("{} {} {} {}", ms / MINUTE, words.unit_min, seconds % 60, words.unit_s),
        ms => format!("{} {} {} {}", ms / HOUR, words.unit_h, ms % HOUR / MINUTE, words.unit_min),
    }
}

/// A length of time as a flow says it, `7d`, in words.
pub fn span(span: Span, words: &Words) -> String {
    let text = span.to_string();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let unit = match &text[digits..] {
        "ms" => words.span_ms,
        "s" => words.span_s,
        "m" => words.span_m,
        "h" => words.span_h,
        "d" => words.span_d,
        _ => return text,
    };
    text[..digits].parse().map_or_else(|_| text.clone(), |number| count(unit, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_bangkok_begins_seven_hours_before_that_of_greenwich() {
        assert_eq!([0, 17 * HOUR, 17 * HOUR - 1].map(bangkok_clock), ["07:00", "00:00", "23:59"]);
        assert_eq!([17 * HOUR - 1, 17 * HOUR].map(bangkok_day), [0, 1]);
    }

    #[test]
    fn a_length_of_time_is_read_in_its_own_unit() {
        let english = Language::English.words();
        let lengths = [7, 840, 2_350, 42_000, 125_000, 7_500_000].map(|ms| length(ms, english));
        assert_eq!(lengths, ["7 ms", "840 ms", "2.3 s", "42 s", "2 min 5 s", "2 h 5 min"]);
    }

    #[test]
    fn a_length_in_a_flow_is_read_in_words() {
        let spans = ["7d", "1h", "10m", "2s", "500ms"].map(|text| text.parse::<Span>().expect("a length"));
        let told = |language: Language| spans.map(|length| span(length, language.words()));
        assert_eq!(told(Language::English), ["7 days", "1 hour", "10 minutes", "2 seconds", "500 ms"]);
        assert_eq!(told(Language::Thai)[0], "7 วัน");
    }

    #[test]
    fn a_moment_is_so_long_ago() {
        let english = Language::English.words();
        assert_eq!(
            [200, 59_000, 61_000, 7_200_000, 172_800_000].map(|ms| ago(ms, english)),
            ["just now", "59 s ago", "1 min ago", "2 h ago", "2 d ago"]
        );
        assert_eq!(ago(180_000, Language::Thai.words()), "3 นาทีที่แล้ว");
    }
}
