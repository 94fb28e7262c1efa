//! A mail as a flow sees it.

use super::compose::ATTACHMENT_BYTES_MAX;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Address, MessageParser, MimeHeaders};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ADDRESSES_MAX: usize = 200;
const ATTACHMENTS_MAX: usize = 100;

/// Its Message-ID where it has one, and its parts. Nothing where it is no mail.
pub fn read(raw: &[u8]) -> Option<(Option<String>, Value)> {
    let mail = MessageParser::default().parse(raw)?;
    let id = mail.message_id().filter(|id| !id.is_empty()).map(str::to_owned);
    let html = mail.html_bodies().find(|part| part.is_text_html()).and_then(|part| part.text_contents());
    let view = json!({
        "message_id": id,
        "subject": mail.subject(),
        "from": addresses(mail.from()),
        "to": addresses(mail.to()),
        "cc": addresses(mail.cc()),
        "reply_to": addresses(mail.reply_to()),
        "date": mail.date().map(|date| date.to_rfc3339()),
        "text": mail.body_text(0),
        "html": html,
        "attachments": attachments(&mail),
    });
    let id = id.map(|id| format!("{id}/{}", told_of(&view)));
    Some((id, view))
}

/// Some programs give the same Message-ID to all that they send, and anybody can send one that he knows: a mail is the same
/// where it also says the same. Its date may be another when it is sent again.
fn told_of(view: &Value) -> String {
    let mut hash = Sha256::new();
    for name in ["from", "subject", "text", "html", "attachments"] {
        hash.update(view[name].to_string());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}

fn addresses(given: Option<&Address<'_>>) -> Vec<Value> {
    let list = given.into_iter().flat_map(|given| given.iter()).take(ADDRESSES_MAX);
    list.map(|one| json!({"name": one.name(), "address": one.address()})).collect()
}

/// Files up to 10 MB in all; those beyond are named, and left out.
fn attachments(mail: &mail_parser::Message<'_>) -> Vec<Value> {
    let mut left = ATTACHMENT_BYTES_MAX;
    let view = |(n, part): (usize, &mail_parser::MessagePart<'_>)| {
        let bytes = part.contents();
        let fits = bytes.len() <= left;
        if fits {
            left -= bytes.len();
        }
        let kind = part.content_type().map(|kind| match kind.subtype() {
            Some(subtype) => format!("{}/{subtype}", kind.ctype()),
            None => kind.ctype().to_owned(),
        });
        json!({
            "name": named(part.attachment_name(), n),
            "content_type": kind,
            "bytes": bytes.len(),
            "base64": fits.then(|| STANDARD.encode(bytes)),
            "left_out": !fits,
        })
    };
    mail.attachments().take(ATTACHMENTS_MAX).enumerate().map(view).collect()
}

/// As files that go through flows are called: in one folder, and somehow.
fn named(given: Option<&str>, n: usize) -> String {
    let one = |letter: char| if matches!(letter, '/' | '\\') { '_' } else { letter };
    let name: String =
        given.unwrap_or_default().chars().filter(|letter| !letter.is_control()).map(one).collect();
    match name.trim() {
        "" | "." | ".." => format!("attachment-{}", n + 1),
        name => name.chars().take(200).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Message-ID: <a1@example.com>\r\nFrom: =?utf-8?B?4Liq4Lih4LiK4Liy4Lii?= <somchai@example.com>\r\n\
        To: shop@example.com\r\nSubject: =?tis-620?B?0ejnZQ==?=\r\nDate: Fri, 20 Nov 2026 10:00:00 +0700\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n\
        --b\r\nContent-Type: application/pdf; name=po.pdf\r\nContent-Disposition: attachment; filename=po.pdf\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";

    #[test]
    fn a_mail_is_seen_with_its_parts() {
        let (id, view) = read(MAIL.as_bytes()).expect("a mail");
        assert!(id.is_some_and(|id| id.starts_with("a1@example.com/")));
        assert_eq!(view["from"], json!([{"name": "สมชาย", "address": "somchai@example.com"}]));
        assert_eq!((&view["date"], &view["html"]), (&json!("2026-11-20T10:00:00+07:00"), &Value::Null));
        assert_eq!(view["text"].as_str().map(str::trim), Some("hello"));
        let file = json!({"name": "po.pdf", "content_type": "application/pdf", "bytes": 5, "base64": "JVBERi0=", "left_out": false});
        assert_eq!(view["attachments"], json!([file]));
    }

    #[test]
    fn a_mail_is_another_where_it_says_something_else_under_the_same_message_id() {
        let id = |mail: &str| read(mail.as_bytes()).expect("a mail").0;
        let again = MAIL.replace("10:00:00", "10:05:00");
        assert_eq!(id(MAIL), id(&format!("Received: from mx.example.com; Fri, 20 Nov 2026\r\n{again}")));
        assert_ne!(id(MAIL), id(&MAIL.replace("hello", "another order")));
        assert_ne!(id(MAIL), id(&MAIL.replace("somchai@", "somying@")));
    }

    #[test]
    fn an_attachment_can_be_handed_on_as_a_file_whatever_its_name_is() {
        for (name, wanted) in [("po.pdf", "po.pdf"), ("../a/po.pdf", ".._a_po.pdf"), ("..", "attachment-1")] {
            let mail = MAIL.replace("po.pdf", name);
            let (_, view) = read(mail.as_bytes()).expect("a mail");
            let file: connector::File =
                serde_json::from_value(view["attachments"][0].clone()).expect("a file");
            assert_eq!((file.name.as_str(), &file.bytes[..]), (wanted, &b"%PDF-"[..]));
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_named_and_left_out() {
        let large = MAIL.replace("JVBERi0=", &"AAAA".repeat(ATTACHMENT_BYTES_MAX / 3 + 1));
        let (_, view) = read(large.as_bytes()).expect("a mail");
        let file = &view["attachments"][0];
        assert_eq!(
            (&file["left_out"], &file["base64"], &file["name"]),
            (&json!(true), &Value::Null, &json!("po.pdf"))
        );
    }
}
