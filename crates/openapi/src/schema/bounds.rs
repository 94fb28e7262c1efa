//! Smallest and largest numbers, and longest texts and lists.

use crate::node::Node;
use serde_json::{Number, Value};

#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    pub least: Option<Bound>,
    pub most: Option<Bound>,
    pub length_min: Option<u64>,
    pub length_max: Option<u64>,
    pub items_max: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub number: Number,
    /// The bound itself is outside.
    pub exclusive: bool,
}

impl Bound {
    fn value(&self) -> f64 {
        self.number.as_f64().unwrap_or_default()
    }
}

impl Bounds {
    /// Adds what a schema says. Of two bounds the stricter one holds.
    pub fn add(&mut self, node: &Node<'_>) {
        let stricter = |new: &Bound, old: &Option<Bound>, least: bool| {
            old.as_ref()
                .is_none_or(|old| if least { new.value() > old.value() } else { new.value() < old.value() })
        };
        if let Some(bound) = bound(node, "minimum", "exclusiveMinimum")
            && stricter(&bound, &self.least, true)
        {
            self.least = Some(bound);
        }
        if let Some(bound) = bound(node, "maximum", "exclusiveMaximum")
            && stricter(&bound, &self.most, false)
        {
            self.most = Some(bound);
        }
        let count = |name: &str| node.value.get(name).and_then(Value::as_u64);
        let smaller = |old: Option<u64>, new: Option<u64>| old.into_iter().chain(new).min();
        self.length_min = self.length_min.max(count("minLength"));
        self.length_max = smaller(self.length_max, count("maxLength"));
        self.items_max = smaller(self.items_max, count("maxItems"));
    }

    /// The bound of a field, which is a whole number from zero on: the next one that shuts nothing out.
    pub fn at_least(&self, whole: bool) -> Option<u64> {
        let least = self.least.as_ref()?;
        let number = least.value();
        if number < 0.0 {
            return None;
        }
        let exact = least.number.as_u64();
        match exact {
            Some(exact) if whole && least.exclusive => exact.checked_add(1),
            Some(exact) => Some(exact),
            None => whole_part(number.floor()),
        }
    }

    pub fn at_most(&self, whole: bool) -> Option<u64> {
        let most = self.most.as_ref()?;
        let number = most.value();
        if number < 0.0 {
            return None;
        }
        let exact = most.number.as_u64();
        match exact {
            Some(exact) if whole && most.exclusive => exact.checked_sub(1),
            Some(exact) => Some(exact),
            None => whole_part(number.ceil()),
        }
    }

    /// A number that is within.
    pub fn number(&self, whole: bool) -> Number {
        let one = Number::from(1_u8);
        let candidates = [self.least.as_ref(), self.most.as_ref()].into_iter().flatten();
        let nearby =
            candidates.flat_map(|bound| [bound.number.clone(), beside(bound, 1.0), beside(bound, -1.0)]);
        let middle = match (&self.least, &self.most) {
            (Some(least), Some(most)) => Number::from_f64((least.value() + most.value()) / 2.0),
            _ => None,
        };
        let mut all = std::iter::once(one.clone()).chain(nearby).chain(middle);
        all.find(|number| self.has(number, whole)).unwrap_or(one)
    }

    pub fn has(&self, number: &Number, whole: bool) -> bool {
        let Some(value) = number.as_f64() else { return false };
        let above = self
            .least
            .as_ref()
            .is_none_or(|least| value > least.value() || (value >= least.value() && !least.exclusive));
        let below = self
            .most
            .as_ref()
            .is_none_or(|most| value < most.value() || (value <= most.value() && !most.exclusive));
        above && below && (!whole || value.fract() == 0.0)
    }
}

/// The old way says beside the bound whether it is exclusive, the new one has a bound of its own for that.
fn bound(node: &Node<'_>, inclusive: &str, exclusive: &str) -> Option<Bound> {
    let number = |name: &str| match node.value.get(name) {
        Some(Value::Number(number)) if number.as_f64().is_some_and(f64::is_finite) => Some(number.clone()),
        _ => None,
    };
    match number(exclusive) {
        Some(number) => Some(Bound { number, exclusive: true }),
        None => number(inclusive)
            .map(|number| Bound { number, exclusive: node.flag(exclusive).unwrap_or_default() }),
    }
}

fn beside(bound: &Bound, step: f64) -> Number {
    let number = bound.value() + step;
    match format!("{number:.0}").parse::<i64>() {
        Ok(whole) if number.fract() == 0.0 => Number::from(whole),
        _ => Number::from_f64(number).unwrap_or_else(|| bound.number.clone()),
    }
}

fn whole_part(number: f64) -> Option<u64> {
    format!("{number:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bounds(value: Value) -> Bounds {
        let mut bounds = Bounds::default();
        bounds.add(&Node { value: &value, at: String::new() });
        bounds
    }

    #[test]
    fn a_field_s_bounds_shut_out_nothing_that_the_document_allows() {
        let of = |value: Value, whole| {
            let bounds = bounds(value);
            (bounds.at_least(whole), bounds.at_most(whole))
        };
        assert_eq!(of(json!({"minimum": 1, "maximum": 250}), true), (Some(1), Some(250)));
        assert_eq!(of(json!({"minimum": 0.01, "maximum": 99.5}), false), (Some(0), Some(100)));
        assert_eq!(of(json!({"minimum": 0, "exclusiveMinimum": true}), true), (Some(1), None));
        assert_eq!(of(json!({"exclusiveMinimum": 0, "exclusiveMaximum": 10}), true), (Some(1), Some(9)));
        assert_eq!(of(json!({"exclusiveMinimum": 0}), false), (Some(0), None));
        assert_eq!(of(json!({"minimum": -5, "maximum": -1}), true), (None, None));
        assert_eq!(of(json!({"maximum": 18446744073709551615_u64}), true), (None, Some(u64::MAX)));
    }

    #[test]
    fn a_number_is_made_that_is_within() {
        for value in [
            json!({"minimum": 20, "maximum": 30}),
            json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1}),
            json!({"maximum": -3}),
            json!({"minimum": 0.5, "maximum": 0.75}),
            json!({"minimum": 5, "exclusiveMinimum": true}),
        ] {
            let bounds = bounds(value.clone());
            assert!(bounds.has(&bounds.number(false), false), "{value}: {}", bounds.number(false));
        }
    }
}
