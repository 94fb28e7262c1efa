//! What is pasted from other systems: nodes copied from n8n's canvas, and commands for curl.

use super::desk::Desk;
use crate::fetching::is_link;
use crate::foreign::read_n8n;
use crate::words::{count, fill, words};
use canvas::Point;
use canvas::curl::{self, Curl, LeftOut, NotCurl};
use canvas::draft::Clip;
use leptos::prelude::*;
use model::NodeId;
use n8n::Kind;
use serde_json::json;
use ui::{Toasts, Tone};

/// Left-out things that one note names.
const NAMED_MAX: usize = 6;

/// Tells whether the text is taken; what comes of it is drawn a moment later.
pub fn paste(desk: Desk, toasts: Toasts, text: String, at: Point) -> bool {
    if curl::is_curl(&text) {
        paste_call(desk, toasts, &text, at);
        return true;
    }
    if is_link(&text) {
        desk.asking.fetch(text, at);
        return true;
    }
    paste_workflow(desk, toasts, text, at)
}

/// Nodes copied from n8n's canvas.
pub fn paste_workflow(desk: Desk, toasts: Toasts, text: String, at: Point) -> bool {
    if !n8n::is_n8n(text.as_bytes()) {
        return false;
    }
    leptos::task::spawn_local(async move {
        match read_n8n(text, Vec::new()).await {
            Ok(flows) => {
                let Some(flow) = flows.into_iter().next() else { return };
                let clip = flow.document.to_text();
                desk.canvas.try_update(|canvas| canvas.paste(&clip, Some(at)).ok());
                match flow.report.of(Kind::Person).count() as u64 {
                    0 => toasts.push(Tone::Good, words().import_n8n_whole.to_owned()),
                    some => toasts.push(Tone::Info, count(words().import_n8n_person, some)),
                }
            }
            Err(refused) => toasts.push(Tone::Bad, refused.to_string()),
        }
    });
    true
}

/// A node that makes the call of a command.
fn paste_call(desk: Desk, toasts: Toasts, text: &str, at: Point) {
    let Some(Curl { with, title, left_out }) = call(toasts, text) else { return };
    let node = json!({"id": "http", "title": title, "use": curl::OPERATION, "with": with});
    let clip = json!({"khlong": 1, "nodes": [node]}).to_string();
    debug_assert!(Clip::from_text(&clip).is_ok(), "a node is a clip");
    desk.canvas.try_update(|canvas| canvas.paste(&clip, Some(at)).ok());
    tell(toasts, words().curl_pasted, &left_out);
}

/// Fills a node's fields with the call of a command. Fields that a command says nothing of stay.
pub fn fill_call(desk: Desk, toasts: Toasts, node: &NodeId, text: &str) -> bool {
    if !curl::is_curl(text) {
        return false;
    }
    if let Some(Curl { with, left_out, .. }) = call(toasts, text) {
        let node = node.clone();
        desk.does(move |canvas| {
            canvas.change(move |doc| {
                if let Some(found) = doc.nodes.iter_mut().find(|one| one.id == node) {
                    // Of another call these would be wrong.
                    ["query", "headers", "body_kind", "body"].iter().for_each(|name| {
                        found.with.shift_remove(*name);
                    });
                    found.with.extend(with);
                }
            })
        });
        tell(toasts, words().curl_filled, &left_out);
    }
    true
}

fn call(toasts: Toasts, text: &str) -> Option<Curl> {
    let w = words();
    let why = match curl::read(text) {
        Ok(call) => return Some(call),
        Err(NotCurl::TooLong) => w.curl_too_long,
        Err(NotCurl::Unclosed) => w.curl_unclosed,
        Err(NotCurl::NoAddress | NotCurl::Other) => w.curl_no_address,
    };
    toasts.push(Tone::Bad, why.to_owned());
    None
}

/// What was made, and what had to be left out.
fn tell(toasts: Toasts, done: &str, left_out: &[LeftOut]) {
    let w = words();
    let names = |credentials: bool| {
        let named = left_out.iter().filter_map(|what| match what {
            LeftOut::Credential(name) if credentials => Some(name.as_str()),
            LeftOut::Other(name) if !credentials => Some(name.as_str()),
            _ => None,
        });
        named.take(NAMED_MAX).collect::<Vec<_>>().join(", ")
    };
    let (credentials, others) = (names(true), names(false));
    let told = [
        Some(done.to_owned()),
        (!credentials.is_empty()).then(|| fill(w.curl_credentials, &[&credentials])),
        (!others.is_empty()).then(|| fill(w.curl_left_out, &[&others])),
    ];
    let tone = if left_out.is_empty() { Tone::Good } else { Tone::Warn };
    toasts.push(tone, told.into_iter().flatten().collect::<Vec<_>>().join(" "));
}
