//! The event of a run, brought along to the editor: the address names the run, and its event becomes the trigger's sample.

use super::brought::brought;
use super::desk::Desk;
use super::testing;
use crate::client::{client, path as fill_path};
use crate::errors::Told;
use crate::words::{fill, language};
use api::{RunDetail, path};
use leptos::prelude::*;
use ui::{Toasts, Tone};

/// The name of the query's part, as the page of a run writes it.
const EVENT: &str = "event";

pub fn take_event(desk: Desk) {
    let Some((run, done)) = brought(EVENT) else { return };
    let (client, toasts, language) = (client(), expect_context::<Toasts>(), language());
    let path = fill_path(path::RUN, &run);
    leptos::task::spawn_local(async move {
        let answer = client.get::<RunDetail>(&path).await;
        if !desk.is_open() {
            return;
        }
        match answer {
            Ok(detail) => {
                match testing::adopt(desk, detail) {
                    Some(_) => toasts.push(Tone::Good, fill(language.words().event_taken, &[&run])),
                    None => toasts.push(Tone::Warn, language.words().event_no_trigger),
                }
                done();
            }
            Err(error) => {
                let told = Told::refused(language, &error);
                toasts.push_with_detail(Tone::Bad, told.text(), told.detail);
            }
        }
    });
}
