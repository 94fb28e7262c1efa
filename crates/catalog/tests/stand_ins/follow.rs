//! A trigger that asks, followed over many looks as the engine does it: what has the same id is the same event.

use crate::common::look;
use crate::world::World;
use connector::{Connection, Delivery};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Looks in a row that a trigger may take for what there is.
const LOOKS_MAX: usize = 100;

pub struct Follower<'a> {
    world: &'a World,
    operation: &'a str,
    connection: Connection,
    with: Value,
    cursor: Option<Value>,
    seen: HashSet<String>,
    /// How many looks it took so far.
    pub looks: usize,
}

impl<'a> Follower<'a> {
    /// Begins an hour ago.
    pub fn new(world: &'a World, operation: &'a str, connection: &Connection) -> Self {
        let with = json!({"since": world.ago(3_600)});
        let connection = connection.clone();
        Self { world, operation, connection, with, cursor: None, seen: HashSet::new(), looks: 0 }
    }

    /// The events that were not there before.
    pub async fn news(&mut self) -> Vec<Delivery> {
        let mut new = Vec::new();
        for _ in 0..LOOKS_MAX {
            let (http, cursor) = (self.world.http(), self.cursor.as_ref());
            let looked = look(&http, self.operation, self.with.clone(), &self.connection, cursor).await;
            let looked = looked.unwrap_or_else(|error| panic!("{}: {error:?}", self.operation));
            self.looks += 1;
            self.cursor = Some(looked.cursor);
            let unseen = |delivery: &Delivery| self.seen.insert(delivery.id.clone().expect("an id"));
            new.extend(looked.deliveries.into_iter().filter(unseen).collect::<Vec<_>>());
            if !looked.more {
                return new;
            }
        }
        panic!("{} finds no end", self.operation);
    }

    /// The same, as records.
    pub async fn records(&mut self) -> Vec<Value> {
        self.news().await.into_iter().map(|delivery| delivery.body.into_value()).collect()
    }
}

/// What these records are called, in the order of the alphabet.
pub fn names(records: &[Value], field: &str) -> Vec<String> {
    let name = |record: &Value| match &record[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut names: Vec<String> = records.iter().map(name).collect();
    names.sort();
    names
}
