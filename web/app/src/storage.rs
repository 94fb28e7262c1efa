//! The few things that this browser remembers. Without storage they last as long as the page.

use web_sys::Storage;

pub const LANGUAGE: &str = "khlong.language";
pub const THEME: &str = "khlong.theme";
/// Followed by a flow's id: which part of it was looked at.
pub const VIEW: &str = "khlong.view.";

/// Followed by a flow's id: the groups that are folded, each person's own.
pub const FOLDED: &str = "khlong.folded.";

/// Followed by a template's id: what was answered to its questions so far.
pub const WIZARD: &str = "khlong.wizard.";

/// Followed by a flow's id, `/` and what tells a window from others: changes of it that the server does not have yet.
pub const DRAFT: &str = "khlong.draft.";

/// The keys that somebody has given to actions.
pub const KEYS: &str = "khlong.keys";

/// What was chosen last in the command bar, and in the palette.
pub const RECENT: &str = "khlong.recent";
pub const RECENT_NODES: &str = "khlong.recent.nodes";

/// For good.
pub fn read(key: &str) -> Option<String> {
    get(local(), key)
}

/// Tells whether it is kept: a storage may be full or forbidden.
pub fn write(key: &str, value: &str) -> bool {
    set(local(), key, value)
}

/// A short list, the newest first.
pub fn read_list(key: &str) -> Vec<String> {
    read(key).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Puts an entry at the head of such a list, which keeps so many.
pub fn put_first(key: &str, entry: &str, keep: usize) {
    let mut list = read_list(key);
    list.retain(|one| one != entry);
    list.insert(0, entry.to_owned());
    list.truncate(keep);
    write(key, &serde_json::to_string(&list).unwrap_or_default());
}

pub fn remove(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

/// As long as the window is open.
pub fn recall(key: &str) -> Option<String> {
    get(session(), key)
}

pub fn keep(key: &str, value: &str) {
    set(session(), key, value);
}

/// What there is for good under keys that begin like this.
pub fn keys(prefix: &str) -> Vec<String> {
    let Some(storage) = local() else { return Vec::new() };
    let key = |index: u32| storage.key(index).ok().flatten();
    let all = (0..storage.length().unwrap_or_default()).filter_map(key);
    all.filter(|key| key.starts_with(prefix)).collect()
}

fn local() -> Option<Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    leptos::prelude::window().session_storage().ok().flatten()
}

fn get(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

/// For most that is kept here, a full or forbidden storage only means that it is asked again next time.
fn set(storage: Option<Storage>, key: &str, value: &str) -> bool {
    storage.is_some_and(|storage| storage.set_item(key, value).is_ok())
}
