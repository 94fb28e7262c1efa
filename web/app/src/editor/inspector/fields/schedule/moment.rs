//! Days and times in words.

use crate::words::Language;

const DAYS_EN: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAYS_TH: [&str; 7] = ["อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_TH: [&str; 12] =
    ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];

/// A day of the week, from Sunday.
pub fn day(day: u8, language: Language) -> &'static str {
    let days = match language {
        Language::English => DAYS_EN,
        Language::Thai => DAYS_TH,
    };
    days[usize::from(day) % 7]
}

/// `2026-11-27T09:00:00+07:00` as "Fri 27 Nov 2026, 09:00"; Thai counts Buddhist years.
pub fn moment(local: &str, language: Language) -> Option<String> {
    let number = |from: usize, to: usize| local.get(from..to)?.parse::<i64>().ok();
    let (year, month, date) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let time = local.get(11..16)?;
    let at = usize::try_from(month - 1).ok().filter(|month| *month < 12)?;
    let weekday = day(weekday(year, month, date), language);
    Some(match language {
        Language::English => format!("{weekday} {date} {} {year}, {time}", MONTHS_EN[at]),
        Language::Thai => format!("{weekday} {date} {} {} เวลา {time} น.", MONTHS_TH[at], year + 543),
    })
}

/// From Sunday; January and February count to the year before, so that leap days come last.
fn weekday(year: i64, month: i64, date: i64) -> u8 {
    const SHIFTS: [i64; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let shift = SHIFTS[usize::try_from(month - 1).unwrap_or_default()];
    let day = (year + year / 4 - year / 100 + year / 400 + shift + date).rem_euclid(7);
    u8::try_from(day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_in_both_languages() {
        let at = "2026-11-27T09:00:00+07:00";
        assert_eq!(moment(at, Language::English).as_deref(), Some("Fri 27 Nov 2026, 09:00"));
        assert_eq!(moment(at, Language::Thai).as_deref(), Some("ศ. 27 พ.ย. 2569 เวลา 09:00 น."));
        assert_eq!(moment("soon", Language::Thai), None);
    }

    #[test]
    fn days_of_the_week_are_right_around_leap_days() {
        let day = |text: &str| moment(text, Language::English).expect("a moment")[..3].to_owned();
        assert_eq!(day("2024-02-29T00:00:00Z"), "Thu");
        assert_eq!(day("2024-03-01T00:00:00Z"), "Fri");
        assert_eq!(day("2000-01-01T00:00:00Z"), "Sat");
    }
}
