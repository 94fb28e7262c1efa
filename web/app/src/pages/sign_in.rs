//! The doors: the first run and signing in.

use crate::client::{Error, client};
use crate::errors::{ErrorWords, Told};
use crate::session::Session;
use crate::shell::title_window;
use crate::words::{fill, language, words};
use api::path;
use gloo_net::http::Method;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon, Picture, TextField, TextKind};

/// The server's rule, said before it has to refuse.
const PASSWORD_CHARS_MIN: usize = 10;

#[component]
pub fn SignIn() -> impl IntoView {
    let w = words();
    title_window(w.sign_in);
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let door = Door::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let body = api::SignIn { email: email.get_untracked(), password: password.get_untracked() };
        let client = client();
        door.go(async move { client.act(Method::POST, path::SESSION, Some(&body)).await });
    };
    view! {
        <DoorFrame title=w.sign_in text=w.tagline>
            <form class="kl-stack" on:submit=submit>
                <TextField label=w.email value=email kind=TextKind::Email autocomplete="username" required=true autofocus=true/>
                <TextField label=w.password value=password kind=TextKind::Password autocomplete="current-password" required=true/>
                <Refusal door/>
                <Button kind=ButtonKind::Primary submit=true busy=door.busy>{w.sign_in}</Button>
            </form>
        </DoorFrame>
    }
}

#[component]
pub fn SetUp() -> impl IntoView {
    let w = words();
    title_window(w.set_up_title);
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (password, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let code = RwSignal::new(String::new());
    let differ = RwSignal::new(false);
    let door = Door::new();
    let wants_code = untrack(|| door.session.info()).is_some_and(|info| info.set_up_code);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        differ.set(password.get_untracked() != again.get_untracked());
        if differ.get_untracked() {
            return;
        }
        let body = api::SetUp {
            name: name.get_untracked(),
            email: email.get_untracked(),
            password: password.get_untracked(),
            code: code.get_untracked().trim().to_owned(),
        };
        let client = client();
        door.go(async move { client.act(Method::POST, path::SET_UP, Some(&body)).await });
    };
    let mismatch = Signal::derive(move || {
        (differ.get() && password.get() != again.get()).then(|| w.passwords_differ.to_owned())
    });
    view! {
        <DoorFrame title=w.set_up_title text=w.set_up_text>
            <form class="kl-stack" on:submit=submit>
                <TextField label=w.your_name value=name autocomplete="name" required=true autofocus=true/>
                <TextField label=w.email value=email kind=TextKind::Email autocomplete="username" required=true/>
                <TextField label=w.password value=password kind=TextKind::Password autocomplete="new-password" hint=fill(w.password_hint, &[&PASSWORD_CHARS_MIN]) required=true/>
                <TextField label=w.password_again value=again kind=TextKind::Password autocomplete="new-password" error=mismatch required=true/>
                {wants_code.then(|| view! { <TextField label=w.set_up_code value=code hint=w.set_up_code_hint autocomplete="off" required=true/> })}
                <Refusal door/>
                <Button kind=ButtonKind::Primary submit=true busy=door.busy>{w.create_owner}</Button>
            </form>
        </DoorFrame>
    }
}

/// What both forms share: they send, wait, and then ask again who is signed in.
#[derive(Clone, Copy)]
struct Door {
    session: Session,
    busy: RwSignal<bool>,
    error: RwSignal<Option<Error>>,
}

impl Door {
    fn new() -> Self {
        Self { session: expect_context::<Session>(), busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    fn go(self, request: impl Future<Output = Result<(), Error>> + 'static) {
        self.busy.set(true);
        self.error.set(None);
        leptos::task::spawn_local(async move {
            match request.await {
                Ok(()) => self.session.refresh().await,
                Err(error) => drop(self.error.try_set(Some(error))),
            }
            self.busy.try_set(false);
        });
    }
}

#[component]
fn Refusal(door: Door) -> impl IntoView {
    view! {
        <div role="alert">
            {move || door.error.get().map(|error| view! {
                <div class="kl-callout kl-error" data-tone="bad"><Picture icon=Icon::Warning/><ErrorWords told=Told::refused(language(), &error)/></div>
            })}
        </div>
    }
}

#[component]
fn DoorFrame(title: &'static str, text: &'static str, children: Children) -> impl IntoView {
    view! {
        <main class="kl-door">
            <div class="kl-door-card">
                <span class="kl-logo" aria-hidden="true">"ค"</span>
                <h1>{title}</h1>
                <p class="kl-muted">{text}</p>
                {children()}
            </div>
        </main>
    }
}
