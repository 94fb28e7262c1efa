//! Mail, by Exim and Dovecot.

use crate::common::*;
use connector::{Connection, Drawing, Fate};
use model::EffectRule;
use serde_json::{Value, json};
use testkit_servers::{Mail, here};

struct Server {
    mail: Mail,
    shop: Connection,
    customer: Connection,
}

fn mailbox(mail: &Mail, address: &str) -> Connection {
    let fields = json!({
        "address": address, "name": "ร้านคลองไทย", "ca_pem": mail.authority().expect("an authority"),
        "smtp_host": "localhost", "smtp_port": mail.smtp_port(), "smtp_security": "starttls",
        "imap_host": "localhost", "imap_port": mail.imaps_port(), "imap_security": "tls",
    });
    connection("email", fields, &[("password", mail.password())])
}

fn server() -> Option<Server> {
    let mail: Mail = here()?;
    let (shop, customer) = (mailbox(&mail, Mail::SHOP), mailbox(&mail, Mail::CUSTOMER));
    Some(Server { mail, shop, customer })
}

async fn hears(connection: &Connection) -> Box<dyn Drawing> {
    open("email/received", connection, json!({"every": "10s"})).await.expect("it reads")
}

fn invoice() -> Value {
    json!({
        "to": "ลูกค้า ใจดี <customer@khlong.test>",
        "reply_to": "service@khlong.test",
        "subject": "ใบแจ้งหนี้ SHOPIFY-1001 ขอบคุณที่อุดหนุนร้านคลองไทยของเรา",
        "text": "ขอบคุณสำหรับคำสั่งซื้อ",
        "html": "<p>ขอบคุณสำหรับคำสั่งซื้อ</p>",
        "attachments": [{"name": "ใบแจ้งหนี้.pdf", "content_type": "application/pdf", "base64": "JVBERi0="}],
    })
}

/// Waits until so many mails have been delivered.
fn delivered(server: &Server, mailbox: &str, count: usize) {
    server.mail.inbox(mailbox, count).expect("they arrive");
}

#[tokio::test]
async fn a_mail_in_thai_arrives_as_it_was_sent_and_is_read_once() {
    let Some(server) = server() else { return };
    let found = test(&server.shop).await.expect("both servers are there");
    assert!(found.contains("takes mail") && found.contains("holds 0 mails"), "{found}");
    let sent = doing("email/send").run(&server.shop, "run-7/send", invoice()).await.expect("taken");
    delivered(&server, Mail::CUSTOMER, 1);
    let mut hearing = hears(&server.customer).await;
    let came = drawn(&mut *hearing, 1).await;
    let view = &bodies(&came)[0];
    assert_eq!(view["subject"], invoice()["subject"]);
    assert_eq!(view["from"], json!([{"name": "ร้านคลองไทย", "address": "shop@khlong.test"}]));
    assert_eq!(view["to"], json!([{"name": "ลูกค้า ใจดี", "address": "customer@khlong.test"}]));
    assert_eq!(view["reply_to"][0]["address"], "service@khlong.test");
    assert_eq!(view["text"].as_str().map(str::trim), Some("ขอบคุณสำหรับคำสั่งซื้อ"));
    assert_eq!(view["html"].as_str().map(str::trim), Some("<p>ขอบคุณสำหรับคำสั่งซื้อ</p>"));
    let file = &view["attachments"][0];
    assert_eq!((&file["name"], &file["base64"]), (&json!("ใบแจ้งหนี้.pdf"), &json!("JVBERi0=")));
    let known = view["message_id"].as_str().expect("a Message-ID");
    assert_eq!(sent["message_id"], json!(format!("<{known}>")));
    assert!(id(&came[0]).is_some_and(|id| id.starts_with(known)));

    hearing.settle(all(&came, Fate::Taken)).await.expect("marked");
    drop(hearing);
    nothing(&mut *hears(&server.customer).await).await;
}

#[tokio::test]
async fn a_step_that_is_sent_again_has_the_same_message_id() {
    let Some(server) = server() else { return };
    let doing = doing("email/send");
    let first = doing.run(&server.shop, "run-7/send", invoice()).await.expect("taken");
    let again = doing.run(&server.shop, "run-7/send", invoice()).await.expect("taken");
    let other = doing.run(&server.shop, "run-8/send", invoice()).await.expect("taken");
    assert_eq!(first["message_id"], again["message_id"]);
    assert_ne!(first["message_id"], other["message_id"]);
    assert_eq!(doing.action().effect(&json!({})), EffectRule::Ask);
    assert_eq!(doing.action().effect(&json!({"repeats": "send"})), EffectRule::Idempotent);
}

