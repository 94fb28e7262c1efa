//! Mutations: which there are, that some happen once per key, and how their mistakes are told.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::query::Selection;
use super::schema::{Node, Refused, leaf, project, refused, unknown};
use super::{Shop, cancel, fulfilments, hooks, metafields, products, refunds, stock};

/// Keys remembered; a new one is refused beyond that.
const KEYS_MAX: usize = 100_000;

/// A mistake of the caller's business, inside a good answer.
#[derive(Clone, Debug)]
pub(super) struct UserError {
    pub field: Vec<String>,
    pub message: String,
    pub code: Option<&'static str>,
}

pub(super) fn user_error(field: &str, message: impl Into<String>, code: &'static str) -> UserError {
    let field = field.split('.').map(str::to_owned).collect();
    UserError { field, message: message.into(), code: Some(code) }
}

/// What a mutation did, or why it did nothing.
pub(super) type Done = Result<Vec<(&'static str, Node)>, Vec<UserError>>;

/// How a mutation is done. What it refuses outright is no mistake of business but of the query.
type Work = fn(&Arc<Shop>, &Selection) -> Result<Done, Refused>;

/// What an idempotency key came to.
#[derive(Clone)]
pub(super) struct Remembered {
    name: String,
    arguments: Map<String, Value>,
    payload: Node,
}

pub(super) fn answer(shop: &Arc<Shop>, fields: &[Selection]) -> Result<Value, Refused> {
    let mut data = Map::new();
    for field in fields {
        let payload = run(shop, field)?;
        data.insert(field.alias.clone(), project(&payload, field)?);
    }
    Ok(data.into())
}

fn run(shop: &Arc<Shop>, field: &Selection) -> Result<Node, Refused> {
    let (name, done): (&'static str, Work) = match field.name.as_str() {
        "inventorySetQuantities" => return once(shop, field, "InventorySetQuantitiesPayload", stock::set),
        "inventoryAdjustQuantities" => {
            return once(shop, field, "InventoryAdjustQuantitiesPayload", stock::adjust);
        }
        "inventoryActivate" => return once(shop, field, "InventoryActivatePayload", stock::activate),
        "refundCreate" => return once(shop, field, "RefundCreatePayload", refunds::create),
        "productVariantsBulkUpdate" => ("ProductVariantsBulkUpdatePayload", products::update_variants),
        "productSet" => ("ProductSetPayload", products::set),
        "orderCancel" => ("OrderCancelPayload", cancel::cancel),
        "orderUpdate" => ("OrderUpdatePayload", metafields::update_order),
        "fulfillmentCreate" => ("FulfillmentCreatePayload", fulfilments::create),
        "fulfillmentTrackingInfoUpdate" => {
            ("FulfillmentTrackingInfoUpdatePayload", fulfilments::update_tracking)
        }
        "metafieldsSet" => ("MetafieldsSetPayload", metafields::set),
        "webhookSubscriptionCreate" => ("WebhookSubscriptionCreatePayload", hooks::create),
        "webhookSubscriptionDelete" => ("WebhookSubscriptionDeletePayload", hooks::delete),
        other => return Err(unknown(other, "Mutation")),
    };
    Ok(payload(name, done(shop, field)?))
}

/// Where the directive is needed, the same key does its work once, and a key for other work is refused.
fn once(shop: &Arc<Shop>, field: &Selection, name: &'static str, work: Work) -> Result<Node, Refused> {
    let key = field.directive("idempotent", "key").and_then(Value::as_str).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| {
        refused(
            format!("The @idempotent directive is required for {} and must have a key", field.name),
            "BAD_REQUEST",
        )
    })?;
    // Held over the work, so that two at once with one key do it once.
    let mut keys = shop.idempotency_keys();
    if let Some(known) = keys.get(key) {
        let same = known.name == field.name && known.arguments == field.arguments;
        let mismatch =
            || user_error("", "The key was used with other parameters", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
        return Ok(if same { known.payload.clone() } else { payload(name, Err(vec![mismatch()])) });
    }
    if keys.len() >= KEYS_MAX {
        return Err(refused("too many idempotency keys", "INTERNAL_SERVER_ERROR"));
    }
    let done = work(shop, field)?;
    let worked = done.is_ok();
    let payload = payload(name, done);
    if worked {
        let arguments = field.arguments.clone();
        keys.insert(
            key.to_owned(),
            Remembered { name: field.name.clone(), arguments, payload: payload.clone() },
        );
    }
    Ok(payload)
}

/// Every field of the payload is there; what did not happen is null.
fn payload(name: &'static str, done: Done) -> Node {
    let (mut fields, errors) = match done {
        Ok(fields) => (fields, Vec::new()),
        Err(errors) => (Vec::new(), errors),
    };
    for wanted in fields_of(name) {
        if !fields.iter().any(|(had, _)| had == wanted) {
            fields.push((*wanted, Node::null()));
        }
    }
    let errors = Node::List(errors.into_iter().map(error_node).collect());
    // Cancelling has a name of its own for its errors.
    if name == "OrderCancelPayload" {
        fields.push(("orderCancelUserErrors", errors.clone()));
    }
    fields.push(("userErrors", errors));
    Node::Object(name, fields)
}

fn fields_of(name: &str) -> &'static [&'static str] {
    match name {
        "InventorySetQuantitiesPayload" | "InventoryAdjustQuantitiesPayload" => &["inventoryAdjustmentGroup"],
        "InventoryActivatePayload" => &["inventoryLevel"],
        "RefundCreatePayload" => &["refund", "order"],
        "ProductVariantsBulkUpdatePayload" => &["product", "productVariants"],
        "ProductSetPayload" => &["product", "productSetOperation"],
        "OrderCancelPayload" => &["job"],
        "OrderUpdatePayload" => &["order"],
        "FulfillmentCreatePayload" | "FulfillmentTrackingInfoUpdatePayload" => &["fulfillment"],
        "MetafieldsSetPayload" => &["metafields"],
        "WebhookSubscriptionCreatePayload" => &["webhookSubscription"],
        "WebhookSubscriptionDeletePayload" => &["deletedWebhookSubscriptionId"],
        _ => &[],
    }
}

fn error_node(error: UserError) -> Node {
    let field = if error.field == [""] { Value::Null } else { json!(error.field) };
    let fields =
        vec![("field", leaf(field)), ("message", leaf(error.message)), ("code", leaf(json!(error.code)))];
    Node::Object("UserError", fields)
}

/// An argument that must be there.
pub(super) fn needed<'a>(field: &'a Selection, name: &str) -> Result<&'a Value, Refused> {
    match field.argument(name) {
        Value::Null => {
            let message = format!("Field '{}' is missing required arguments: {name}", field.name);
            Err(refused(message, "missingRequiredArguments"))
        }
        given => Ok(given),
    }
}
