//! What people read, in English or Thai.

use super::facts::{Facts, Named, Trouble, Why};
use api::{AlertLanguage, AlertOccasion, AlertQueue, AlertRule};
use chrono::{DateTime, Duration};
use std::fmt::Write as _;
use store::Ms;

/// Bangkok's clocks stand so far ahead of UTC, all year.
const BANGKOK_HOURS: i64 = 7;
/// What every target takes, LINE with its 5,000 before all.
const CHARS_MAX: usize = 4_000;

/// A message as it is read: its first line, and all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub text: String,
}

/// What a message says. `more` troubles are not named; `base` is where Khlong's pages are.
pub fn message(
    rule: &AlertRule,
    occasion: AlertOccasion,
    troubles: &[Trouble],
    more: usize,
    at: Ms,
    base: &str,
) -> Words {
    let language = rule.language;
    let title = title(rule.name.trim(), occasion, language);
    let mut text = title.clone();
    for trouble in troubles {
        let _ = write!(text, "\n- {}", line(trouble, occasion, at, language));
    }
    if more > 0 {
        let _ = match language {
            AlertLanguage::En => write!(text, "\n- and {more} more"),
            AlertLanguage::Th => write!(text, "\n- และอีก {more} รายการ"),
        };
    }
    if occasion == AlertOccasion::Drill {
        text.push('\n');
        text.push_str(match language {
            AlertLanguage::En => "This is a drill. Nothing is wrong: somebody tries whether messages arrive.",
            AlertLanguage::Th => "นี่คือการซ้อม ไม่มีสิ่งใดผิดปกติ มีผู้กำลังทดสอบว่าข้อความมาถึงหรือไม่",
        });
    }
    let mut text: String = text.chars().take(CHARS_MAX).collect();
    let page = troubles.first().map_or_else(String::new, |trouble| page(&trouble.facts));
    let _ = write!(text, "\n{base}{page}");
    Words { title, text }
}

fn title(name: &str, occasion: AlertOccasion, language: AlertLanguage) -> String {
    let (en, th) = match occasion {
        AlertOccasion::Begun => ("", ""),
        AlertOccasion::Again => ("Still: ", "ยังไม่หาย: "),
        AlertOccasion::Over => ("Over: ", "กลับเป็นปกติ: "),
        AlertOccasion::Drill => ("DRILL: ", "ซ้อมแจ้งเตือน: "),
    };
    let before = match language {
        AlertLanguage::En => en,
        AlertLanguage::Th => th,
    };
    format!("[Khlong] {before}{name}")
}

fn line(trouble: &Trouble, occasion: AlertOccasion, at: Ms, language: AlertLanguage) -> String {
    let what = text(&trouble.facts, language);
    let since = time(trouble.since);
    match (occasion, language) {
        (AlertOccasion::Over, AlertLanguage::En) => format!("from {since} until {}: {what}", time(at)),
        (AlertOccasion::Over, AlertLanguage::Th) => format!("ตั้งแต่ {since} ถึง {}: {what}", time(at)),
        // These say so themselves.
        _ if matches!(trouble.facts, Facts::Quiet { .. } | Facts::Oldest { .. } | Facts::Ends { .. }) => what,
        (_, AlertLanguage::En) => format!("{what} (since {since})"),
        (_, AlertLanguage::Th) => format!("{what} (ตั้งแต่ {since})"),
    }
}

/// What is wrong, in one line.
pub fn text(facts: &Facts, language: AlertLanguage) -> String {
    match language {
        AlertLanguage::En => english(facts),
        AlertLanguage::Th => thai(facts),
    }
}

fn english(facts: &Facts) -> String {
    match facts {
        Facts::Failing { flow, failed, runs, minutes } => {
            format!("{}: {failed} of {runs} runs failed within {minutes} minutes", flow.shown())
        }
        Facts::Quiet { flow, last: Some(last) } => {
            format!("{}: no event since {}", flow.shown(), time(*last))
        }
        Facts::Quiet { flow, last: None } => format!("{}: no event is known", flow.shown()),
        Facts::Oldest { queue: AlertQueue::Runs, at, .. } => {
            format!("the oldest run is open since {}{}", time(*at), of(facts))
        }
        Facts::Oldest { queue: AlertQueue::Inbox, at, .. } => {
            format!("the oldest failed run waits for a person since {}{}", time(*at), of(facts))
        }
        Facts::Broken { connection, why: Why::SignedOut } => {
            format!("connection {connection}: somebody has to sign in")
        }
        Facts::Broken { connection, why: Why::Breaker } => {
            format!("connection {connection}: its system does not answer, and calls are held back")
        }
        Facts::Broken { connection, why: Why::Trial(code) } => {
            format!("connection {connection}: it did not work when it was last tried ({code})")
        }
        Facts::Ends { connection, sign_in: true, at } => {
            format!("connection {connection}: the sign-in ends at {}", time(*at))
        }
        Facts::Ends { connection, sign_in: false, at } => {
            format!("connection {connection}: the key ends at {}", time(*at))
        }
        Facts::NotDone { flow, first, count, more, minutes } => {
            let least = if *more { "at least " } else { "" };
            format!(
                "{}: {least}{count} not done after {minutes} minutes: {}",
                flow.shown(),
                keys(first, *count)
            )
        }
    }
}

