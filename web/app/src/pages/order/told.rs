//! What happened to an order, in words.

use crate::errors::Told;
use crate::words::{Language, Words, fill};
use api::{Happened, StoryEvent};
use model::Specs;

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub at: Option<i64>,
    /// For the dot's colour: good, bad, warn, or nothing.
    pub tone: &'static str,
    /// What happened, and more about it.
    pub title: String,
    pub more: String,
    pub run: String,
    /// The group of failures in which it waits for a person.
    pub fingerprint: Option<String>,
    pub effect_key: Option<String>,
}

pub fn line(event: &StoryEvent, specs: &Specs, language: Language) -> Line {
    let teller = Teller { event, specs, language, words: language.words() };
    let (tone, title, more) = teller.tell();
    Line {
        at: event.at,
        tone,
        title,
        more,
        run: event.run.clone(),
        fingerprint: event.fingerprint.clone(),
        effect_key: event.effect_key.clone(),
    }
}

struct Teller<'a> {
    event: &'a StoryEvent,
    specs: &'a Specs,
    language: Language,
    words: &'static Words,
}

impl Teller<'_> {
    fn tell(&self) -> (&'static str, String, String) {
        let (w, step) = (self.words, self.step());
        let about = |text: &str| fill(text, &[&step]);
        match self.event.what {
            Happened::Received => ("good", self.named(), self.system(w.story_from)),
            Happened::Begun => ("good", self.named(), String::new()),
            Happened::Retried => ("good", fill(w.story_retried, &[&self.by()]), String::new()),
            Happened::Done => ("good", self.named(), self.system(w.story_in)),
            Happened::TriedAgain => ("warn", about(w.story_tried_again), self.reason()),
            Happened::Failed => ("bad", about(w.story_failed), self.reason()),
            Happened::Decided => ("good", about(w.story_decided), String::new()),
            Happened::Unknown => ("warn", about(w.story_unknown), self.reason()),
            Happened::Running => ("", about(w.story_running), String::new()),
            Happened::Waiting => ("", about(w.story_waits), self.reason()),
            Happened::ToCome => ("", step, String::new()),
            Happened::Cancelled => ("", w.story_cancelled.to_owned(), self.reason()),
            Happened::Ignored => ("", fill(w.story_ignored, &[&self.by()]), self.reason()),
            Happened::Resolved => ("good", fill(w.story_resolved, &[&self.by()]), self.reason()),
        }
    }

    /// The step as its flow calls it, or else as the operation is called.
    fn step(&self) -> String {
        let spec = self.event.operation.as_ref().and_then(|id| self.specs.operation(id));
        let title = match (self.event.title.is_empty(), spec) {
            (true, Some(spec)) => self.language.of(&spec.title).to_owned(),
            (true, None) => self.event.node.as_ref().map(ToString::to_string).unwrap_or_default(),
            (false, _) => self.event.title.clone(),
        };
        match self.event.item.last() {
            Some(item) => format!("{title}, {}", fill(self.words.item_number, &[&(item + 1)])),
            None => title,
        }
    }

    /// With what it is called at the other system.
    fn named(&self) -> String {
        match &self.event.reference {
            Some(reference) => format!("{} {reference}", self.step()),
            None => self.step(),
        }
    }

    /// Which system it was, if it was another one.
    fn system(&self, text: &str) -> String {
        let connector = self.event.operation.as_ref().map(|operation| operation.connector());
        let Some(connector) = connector.filter(|connector| *connector != "core") else {
            return String::new();
        };
        let spec = self.specs.connectors.get(connector);
        let title = spec.map_or(connector, |spec| self.language.of(&spec.title));
        fill(text, &[&title])
    }

    fn reason(&self) -> String {
        let message = self.event.message.as_deref().unwrap_or_default();
        let code = self.event.code.as_deref().unwrap_or_default();
        Told::of(self.language, code, message, "").title
    }

    fn by(&self) -> String {
        self.event.by.clone().unwrap_or_else(|| self.words.story_somebody.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ConnectorSpec, OperationSpec, Words as Both};
    use serde_json::json;

    fn specs() -> Specs {
        let connector = |id: &str, title: &str| ConnectorSpec {
            id: id.into(),
            title: Both::new(title, title),
            about: Both::default(),
            ..ConnectorSpec::default()
        };
        let order = OperationSpec::action("odoo/create_sales_order", "Create a sales order", "สร้างคำสั่งขาย");
        Specs::new(vec![connector("odoo", "Odoo"), connector("shopify", "Shopify")], vec![order])
    }

    fn told(language: Language, fields: serde_json::Value) -> (String, String) {
        let mut event = json!({
            "at": 1, "what": "done", "run": "1", "node": "erp", "title": "", "operation": "odoo/create_sales_order",
            "connection": null, "reference": null, "code": null, "message": null, "effect_key": null, "until": null, "by": null,
        });
        for (name, value) in fields.as_object().expect("fields") {
            event[name] = value.clone();
        }
        let event: StoryEvent = serde_json::from_value(event).expect("an event");
        let line = line(&event, &specs(), language);
        (line.title, line.more)
    }

    fn both(title: &str, more: &str) -> (String, String) {
        (title.into(), more.into())
    }

    #[test]
    fn a_step_is_told_by_its_title_what_it_made_and_where() {
        let english = |fields| told(Language::English, fields);
        let made = json!({ "title": "Sales order", "reference": "S00891" });
        assert_eq!(english(made), both("Sales order S00891", "in Odoo"));
        assert_eq!(english(json!({})), both("Create a sales order", "in Odoo"));
        let came = json!({ "what": "received", "title": "Order paid", "operation": "shopify/order_paid", "reference": "#1042" });
        assert_eq!(english(came), both("Order paid #1042", "from Shopify"));
        let own = json!({ "what": "received", "title": "By hand", "operation": "core/manual" });
        assert_eq!(english(own), both("By hand", ""));
        assert_eq!(told(Language::Thai, json!({})), both("สร้างคำสั่งขาย", "ใน Odoo"));
    }

    #[test]
    fn a_failure_says_what_failed_and_why() {
        let failed =
            json!({ "what": "failed", "title": "Sales order", "code": "E9999", "message": "no such SKU" });
        assert_eq!(told(Language::English, failed), both("Sales order failed", "no such SKU"));
        let third = json!({ "what": "to_come", "title": "Ship", "item": [2] });
        assert_eq!(told(Language::English, third), both("Ship, Item 3", ""));
        let ignored = json!({ "what": "ignored", "by": "nok@example.com", "message": "cancelled by phone" });
        assert_eq!(
            told(Language::English, ignored),
            both("Ignored by nok@example.com", "cancelled by phone")
        );
    }
}
