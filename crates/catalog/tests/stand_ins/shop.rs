//! What holds for every shop: its orders come once, its pushes are let in, its goods take figures and prices.

use crate::follow::{Follower, names};
use crate::keys::stand_in;
use crate::world::World;
use connector::{Connection, Refusal, Retry};
use model::Span;
use serde_json::{Value, json};

/// More than two pages of every vendor.
const ORDERS: usize = 130;

/// How a shop calls its orders.
#[derive(Clone, Copy)]
pub struct Shop {
    pub connector: &'static str,
    /// The field of a record that names the order.
    pub name: &'static str,
    /// The same in what the stand-in shows.
    pub shown: &'static str,
}

impl Shop {
    pub fn operation(&self, name: &str) -> String {
        format!("{}/{name}", self.connector)
    }

    /// One order that nobody was told of: how the vendor shows it.
    pub async fn order(&self, world: &World, overrides: Value) -> Value {
        world.sell(stand_in(self.connector), 1, overrides).await[0].clone()
    }

    /// Several pages come, each order once; nothing comes again; a change comes, once.
    pub async fn orders_come_once(
        &self,
        world: &World,
        connection: &Connection,
        change: impl AsyncFnOnce(&Value),
    ) {
        let vendor = stand_in(self.connector);
        let mut sold = Vec::new();
        for _ in 0..10 {
            sold.extend(world.sell(vendor, ORDERS / 10, json!({})).await);
            world.pass(60);
        }
        let operation = self.operation("orders_changed");
        let mut orders = Follower::new(world, &operation, connection);
        assert_eq!(names(&orders.records().await, self.name), names(&sold, self.shown));
        assert_eq!(orders.records().await, Vec::<Value>::new(), "nothing comes twice");
        world.pass(600);
        assert_eq!(orders.records().await, Vec::<Value>::new(), "nor later");
        change(&sold[40][self.shown]).await;
        world.pass(1);
        let changed = orders.records().await;
        assert_eq!(names(&changed, self.name), names(&sold[40..41], self.shown));
        world.pass(600);
        assert_eq!(orders.records().await, Vec::<Value>::new(), "a change comes once");
    }

    /// What the vendor sends for a new order makes the trigger look; what somebody else sends does not.
    pub async fn pushes_are_let_in(&self, world: &World, connection: &Connection) {
        let vendor = stand_in(self.connector);
        let door = world.listen(vendor).await;
        let mut connection = connection.clone();
        connection.fields.insert("push_url".into(), door.url.clone().into());
        let overrides = if vendor == "shop" { json!({}) } else { json!({"paid": true}) };
        world.tell(vendor, "orders", json!({"overrides": overrides})).await;
        world.settled().await;
        let (sent, catalog, operation) = (door.all(), catalog::all(), self.operation("orders_changed"));
        let nudges = |knock: crate::common::Knock, connection: &Connection| {
            knock.nudges(&catalog, &operation, json!({}), Some(connection))
        };
        let said: Vec<_> = sent.iter().map(|sent| nudges(sent.knock(), &connection)).collect();
        assert!(said.contains(&Ok(())), "{operation} {said:?}");
        assert!(
            said.iter().all(|said| matches!(said, Ok(()) | Err(Refusal::Ignored(_)))),
            "{operation} {said:?}"
        );
        for sent in &sent {
            assert_eq!(nudges(sent.forged(), &connection), Err(Refusal::Unauthorized));
            let mut other = connection.clone();
            other.secrets.values_mut().for_each(|secret| *secret = "another-secret".into());
            assert_eq!(nudges(sent.knock(), &other), Err(Refusal::Unauthorized));
        }
    }