fn thai(facts: &Facts) -> String {
    match facts {
        Facts::Failing { flow, failed, runs, minutes } => {
            format!("{}: ล้มเหลว {failed} จาก {runs} การรันภายใน {minutes} นาที", flow.shown())
        }
        Facts::Quiet { flow, last: Some(last) } => {
            format!("{}: ไม่มีเหตุการณ์เข้ามาตั้งแต่ {}", flow.shown(), time(*last))
        }
        Facts::Quiet { flow, last: None } => format!("{}: ไม่พบเหตุการณ์ใดเลย", flow.shown()),
        Facts::Oldest { queue: AlertQueue::Runs, at, .. } => {
            format!("การรันที่เก่าที่สุดยังไม่จบตั้งแต่ {}{}", time(*at), of(facts))
        }
        Facts::Oldest { queue: AlertQueue::Inbox, at, .. } => {
            format!("การรันที่ล้มเหลวเก่าที่สุดรอคนแก้ไขตั้งแต่ {}{}", time(*at), of(facts))
        }
        Facts::Broken { connection, why: Why::SignedOut } => {
            format!("การเชื่อมต่อ {connection}: ต้องมีผู้ลงชื่อเข้าใช้ใหม่")
        }
        Facts::Broken { connection, why: Why::Breaker } => {
            format!("การเชื่อมต่อ {connection}: ระบบปลายทางไม่ตอบ จึงหยุดเรียกไว้ก่อน")
        }
        Facts::Broken { connection, why: Why::Trial(code) } => {
            format!("การเชื่อมต่อ {connection}: ใช้งานไม่ได้เมื่อทดสอบครั้งล่าสุด ({code})")
        }
        Facts::Ends { connection, sign_in: true, at } => {
            format!("การเชื่อมต่อ {connection}: การลงชื่อเข้าใช้หมดอายุ {}", time(*at))
        }
        Facts::Ends { connection, sign_in: false, at } => {
            format!("การเชื่อมต่อ {connection}: คีย์หมดอายุ {}", time(*at))
        }
        Facts::NotDone { flow, first, count, more, minutes } => {
            let least = if *more { "อย่างน้อย " } else { "" };
            format!(
                "{}: {least}{count} รายการยังไม่เสร็จหลัง {minutes} นาที: {}",
                flow.shown(),
                keys(first, *count)
            )
        }
    }
}

/// Of which flow the oldest is, and its key.
fn of(facts: &Facts) -> String {
    let Facts::Oldest { flow, key, .. } = facts else { return String::new() };
    let words = flow.iter().map(Named::shown).chain(key.iter().map(|key| short(key)));
    let words: Vec<String> = words.collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) }
}

fn keys(first: &[String], count: u64) -> String {
    let shown: Vec<String> = first.iter().map(|key| short(key)).collect();
    let rest = if count > first.len() as u64 { " …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

impl Named {
    fn shown(&self) -> String {
        short(if self.name.trim().is_empty() { &self.id } else { &self.name })
    }
}

/// Names and keys come from anybody: they stay on their line, and have a bound.
fn short(text: &str) -> String {
    const KEY_CHARS_MAX: usize = 80;
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(KEY_CHARS_MAX).collect()
}

fn page(facts: &Facts) -> String {
    match facts {
        Facts::Failing { flow, .. } | Facts::Quiet { flow, .. } | Facts::NotDone { flow, .. } => {
            format!("/flows/{}", flow.id)
        }
        Facts::Oldest { queue: AlertQueue::Runs, .. } => "/runs".into(),
        Facts::Oldest { queue: AlertQueue::Inbox, .. } => "/errors".into(),
        Facts::Broken { .. } | Facts::Ends { .. } => "/connections".into(),
    }
}

/// A time as Bangkok's clocks show it.
fn time(at: Ms) -> String {
    let time = DateTime::from_timestamp_millis(at).unwrap_or_default();
    (time.naive_utc() + Duration::hours(BANGKOK_HOURS)).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests;
