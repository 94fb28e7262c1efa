//! What a cell of a workbook is in JSON.

use calamine::{DataRef, ExcelDateTime};
use serde_json::{Number, Value};

/// Years that are of the Buddhist era where a person typed them into a date; Excel takes them for years to come.
const BUDDHIST: std::ops::Range<u16> = 2400..2700;
const ERA: u16 = 543;

#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Dates in years of the Buddhist era are what was meant.
    pub buddhist_years: bool,
    /// Everything is a text, as far as one can still know it.
    pub all_texts: bool,
}

/// A value; else what is wrong with it. An empty cell is nothing.
pub fn value(cell: DataRef<'_>, how: How) -> Result<Option<Value>, String> {
    let value = match cell {
        DataRef::Empty => return Ok(None),
        DataRef::String(text) if text.is_empty() => return Ok(None),
        DataRef::SharedString("") => return Ok(None),
        DataRef::String(text) => Value::String(text),
        DataRef::SharedString(text) => Value::String(text.to_owned()),
        DataRef::Bool(yes) => Value::Bool(yes),
        DataRef::Int(number) => Value::Number(number.into()),
        DataRef::Float(number) => digits(number).map_or(Value::Null, Value::Number),
        DataRef::DateTime(date) => Value::String(written(date, how.buddhist_years)?),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::String(text),
        DataRef::Error(error) => Value::String(error.to_string()),
    };
    Ok(Some(match value {
        Value::Number(number) if how.all_texts => Value::String(number.to_string()),
        Value::Bool(yes) if how.all_texts => Value::String(yes.to_string()),
        value => value,
    }))
}

/// A number with the digits that Excel shows: 15 of them, and never an exponent.
pub fn digits(number: f64) -> Option<Number> {
    if !number.is_finite() {
        return None;
    }
    let whole = number.fract() == 0.0;
    let shown = if whole { number } else { format!("{number:.14e}").parse().unwrap_or(number) };
    // Minus nothing is nothing.
    let shown = if shown == 0.0 { 0.0 } else { shown };
    format!("{shown}").parse().ok()
}

/// `2026-11-20`, with the time of day where there is one; a time alone is `08:30:00`.
fn written(date: ExcelDateTime, buddhist_years: bool) -> Result<String, String> {
    let serial = date.as_f64();
    if date.is_duration() {
        return Ok(hours(serial));
    }
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let time = match milli {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        milli => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    };
    if (0.0..1.0).contains(&serial) && serial.fract() != 0.0 {
        return Ok(time);
    }
    let year = if buddhist_years && BUDDHIST.contains(&year) { year - ERA } else { year };
    let exists = chrono::NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).is_some();
    // Excel has a 29 February 1900, which is the price of being compatible with Lotus 1-2-3.
    if !exists && year != 1900 {
        return Err(format!("{day} February is no day of the year {year}"));
    }
    Ok(match (hour, minute, second, milli) {
        (0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{time}"),
    })
}

/// Hours that may be more than a day's.
fn hours(days: f64) -> String {
    let seconds = (days.abs() * 86_400.0).round();
    // A duration of Excel is far below what 64 bits hold, and more is cut to that.
    let seconds = seconds as u64;
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    #[test]
    fn numbers_have_the_digits_that_excel_shows() {
        for (number, wanted) in [
            (0.1 + 0.2, "0.3"),
            (1_234.5, "1234.5"),
            (8_850_000_000_012.0, "8850000000012"),
            (1e21, "1000000000000000000000"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (267.5 * 3.0, "802.5"),
        ] {
            assert_eq!(digits(number).unwrap().to_string(), wanted);
        }
        assert_eq!(digits(f64::NAN), None);
    }

    #[test]
    fn dates_are_written_as_iso_has_them_and_buddhist_years_where_asked() {
        let date = |serial, buddhist| written(ExcelDateTime::new(serial, DateTime, false), buddhist);
        assert_eq!(date(46_346.0, false).as_deref(), Ok("2026-11-20"));
        assert_eq!(date(46_346.354_166_666_664, false).as_deref(), Ok("2026-11-20T08:30:00"));
        assert_eq!(date(0.5, false).as_deref(), Ok("12:00:00"));
        // 20 November 2569, typed as such.
        assert_eq!(date(244_673.0, false).as_deref(), Ok("2569-11-20"));
        assert_eq!(date(244_673.0, true).as_deref(), Ok("2026-11-20"));
        assert_eq!(written(ExcelDateTime::new(1.5, TimeDelta, false), false).as_deref(), Ok("36:00:00"));
    }
}
