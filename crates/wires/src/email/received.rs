//! `email/received`: mails of a mailbox that nobody has read.

use super::imap::{self, Mailbox, within};
use super::view;
use crate::place::Place;
use crate::{failure, words};
use async_trait::async_trait;
use connector::{Connection, Delivery, Drawing, Error, Fate, Message, Queue, Receipt};
use futures::TryStreamExt;
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

const EVERY_USUAL: Span = Span::from_secs(60);
const EVERY_LEAST: Span = Span::from_secs(10);
/// A larger mail is flagged and left for a person.
const MAIL_BYTES_MAX: u32 = 25 << 20;
/// What one draw brings in all.
const DRAW_BYTES_MAX: u64 = 32 << 20;
const DRAW_MAX: usize = 20;

pub struct Received;

pub fn spec() -> OperationSpec {
    OperationSpec::trigger("email/received", "Mail received", "ได้รับอีเมล")
        .about(
            "Takes the mails of a folder that are not marked as read. Each is marked, and moved if you like, when its event is on disk. One that cannot be read is flagged.",
            "รับอีเมลในโฟลเดอร์ที่ยังไม่ได้อ่าน เมื่อบันทึกเหตุการณ์ลงดิสก์แล้วจะทำเครื่องหมายว่าอ่านแล้ว และย้ายโฟลเดอร์หากกำหนดไว้ อีเมลที่อ่านไม่ได้จะถูกติดธง",
        )
        .connection(Need::Required)
        .field(
            Field::new("folder", FieldKind::Text, "Folder", "โฟลเดอร์")
                .about("Where the mails come in.", "โฟลเดอร์ที่อีเมลเข้า")
                .at_most(200)
                .default("INBOX")
                .example("INBOX"),
        )
        .field(
            Field::new("move_to", FieldKind::Text, "Move to", "ย้ายไปที่")
                .about(
                    "A folder for mails that are taken; it has to be there. Empty: they stay, marked as read.",
                    "โฟลเดอร์สำหรับอีเมลที่รับแล้ว ต้องมีอยู่ก่อน หากเว้นว่างจะคงอยู่ที่เดิมโดยทำเครื่องหมายว่าอ่านแล้ว",
                )
                .at_most(200)
                .example("Done"),
        )
        .field(
            Field::new("every", FieldKind::Span, "Every", "ทุก ๆ")
                .about(
                    "How often the mailbox is looked at; 10 seconds at least.",
                    "ตรวจกล่องจดหมายบ่อยเพียงใด ไม่ถี่กว่า 10 วินาที",
                )
                .default(EVERY_USUAL.to_string())
                .example(EVERY_USUAL.to_string()),
        )
        .example(
            json!({"folder": "INBOX", "move_to": "Done"}),
            json!({
                "message_id": "a1@example.com",
                "subject": "ใบสั่งซื้อ",
                "from": [{"name": "สมชาย ใจดี", "address": "somchai@example.com"}],
                "to": [{"name": null, "address": "shop@example.com"}],
                "cc": [],
                "reply_to": [],
                "date": "2026-11-20T10:00:00+07:00",
                "text": "ตามไฟล์แนบ",
                "html": null,
                "attachments": [{"name": "po.pdf", "content_type": "application/pdf", "bytes": 5, "base64": "JVBERi0=", "left_out": false}],
            }),
        )
}

#[async_trait]
impl Queue for Received {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn open(
        &self,
        connection: &Connection,
        with: &Map<String, Value>,
    ) -> Result<Box<dyn Drawing>, Error> {
        let place = imap::place(connection)?;
        let mut mailbox = imap::connect(connection).await?;
        let folder = words::text(with, "folder").unwrap_or("INBOX").to_owned();
        let move_to = words::text(with, "move_to").map(str::to_owned);
        if let Some(folder) = &move_to {
            is_there(&place, &mut mailbox, folder).await?;
        }
        let selected = within(&place, mailbox.select(&folder)).await?;
        let given = with.get("every").and_then(Value::as_str).and_then(|text| text.parse::<Span>().ok());
        Ok(Box::new(Session {
            place,
            mailbox,
            validity: selected.uid_validity.unwrap_or(0),
            folder,
            move_to,
            every: words::std_span(given.unwrap_or(EVERY_USUAL).max(EVERY_LEAST)),
            next_look: Instant::now(),
            in_hands: BTreeSet::new(),
            speaking: false,
        }))
    }
}

/// Where mails are to go is looked at before the first is taken: each would else be an event and then end the session.
async fn is_there(place: &Place, mailbox: &mut Mailbox, folder: &str) -> Result<(), Error> {
    match within(place, mailbox.examine(folder)).await {
        Ok(_) => Ok(()),
        Err(Error::Refused { message, .. }) => Err(failure::refused(
            format!("mails cannot be moved to the folder \"{folder}\": {message}"),
            "Make the folder in the mailbox, or correct its name in the node.",
        )),
        Err(error) => Err(error),
    }
}

