//! Workflows of n8n, read in a piece of the program that is fetched when one comes.

use leptos::prelude::*;
use model::FlowId;

/// What a text holds, as flows whose ids nobody has yet.
#[lazy]
pub fn read_n8n(text: String, taken: Vec<FlowId>) -> Result<Vec<n8n::Imported>, n8n::Refused> {
    n8n::import_beside(text.as_bytes(), &taken)
}
