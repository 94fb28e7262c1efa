//! Names and telephone numbers as a market shows them to sellers.

/// `S****i`: the first and the last character.
pub(crate) fn masked_name(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next_back()) {
        (Some(first), Some(last)) => format!("{first}****{last}"),
        _ => "****".to_owned(),
    }
}

/// `******12`: the last two digits.
pub(crate) fn masked_phone(phone: &str) -> String {
    let tail: String = phone.chars().skip(phone.chars().count().saturating_sub(2)).collect();
    format!("******{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_left_of_a_masked_name_or_number() {
        assert_eq!(
            (masked_name("Somchai"), masked_name("สมชาย ใจดี")),
            ("S****i".to_owned(), "ส****ี".to_owned())
        );
        assert_eq!(
            (masked_name("S"), masked_phone("0812345612")),
            ("****".to_owned(), "******12".to_owned())
        );
    }
}
