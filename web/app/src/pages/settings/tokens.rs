//! Keys for other programs: made, shown once, taken back.

use super::super::act;
use super::super::confirm::ConfirmDialog;
use crate::client::{client, path as fill_path};
use crate::load::{self, Load};
use crate::time::Ago;
use crate::words::{Words, fill, words};
use api::{CreateToken, CreatedToken, Role, TokenInfo, TokenList, path};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use ui::{Button, ButtonKind, Choice, CopyButton, Dialog, Icon, Select, TextField, Toasts, Tone};

const fn role_words(role: Role, words: &Words) -> &'static str {
    match role {
        Role::Viewer => words.role_viewer,
        Role::Operator => words.role_operator,
        Role::Editor => words.role_editor,
        Role::Owner => words.role_owner,
    }
}

#[component]
pub fn Tokens() -> impl IntoView {
    let w = words();
    let client = client();
    let load = Load::new(move || async move { client.get::<TokenList>(path::TOKENS).await });
    let adding = RwSignal::new(false);
    view! {
        <section class="kl-card kl-settings-wide">
            <div class="kl-card-head">
                <div><h2>{w.tokens}</h2><p class="kl-muted">{w.tokens_text}</p></div>
                <Button icon=Icon::Key on_click=move |_| adding.set(true)>{w.token_new}</Button>
            </div>
            {load::draw(load, move |list| view! { <List list load/> })}
            <Dialog open=adding title=w.token_new.to_owned() close=w.close><NewToken open=adding load/></Dialog>
        </section>
    }
}

#[component]
fn List(list: Signal<TokenList>, load: Load<TokenList>) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.tokens.is_empty()));
    view! {
        <Show when=move || !empty.get() fallback=move || view! { <p class="kl-muted">{w.tokens_empty}</p> }>
            <table class="kl-table kl-table-stacked">
                <thead><tr>
                    <th scope="col">{w.name}</th><th scope="col">{w.token_role}</th><th scope="col">{w.token_created}</th><th scope="col">{w.token_used}</th>
                    <th scope="col"><span class="kl-sr">{w.token_revoke}</span></th>
                </tr></thead>
                <tbody>
                    <For each=move || list.get().tokens key=|token| (token.id.clone(), token.last_used_at) let:token><TokenRow token load/></For>
                </tbody>
            </table>
        </Show>
    }
}

#[component]
fn TokenRow(token: TokenInfo, load: Load<TokenList>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, asking) = (RwSignal::new(false), RwSignal::new(false));
    let (id, name) = (token.id, token.name.clone());
    let question = fill(w.token_revoke_sure, &[&name]);
    let revoke = Callback::new(move |_| {
        let (path, name) = (fill_path(path::TOKEN, &id), name.clone());
        act(busy, async move { client.delete(&path).await }, move |()| {
            toasts.push(Tone::Good, fill(w.token_revoked, &[&name]));
            asking.try_set(false);
            load.refresh();
        });
    });
    let used = match token.last_used_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => w.token_never.into_any(),
    };
    view! {
        <tr>
            <td><b>{token.name}</b></td>
            <td data-label=w.token_role>{role_words(token.role, w)}</td>
            <td data-label=w.token_created class="kl-muted"><Ago at=token.created_at/></td>
            <td data-label=w.token_used class="kl-muted">{used}</td>
            <td class="kl-number">
                <Button kind=ButtonKind::Danger on_click=move |_| asking.set(true)>{w.token_revoke}</Button>
                <ConfirmDialog open=asking verb=w.token_revoke question=Signal::stored(question) busy on_yes=revoke/>
            </td>
        </tr>
    }
}

#[component]
fn NewToken(open: RwSignal<bool>, load: Load<TokenList>) -> impl IntoView {
    let w = words();
    let client = client();
    let (name, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Editor.as_str().to_owned()));
    let (busy, created) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let choices: Vec<Choice> =
        Role::ALL.iter().rev().map(|role| Choice::new(role.as_str(), role_words(*role, w))).collect();
    let create = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = role.get_untracked();
        let Some(role) = Role::ALL.iter().copied().find(|role| role.as_str() == wanted) else { return };
        let body = CreateToken { name: name.get_untracked().trim().to_owned(), role };
        act(busy, async move { client.post::<CreatedToken>(path::TOKENS, &body).await }, move |answer| {
            created.try_set(Some(answer.token));
            load.refresh();
        });
    };
    let form = move || {
        view! {
            <form class="kl-stack" on:submit=create>
                <TextField label=w.token_name value=name hint=w.token_name_hint required=true autofocus=true/>
                <Select label=w.token_role value=role choices=Signal::stored(choices.clone())/>
                <div class="kl-dialog-foot">
                    <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy>{w.token_create}</Button>
                </div>
            </form>
        }
    };
    let shown = move |token: String| {
        view! {
            <div class="kl-stack">
                <p class="kl-callout" data-tone="warn">{w.token_shown_once}</p>
                <div class="kl-copyable"><code>{token.clone()}</code><CopyButton text=Signal::stored(token) label=w.copy done=w.copied/></div>
                <div class="kl-dialog-foot"><Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{w.close}</Button></div>
            </div>
        }
    };
    move || match created.get() {
        Some(token) => shown(token).into_any(),
        None => form().into_any(),
    }
}
