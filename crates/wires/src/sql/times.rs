//! Times with a zone and without: ISO 8601 on our side, and the zone of the connection where a column has none.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use connector::{Connection, Error};

pub const ZONE: &str = "time_zone";

/// The zone that columns without one are meant in.
pub fn zone(connection: &Connection) -> Result<Tz, Error> {
    let name = connection.text(ZONE).unwrap_or("UTC");
    name.parse().map_err(|_| connection.lacks("time zone that there is, such as Asia/Bangkok"))
}

/// A whole time with its offset: what such texts look like, no other text does.
fn with_offset(text: &str) -> Option<DateTime<FixedOffset>> {
    let begins_as_one = text.len() >= 17 && text.as_bytes()[4] == b'-' && text.is_ascii();
    begins_as_one.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten()
}

/// A time with an offset as the zone's clocks show it, `2026-11-20 10:10:00`; nothing where the text is no such time.
pub fn local(text: &str, zone: Tz) -> Option<String> {
    with_offset(text)
        .map(|time| format!("{}", time.with_timezone(&zone).naive_local().format("%Y-%m-%d %H:%M:%S%.f")))
}

/// A clock's time of the zone, with its offset. Of an hour that comes twice it is the first.
pub fn zoned(time: NaiveDateTime, zone: Tz) -> String {
    match zone.from_local_datetime(&time).earliest() {
        Some(zoned) => zoned.fixed_offset().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        None => naive(time),
    }
}

/// `2026-11-20T10:10:00`, with as many digits behind it as there are.
pub fn naive(time: NaiveDateTime) -> String {
    format!("{}", time.format("%Y-%m-%dT%H:%M:%S%.f"))
}

/// What a person wrote as a beginning: a date begins at midnight in the zone.
pub fn beginning(text: &str, zone: Tz) -> String {
    let text = text.trim();
    let midnight =
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|date| date.and_hms_opt(0, 0, 0));
    midnight.map_or_else(|| text.to_owned(), |time| zoned(time, zone))
}

/// What a session's zone is called at a server that may know no names: its offset, where that is the same all year.
pub fn offset_or_name(zone: Tz) -> String {
    let at = |month| {
        let noon = NaiveDate::from_ymd_opt(2026, month, 1).and_then(|date| date.and_hms_opt(12, 0, 0));
        noon.map(|noon| zone.offset_from_utc_datetime(&noon).fix().local_minus_utc())
    };
    match (at(1), at(7)) {
        (Some(winter), Some(summer)) if winter == summer => {
            let (sign, seconds) = (if winter < 0 { '-' } else { '+' }, winter.abs());
            format!("{sign}{:02}:{:02}", seconds / 3_600, seconds % 3_600 / 60)
        }
        _ => zone.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANGKOK: Tz = Tz::Asia__Bangkok;

    #[test]
    fn a_time_with_an_offset_becomes_one_of_the_zone_and_other_texts_stay() {
        assert_eq!(local("2026-11-20T03:10:00Z", BANGKOK).as_deref(), Some("2026-11-20 10:10:00"));
        assert_eq!(
            local("2026-11-20T03:10:00.25+00:00", Tz::UTC).as_deref(),
            Some("2026-11-20 03:10:00.250")
        );
        for text in
            ["2026-11-20 03:10:00", "2026-11-20", "ใบแจ้งหนี้ 2026-11-20T03:10", "", "2026-11-20T03:10:00"]
        {
            assert_eq!(local(text, BANGKOK), None, "{text}");
        }
    }

    #[test]
    fn zones_are_told_as_servers_know_them() {
        assert_eq!(offset_or_name(BANGKOK), "+07:00");
        assert_eq!(offset_or_name(Tz::UTC), "+00:00");
        assert_eq!(offset_or_name(Tz::Europe__Berlin), "Europe/Berlin");
        assert_eq!(beginning("2026-11-20", BANGKOK), "2026-11-20T00:00:00+07:00");
        assert_eq!(beginning("17", BANGKOK), "17");
    }
}
