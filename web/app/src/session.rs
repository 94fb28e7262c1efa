//! Who is signed in, kept for the whole window.

use crate::client::{Client, Error};
use api::{SessionInfo, path};
use leptos::prelude::*;

/// A cheap handle; provided as a context by the application's root.
#[derive(Clone, Copy)]
pub struct Session {
    state: RwSignal<SessionState>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SessionState {
    Loading,
    Failed(Error),
    Known(SessionInfo),
}

impl Session {
    pub fn new() -> Self {
        Self { state: RwSignal::new(SessionState::Loading) }
    }

    pub fn state(self) -> SessionState {
        self.state.get()
    }

    pub fn info(self) -> Option<SessionInfo> {
        self.state.with(|state| match state {
            SessionState::Known(info) => Some(info.clone()),
            _ => None,
        })
    }

    /// The value of the header that proves that a request comes from this page.
    pub fn csrf(self) -> String {
        self.state.with_untracked(|state| match state {
            SessionState::Known(info) => info.csrf.clone(),
            _ => String::new(),
        })
    }

    /// Asks the server who is signed in. Also after every sign-in and sign-out, because both give a new session.
    pub async fn refresh(self) {
        let state = match Client::new(self).get(path::SESSION).await {
            Ok(info) => SessionState::Known(info),
            Err(error) => SessionState::Failed(error),
        };
        self.state.set(state);
    }

    /// The server has refused the session: the sign-in form takes the place of the page, at the same address.
    pub fn expire(self) {
        self.state.update(|state| {
            if let SessionState::Known(info) = state {
                info.user = None;
            }
        });
    }

    /// Whatever the server answers, asking who is signed in then tells the truth.
    pub fn sign_out(self) {
        leptos::task::spawn_local(async move {
            let _ = Client::new(self).delete(path::SESSION).await;
            self.refresh().await;
        });
    }

    pub fn reload(self) {
        self.state.set(SessionState::Loading);
        leptos::task::spawn_local(self.refresh());
    }
}
