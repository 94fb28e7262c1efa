//! Texts with a form of their own: times, zones, addresses, paths.

const PATH_CHARS_MAX: usize = 128;
const URL_CHARS_MAX: usize = 2_048;

/// The fields of a cron expression, the optional seconds first, with the names that may stand for numbers.
const CRON: [(&str, u32, u32, &str); 6] = [
    ("second", 0, 59, ""),
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day", 1, 31, ""),
    ("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    ("weekday", 0, 7, "SUN MON TUE WED THU FRI SAT"),
];

/// Checks five or six fields of cron, or says which is wrong.
pub(super) fn cron(text: &str) -> Result<(), String> {
    let fields: Vec<_> = text.split_whitespace().collect();
    let Some(kinds) = (5..=CRON.len()).contains(&fields.len()).then(|| &CRON[CRON.len() - fields.len()..])
    else {
        return Err(format!(
            "A cron expression has five fields, or six with seconds; this has {}",
            fields.len()
        ));
    };
    let wrong =
        fields.iter().zip(kinds).find(|(field, kind)| !field.split(',').all(|item| is_cron_item(item, kind)));
    match wrong {
        Some((field, (name, least, most, _))) => {
            Err(format!("\"{field}\" does not fit the {name}, which goes from {least} to {most}"))
        }
        None => Ok(()),
    }
}

/// `*`, a number or name, a range, and a step behind them; the last day and the nth weekday of a month.
fn is_cron_item(item: &str, kind: &(&str, u32, u32, &str)) -> bool {
    let (name, least, most, _) = *kind;
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let step = step.is_none_or(|step| step.parse().is_ok_and(|step: u32| (1..=most).contains(&step)));
    let special = match name {
        "day" => range == "L" || range == "?",
        "weekday" => range == "?" || is_nth_weekday(range, kind),
        _ => false,
    };
    let ends = match range.split_once('-') {
        Some((from, to)) => cron_number(from, kind).zip(cron_number(to, kind)),
        None => cron_number(range, kind).map(|number| (number, number)),
    };
    let fits = ends.is_some_and(|(from, to)| least <= from && from <= to && to <= most);
    step && (range == "*" || special || fits)
}

fn is_nth_weekday(range: &str, kind: &(&str, u32, u32, &str)) -> bool {
    let Some((day, nth)) = range.split_once('#') else {
        return false;
    };
    let nth = nth == "L" || nth.parse().is_ok_and(|nth: u32| (1..=5).contains(&nth));
    nth && cron_number(day, kind).is_some_and(|day| day <= kind.2)
}

fn cron_number(text: &str, (_, least, _, names): &(&str, u32, u32, &str)) -> Option<u32> {
    let name = names.split(' ').position(|name| name.eq_ignore_ascii_case(text) && !text.is_empty());
    match name {
        Some(position) => u32::try_from(position).ok().map(|position| position + least),
        None => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?,
    }
}

/// Whether a text has the form of an IANA time zone; which ones exist is known where times are reckoned.
pub(super) fn is_time_zone(text: &str) -> bool {
    let part = |part: &str| {
        let mut bytes = part.bytes();
        bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    text == "UTC"
        || (text.contains('/') && text.len() <= crate::ids::ID_BYTES_MAX && text.split('/').all(part))
}

/// Where the server itself listens for the ends of waits: below `/hooks/resume/` no trigger would be reached.
pub(super) fn is_taken_by_waits(path: &str) -> bool {
    path.starts_with("resume/")
}

/// Whether a text can follow `/hooks/` in an address.
pub(super) fn is_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() <= PATH_CHARS_MAX && text.split('/').all(|part| !part.is_empty() && part.bytes().all(plain))
}

/// Checks the form of an http or https address, or of a path on one, or says what is wrong with it.
pub(super) fn url(text: &str) -> Result<(), String> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c)) {
        return Err(format!("\"{text}\" has a character that an address cannot have"));
    }
    if text.chars().count() > URL_CHARS_MAX {
        return Err(format!("The address is longer than {URL_CHARS_MAX} characters"));
    }
    if is_path_of_base(text) {
        return Ok(());
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Err(format!("\"{text}\" does not begin with http:// or https://"));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("The address has a user name or password in it; they belong in a connection".into());
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!("\"{text}\" has no host, or a port that is not a number"));
    }
    Ok(())
}

/// Whether an address goes on from another one; `//host` would leave it.
pub(super) fn is_path_of_base(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_has_five_or_six_fields_with_names_ranges_and_steps() {
        for good in [
            "* * * * *",
            "*/15 8-18 * * MON-FRI",
            "0 0 8 1,15 JAN ?",
            "0 0 L * *",
            "0 9 * * 1#1",
            "5 4 * * sun",
            "0 0 * * FRI#L",
            "0 0 1-31/2 12 7",
        ] {
            assert_eq!(cron(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("* * * *", "has 4"),
            ("60 * * * *", "minute"),
            ("0 24 * * *", "hour"),
            ("0 0 0 * *", "day"),
            ("0 0 1 13 *", "month"),
            ("0 0 * * MOON", "weekday"),
            ("*/0 * * * *", "minute"),
            ("5-1 * * * *", "minute"),
            ("1,, * * * *", "minute"),
            ("99 0 0 * * *", "second"),
        ] {
            let message = cron(bad).expect_err(bad);
            assert!(message.contains(why), "{bad}: {message}");
        }
    }

    #[test]
    fn zones_paths_and_addresses_have_their_forms() {
        for good in ["UTC", "Asia/Bangkok", "America/Argentina/Buenos_Aires", "Etc/GMT+7"] {
            assert!(is_time_zone(good), "{good}");
        }
        for bad in ["", "Bangkok", "Asia/", "+07:00", "Asia/Bang kok"] {
            assert!(!is_time_zone(bad), "{bad}");
        }
        for good in ["orders", "shop/orders-v2", "a_b/1"] {
            assert!(is_path(good), "{good}");
        }
        for bad in ["", "/orders", "orders/", "a//b", "a b", "คำสั่งซื้อ", "a?b"] {
            assert!(!is_path(bad), "{bad}");
        }
        for good in [
            "http://localhost:8069/jsonrpc",
            "https://a.example/x?y=1#z",
            "http://[::1]:80/",
            "/orders?new=1",
        ] {
            assert_eq!(url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a.example",
            "//a.example/orders",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://a b",
            "https://me:pw@a.example",
            "http://a:port/",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }
}
