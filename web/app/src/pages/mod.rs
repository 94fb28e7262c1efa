//! One module for each page.

mod address;
mod again;
mod confirm;
mod connections;
mod connectors;
mod data;
mod errors;
mod flow;
mod flows;
mod jobs;
mod order;
mod run;
mod runs;
mod settings;
mod sign_in;
mod today;
mod versions;
mod walk;

pub use address::{load_named, on_change, query_of_page, restart_on};
pub use connections::{ConnectionDialog, Connections, Editing, SignedInPage};
pub use connectors::{ConnectorsRoute, ImportApiRoute};
pub use data::Data;
pub use errors::{Errors, ErrorsBadge, ErrorsChanged};
pub use flow::Flow;
pub use flows::{Flows, NewFlowRoute, Problems, id_of};
pub use order::{Order, address as order_address};
pub use run::Run;
pub use runs::Runs;
pub use settings::{Settings, XrefRoute, use_language, use_theme};
pub use sign_in::{SetUp, SignIn};
pub use today::Today;
pub use versions::{VersionsRoute, Which, what_words};

use crate::client::Error;
use crate::errors::Told;
use crate::words::language;
use leptos::prelude::*;
use std::future::Future;
use ui::{Toasts, Tone};

/// Does something on the server and says what came of it: `done` with its answer, a toast when it failed.
///
/// While it is under way `busy` is true, so that the button cannot be pressed twice.
fn act<T: 'static>(
    busy: RwSignal<bool>,
    work: impl Future<Output = Result<T, Error>> + 'static,
    done: impl FnOnce(T) + 'static,
) {
    let (toasts, language) = (expect_context::<Toasts>(), language());
    busy.set(true);
    leptos::task::spawn_local(async move {
        let answer = work.await;
        busy.try_set(false);
        match answer {
            Ok(answer) => done(answer),
            Err(error) => {
                let told = Told::refused(language, &error);
                toasts.push_with_detail(Tone::Bad, told.text(), told.detail);
            }
        }
    });
}
