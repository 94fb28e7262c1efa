//! What the company keeps in PEAK: records with an id and a code each.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::answer::{Node, Refused};
use crate::chance::Chance;
use crate::goods::ARTICLES;
use crate::money::number;

/// Records of one kind.
const KEPT_MAX: usize = 20_000;

/// One kind of records, in the order of their making.
#[derive(Default)]
pub(super) struct Register {
    records: BTreeMap<u64, Value>,
    /// The newest of each id and each code.
    by_name: HashMap<String, u64>,
    last: u64,
}

impl Register {
    fn add(&mut self, id: String, mut record: Value) -> Result<Value, Refused> {
        if self.records.len() >= KEPT_MAX {
            return Err(Refused::new(500, "the register is full"));
        }
        self.last += 1;
        if let Some(code) = record["code"].as_str().filter(|code| !code.is_empty()) {
            self.by_name.insert(code.to_owned(), self.last);
        }
        record["id"] = json!(id);
        self.by_name.insert(id, self.last);
        self.records.insert(self.last, record.clone());
        Ok(record)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.records.get(self.by_name.get(name)?)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.records.get_mut(self.by_name.get(name)?)
    }

    /// Newest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Value> {
        self.records.values().rev()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}

pub(super) struct Registers {
    seed: u64,
    kinds: HashMap<Node, Register>,
    /// For ids and codes that are made up here.
    made: u64,
    tokens: u64,
}

impl Registers {
    /// With the shop's articles as products, cash, and a bank.
    pub(super) fn opened(seed: u64) -> Self {
        let mut registers = Self { seed, kinds: HashMap::new(), made: 0, tokens: 0 };
        for article in &ARTICLES {
            let product =
                json!({ "code": article.sku, "name": article.title, "sellValue": number(article.satang) });
            let _ = registers.add(Node::PRODUCTS, product); // there are fewer articles than records
        }
        for (code, name) in [("CSH001", "เงินสด"), ("BNK001", "ธนาคาร ออมทรัพย์ 0001")]
        {
            let _ = registers.add(Node::PAYMENT_METHODS, json!({ "code": code, "name": name })); // two
        }
        registers
    }

    pub(super) fn of(&mut self, node: Node) -> &mut Register {
        self.kinds.entry(node).or_default()
    }

    /// Gives the record with its new id.
    pub(super) fn add(&mut self, node: Node, record: Value) -> Result<Value, Refused> {
        self.made += 1;
        let id = Chance::of(self.seed, &format!("peak {}", self.made)).uuid();
        self.of(node).add(id, record)
    }

    /// By id or code.
    pub(super) fn find(&mut self, node: Node, name: &str) -> Result<&mut Value, Refused> {
        let missing = || Refused::new(404, format!("{} {name} is not found", node.list));
        self.of(node).get_mut(name).ok_or_else(missing)
    }

    pub(super) fn count_token(&mut self) -> u64 {
        self.tokens += 1;
        self.tokens
    }

    /// A code for a record that came without one.
    pub(super) fn next_code(&self, letters: &str) -> String {
        format!("{letters}{:05}", self.made + 1)
    }
}
