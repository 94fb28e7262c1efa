//! Reading a mailbox by IMAP, for tests whose own subject only sends.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Far longer than a delivery takes on a busy machine.
const DELIVERY_MAX: Duration = Duration::from_secs(60);
const MAIL_BYTES_MAX: usize = 32 << 20;

struct Session {
    stream: BufReader<TcpStream>,
}

/// Waits until so many mails are there, and gives all that are.
pub(super) fn read(port: u16, mailbox: &str, password: &str, at_least: usize) -> Result<Vec<String>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).context("connecting")?;
    stream.set_read_timeout(Some(DELIVERY_MAX))?;
    let mut session = Session { stream: BufReader::new(stream) };
    session.line()?;
    session.command(&format!("LOGIN {mailbox} {password}"))?;
    let mut there = session.command("SELECT INBOX")?.iter().find_map(|line| exists(line)).unwrap_or(0);
    if there < at_least {
        there = session.wait_for(at_least)?;
    }
    (1..=there).map(|number| session.fetch(number)).collect()
}

/// `* 3 EXISTS`
fn exists(line: &str) -> Option<usize> {
    line.strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse().ok()
}

impl Session {
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).context("reading what the server says")? == 0 {
            bail!("the server has hung up");
        }
        Ok(line.trim_end().to_owned())
    }

    fn send(&mut self, text: &str) -> Result<()> {
        Ok(self.stream.get_mut().write_all(format!("{text}\r\n").as_bytes())?)
    }

    /// What comes before the line that ends a command.
    fn command(&mut self, command: &str) -> Result<Vec<String>> {
        self.send(&format!("a {command}"))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            match line.strip_prefix("a ") {
                Some(end) if end.starts_with("OK") => return Ok(lines),
                Some(end) => bail!("the server refuses: {end}"),
                None => lines.push(line),
            }
        }
    }

    /// The server tells of each mail when it comes.
    fn wait_for(&mut self, at_least: usize) -> Result<usize> {
        self.send("a IDLE")?;
        loop {
            let there = exists(&self.line()?).unwrap_or(0);
            if there >= at_least {
                self.send("DONE")?;
                self.answer()?;
                return Ok(there);
            }
        }
    }

    fn fetch(&mut self, number: usize) -> Result<String> {
        self.send(&format!("a FETCH {number} BODY.PEEK[]"))?;
        let line = self.line()?;
        let length = line.rsplit_once('{').and_then(|(_, length)| length.strip_suffix('}'));
        let length: usize = length.with_context(|| format!("a length in: {line}"))?.parse()?;
        if length > MAIL_BYTES_MAX {
            bail!("a mail of {length} bytes");
        }
        let mut mail = vec![0; length];
        self.stream.read_exact(&mut mail)?;
        self.answer()?;
        Ok(String::from_utf8_lossy(&mail).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_many_mails_there_are_is_read_from_its_own_line_only() {
        assert_eq!(exists("* 12 EXISTS"), Some(12));
        assert_eq!(exists("* 12 RECENT"), None);
        assert_eq!(exists("+ idling"), None);
    }
}
