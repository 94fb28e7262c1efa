#![doc = include_str!("../README.md")]

mod client;
mod commands;
mod editor;
mod errors;
mod fetching;
mod flow_canvas;
mod flow_view;
mod focus;
mod foreign;
mod form;
mod fuzzy;
mod later;
mod live;
mod load;
mod pages;
mod picker;
mod purposes;
mod scripts;
mod session;
mod shell;
mod storage;
mod storage_notice;
mod time;
mod words;

use leptos::prelude::*;

/// Draws the application into the page.
pub fn start() {
    // Without it the browser's console says "unreachable", and nothing of what was and where.
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    mount_to_body(shell::App);
}
