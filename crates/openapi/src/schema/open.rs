//! A schema's parts put together: what it refers to, what `allOf` adds, and what it says itself.

use super::{Schema, Schemas};
use crate::limits::PARTS_MAX;
use crate::node::Node;
use crate::note;

/// A schema that is being put together.
pub(super) struct Opening<'s, 'a, 'd> {
    pub schemas: &'s Schemas<'a, 'd>,
    pub schema: Schema<'d>,
    pub parts: usize,
}

impl<'a, 'd> Schemas<'a, 'd> {
    pub fn open(&self, node: Node<'d>) -> Schema<'d> {
        let schema = Schema::of(&node.at, []);
        let mut opening = Opening { schemas: self, schema, parts: 0 };
        opening.take(node);
        opening.infer();
        opening.settle_variants();
        opening.settle_choices();
        opening.schema
    }
}

impl<'d> Opening<'_, '_, 'd> {
    /// Takes what a schema refers to, then its `allOf`, then what it says itself, which goes before the others.
    pub fn take(&mut self, node: Node<'d>) {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            let document = self.schemas.document;
            return document.note(&note::TOO_MANY_PARTS, &self.schema.at, &[&PARTS_MAX.to_string()]);
        }
        if node.text("$ref").is_some() {
            self.take_reference(&node);
        }
        node.items_of("allOf").for_each(|part| self.take(part));
        self.take_variants(&node);
        self.take_own(&node);
    }

    fn take_reference(&mut self, node: &Node<'d>) {
        let Some(target) = self.schemas.document.step(node) else { return };
        let is_around = self.schemas.trail.contains(&target.at);
        // A part that is there already adds nothing.
        if is_around || self.schema.opened.contains(&target.at) {
            self.schema.circular |= is_around;
            return self.schemas.document.note(&note::CIRCLE, &node.at, &[]);
        }
        self.schema.opened.push(target.at.clone());
        self.take(target);
    }
}
