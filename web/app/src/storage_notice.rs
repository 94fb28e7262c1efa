//! A line above every page while the storage budget is nearly used up, for whoever can do something about it.

use crate::client::client;
use crate::load::Load;
use crate::time::Now;
use crate::words::{fill, words};
use api::{Storage, StorageLevel, path};
use leptos::prelude::*;

const GB: f64 = (1_u64 << 30) as f64;
/// Ticks of the page's clock between two looks: a minute.
const LOOK_EVERY: u32 = 4;

#[component]
pub fn StorageNotice() -> impl IntoView {
    let client = client();
    let storage = Load::new(move || async move { client.get::<Storage>(path::STORAGE).await });
    let now = expect_context::<Now>();
    Effect::new(move |ticks: Option<u32>| {
        now.get();
        let ticks = ticks.map_or(0, |ticks| ticks + 1);
        if ticks > 0 && ticks.is_multiple_of(LOOK_EVERY) {
            storage.refresh();
        }
        ticks
    });
    move || storage.get().and_then(|storage| notice(&storage))
}

fn notice(storage: &Storage) -> Option<impl IntoView + use<>> {
    let w = words();
    let text = match storage.level {
        StorageLevel::Fine => return None,
        StorageLevel::Tight if storage.next_to_go.is_some() => w.storage_tight,
        StorageLevel::Near | StorageLevel::Tight => w.storage_near,
        StorageLevel::Full => w.storage_full,
    };
    let gigabytes = |bytes: u64| format!("{:.1}", bytes as f64 / GB);
    let (used, most) = (gigabytes(storage.used_bytes), gigabytes(storage.budget_bytes?));
    let tone = if storage.level == StorageLevel::Full { "bad" } else { "warn" };
    let text = fill(text, &[&used, &most]);
    Some(view! { <p class="kl-storage-notice" data-tone=tone role="status">{text}</p> })
}
