#![doc = include_str!("../README.md")]

mod client;
mod editor;
mod errors;
mod flow_canvas;
mod flow_view;
mod form;
mod live;
mod load;
mod pages;
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
    mount_to_body(shell::App);
}
