//! What is called later than the page is drawn: by a listener of the window, or in the next frame. It may ask for what the page
//! provides, as one of an element may; and it does nothing when the page is gone.

use leptos::prelude::*;
use leptos::reactive::owner::WeakOwner;

/// The page that something belongs to. Held weakly, or a listener would keep its page from ever being left.
#[derive(Clone)]
pub struct Page(Option<WeakOwner>);

impl Page {
    pub fn here() -> Self {
        Self(Owner::current().map(|owner| owner.downgrade()))
    }

    pub fn with<T>(&self, what: impl FnOnce() -> T) -> Option<T> {
        let owner = self.0.as_ref()?.upgrade()?;
        Some(owner.with(what))
    }
}

/// For a listener of the window.
pub fn with_page<A>(what: impl Fn(A) + 'static) -> impl Fn(A) + 'static {
    let page = Page::here();
    move |argument| {
        page.with(|| what(argument));
    }
}