#[tokio::test]
async fn what_nobody_answered_for_stays_unread_and_what_can_never_be_an_event_is_flagged() {
    let Some(server) = server() else { return };
    doing("email/send").run(&server.shop, "k", invoice()).await.expect("taken");
    delivered(&server, Mail::CUSTOMER, 1);
    let mut hearing = hears(&server.customer).await;
    let came = drawn(&mut *hearing, 1).await;
    drop(hearing);
    let mut hearing = hears(&server.customer).await;
    let again = drawn(&mut *hearing, 1).await;
    assert_eq!(id(&again[0]), id(&came[0]));
    hearing.settle(all(&again, Fate::Buried)).await.expect("flagged");
    drop(hearing);
    nothing(&mut *hears(&server.customer).await).await;
}

#[tokio::test]
async fn a_mail_that_is_taken_is_moved_where_the_node_says() {
    let Some(server) = server() else { return };
    let mut by_hand = by_hand(&server).await;
    by_hand.create("Done").await.expect("a folder");
    doing("email/send").run(&server.shop, "k", invoice()).await.expect("taken");
    delivered(&server, Mail::CUSTOMER, 1);
    let with = json!({"move_to": "Done"});
    let mut hearing = open("email/received", &server.customer, with).await.expect("it reads");
    let came = drawn(&mut *hearing, 1).await;
    hearing.settle(all(&came, Fate::Taken)).await.expect("moved");
    assert_eq!(by_hand.examine("Done").await.expect("a folder").exists, 1);
    assert_eq!(by_hand.examine("INBOX").await.expect("a folder").exists, 0);
}

#[tokio::test]
async fn a_folder_to_move_to_that_is_not_there_is_said_before_any_mail_is_taken() {
    let Some(server) = server() else { return };
    let opened = open("email/received", &server.customer, json!({"move_to": "Nowhere"})).await;
    let error = opened.err().expect("no such folder");
    assert_eq!(error.code(), "E0308", "{error}");
    assert!(error.to_string().contains("\"Nowhere\"") && error.advice().contains("folder"), "{error}");
}

/// The customer's mailbox, opened by another program.
async fn by_hand(server: &Server) -> async_imap::Session<tokio::net::TcpStream> {
    let wire =
        tokio::net::TcpStream::connect(("127.0.0.1", server.mail.imap_port())).await.expect("it listens");
    let mut client = async_imap::Client::new(wire);
    client.read_response().await.expect("a greeting");
    client.login(Mail::CUSTOMER, server.mail.password()).await.map_err(|(error, _)| error).expect("let in")
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_refused_and_the_next_mail_goes_well() {
    let Some(server) = server() else { return };
    let doing = doing("email/send");
    let mut nobody = invoice();
    nobody["to"] = "nobody@khlong.test".into();
    let error = doing.run(&server.shop, "k1", nobody).await.expect_err("no such mailbox");
    assert_eq!((error.code(), error.may_have_happened()), ("E0308", false), "{error}");
    doing.run(&server.shop, "k2", invoice()).await.expect("taken");
    delivered(&server, Mail::CUSTOMER, 1);
}

#[tokio::test]
async fn a_server_that_was_killed_is_found_again_with_the_mail_it_had_taken() {
    let Some(mut server) = server() else { return };
    let doing = doing("email/send");
    doing.run(&server.shop, "k1", invoice()).await.expect("taken");
    server.mail.kill().expect("it is killed");
    let error = doing.run(&server.shop, "k2", invoice()).await.expect_err("it is away");
    assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    server.mail.start_again().expect("it starts again");
    in_the_end(async || doing.run(&server.shop, "k3", invoice()).await).await;
    delivered(&server, Mail::CUSTOMER, 2);
}

#[tokio::test]
async fn both_ways_of_tls_work_for_both_servers() {
    let Some(server) = server() else { return };
    let mut other = server.shop.clone();
    other.fields.insert("smtp_port".into(), server.mail.smtps_port().into());
    other.fields.insert("smtp_security".into(), "tls".into());
    other.fields.insert("imap_port".into(), server.mail.imap_port().into());
    other.fields.insert("imap_security".into(), "starttls".into());
    test(&other).await.expect("TLS at once for sending, STARTTLS for reading");
}

#[tokio::test]
async fn a_wrong_password_and_a_certificate_nobody_vouches_for_are_said_without_the_secret() {
    let Some(server) = server() else { return };
    let mut wrong = server.shop.clone();
    wrong.secrets.insert("password".into(), "not-this-one".into());
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");
    wrong.fields.remove("smtp_host");
    is_the_connection_s_fault(&test(&wrong).await.expect_err("refused"), "not-this-one", "sign-in");

    let mut stranger = server.shop.clone();
    stranger.fields.remove("ca_pem");
    let error = test(&stranger).await.expect_err("not trusted");
    is_the_connection_s_fault(&error, server.mail.password(), "certificate");
    stranger.fields.remove("smtp_host");
    let error = test(&stranger).await.expect_err("not trusted");
    is_the_connection_s_fault(&error, server.mail.password(), "certificate");
}
