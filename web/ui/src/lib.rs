#![doc = include_str!("../README.md")]

mod button;
mod chart;
pub mod clipboard;
mod code;
mod data_view;
mod dialog;
mod field;
mod file_view;
mod icon;
mod json_tree;
mod markdown;
mod menu;
mod pill;
mod state;
mod tabs;
mod toast;
mod toolbar;

pub use button::{Button, ButtonKind, CopyButton, IconButton};
pub use chart::{ChartData, ChartLine, Sparkline, TimeChart};
pub use code::{Code, Token, tokens};
pub use data_view::{DataView, DataWords, RowActions, Table, schema, table};
pub use dialog::Dialog;
pub use field::{Choice, FieldFrame, FieldIds, Select, Switch, TextArea, TextField, TextKind};
pub use file_view::{File, FileView, FileWords, files};
pub use icon::{Icon, Picture};
pub use json_tree::{JsonTree, JsonWords, Row, rows};
pub use markdown::Markdown;
pub use menu::{Menu, MenuItem};
pub use pill::{Pill, Tone};
pub use state::{Empty, Failed, Skeleton, Spinner};
pub use tabs::Tabs;
pub use toast::{ToastArea, Toasts};
pub use toolbar::Toolbar;