    /// A figure and a price arrive where they belong; a SKU that the shop does not have is named, and the others arrive.
    pub async fn goods_take_what_is_pushed(&self, world: &World, connection: &Connection, more: Value) {
        let vendor = stand_in(self.connector);
        for (operation, kind, name, good) in [
            ("push_stock", "stock", "quantity", json!(12)),
            ("push_price", "price", "price", json!("590.00")),
        ] {
            let items = json!([{"sku": "TEA-100", name: good}, {"sku": "TEA-101", name: good}]);
            let mut input = json!({"items": items});
            if operation == "push_stock" {
                more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
            }
            let operation = self.operation(operation);
            let output = world.does(&operation, connection, input.clone()).await;
            assert_eq!(output, json!({"updated": 2, "failed": []}), "{operation}");
            let received = world.received(vendor, kind).await;
            assert_eq!(names(&received, "reference"), ["TEA-100", "TEA-101"], "{operation} {received:?}");
            let digits = if kind == "stock" { "12" } else { "590" };
            assert!(received.iter().all(|one| one["said"].to_string().contains(digits)), "{received:?}");
            input["items"][0]["sku"] = "NO-SUCH-TEA".into();
            let error = world.fails(&operation, connection, input.clone()).await;
            assert!(matches!(error, connector::Error::Refused { .. }), "{error:?}");
            assert!(error.to_string().contains("NO-SUCH-TEA"), "{error}");
            input["on_failure"] = "report".into();
            let output = world.does(&operation, connection, input).await;
            assert_eq!((&output["updated"], &output["failed"][0]["sku"]), (&json!(1), &json!("NO-SUCH-TEA")));
        }
    }

    /// Who changes a price is told of the product, once.
    pub async fn a_price_makes_an_event(&self, world: &World, connection: &Connection) {
        let operation = self.operation("products_changed");
        let mut products = Follower::new(world, &operation, connection);
        products.records().await;
        world.pass(60);
        let items = json!({"items": [{"sku": "TEA-100", "price": "590.00"}]});
        world.does(&self.operation("push_price"), connection, items).await;
        world.pass(60);
        let changed = products.records().await;
        assert_eq!(changed.len(), 1, "{operation} {changed:?}");
        assert!(changed[0].to_string().contains("TEA-100"), "{}", changed[0]);
        world.pass(600);
        assert_eq!(products.records().await, Vec::<Value>::new());
    }

    /// Nothing of what can go wrong on the way is taken for something else.
    pub async fn faults_are_told_apart(
        &self,
        world: &World,
        connection: &Connection,
        name: &str,
        order: &Value,
    ) {
        let (vendor, operation) = (stand_in(self.connector), self.operation("get_order"));
        let input = json!({name: order});
        for (plan, fits) in [
            (json!({"kind": "429", "retry_after": 7, "times": 1}), "E0306"),
            (json!({"kind": "html", "times": 1}), "E0309 E0307 E0305 E0303"),
            (json!({"kind": "truncated", "times": 1}), "E0309 E0305 E0303"),
            (json!({"kind": "down", "times": 1}), "E0307"),
            (json!({"kind": "reset", "times": 1}), "E0303 E0305"),
        ] {
            world.fault(vendor, plan.clone()).await;
            let error = world.fails(&operation, connection, input.clone()).await;
            assert!(fits.contains(error.code()), "{operation} {plan}: {error:?}");
            if plan["kind"] == "429" {
                assert!(matches!(error.retry(), Retry::Backoff | Retry::After(_)), "{error:?}");
            }
        }
        world.fault(vendor, json!({"kind": "500", "times": 1})).await;
        let error = world.fails(&operation, connection, input.clone()).await;
        assert_ne!(error.retry(), Retry::Never, "{error:?}");
        world.does(&operation, connection, input).await;
    }

    /// An answer that is lost after the work: it is not said that nothing happened.
    pub async fn a_lost_answer_is_in_doubt(
        &self,
        world: &World,
        connection: &Connection,
        operation: &str,
        input: &Value,
        piece: Value,
    ) {
        let plan = json!({"kind": "timeout_after_work", "close": true, "times": 1, "match": piece});
        world.fault(stand_in(self.connector), plan).await;
        let runner = world.runner(&self.operation(operation), connection);
        let error = runner.run_within(Span::from_secs(20), input.clone()).await.unwrap_err();
        assert!(error.may_have_happened(), "{operation}: {error:?}");
    }
}
