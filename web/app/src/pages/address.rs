//! Pages about one thing, which the address names.

use crate::client::{client, path as fill_path};
use crate::load::Load;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::de::DeserializeOwned;

/// What the address names by its id, fetched from `path`, and that id as it changes.
pub fn load_named<T: Clone + DeserializeOwned + Send + Sync + 'static>(
    path: &'static str,
) -> (Load<T>, Memo<String>) {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let client = client();
    let load = Load::new(move || {
        let path = fill_path(path, &id.get_untracked());
        async move { client.get::<T>(&path).await }
    });
    (load, id)
}
