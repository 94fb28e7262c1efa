//! Values of MySQL's binary rows, as its manual describes them. Read by hand: the types of the client round, or know no zeros.

use super::rows::{bytes, double, number};
use super::times;
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::Value;
use sqlx::mysql::{MySqlRow, MySqlTypeInfo};
use sqlx::{MySql, Row, Type, TypeInfo, ValueRef};

pub fn read(row: &MySqlRow, at: usize, zone: Tz) -> Result<Value, String> {
    let raw = row.try_get_raw(at).map_err(|error| error.to_string())?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let kind = raw.type_info().into_owned();
    let held = row.try_get_unchecked::<&[u8], _>(at).map_err(|error| error.to_string())?;
    value(&kind, held, zone)
        .ok_or_else(|| format!("a value of the type {} is not what it should be", kind.name()))
}

fn value(kind: &MySqlTypeInfo, held: &[u8], zone: Tz) -> Option<Value> {
    let name = kind.name();
    let unsigned = name.ends_with("UNSIGNED");
    Some(match name.trim_end_matches(" UNSIGNED") {
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "YEAR" => {
            integer(held, unsigned || name == "YEAR")?
        }
        "FLOAT" => number(&f32::from_le_bytes(held.try_into().ok()?).to_string()),
        "DOUBLE" => double(f64::from_le_bytes(held.try_into().ok()?)),
        "DECIMAL" => number(std::str::from_utf8(held).ok()?),
        "DATE" => moment(held)?.date().to_string().into(),
        "DATETIME" => times::naive(moment(held)?).into(),
        "TIMESTAMP" => times::zoned(moment(held)?, zone).into(),
        "TIME" => span(held)?.into(),
        "BIT" => number(&held.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)).to_string()),
        "JSON" => serde_json::from_slice(held).ok()?,
        "ENUM" | "SET" => String::from_utf8(held.to_vec()).ok()?.into(),
        // The name is the same for bytes and for texts that are compared as bytes; what they are, the collation tells.
        _ if <str as Type<MySql>>::compatible(kind) => String::from_utf8(held.to_vec()).ok()?.into(),
        _ => bytes(held),
    })
}

fn integer(held: &[u8], unsigned: bool) -> Option<Value> {
    let negative = !unsigned && held.last()? & 0x80 != 0;
    let mut wide = [if negative { 0xff } else { 0 }; 8];
    wide.get_mut(..held.len())?.copy_from_slice(held);
    Some(if unsigned { u64::from_le_bytes(wide).into() } else { i64::from_le_bytes(wide).into() })
}

/// The length, then year, month, day, and as much of the day as there is.
fn moment(held: &[u8]) -> Option<NaiveDateTime> {
    let byte = |at: usize| held.get(at).copied().map_or(0, u32::from);
    let year = u16::from_le_bytes([*held.get(1)?, *held.get(2)?]);
    let micros =
        held.get(8..12).map_or(0, |micros| u32::from_le_bytes(micros.try_into().unwrap_or_default()));
    let date = NaiveDate::from_ymd_opt(year.into(), byte(3), byte(4))?;
    date.and_hms_micro_opt(byte(5), byte(6), byte(7), micros)
}

/// Hours may be many, and below zero.
fn span(held: &[u8]) -> Option<String> {
    if held.first() == Some(&0) {
        return Some("00:00:00".into());
    }
    let sign = if *held.get(1)? == 1 { "-" } else { "" };
    let days = u32::from_le_bytes(held.get(2..6)?.try_into().ok()?);
    let (hours, minutes, seconds) = (u32::from(*held.get(6)?), held.get(7)?, held.get(8)?);
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    let micros = match held.get(9..13) {
        Some(micros) => format!(".{:06}", u32::from_le_bytes(micros.try_into().ok()?)),
        None => String::new(),
    };
    Some(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{micros}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn integers_have_a_sign_or_none() {
        assert_eq!(integer(&[0xff], false), Some(json!(-1)));
        assert_eq!(integer(&[0xff], true), Some(json!(255)));
        assert_eq!(integer(&[0xff; 8], true), Some(json!(u64::MAX)));
        assert_eq!(integer(&[0, 0x80], false), Some(json!(-32_768)));
    }

    #[test]
    fn times_are_as_long_as_they_need_to_be() {
        let day = [4, 0xea, 0x07, 11, 20];
        assert_eq!(moment(&day).map(times::naive).as_deref(), Some("2026-11-20T00:00:00"));
        let micros = [11, 0xea, 0x07, 11, 20, 10, 9, 8, 0x40, 0xe2, 0x01, 0];
        assert_eq!(moment(&micros).map(times::naive).as_deref(), Some("2026-11-20T10:09:08.123456"));
        assert_eq!(moment(&[4, 0xea, 0x07, 0, 20]), None, "a month of zero");
        assert_eq!(span(&[8, 1, 1, 0, 0, 0, 2, 3, 4]).as_deref(), Some("-26:03:04"));
        assert_eq!(span(&[0]).as_deref(), Some("00:00:00"));
    }
}
