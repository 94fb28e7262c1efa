//! What an account's data must be like.

use super::check_password;

const NAME_CHARS_MAX: usize = 200;
const EMAIL_BYTES_MAX: usize = 254;

/// The e-mail as it is kept, or what is wrong with the account.
pub fn check_account(name: &str, email: &str, password: &str) -> Result<String, &'static str> {
    let email = normal_email(email);
    let (before, after) = email.split_once('@').unwrap_or_default();
    if before.is_empty()
        || after.is_empty()
        || email.len() > EMAIL_BYTES_MAX
        || email.contains(char::is_whitespace)
    {
        return Err("the e-mail address is malformed");
    }
    if name.contains(char::is_control) || email.contains(char::is_control) {
        return Err("the name or the e-mail address has a character that cannot be seen");
    }
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err("the name is empty or longer than 200 characters");
    }
    check_password(password)?;
    Ok(email)
}

pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}
