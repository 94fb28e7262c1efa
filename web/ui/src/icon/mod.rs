//! The few pictures that the pages need, drawn with one pen: 24 units wide, lines of 1.8.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident $path:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($name),* }

        impl Icon {
            pub const ALL: &[Icon] = &[$(Icon::$name),*];

            const fn path(self) -> &'static str {
                match self { $(Icon::$name => $path),* }
            }
        }
    };
}

icons! {
    Flows "M7.4 6a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0zM21.4 12a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0zM7.4 18a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0zM7.4 6H11c3 0 2 6 5.6 6M7.4 18H11c3 0 2-6 5.6-6"
    Runs "M4 6h16M4 12h16M4 18h10"
    Today "M4 20V10M10 20V4M16 20v-7M4 20h17M21 20v-3"
    Plug "M9 7V3M15 7V3M6 7h12v4a6 6 0 0 1-12 0zM12 17v4"
    Gear "M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM19 12a7 7 0 0 0-.1-1.3l2-1.5-2-3.4-2.3 1a7 7 0 0 0-2.3-1.3L14 3h-4l-.3 2.5a7 7 0 0 0-2.3 1.3l-2.3-1-2 3.4 2 1.5a7 7 0 0 0 0 2.6l-2 1.5 2 3.4 2.3-1a7 7 0 0 0 2.3 1.3L10 21h4l.3-2.5a7 7 0 0 0 2.3-1.3l2.3 1 2-3.4-2-1.5c.1-.4.1-.9.1-1.3z"
    Exit "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9"
    Plus "M12 5v14M5 12h14"
    Minus "M5 12h14"
    Check "M5 12.5l4.5 4.5L19 7"
    Cross "M6 6l12 12M18 6L6 18"
    Warning "M12 4l9 16H3zM12 10v4M12 17v.5"
    Info "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.5"
    Clock "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2"
    Again "M20 12a8 8 0 1 1-2.5-5.8M20 4v4h-4"
    Play "M7 5l11 7-11 7z"
    Pause "M8 5v14M16 5v14"
    Skip "M5 6l7 6-7 6zM13 6l7 6-7 6z"
    Stop "M6 6h12v12H6z"
    Copy "M9 9h11v11H9zM5 15H4V4h11v1"
    Upload "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4"
    Download "M12 4v12M7 11l5 5 5-5M4 16v4h16v-4"
    Fit "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"
    List "M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5"
    Search "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5"
    Keyboard "M3 6h18v12H3zM7 10h.5M11 10h.5M15 10h.5M17 14h.5M7 14h7"
    Key "M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 11h9M18 11v4M15 11v3"
    Bin "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"
    Next "M9 6l6 6-6 6"
    Up "M6 15l6-6 6 6"
    Down "M6 9l6 6 6-6"
    Back "M15 6l-6 6 6 6"
    Bolt "M13 3L5 14h6l-1 7 8-11h-6z"
    Function "M15 4c-3 0-3.5 2-4 5l-1 6c-.5 3-1 5-4 5M7 11h8"
    Across "M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4"
    Fork "M6 4v5c0 3 3 3 6 3s6 0 6 3v5M6 9v11"
    Send "M4 12l16-8-6 16-3-6z"
    Globe "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"
    Undo "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3"
    Redo "M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3"
    Pen "M4 20h4L20 8l-4-4L4 16zM13 7l4 4"
    Pin "M9 4h6l-1 6 3 3H7l3-3zM12 13v7"
    Folder "M3 7a2 2 0 0 1 2-2h4l2 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"
    Tag "M4 4h7l9 9-7 7-9-9zM8 8v.5"
    More "M5.5 12h.5M12 12h.5M18.5 12h.5"
    Tidy "M4 5h6v5H4zM14 5h6v5h-6zM4 14h6v5H4zM14 16h6"
    Sun "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4"
}

/// An icon as an image for the eye only: whatever holds it has a name of its own.
#[component]
pub fn Picture(icon: Icon) -> impl IntoView {
    view! {
        <svg class="kl-icon" viewBox="0 0 24 24" aria-hidden="true"><path d=icon.path()></path></svg>
    }
}
