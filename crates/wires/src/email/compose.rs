//! A mail as it goes over the wire.

use super::address;
use crate::{failure, words};
use connector::{Connection, Error, File};
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, MultiPartKind, SinglePart};
use serde::Deserialize;
use std::time::{Duration, SystemTime};

pub const ATTACHMENT_BYTES_MAX: usize = 10 << 20;
const ATTACHMENTS_MAX: usize = 20;
const TEXT_BYTES_MAX: usize = 2 << 20;

#[derive(Deserialize)]
pub struct Input {
    to: String,
    #[serde(default)]
    cc: Option<String>,
    #[serde(default)]
    bcc: Option<String>,
    #[serde(default)]
    reply_to: Option<String>,
    subject: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    html: Option<String>,
    #[serde(default)]
    attachments: Vec<File>,
}

/// A mail, and the id it is known by: the same for every attempt at a step.
pub fn message(
    input: &Input,
    connection: &Connection,
    key: &str,
    now_ms: i64,
) -> Result<(Message, String), Error> {
    let mut from = address::read(connection.need("address")?)?;
    from.name = connection.text("name").map(str::to_owned);
    let digest = words::digest(key);
    let id = format!("<{digest}@{}>", from.email.domain());
    let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
    let mut mail =
        Message::builder().from(from).date(sent).message_id(Some(id.clone())).subject(subject(input)?);
    let to = address::list(&input.to)?;
    if to.is_empty() {
        return Err(failure::input("the mail has no receiver", "Fill in whom it is to."));
    }
    mail = to.into_iter().fold(mail, |mail, one| mail.to(one));
    mail = others(&input.cc)?.into_iter().fold(mail, |mail, one| mail.cc(one));
    mail = others(&input.bcc)?.into_iter().fold(mail, |mail, one| mail.bcc(one));
    mail = others(&input.reply_to)?.into_iter().fold(mail, |mail, one| mail.reply_to(one));
    let made = match body(input, &digest)? {
        Part::One(part) => mail.singlepart(part),
        Part::Many(parts) => mail.multipart(parts),
    };
    made.map(|mail| (mail, id))
        .map_err(|error| failure::input(error.to_string(), "Correct the mail's fields."))
}

fn others(text: &Option<String>) -> Result<Vec<Mailbox>, Error> {
    address::list(text.as_deref().unwrap_or_default())
}

/// One line, whatever data is in it.
fn subject(input: &Input) -> Result<String, Error> {
    let subject: String =
        input.subject.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    match subject.len() > 2_000 {
        true => Err(failure::input("the subject is too long", "Shorten it.")),
        false => Ok(subject),
    }
}

enum Part {
    One(SinglePart),
    Many(MultiPart),
}

fn body(input: &Input, digest: &str) -> Result<Part, Error> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (text, html) = (given(&input.text), given(&input.html));
    if [&text, &html].into_iter().flatten().any(|text| text.len() > TEXT_BYTES_MAX) {
        return Err(failure::input("the mail's text is longer than 2 MB", "Attach it as a file."));
    }
    let many = |kind, name| MultiPart::builder().kind(kind).boundary(format!("khlong-{name}-{digest}"));
    let words = match (text, html) {
        (Some(text), Some(html)) => Part::Many(
            many(MultiPartKind::Alternative, "either")
                .singlepart(SinglePart::plain(text))
                .singlepart(SinglePart::html(html)),
        ),
        (None, Some(html)) => Part::One(SinglePart::html(html)),
        (text, None) => Part::One(SinglePart::plain(text.unwrap_or_default())),
    };
    if input.attachments.is_empty() {
        return Ok(words);
    }
    let mixed = many(MultiPartKind::Mixed, "all");
    let mixed = match words {
        Part::One(part) => mixed.singlepart(part),
        Part::Many(parts) => mixed.multipart(parts),
    };
    Ok(Part::Many(files(&input.attachments)?.into_iter().fold(mixed, MultiPart::singlepart)))
}

