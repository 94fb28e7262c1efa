use crate::tls;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use testkit_servers::{Mail, here};

/// Says lines and gives the last line of each answer.
struct Talk<S: Read + Write>(BufReader<S>);

impl<S: Read + Write> Talk<S> {
    fn with(stream: S) -> Self {
        let mut talk = Self(BufReader::new(stream));
        assert!(talk.answer().starts_with("220"), "it greets");
        talk
    }

    /// All lines but the last have a dash behind the number.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("a line");
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).expect("it is sent");
        self.answer()
    }
}

fn plain_password(password: &str) -> String {
    BASE64_STANDARD.encode(format!("\0{}\0{password}", Mail::SHOP))
}

#[test]
fn a_mail_sent_by_smtp_is_read_by_imap() {
    let Some(mut server) = here::<Mail>() else { return };
    let authority = server.authority().expect("an authority");
    let mut smtp = Talk::with(tls::connect(server.smtps_port(), &authority));
    smtp.say("EHLO shop");
    let password = plain_password(server.password());
    assert!(smtp.say(&format!("AUTH PLAIN {password}")).starts_with("235"));
    assert!(smtp.say(&format!("MAIL FROM:<{}>", Mail::SHOP)).starts_with("250"));
    assert!(smtp.say("RCPT TO:<nobody@khlong.test>").starts_with("550"), "there is no such mailbox");
    assert!(smtp.say(&format!("RCPT TO:<{}>", Mail::CUSTOMER)).starts_with("250"));
    assert!(smtp.say("DATA").starts_with("354"));
    assert!(smtp.say("Subject: order 1042\r\n\r\nใบแจ้งหนี้\r\n.").starts_with("250"));
    let mails = server.inbox(Mail::CUSTOMER, 1).expect("it comes");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Subject: order 1042") && mails[0].contains("ใบแจ้งหนี้"), "{mails:?}");
    server.kill().expect("it is killed");
    server.start_again().expect("it starts again");
    assert_eq!(server.inbox(Mail::CUSTOMER, 1).expect("it is still there"), mails);
}

#[test]
fn mail_is_taken_from_nobody_who_has_not_signed_in() {
    let Some(server) = here::<Mail>() else { return };
    let mut smtp = Talk::with(TcpStream::connect(("127.0.0.1", server.smtp_port())).expect("a connection"));
    smtp.say("EHLO shop");
    let wrong = plain_password("wrong");
    assert!(smtp.say(&format!("AUTH PLAIN {wrong}")).starts_with("535"));
    assert!(smtp.say("MAIL FROM:<somebody@example.com>").starts_with("250"));
    assert!(smtp.say(&format!("RCPT TO:<{}>", Mail::SHOP)).starts_with("550 authentication required"));
    assert!(smtp.say("STARTTLS").starts_with("220"), "it would go on in TLS");
}

#[test]
fn imap_in_tls_refuses_a_wrong_password() {
    let Some(server) = here::<Mail>() else { return };
    let mut imap =
        BufReader::new(tls::connect(server.imaps_port(), &server.authority().expect("an authority")));
    let mut line = String::new();
    imap.read_line(&mut line).expect("it greets");
    assert!(line.starts_with("* OK"), "{line}");
    for (password, answer) in [("wrong", "a NO"), (server.password(), "a OK")] {
        imap.get_mut()
            .write_all(format!("a LOGIN {} {password}\r\n", Mail::SHOP).as_bytes())
            .expect("it is sent");
        line.clear();
        imap.read_line(&mut line).expect("an answer");
        assert!(line.starts_with(answer), "{line}");
    }
}
