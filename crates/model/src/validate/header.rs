//! The flow's own fields: version, id, name and settings.

use super::Check;
use super::expressions::Reach;
use crate::document::DOCUMENT_VERSION;
use crate::ids::{ID_BYTES_MAX, NO_FLOW_IDS, is_id};
use crate::{Canary, Mode, OnError, Settings, Span, codes, labels};

const NAME_CHARS_MAX: usize = 200;
const CONCURRENCY_MAX: u32 = 1_000;
const COLLAPSE_AFTER_MAX: Span = Span::from_secs(3_600);

impl Check<'_> {
    pub(super) fn header(&mut self) {
        let doc = self.doc;
        if doc.khlong != DOCUMENT_VERSION {
            let message = format!(
                "The document has version {}; this program reads version {DOCUMENT_VERSION}",
                doc.khlong
            );
            self.error(codes::VERSION, "/khlong", message, format!("Write \"khlong\": {DOCUMENT_VERSION}."));
        }
        self.check_id(doc.id.as_str(), "/id");
        if NO_FLOW_IDS.contains(&doc.id.as_str()) {
            let message = format!("\"{}\" cannot be the id of a flow", doc.id);
            self.error(codes::NO_FLOW_ID, "/id", message, format!("Write another id, such as {}-1.", doc.id));
        }
        if doc.name.trim().is_empty() || doc.name.chars().count() > NAME_CHARS_MAX {
            let message = format!("The flow's name is empty or longer than {NAME_CHARS_MAX} characters");
            self.error(codes::BAD_TEXT, "/name", message, "Write what people shall call the flow.");
        }
        self.no_nul(&doc.name, "/name");
        self.labels();
        self.settings();
    }

    fn labels(&mut self) {
        if let Some(trouble) = labels::folder_trouble(&self.doc.folder) {
            let advice = format!(
                "Write names of at most {} characters, with / between them.",
                labels::FOLDER_NAME_CHARS_MAX
            );
            self.error(codes::BAD_LABEL, "/folder", trouble, advice);
        }
        if let Some((at, trouble)) = labels::tags_trouble(&self.doc.tags) {
            let advice = format!(
                "Write at most {} different tags of at most {} characters, without commas.",
                labels::TAGS_MAX,
                labels::TAG_CHARS_MAX
            );
            self.error(codes::BAD_LABEL, format!("/tags/{at}"), trouble, advice);
        }
    }

    /// Reports a text that other programs would read only the beginning of.
    pub(super) fn no_nul(&mut self, text: &str, at: &str) {
        if text.contains('\0') {
            let advice = "Write it anew, without what cannot be seen.";
            self.error(codes::BAD_TEXT, at, "There is a NUL character in the text", advice);
        }
    }

    /// Reports an id that could not stand in a URL or an expression.
    pub(super) fn check_id(&mut self, id: &str, at: &str) {
        if !is_id(id) {
            let message = format!("\"{id}\" cannot be an id");
            let advice = format!(
                "Use letters, digits, - and _, first a letter or digit, {ID_BYTES_MAX} characters at most."
            );
            self.error(codes::BAD_ID, at, message, advice);
        }
    }

    fn settings(&mut self) {
        let settings = &self.doc.settings;
        if !(1..=CONCURRENCY_MAX).contains(&settings.concurrency) {
            let message = format!("{} runs at once are not possible", settings.concurrency);
            let advice = format!("Write a number from 1 to {CONCURRENCY_MAX}.");
            self.error(codes::CONCURRENCY_BOUNDS, "/settings/concurrency", message, advice);
        }
        self.per_key(settings);
        if settings.timeout == Span::default() {
            let advice = "Write how long a run may take, waits included, such as 1h.";
            self.error(codes::TIMEOUT_BOUNDS, "/settings/timeout", "A run cannot end in no time", advice);
        }
        self.canary(settings);
        if let OnError::Flow(flow) = &settings.on_error {
            self.check_id(flow.as_str(), "/settings/on_error");
            if *flow == self.doc.id {
                let advice = "Name another flow, or write \"inbox\".";
                self.error(
                    codes::ERROR_TO_ITSELF,
                    "/settings/on_error",
                    "The flow sends its errors to itself",
                    advice,
                );
            }
        }
        if let Some(order_by) = &settings.order_by {
            self.template(order_by, "/settings/order_by", &mut Reach::trigger_only());
        }
        if let Some(buffer) = &settings.accept_into {
            self.buffer(buffer);
        }
    }

    /// Which keys are live is said and can be told, where a mode asks for it.
    fn canary(&mut self, settings: &Settings) {
        let share = settings.canary.clone().unwrap_or_default();
        let (at, advice) = (
            "/settings/canary",
            "Write a share such as {\"percent\": 5}, keys such as {\"keys\": [\"1001\"]}, or both.",
        );
        if share.percent > Canary::PERCENT_MAX {
            let message = format!("{} of a hundred keys are more than all", share.percent);
            self.error(codes::CANARY, format!("{at}/percent"), message, "Write a number from 1 to 100.");
        }
        if share.keys.len() > Canary::KEYS_MAX {
            let message = format!("{} keys are listed; there may be {}", share.keys.len(), Canary::KEYS_MAX);
            self.error(codes::CANARY, format!("{at}/keys"), message, "List fewer keys, and write a share.");
        }
        if settings.mode != Mode::Canary {
            return;
        }
        if share.percent == 0 && share.keys.is_empty() {
            self.error(
                codes::CANARY,
                "/settings/mode",
                "The mode is canary, and no key is live in it",
                advice,
            );
        }
        if settings.order_by.is_none() {
            let message = "A canary picks runs by their ordering key, and the flow has none";
            let advice = "Write the key into order_by, such as ${trigger.body.id}.";
            self.error(codes::NO_ORDERING_KEY, "/settings/mode", message, advice);
        }
    }

    /// What is said of runs with one key.
    fn per_key(&mut self, settings: &Settings) {
        if !(1..=CONCURRENCY_MAX).contains(&settings.key_concurrency) {
            let message = format!("{} runs of one key at once are not possible", settings.key_concurrency);
            let advice = format!("Write a number from 1 to {CONCURRENCY_MAX}.");
            self.error(codes::CONCURRENCY_BOUNDS, "/settings/key_concurrency", message, advice);
        }
        if settings.key_concurrency != 1 && settings.order_by.is_none() {
            self.needs_key("key_concurrency");
        }
        if settings.claims && settings.order_by.is_none() {
            self.needs_key("claims");
        }
        if settings.collapse.is_some() && settings.order_by.is_none() {
            self.needs_key("collapse");
        }
        if let Some(after) = settings.collapse_after {
            self.collapse_after(settings, after);
        }
    }

    fn collapse_after(&mut self, settings: &Settings, after: Span) {
        let at = "/settings/collapse_after";
        if settings.collapse.is_none() {
            let advice = "Write \"collapse\": \"newest\" beside it, or leave it out.";
            self.error(codes::COLLAPSE_BOUNDS, at, "There is a quiet time, and nothing is collapsed", advice);
        }
        if after > COLLAPSE_AFTER_MAX || after >= settings.timeout {
            let message = format!("A quiet time of {after} is too long");
            let advice = format!("Write at most {COLLAPSE_AFTER_MAX}, and less than the flow's time-out.");
            self.error(codes::COLLAPSE_BOUNDS, at, message, advice);
        }
    }

    fn needs_key(&mut self, setting: &str) {
        let message = format!("{setting} is about runs with one key, and the flow has no ordering key");
        let advice = "Write the key into order_by, such as ${trigger.body.sku}, or leave the setting out.";
        self.error(codes::NO_ORDERING_KEY, format!("/settings/{setting}"), message, advice);
    }
}
