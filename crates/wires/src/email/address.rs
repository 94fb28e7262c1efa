//! Addresses as people write them.

use crate::failure;
use connector::Error;
use lettre::Address;
use lettre::message::Mailbox;

/// In one field.
const ADDRESSES_MAX: usize = 100;

/// Addresses with commas between them, each with a name before it or without: `สมชาย ใจดี <somchai@example.com>, b@example.com`.
pub fn list(text: &str) -> Result<Vec<Mailbox>, Error> {
    let list: Result<Vec<_>, _> = split(text).into_iter().map(|one| read(&one)).collect();
    let list = list?;
    match list.len() > ADDRESSES_MAX {
        true => Err(failure::input("there are more than 100 addresses in one field", "Send several mails.")),
        false => Ok(list),
    }
}

pub fn read(text: &str) -> Result<Mailbox, Error> {
    let (name, address) = match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
        None => ("", text),
    };
    let read: Result<Address, _> = address.trim().parse();
    let address = read.map_err(|_| {
        failure::input(format!("\"{}\" is no e-mail address", address.trim()), "Correct the address.")
    })?;
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// At the commas that are not inside of quotes.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for letter in text.chars() {
        quoted ^= letter == '"';
        match parts.last_mut() {
            Some(last) if letter != ',' || quoted => last.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<Vec<(Option<String>, String)>, &'static str> {
        let shown = |mailbox: Mailbox| (mailbox.name, mailbox.email.to_string());
        list(text).map(|list| list.into_iter().map(shown).collect()).map_err(|error| error.code())
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let plain = |address: &str| (None, address.to_owned());
        let named = |name: &str, address: &str| (Some(name.to_owned()), address.to_owned());
        assert_eq!(shown("a@example.com"), Ok(vec![plain("a@example.com")]));
        assert_eq!(
            shown("สมชาย ใจดี <somchai@example.com>, \"Shop, Ltd\" <b@example.com>,"),
            Ok(vec![named("สมชาย ใจดี", "somchai@example.com"), named("Shop, Ltd", "b@example.com")])
        );
        assert_eq!(shown(""), Ok(vec![]));
        assert_eq!(shown("nobody"), Err("E0301"));
        assert_eq!(shown("a@example.com\r\nBcc: b@example.com"), Err("E0301"));
        assert_eq!(shown(&"a@example.com,".repeat(101)), Err("E0301"));
    }
}
