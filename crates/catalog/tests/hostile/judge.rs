//! What is expected of a call that a server spoilt.

use crate::calls::{Ended, What};
use crate::{reading, secrets};
use connector::{Error, Retry};

/// What a server's misbehaviour leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The server says that it did nothing.
    NotDone,
    /// Nobody knows.
    Perhaps,
}

/// What can be expected of the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The trouble passes: again, later.
    Later,
    /// The server said when.
    After(u64),
    /// Something else answers, or too much: a person may have to look.
    Either,
}

/// What is wrong with how a call ended, in one line each.
pub fn complaints(ended: &Ended, work: Work, again: Again) -> Vec<String> {
    let mut wrong = Vec::new();
    // What needs nothing of the server is not spoilt by it.
    if ended.asked().is_empty() {
        is_silent(ended, &mut wrong);
        return wrong;
    }
    match &ended.result {
        _ if is_head(ended) => {}
        Ok(output) => wrong.push(format!("it was taken for a success: {output}")),
        Err(error) => {
            is_clear(ended, error, &mut wrong);
            is_of_class(ended, error, again, &mut wrong);
            is_honest(ended, error, work, &mut wrong);
        }
    }
    is_silent(ended, &mut wrong);
    let last = ended.asked().last().map(|asked| format!("{} {}", asked.method, asked.target));
    let name = format!("{} at {}", ended.call.name(), last.unwrap_or_default());
    wrong.into_iter().map(|wrong| format!("{name}: {wrong}")).collect()
}

/// An answer without a body is not spoilt by one.
pub fn is_head(ended: &Ended) -> bool {
    ended.asked().iter().all(|asked| asked.method == "HEAD")
}

/// Says no secret, whatever came of it.
pub fn is_silent(ended: &Ended, wrong: &mut Vec<String>) {
    let secrets = secrets::of(&ended.connection);
    let texts = match &ended.result {
        Ok(output) => vec![output.to_string()],
        Err(error) => vec![
            error.to_string(),
            format!("{error:?}"),
            error.advice(),
            serde_json::to_string(error).unwrap_or_default(),
            format!("{:?}", ended.connection),
        ],
    };
    let said = texts.iter().find_map(|text| secrets::said(text, &secrets));
    wrong.extend(said.map(|secret| format!("it says the secret {secret}: {}", texts[0])));
}

/// Says which system it is about, and what to do.
fn is_clear(ended: &Ended, error: &Error, wrong: &mut Vec<String>) {
    let said = error.to_string();
    let catalog_title = ended.call.connector.split('_').next().unwrap_or_default().to_lowercase();
    let host = ended.server.url.trim_start_matches("http://").to_owned();
    let names = [host.as_str(), "127.0.0.1", &ended.connection.name.to_string()]
        .iter()
        .any(|name| said.contains(name))
        || said.to_lowercase().replace(['&', '-'], "").contains(&catalog_title);
    if !names {
        wrong.push(format!("it does not say which system it is about: {said}"));
    }
    if error.advice().trim().is_empty() {
        wrong.push(format!("it says nothing of what to do: {said}"));
    }
    if said.len() > 2_000 {
        wrong.push(format!("it is {} bytes long", said.len()));
    }
}

fn is_of_class(ended: &Ended, error: &Error, again: Again, wrong: &mut Vec<String>) {
    let retry = error.retry();
    // A connection is tried, and records are looked up, while somebody waits: nobody tries again but that person.
    let waits = matches!(ended.call.what, What::Test | What::LookUp(_));
    let right = match again {
        Again::Either => true,
        Again::Later => retry != Retry::Never || waits,
        Again::After(secs) => matches!(retry, Retry::After(after) if after.as_ms() == secs * 1_000) || waits,
    };
    if !right {
        wrong.push(format!("its class is {retry:?} where {again:?} is right: {error:?}"));
    }
}

/// What may have been done is not called undone, and what was not is not in doubt.
fn is_honest(ended: &Ended, error: &Error, work: Work, wrong: &mut Vec<String>) {
    let asked = ended.asked();
    let changing = asked.iter().any(|asked| !reading::only_reads(&ended.call.connector, asked));
    if work == Work::Perhaps && ended.changes && changing && !error.may_have_happened() {
        wrong.push(format!("it may have been done, and is called undone: {error:?}"));
    }
    if work == Work::NotDone && asked.len() == 1 && error.may_have_happened() {
        wrong.push(format!("nothing was done, and it is called in doubt: {error:?}"));
    }
}

/// Fails with everything that is wrong, so that one run shows all of it.
pub fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} complaints:\n{}", wrong.len(), wrong.join("\n"));
}
