//! Both programs' settings, and the folders that they work in.

use super::{Mail, Ports};
use crate::tls::Tls;
use anyhow::Result;
use std::path::Path;
use testkit_process::{Who, write};

const EXIM: &str = include_str!("exim.conf");
const DOVECOT: &str = include_str!("dovecot.conf");

pub(super) fn configure(dir: &Path, who: Who, ports: Ports, password: &str, tls: &Tls) -> Result<()> {
    who.own(dir)?;
    who.own(&tls.key)?;
    for folder in ["spool", "mail", "logs", "run"] {
        std::fs::create_dir(dir.join(folder))?;
        who.own(&dir.join(folder))?;
    }
    // As Dovecot has it; to Exim, the word before the password is a part of it.
    let line = |mailbox| format!("{mailbox}:{{PLAIN}}{password}\n");
    write(&dir.join("passwords"), &(line(Mail::SHOP) + &line(Mail::CUSTOMER)))?;
    let known = values(dir, who, ports, tls)?;
    write(&dir.join("exim.conf"), &filled(EXIM, &known))?;
    write(&dir.join("dovecot.conf"), &filled(DOVECOT, &known))
}

fn values(dir: &Path, who: Who, ports: Ports, tls: &Tls) -> Result<[(&'static str, String); 11]> {
    Ok([
        ("dir", dir.display().to_string()),
        ("certificate", tls.certificate.display().to_string()),
        ("key", tls.key.display().to_string()),
        ("user", who.user_name()?),
        ("group", who.group_name()?),
        ("uid", who.user().to_string()),
        ("gid", who.group().to_string()),
        ("smtp", ports.smtp.to_string()),
        ("smtps", ports.smtps.to_string()),
        ("imap", ports.imap.to_string()),
        ("imaps", ports.imaps.to_string()),
    ])
}

fn filled(template: &str, known: &[(&str, String)]) -> String {
    known.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
}
