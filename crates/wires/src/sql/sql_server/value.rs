//! Values of SQL Server, both ways.

use crate::sql::rows::{Decimal, bytes, double, number};
use crate::sql::statement::Given;
use crate::sql::times;
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::Value;
use tiberius::numeric::Numeric;
use tiberius::{ColumnData, Query};

const PRECISION_MAX: usize = 38;

pub fn bind(query: &mut Query<'_>, given: &Given) {
    match given {
        Given::Bytes(bytes) => query.bind(bytes.clone()),
        Given::Text(text) => query.bind(text.clone()),
        Given::Json(Value::Null) => query.bind(None::<String>),
        Given::Json(Value::Bool(yes)) => query.bind(*yes),
        Given::Json(Value::String(text)) => query.bind(text.clone()),
        Given::Json(Value::Number(number)) => match (number.as_i64(), decimal(number)) {
            (Some(whole), _) => query.bind(whole),
            (None, Some(decimal)) => query.bind(decimal),
            (None, None) => query.bind(number.as_f64().unwrap_or_default()),
        },
        Given::Json(value) => query.bind(value.to_string()),
    }
}

fn decimal(number: &serde_json::Number) -> Option<Numeric> {
    let decimal = Decimal::read(number).filter(|decimal| decimal.precision <= PRECISION_MAX)?;
    // More places than that are not taken by the library.
    let scale = u8::try_from(decimal.scale).ok().filter(|scale| *scale < 38)?;
    Some(Numeric::new_with_scale(decimal.unscaled()?, scale))
}

pub fn read(held: &ColumnData<'_>) -> Option<Value> {
    Some(
        match held {
            ColumnData::U8(held) => held.map(Value::from),
            ColumnData::I16(held) => held.map(Value::from),
            ColumnData::I32(held) => held.map(Value::from),
            ColumnData::I64(held) => held.map(Value::from),
            ColumnData::F32(held) => held.map(|held| number(&held.to_string())),
            ColumnData::F64(held) => held.map(double),
            ColumnData::Bit(held) => held.map(Value::from),
            ColumnData::String(held) => held.as_deref().map(Value::from),
            ColumnData::Guid(held) => held.map(|held| held.to_string().into()),
            ColumnData::Binary(held) => held.as_deref().map(bytes),
            ColumnData::Numeric(held) => held.map(|held| number(&digits(held.value(), held.scale()))),
            ColumnData::Xml(held) => held.as_ref().map(|held| held.to_string().into()),
            ColumnData::DateTime(Some(held)) => {
                let ms = (i64::from(held.seconds_fragments()) * 10 + 1) / 3;
                Some(times::naive(after(1900, held.days().into(), TimeDelta::milliseconds(ms))?).into())
            }
            ColumnData::SmallDateTime(Some(held)) => {
                let minutes = TimeDelta::minutes(held.seconds_fragments().into());
                Some(times::naive(after(1900, held.days().into(), minutes)?).into())
            }
            ColumnData::Date(Some(held)) => {
                Some(after(1, held.days().into(), TimeDelta::zero())?.date().to_string().into())
            }
            ColumnData::Time(Some(held)) => {
                let day = after(1, 0, of_day(held.increments(), held.scale())?)?;
                Some(day.format("%H:%M:%S%.f").to_string().into())
            }
            ColumnData::DateTime2(Some(held)) => Some(times::naive(moment(*held)?).into()),
            ColumnData::DateTimeOffset(Some(held)) => {
                Some(with_offset(moment(held.datetime2())?, held.offset())?.into())
            }
            _ => None,
        }
        .unwrap_or_default(),
    )
}

