//! Faults on demand: a list of plans; each request takes what the first fitting ones say.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::plan::{Kind, Plan, read};
use crate::chance::Chance;

/// Plans in force at the same time.
const PLANS_MAX: usize = 64;

/// One request, as far as a plan looks at it.
pub(crate) struct Asked<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub body: &'a [u8],
    /// The second of the stand-in's clock, for a limit per second.
    pub second: i64,
}

/// The plans in force, and the dice for those with a `rate`.
pub(crate) struct Faults {
    plans: Vec<Plan>,
    chance: Chance,
    next_id: u64,
}

impl Faults {
    pub(crate) fn new(seed: u64, vendor: &str) -> Self {
        Self { plans: Vec::new(), chance: Chance::of(seed, &format!("faults of {vendor}")), next_id: 1 }
    }

    /// Adds one plan, or a list of them; all or none.
    pub(crate) fn add(&mut self, body: &Value) -> Result<(), String> {
        let posted = match body {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        if self.plans.len() + posted.len() > PLANS_MAX {
            return Err(format!("at most {PLANS_MAX} plans at the same time: clear some with DELETE"));
        }
        let plans = posted.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for mut plan in plans {
            plan.id = self.next_id;
            self.next_id += 1;
            self.plans.push(plan);
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.plans.clear();
    }

    pub(crate) fn show(&mut self) -> Value {
        self.forget_spent();
        let show = |plan: &Plan| {
            json!({
                "id": plan.id, "plan": plan.posted, "times_left": plan.times_left, "fired": plan.fired,
            })
        };
        self.plans.iter().map(show).collect()
    }

    /// What happens to this request: at most one failure, and the delays before it.
    pub(crate) fn strike(&mut self, asked: &Asked<'_>) -> Vec<Kind> {
        self.forget_spent();
        let mut strikes = Vec::new();
        for plan in &mut self.plans {
            if !plan.strikes(asked, &mut self.chance) {
                continue;
            }
            strikes.push(plan.kind);
            if !matches!(plan.kind, Kind::Slow(_)) {
                break;
            }
        }
        strikes
    }

    fn forget_spent(&mut self) {
        let now = Instant::now();
        self.plans.retain(|plan| plan.times_left != Some(0) && plan.until.is_none_or(|until| now < until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(path: &'a str, body: &'a str) -> Asked<'a> {
        Asked { method: "POST", path, body: body.as_bytes(), second: 0 }
    }

    fn planned(plan: Value) -> Faults {
        let mut faults = Faults::new(1, "test");
        faults.add(&plan).unwrap();
        faults
    }

    #[test]
    fn a_plan_fires_so_many_times_and_is_then_gone() {
        let mut faults = planned(json!({ "kind": 429, "retry_after": 3, "times": 2 }));
        for _ in 0..2 {
            assert_eq!(faults.strike(&asked("/a", "")), [Kind::TooMany { retry_after: 3 }]);
        }
        assert_eq!(faults.strike(&asked("/a", "")), []);
        assert_eq!(faults.show(), json!([]));
    }

    #[test]
    fn a_plan_for_one_path_or_word_leaves_the_others_alone() {
        let mut faults = planned(json!([
            { "kind": "500", "match": { "path": "/orders", "method": "POST" } },
            { "kind": "html", "match": { "body": "inventorySet" } },
        ]));
        assert_eq!(faults.strike(&asked("/v3/orders/7", "")), [Kind::Failed]);
        assert_eq!(faults.strike(&asked("/graphql", "mutation{inventorySetQuantities}")), [Kind::Html]);
        assert_eq!(faults.strike(&asked("/graphql", "{shop{id}}")), []);
    }

    #[test]
    fn a_limit_lets_so_many_through_in_each_second() {
        let mut faults = planned(json!({ "kind": "limit", "per_second": 2, "retry_after": 1 }));
        let mut struck = |second| !faults.strike(&Asked { second, ..asked("/a", "") }).is_empty();
        assert_eq!([struck(5), struck(5), struck(5), struck(6)], [false, false, true, false]);
    }

    #[test]
    fn a_plan_that_cannot_be_meant_is_refused() {
        for wrong in [
            json!({ "kind": "fire" }),
            json!({ "kind": "500", "rate": 1.5 }),
            json!({ "kind": "limit" }),
            json!({ "kind": "down", "status": 200 }),
            json!({ "kind": "500", "when": "later" }),
            json!([{ "kind": "500" }, {}]),
        ] {
            assert!(Faults::new(1, "test").add(&wrong).is_err(), "{wrong}");
        }
        let many = Value::from(vec![json!({ "kind": "500" }); PLANS_MAX + 1]);
        assert!(Faults::new(1, "test").add(&many).is_err());
    }
}
