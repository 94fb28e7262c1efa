//! The newest orders of a shop.

use std::collections::BTreeMap;

/// Older orders can no longer be read.
const ORDERS_KEPT_MAX: usize = 10_000;

/// Orders by their number; `O` is the vendor's own record of one.
pub(crate) struct Book<O> {
    orders: BTreeMap<u64, O>,
    next: u64,
}

impl<O> Book<O> {
    pub(crate) fn starting_at(first: u64) -> Self {
        Self { orders: BTreeMap::new(), next: first }
    }

    /// The number of an order to come; it is given once.
    pub(crate) fn draw(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        number
    }

    pub(crate) fn keep(&mut self, number: u64, order: O) {
        self.orders.insert(number, order);
        if self.orders.len() > ORDERS_KEPT_MAX {
            self.orders.pop_first();
        }
    }

    pub(crate) fn get(&self, number: u64) -> Option<&O> {
        self.orders.get(&number)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut O> {
        self.orders.get_mut(&number)
    }

    /// Oldest first.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &O> {
        self.orders.values()
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut O> {
        self.orders.values_mut()
    }
}
