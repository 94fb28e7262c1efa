#![doc = include_str!("../README.md")]

mod button;
mod code;
mod dialog;
mod field;
mod icon;
mod json_tree;
mod pill;
mod state;
mod tabs;
mod toast;

pub use button::{Button, ButtonKind, CopyButton, IconButton};
pub use code::{Code, Token, tokens};
pub use dialog::Dialog;
pub use field::{Choice, Select, Switch, TextArea, TextField, TextKind};
pub use icon::{Icon, Picture};
pub use json_tree::{JsonTree, JsonWords, Row, rows};
pub use pill::{Pill, Tone};
pub use state::{Empty, Failed, Skeleton, Spinner};
pub use tabs::Tabs;
pub use toast::{ToastArea, Toasts};
