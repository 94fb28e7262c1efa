//! Whoever comes back from a run finds the list as it was: the same runs, the same place, the same ones chosen.

use super::Desk;
use crate::storage;
use api::RunList;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The address of the list that was looked at last.
const LAST: &str = "khlong.runs";

#[derive(Clone)]
pub struct Kept {
    address: String,
    pub list: RunList,
    pub scroll: f64,
    pub chosen: BTreeSet<String>,
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

impl Kept {
    /// What was kept of a list, once: a page that is opened anew begins anew.
    pub fn of(address: &str) -> Option<Self> {
        KEPT.with_borrow_mut(Option::take).filter(|kept| kept.address == address)
    }
}

/// Goes back to a place, and keeps the list when the page is left.
pub fn keep(desk: Desk, scroll: f64) {
    if scroll > 0.0 {
        request_animation_frame(move || window().scroll_to_with_x_and_y(0.0, scroll));
    }
    Effect::new(move |_| storage::keep(LAST, &desk.filter.get().address()));
    let place = StoredValue::new(scroll);
    // At the time of leaving, the next page may have moved the window already.
    let _ = leptos_use::use_event_listener(window(), leptos::ev::scroll, move |_| {
        place.try_update_value(|place| *place = window().scroll_y().unwrap_or_default());
    });
    on_cleanup(move || {
        let address = desk.filter.try_get_untracked().map(|filter| filter.address());
        let list = desk.load.peek(RunList::clone);
        let kept = address.zip(list).map(|(address, list)| Kept {
            address,
            list,
            scroll: place.try_get_value().unwrap_or_default(),
            chosen: desk.chosen.kept(),
        });
        KEPT.set(kept);
    });
}

/// The way back to the list that was looked at last.
pub fn address() -> String {
    match storage::recall(LAST).filter(|last| !last.is_empty()) {
        Some(last) => format!("/runs?{last}"),
        None => "/runs".to_owned(),
    }
}
