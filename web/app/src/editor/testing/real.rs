//! Asking a node's system for real: only where nothing is changed there, and only after it was shown what will be called.

use super::super::desk::Desk;
use super::pins;
use crate::client::path as fill_path;
use crate::pages::Data;
use crate::words::{fill, words};
use api::{AskNow, AskedNow, path};
use leptos::prelude::*;
use model::{Node, NodeId, Value};
use ui::{Button, ButtonKind, Dialog, Icon, Tone};

/// Shown at a node that only reads. `fields` are its own with every expression worked out.
#[component]
pub fn AskButton(desk: Desk, node: NodeId, fields: Value) -> impl IntoView {
    let w = words();
    let asked = only_reads(desk, &node, fields).map(StoredValue::new);
    asked.map(|asked| {
        let open = RwSignal::new(false);
        view! {
            <div class="kl-row"><Button icon=Icon::Globe on_click=move |_| open.set(true)>{w.ask_now}</Button></div>
            <Dialog open title=w.ask_now.to_owned() close=w.close><Question desk open asked/></Dialog>
        }
    })
}

/// The node as it would be asked; nothing where that may change something.
fn only_reads(desk: Desk, node: &NodeId, fields: Value) -> Option<Node> {
    let Value::Object(with) = fields else { return None };
    let (doc, specs) = (desk.document(), desk.specs());
    let node = doc.node(node.as_str())?;
    let reads = specs.operation(&node.operation).is_some_and(|spec| spec.only_reads(&with));
    reads.then(|| Node { with, ..node.clone() })
}

#[component]
fn Question(desk: Desk, open: RwSignal<bool>, asked: StoredValue<Node>) -> impl IntoView {
    let w = words();
    let busy = RwSignal::new(false);
    let (text, fields) = asked.with_value(|node| {
        let text = match &node.connection {
            Some(connection) => fill(w.ask_over, &[&node.label(), &connection]),
            None => fill(w.ask_open, &[&node.label()]),
        };
        (text, Value::Object(node.with.clone()))
    });
    view! {
        <div class="kl-stack">
            <p>{text}</p>
            <Data label=w.ask_what value=fields/>
            <p class="kl-muted">{w.ask_kept}</p>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary icon=Icon::Globe busy on_click=move |_| ask(desk, asked.get_value(), open, busy)>{w.ask_yes}</Button>
            </div>
        </div>
    }
}

/// Asks, and makes the answer the node's example: one change that can be taken back.
fn ask(desk: Desk, node: Node, open: RwSignal<bool>, busy: RwSignal<bool>) {
    let path = fill_path(path::FLOW_ASK, desk.document().id.as_str());
    let (id, body) = (node.id.clone(), AskNow { node });
    busy.set(true);
    leptos::task::spawn_local(async move {
        let answer = desk.client().post::<AskedNow>(&path, &body).await;
        busy.try_set(false);
        open.try_set(false);
        match answer {
            Ok(AskedNow { output, took_ms }) => {
                pins::pin(desk, &id, output);
                desk.toasts.push(Tone::Good, fill(words().ask_done, &[&took_ms]));
            }
            Err(error) => desk.tell(&error),
        }
    });
}
