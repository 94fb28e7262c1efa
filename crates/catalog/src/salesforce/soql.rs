//! Queries that are put together from names and values.

use connector::Error;

/// A name of an object or field: letters, digits, `_`, and points between the steps of a path.
pub fn name(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let is_name = !text.is_empty() && text.len() <= 255 && text.chars().all(fits);
    is_name.then_some(text).ok_or_else(|| Error::Input {
        message: format!("\"{}\" is no name of an object or field", connector::http::shorten(text)),
        advice: "Write it as Salesforce does, such as Contact or Khlong_Id__c.".into(),
    })
}

/// The fields to be read, and `always` before them.
pub fn fields(given: &str, always: &[&str]) -> Result<String, Error> {
    let mut names: Vec<&str> = always.to_vec();
    for text in given.split(',').filter(|text| !text.trim().is_empty()) {
        let name = name(text)?;
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    Ok(names.join(", "))
}

/// A text in quotes. What could end it is escaped.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for letter in text.chars() {
        match letter {
            '\'' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_leave_its_quotes_and_names_hold_nothing_else() {
        assert_eq!(quoted(r"O'Neil \ x"), r"'O\'Neil \\ x'");
        assert_eq!(name(" Account.Name ").unwrap(), "Account.Name");
        for wrong in ["", "Id FROM User", "a'b", "a;b"] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
        assert_eq!(fields("Email, id ,Name", &["Id"]).unwrap(), "Id, Email, Name");
    }
}