/// All digits, with the point where it belongs.
fn digits(value: i128, scale: u8) -> String {
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs().to_string());
    let scale = usize::from(scale);
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Days after the first day of a year, and so much of the day.
fn after(year: i32, days: i64, part: TimeDelta) -> Option<NaiveDateTime> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let day = match u64::try_from(days) {
        Ok(days) => first.checked_add_days(Days::new(days))?,
        Err(_) => first.checked_sub_days(Days::new(days.unsigned_abs()))?,
    };
    day.and_hms_opt(0, 0, 0)?.checked_add_signed(part)
}

fn of_day(increments: u64, scale: u8) -> Option<TimeDelta> {
    let nanos = increments.checked_mul(10_u64.checked_pow(9_u32.checked_sub(scale.into())?)?)?;
    Some(TimeDelta::nanoseconds(i64::try_from(nanos).ok()?))
}

fn moment(held: tiberius::time::DateTime2) -> Option<NaiveDateTime> {
    let time = of_day(held.time().increments(), held.time().scale())?;
    after(1, held.date().days().into(), time)
}

/// What is held is UTC; the minutes say how the clock stood where it was written.
fn with_offset(utc: NaiveDateTime, minutes: i16) -> Option<String> {
    let offset = chrono::FixedOffset::east_opt(i32::from(minutes) * 60)?;
    Some(utc.and_utc().with_timezone(&offset).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tiberius::time::{Date, DateTime, DateTime2, DateTimeOffset, SmallDateTime, Time};

    #[test]
    fn numbers_keep_their_digits_both_ways() {
        assert_eq!(digits(-1050, 2), "-10.50");
        assert_eq!(digits(5, 3), "0.005");
        assert_eq!(digits(12, 0), "12");
        let number = |text: &str| serde_json::from_str::<serde_json::Number>(text).expect("a number");
        let ten = decimal(&number("-10.50")).expect("a decimal");
        assert_eq!((ten.value(), ten.scale()), (-1050, 2));
        assert!(decimal(&number("1e300")).is_none());
        let held = ColumnData::Numeric(Some(ten));
        assert_eq!(read(&held).map(|held| held.to_string()).as_deref(), Some("-10.50"));
        assert_eq!(
            read(&ColumnData::I64(Some(9_007_199_254_740_993))),
            Some(json!(9_007_199_254_740_993_i64))
        );
    }

    #[test]
    fn times_are_iso_8601_with_an_offset_where_there_is_one() {
        // 2026-11-20 is day 46344 after 1900-01-01, and 739939 after 0001-01-01.
        let (day, time) = (Date::new(739_939), Time::new(366_001_234_567, 7));
        let text = |held: ColumnData<'_>| {
            read(&held).and_then(|held| held.as_str().map(str::to_owned)).unwrap_or_default()
        };
        assert_eq!(
            text(ColumnData::DateTime(Some(DateTime::new(46_344, 36_600 * 300 + 1)))),
            "2026-11-20T10:10:00.003"
        );
        assert_eq!(
            text(ColumnData::SmallDateTime(Some(SmallDateTime::new(46_344, 610)))),
            "2026-11-20T10:10:00"
        );
        assert_eq!(text(ColumnData::Date(Some(day))), "2026-11-20");
        assert_eq!(text(ColumnData::Time(Some(time))), "10:10:00.123456700");
        assert_eq!(
            text(ColumnData::DateTime2(Some(DateTime2::new(day, Time::new(36_600, 0))))),
            "2026-11-20T10:10:00"
        );
        let utc = DateTime2::new(day, Time::new(11_400, 0));
        assert_eq!(
            text(ColumnData::DateTimeOffset(Some(DateTimeOffset::new(utc, 420)))),
            "2026-11-20T10:10:00+07:00"
        );
    }

    #[test]
    fn nothing_is_null() {
        assert_eq!(read(&ColumnData::String(None)), Some(Value::Null));
        assert_eq!(read(&ColumnData::DateTime2(None)), Some(Value::Null));
        assert_eq!(read(&ColumnData::Binary(Some(vec![0, 255].into()))), Some(json!("AP8=")));
    }
}
