//! What stands on the command line, by its options.

use super::{LeftOut, NotCurl};

/// What the command says, before anything is made of it.
#[derive(Debug, Default)]
pub struct Said {
    pub method: Option<String>,
    pub url: Option<String>,
    pub headers: Vec<(String, String)>,
    pub data: Vec<String>,
    pub json: bool,
    /// The data go into the address.
    pub in_address: bool,
    pub head: bool,
    pub left_out: Vec<LeftOut>,
}

/// Options with one letter that are followed by a value.
const VALUED: &str = "XHduAebFomxTcKwEryYzCDtQPU";
/// Long ones, where they are no longer form of a short one that is read here.
const LONG_VALUED: [&str; 18] = [
    "cacert",
    "capath",
    "ciphers",
    "config",
    "connect-timeout",
    "cookie-jar",
    "interface",
    "limit-rate",
    "max-redirs",
    "max-time",
    "output",
    "proxy",
    "range",
    "resolve",
    "retry",
    "retry-delay",
    "upload-file",
    "write-out",
];
/// What proves who calls: never taken into a flow.
const CREDENTIALS: [&str; 8] =
    ["user", "cookie", "proxy-user", "cert", "key", "pass", "oauth2-bearer", "aws-sigv4"];

pub fn read(words: Vec<String>) -> Result<Said, NotCurl> {
    let mut said = Said::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) {
            if takes_value(long) {
                let value = words.next().unwrap_or_default();
                said.option(long, value);
            } else {
                said.flag(long);
            }
        } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
            said.short(short, &mut words);
        } else if said.url.is_none() {
            said.url = Some(word);
        } else {
            said.left_out.push(LeftOut::Other(word));
        }
    }
    Ok(said)
}

fn takes_value(long: &str) -> bool {
    let read = matches!(
        long,
        "request"
            | "header"
            | "user-agent"
            | "referer"
            | "url"
            | "form"
            | "form-string"
            | "json"
            | "url-query"
    );
    read || long == "data"
        || long.starts_with("data-")
        || CREDENTIALS.contains(&long)
        || LONG_VALUED.contains(&long)
}

const fn long_of(short: char) -> &'static str {
    match short {
        'X' => "request",
        'H' => "header",
        'd' => "data",
        'u' => "user",
        'A' => "user-agent",
        'e' => "referer",
        'b' => "cookie",
        'F' => "form",
        'U' => "proxy-user",
        'E' => "cert",
        'T' => "upload-file",
        'G' => "get",
        'I' => "head",
        _ => "",
    }
}

impl Said {
    /// Letters without a value may stand together; what stands behind one with a value is its value.
    fn short(&mut self, letters: &str, words: &mut impl Iterator<Item = String>) {
        for (at, letter) in letters.char_indices() {
            if VALUED.contains(letter) {
                let rest = &letters[at + letter.len_utf8()..];
                let value = if rest.is_empty() { words.next().unwrap_or_default() } else { rest.to_owned() };
                return self.option(long_of(letter), value);
            }
            self.flag(long_of(letter));
        }
    }

    fn flag(&mut self, long: &str) {
        match long {
            "get" => self.in_address = true,
            "head" => self.head = true,
            // How curl itself shows what it does, or follows: nothing of the call.
            _ => {}
        }
    }

    fn option(&mut self, long: &str, value: String) {
        match long {
            "request" => self.method = Some(value.to_ascii_uppercase()),
            "url" => self.url = Some(value),
            "header" => self.header(&value),
            "user-agent" => self.headers.push(("user-agent".into(), value)),
            "referer" => self.headers.push(("referer".into(), value)),
            "json" => {
                self.json = true;
                self.data(value, "--json");
            }
            "data-urlencode" => self.data(encoded(&value), "--data-urlencode"),
            "data" | "data-ascii" | "data-binary" => self.data(value, "--data"),
            "data-raw" => self.data.push(value),
            "form" | "form-string" | "upload-file" => self.left_out.push(LeftOut::Other(format!("--{long}"))),
            long if CREDENTIALS.contains(&long) => {
                self.left_out.push(LeftOut::Credential(format!("--{long}")))
            }
            _ => {}
        }
    }

    /// A file is on somebody's own machine.
    fn data(&mut self, value: String, option: &str) {
        match value.starts_with('@') {
            true => self.left_out.push(LeftOut::Other(format!("{option} {value}"))),
            false => self.data.push(value),
        }
    }

    fn header(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else { return };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        if super::is_credential(&name) {
            self.left_out.push(LeftOut::Credential(name));
        } else if !value.is_empty() && !is_the_callers(&name) {
            self.headers.push((name, value));
        }
    }
}

/// Headers that belong to the program that calls: Khlong has its own, or must not have them.
fn is_the_callers(name: &str) -> bool {
    matches!(name, "accept-encoding" | "connection" | "content-length" | "host") || name.starts_with("sec-")
}

/// `name=content` with the content as an address writes it.
fn encoded(value: &str) -> String {
    match value.split_once('=') {
        Some(("", content)) => percent(content),
        Some((name, content)) => format!("{name}={}", percent(content)),
        None => percent(value),
    }
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}
