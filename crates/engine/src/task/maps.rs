//! Mappings: those that read cross-references ask the store for them, and their value is kept, as that of a read is.

use super::{Landed, Stop, Task};
use crate::codes;
use crate::core::Core;
use crate::flow::Work;
use model::Port;
use model::xref::{Found, Key};
use run::doc::StepError;
use run::{At, Data};
use script::{Mapped, Mapping, References};
use std::time::Duration;

/// Between two questions to a store that cannot be reached; the run's time-out is the end of it.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// A mapping that waits for cross-references.
pub(super) struct Asked {
    input: Data,
    known: References,
    keys: Vec<Key>,
}

impl Task {
    /// Maps, as far as that is possible with what is known of cross-references.
    pub(super) fn map(
        &mut self,
        at: At,
        input: Data,
        mapping: &Mapping,
        known: References,
    ) -> Result<(), Stop> {
        match self.eval(&at, &input, |scripts, scope| scripts.map(mapping, scope, &known)) {
            Ok(Mapped::Asks(keys)) => {
                self.ask(at, Asked { input, known, keys });
                Ok(())
            }
            Ok(Mapped::Value(value)) if mapping.refers() => self.conclude(&at, Port::OUT, value, None),
            Ok(Mapped::Value(value)) => self.settle_pure(&at, Port::OUT, Ok(value)),
            Err(error) => self.fail(&at, error),
        }
    }

    fn ask(&mut self, at: At, asked: Asked) {
        let core = self.core.clone();
        self.flying.push(Box::pin(async move {
            let found = find(&core, &asked.keys).await;
            Landed::Found(at, Box::new(asked), found)
        }));
    }

    /// Goes on with what the store has said.
    pub(super) fn found(
        &mut self,
        at: At,
        asked: Asked,
        found: Result<Vec<Found>, StepError>,
    ) -> Result<(), Stop> {
        if self.run.is_halted(&at) {
            return self.abandon(&at);
        }
        let flow = self.flow.clone();
        let Asked { input, mut known, keys } = asked;
        match (found, &flow.nodes[at.node]) {
            (Ok(found), Work::Map(mapping)) => {
                known.extend(keys.into_iter().zip(found));
                self.map(at, input, mapping, known)
            }
            (Ok(_), _) => Ok(()),
            (Err(error), _) => self.fail(&at, error),
        }
    }
}

async fn find(core: &Core, keys: &[Key]) -> Result<Vec<Found>, StepError> {
    loop {
        match core.store.find_xrefs(keys).await {
            Ok(found) => return Ok(found),
            Err(store::Error::Deadline | store::Error::Unavailable(_)) => tokio::time::sleep(ASK_AGAIN).await,
            Err(error) => {
                let message = format!("the cross-references could not be read: {error}");
                let advice = "Look at the server's log. Retry the run when the store works again.";
                return Err(codes::error(codes::XREFS_UNREAD, message, advice));
            }
        }
    }
}