fn files(files: &[File]) -> Result<Vec<SinglePart>, Error> {
    if files.len() > ATTACHMENTS_MAX {
        return Err(failure::input("the mail has more than 20 attachments", "Send several mails."));
    }
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > ATTACHMENT_BYTES_MAX {
        return Err(failure::input(
            "the attachments have more than 10 MB in all",
            "Attach less, or write where the files can be fetched.",
        ));
    }
    files.iter().map(attached).collect()
}

fn attached(file: &File) -> Result<SinglePart, Error> {
    let kind = ContentType::parse(&file.content_type).map_err(|_| {
        failure::input(format!("the attachment \"{}\" has a type that is none", file.name), "Correct it.")
    })?;
    Ok(Attachment::new(file.name.clone()).body(file.bytes.to_vec(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn connection() -> Connection {
        let fields = json!({"address": "shop@example.com", "name": "ร้านคลองไทย"});
        Connection::new(
            "c".into(),
            "email".into(),
            fields.as_object().cloned().expect("fields"),
            BTreeMap::new(),
        )
    }

    fn made(input: serde_json::Value) -> Result<(String, String), &'static str> {
        let input: Input = connector::decode(input).map_err(|error| error.code())?;
        let made = message(&input, &connection(), "run-7/send", 1_795_143_600_000);
        made.map(|(mail, id)| (String::from_utf8_lossy(&mail.formatted()).into_owned(), id))
            .map_err(|e| e.code())
    }

    #[test]
    fn a_mail_is_the_same_for_every_attempt_and_hides_who_gets_it_blind() {
        let input = json!({"to": "a@example.com", "bcc": "hidden@example.com", "subject": "ใบแจ้งหนี้", "text": "สวัสดี", "html": "<b>สวัสดี</b>"});
        let (mail, id) = made(input.clone()).expect("a mail");
        assert_eq!(made(input), Ok((mail.clone(), id.clone())));
        assert!(id.ends_with("@example.com>") && mail.contains(&format!("Message-ID: {id}")), "{mail}");
        assert!(mail.contains("Date: Fri, 20 Nov 2026 03:00:00 +0000"), "{mail}");
        assert!(mail.contains("Subject: =?utf-8?") && mail.is_ascii(), "{mail}");
        assert!(!mail.contains("hidden@example.com"), "{mail}");
    }

    #[test]
    fn a_line_break_in_a_subject_makes_no_header() {
        let (mail, _) =
            made(json!({"to": "a@example.com", "subject": "a\r\nBcc: b@example.com"})).expect("a mail");
        assert!(!mail.contains("\nBcc:"), "{mail}");
    }

    #[test]
    fn what_cannot_be_sent_is_said_before_anything_is() {
        assert_eq!(made(json!({"to": "", "subject": ""})), Err("E0301"));
        let file = |base64: &str| json!({"to": "a@example.com", "subject": "", "attachments": [{"name": "a.pdf", "base64": base64}]});
        assert_eq!(made(file("no base64!")), Err("E0301"));
        let large = json!({"name": "a.pdf", "base64": "AAAA".repeat(ATTACHMENT_BYTES_MAX / 6 + 1)});
        let two = json!({"to": "a@example.com", "subject": "", "attachments": [large, large]});
        assert_eq!(made(two), Err("E0301"), "each is small enough, and both are not");
    }

    #[test]
    fn a_file_goes_into_a_mail_as_another_step_gave_it_or_as_text() {
        let fetched = serde_json::to_value(File::new("po.csv", "text/csv", "sku,qty")).expect("a file");
        let written = json!({"name": "note.txt", "text": "รับแล้ว"});
        let (mail, _) =
            made(json!({"to": "a@example.com", "subject": "", "attachments": [fetched, written]}))
                .expect("a mail");
        assert!(mail.contains("sku,qty") && mail.contains("filename=\"po.csv\""), "{mail}");
        assert!(mail.contains("filename=\"note.txt\"") && mail.contains("text/plain"), "{mail}");
    }
}