struct Session {
    place: Place,
    mailbox: Mailbox,
    /// Numbers of mails mean the same as long as this is the same.
    validity: u32,
    folder: String,
    move_to: Option<String>,
    every: Duration,
    next_look: Instant,
    in_hands: BTreeSet<u32>,
    /// A command was begun and its end not read: the session cannot go on.
    speaking: bool,
}

impl Session {
    async fn look(&mut self, most: usize) -> Result<Vec<Message>, Error> {
        let unseen = within(&self.place, self.mailbox.uid_search("UNSEEN")).await?;
        let new: BTreeSet<u32> = unseen.into_iter().filter(|uid| !self.in_hands.contains(uid)).collect();
        let most = most.min(DRAW_MAX);
        let (mut messages, mut bytes) = (Vec::new(), 0);
        for uid in new.iter().copied().take(most) {
            let size = self.size(uid).await?;
            if bytes + u64::from(size) > DRAW_BYTES_MAX && !messages.is_empty() {
                break;
            }
            bytes += u64::from(size);
            let delivery = match size > MAIL_BYTES_MAX {
                true => Err(format!("the mail has {size} bytes; {MAIL_BYTES_MAX} are taken at most")),
                false => self.fetch(uid).await?,
            };
            self.in_hands.insert(uid);
            messages.push(Message { receipt: Receipt(uid.to_string()), delivery });
        }
        let pause = if messages.len() < new.len() { Duration::ZERO } else { self.every };
        self.next_look = Instant::now() + pause;
        Ok(messages)
    }

    async fn size(&mut self, uid: u32) -> Result<u32, Error> {
        let fetched =
            async { self.mailbox.uid_fetch(uid.to_string(), "RFC822.SIZE").await?.try_collect().await };
        let fetched: Vec<async_imap::types::Fetch> = within(&self.place, fetched).await?;
        Ok(fetched.iter().find_map(|mail| mail.size).unwrap_or(0))
    }

    async fn fetch(&mut self, uid: u32) -> Result<Result<Delivery, String>, Error> {
        let fetched =
            async { self.mailbox.uid_fetch(uid.to_string(), "BODY.PEEK[]").await?.try_collect().await };
        let fetched: Vec<async_imap::types::Fetch> = within(&self.place, fetched).await?;
        let raw = fetched.iter().find_map(|mail| mail.body()).unwrap_or_default();
        let Some((id, view)) = view::read(raw) else { return Ok(Err("it is no mail".into())) };
        let id = id.unwrap_or_else(|| format!("{}-{uid}", self.validity));
        let head =
            Map::from_iter([("folder".into(), self.folder.as_str().into()), ("uid".into(), uid.into())]);
        Ok(Ok(Delivery { id: Some(id), body: view.into(), head }))
    }

    async fn mark(&mut self, uid: u32, flags: &str) -> Result<(), Error> {
        let marked = async {
            let flags = format!("+FLAGS.SILENT ({flags})");
            self.mailbox.uid_store(uid.to_string(), flags).await?.try_collect::<Vec<_>>().await
        };
        within(&self.place, marked).await.map(drop)
    }

    async fn answer(&mut self, uid: u32, fate: Fate) -> Result<(), Error> {
        match (fate, self.move_to.clone()) {
            // It stays unread, and is looked at again with the others.
            (Fate::Back, _) => {
                self.next_look = Instant::now() + self.every;
                Ok(())
            }
            (Fate::Buried, _) => self.mark(uid, "\\Seen \\Flagged").await,
            (Fate::Taken, None) => self.mark(uid, "\\Seen").await,
            (Fate::Taken, Some(folder)) => {
                self.mark(uid, "\\Seen").await?;
                within(&self.place, self.mailbox.uid_mv(uid.to_string(), &folder)).await
            }
        }
    }
}

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, wait: Span) -> Result<Vec<Message>, Error> {
        let end = Instant::now() + words::std_span(wait);
        if self.next_look > end {
            tokio::time::sleep_until(end).await;
            return Ok(Vec::new());
        }
        tokio::time::sleep_until(self.next_look).await;
        if self.speaking {
            return Err(failure::unanswered(&self.place, &"an earlier look was broken off"));
        }
        self.speaking = true;
        let messages = self.look(most).await?;
        self.speaking = false;
        if messages.is_empty() {
            tokio::time::sleep_until(end.min(self.next_look)).await;
        }
        Ok(messages)
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        for (receipt, fate) in fates {
            let Ok(uid) = receipt.0.parse() else { continue };
            if self.in_hands.remove(&uid) {
                self.answer(uid, fate).await?;
            }
        }
        Ok(())
    }
}
