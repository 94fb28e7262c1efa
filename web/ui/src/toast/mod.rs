//! Short news at the edge of the page, read out politely, gone after a while or when closed.

use crate::{Icon, IconButton, Tone};
use leptos::prelude::*;
use std::time::Duration;

const SHOWN: Duration = Duration::from_secs(6);
/// The oldest leave first: whoever causes more at once does not read them anyway.
const TOASTS_MAX: usize = 4;

#[derive(Clone, Debug)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    /// Below it in small type.
    detail: String,
}

/// Where pages leave their news; a cheap handle, provided as a context by the shell.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Default for Toasts {
    fn default() -> Self {
        Self { list: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }
}

impl Toasts {
    pub fn push(self, tone: Tone, text: impl Into<String>) {
        self.push_with_detail(tone, text, "");
    }

    pub fn push_with_detail(self, tone: Tone, text: impl Into<String>, detail: impl Into<String>) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            if list.len() >= TOASTS_MAX {
                list.remove(0);
            }
            list.push(Toast { id, tone, text: text.into(), detail: detail.into() });
        });
        set_timeout(move || self.remove(id), SHOWN);
    }

    fn remove(self, id: u32) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }
}

#[component]
pub fn ToastArea(toasts: Toasts, #[prop(into)] close: String) -> impl IntoView {
    let close = StoredValue::new(close);
    view! {
        <div class="kl-toasts" role="status" aria-live="polite">
            <For each=move || toasts.list.get() key=|toast| toast.id let:toast>
                <div class="kl-toast" data-tone=toast.tone.as_str()>
                    <p>{toast.text} {(!toast.detail.is_empty()).then(|| view! { <small>{toast.detail}</small> })}</p>
                    <IconButton icon=Icon::Cross label=close.get_value() on_click=move |()| toasts.remove(toast.id)/>
                </div>
            </For>
        </div>
    }
}
