//! A person at the provider's pages.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use testkit_process::http::{Answer, ask};

/// Two pages, and a redirect before and after each of them.
const STEPS_MAX: usize = 10;

/// A browser as far as the pages need one: it follows redirects and keeps cookies.
struct Browser {
    port: u16,
    cookies: BTreeMap<String, String>,
}

pub(crate) fn sign_in(port: u16, link: &str, name: &str) -> Result<String> {
    let ours = format!("http://127.0.0.1:{port}");
    let mut browser = Browser { port, cookies: BTreeMap::new() };
    let mut at = link.strip_prefix(&ours).context("a link to the provider")?.to_owned();
    let mut answer = browser.send(&format!("GET {at}"), "")?;
    for _ in 0..STEPS_MAX {
        if let Some(to) = answer.header("location") {
            let to = to.strip_prefix(&ours).unwrap_or(to).to_owned();
            if !to.starts_with('/') {
                return Ok(to);
            }
            answer = browser.send(&format!("GET {to}"), "")?;
            at = to;
        } else {
            let form = filled_in(&answer, name)?;
            answer = browser.send(&format!("POST {at}"), &form)?;
        }
    }
    bail!("the provider's pages have no end: {answer:?}");
}

/// The page asks who it is, and then whether they agree.
fn filled_in(page: &Answer, name: &str) -> Result<String> {
    let asks = |prompt| page.body.contains(&format!("name=\"prompt\" value=\"{prompt}\""));
    if asks("login") {
        return Ok(format!("prompt=login&login={name}&password=any"));
    }
    if asks("consent") {
        return Ok("prompt=consent".to_owned());
    }
    bail!("a page that nobody knows: {page:?}");
}

impl Browser {
    fn send(&mut self, request: &str, form: &str) -> Result<Answer> {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let answer = ask(self.port, request, &[kind, ("cookie", &cookies.join("; "))], form)?;
        for cookie in answer.all("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}
