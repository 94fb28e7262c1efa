//! What Shopify's errors mean for a step. GraphQL answers 200 also when it refuses.

use connector::Error;
use connector::http::{Answer, shorten};
use model::Span;
use serde_json::Value;

/// Points fill up within seconds; a longer rest than this would be a mistake in the numbers.
const REST_SECS_MAX: u64 = 600;
/// A message names so many of a mutation's errors.
const NAMED_MAX: usize = 5;

/// Why there is no data.
#[derive(Debug)]
pub enum Failure {
    /// The query may bring more than a query may cost: a smaller page costs less.
    TooCostly(Error),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooCostly(error) | Failure::Other(error) => error,
        }
    }
}

/// The data of an answer. `renewed`: the token is one that is got anew when it has ended.
pub fn data(answer: Answer, renewed: bool) -> Result<Value, Failure> {
    if !answer.status.is_success() {
        return Err(of_status(answer, renewed).into());
    }
    let mut body: Value = answer.json()?;
    let data = body.get_mut("data").map(Value::take).unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    match errors.first() {
        None if data.is_object() => Ok(data),
        None => Err(Error::Unreadable {
            host: answer.host(),
            message: "neither data nor errors are in the answer".into(),
        }
        .into()),
        // Fields of customers are null where Shopify has not approved the app for them; the rest of the order is good.
        Some(_) if data.is_object() && errors.iter().all(is_field_denied) => Ok(data),
        Some(first) => Err(of_error(&answer.host(), first, &body)),
    }
}

fn is_field_denied(error: &Value) -> bool {
    let path = error.get("path").and_then(Value::as_array);
    code(error) == "ACCESS_DENIED" && path.is_some_and(|path| path.len() > 1)
}

fn code(error: &Value) -> &str {
    error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or_default()
}

fn of_error(host: &str, error: &Value, body: &Value) -> Failure {
    let said = shorten(error.get("message").and_then(Value::as_str).unwrap_or("no message"));
    let host = host.to_owned();
    match code(error) {
        "THROTTLED" => Error::RateLimited { host, after: Some(rest(body)) }.into(),
        "INTERNAL_SERVER_ERROR" => Error::Status { host, status: 500, message: said, after: None }.into(),
        // The same key is at work this moment.
        "IDEMPOTENCY_CONCURRENT_REQUEST" => {
            Error::Status { host, status: 409, message: said, after: None }.into()
        }
        "ACCESS_DENIED" => scope_missing(&said).into(),
        "SHOP_INACTIVE" => frozen(&said).into(),
        "MAX_COST_EXCEEDED" => Failure::TooCostly(Error::Refused {
            message: format!("Shopify finds the question too large: {said}"),
            advice: "Ask for fewer records at once.".into(),
        }),
        _ => Error::Refused {
            message: format!("Shopify does not understand the request: {said}"),
            advice: "Check the API version in the connection under More settings, then retry.".into(),
        }
        .into(),
    }
}

/// How long the shop's points take to fill up to what the query needs.
fn rest(body: &Value) -> Span {
    let points = |place: &str| body.pointer(place).map_or(0, whole);
    let needed = points("/extensions/cost/requestedQueryCost");
    let there = points("/extensions/cost/throttleStatus/currentlyAvailable");
    let by_second = points("/extensions/cost/throttleStatus/restoreRate").max(1);
    Span::from_secs(needed.saturating_sub(there).div_ceil(by_second).clamp(1, REST_SECS_MAX))
}

/// Shopify writes points with and without places; a debt counts as none.
fn whole(number: &Value) -> u64 {
    let text = number.to_string();
    text.split('.').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn of_status(answer: Answer, renewed: bool) -> Error {
    let body = answer.json::<Value>().unwrap_or_default();
    let said = match body.get("errors") {
        Some(Value::String(text)) => shorten(text),
        Some(other) if !other.is_null() => shorten(&other.to_string()),
        _ => String::new(),
    };
    let host = answer.host();
    match answer.status.as_u16() {
        401 if renewed => Error::TokenEnded { host, message: said },
        401 => Error::Connection {
            message: format!("{host} did not accept the access token: {said}"),
            advice: "Copy the access token from the app in Shopify into the connection once more.".into(),
        },
        402 | 423 => frozen(&said),
        403 => scope_missing(&said),
        404 => Error::Connection {
            message: format!("{host} has no Admin API there"),
            advice: "Check the shop's address and the API version in the connection.".into(),
        },
        400 | 406 | 422 => Error::Refused {
            message: format!("Shopify refuses: {said}"),
            advice: "Correct the data, then retry.".into(),
        },
        _ => answer.failed(&said),
    }
}

fn scope_missing(said: &str) -> Error {
    Error::Connection {
        message: format!("the app may not do this in Shopify: {said}"),
        advice: "Give the app the scope that is named in Shopify, install it again, then retry.".into(),
    }
}

fn frozen(said: &str) -> Error {
    Error::Refused {
        message: format!("the shop is frozen or locked: {said}"),
        advice: "Let the shop's owner settle it with Shopify, then retry.".into(),
    }
}

/// One of the errors of a mutation that was understood and not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserError {
    /// The names and places that lead to what is wrong.
    pub field: Vec<String>,
    pub code: String,
    pub message: String,
}

impl UserError {
    /// The place in the list of this name that the error is about.
    pub fn index_in(&self, list: &str) -> Option<usize> {
        let at = self.field.iter().position(|name| name == list)?;
        self.field.get(at + 1)?.parse().ok()
    }

    /// Somebody else changed it at the same moment, or the same key is at work.
    pub fn passes(&self) -> bool {
        let codes =
            ["IDEMPOTENCY_CONCURRENT_REQUEST", "CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE"];
        codes.contains(&self.code.as_str())
    }
}

/// The errors of a mutation, whatever its list of them is called.
pub fn user_errors(told: &Value) -> Vec<UserError> {
    let lists = ["userErrors", "orderCancelUserErrors"].into_iter();
    lists.filter_map(|name| told.get(name)?.as_array()).flatten().map(user_error).collect()
}

fn user_error(error: &Value) -> UserError {
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let steps = error.get("field").and_then(Value::as_array).into_iter().flatten();
    let plain = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
    UserError { field: steps.map(plain).collect(), code: text("code"), message: text("message") }
}

/// A mutation that was not done.
pub fn refused(host: &str, errors: &[UserError]) -> Error {
    let said: Vec<String> = errors.iter().take(NAMED_MAX).map(|error| shorten(&error.message)).collect();
    let message = said.join("; ");
    match errors.first().is_some_and(UserError::passes) {
        true => Error::Status { host: host.to_owned(), status: 409, message, after: None },
        false => Error::Refused {
            message: format!("Shopify refuses: {message}"),
            advice: "Correct the data here or the record in Shopify, then retry.".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use connector::Retry;
    use http::StatusCode;
    use serde_json::json;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            url: "https://my-shop.myshopify.com/admin".parse().unwrap(),
        }
    }

    fn error(status: u16, body: &Value, renewed: bool) -> Error {
        data(answer(status, &body.to_string()), renewed).unwrap_err().into()
    }

    #[test]
    fn every_status_is_tried_again_or_not_as_the_vendor_says() {
        let table = [
            (400, Retry::Never, "E0308"),
            (401, Retry::Never, "E0302"),
            (402, Retry::Never, "E0308"),
            (403, Retry::Never, "E0302"),
            (404, Retry::Never, "E0302"),
            (423, Retry::Never, "E0308"),
            (429, Retry::Backoff, "E0306"),
            (500, Retry::Backoff, "E0307"),
            (503, Retry::Backoff, "E0307"),
        ];
        for (status, retry, code) in table {
            let error = error(status, &json!({"errors": "Not so"}), false);
            assert_eq!((error.retry(), error.code()), (retry, code), "{status}");
        }
        assert!(matches!(error(401, &json!({}), true), Error::TokenEnded { .. }));
    }

    #[test]
    fn every_graphql_code_is_tried_again_or_not_as_the_vendor_says() {
        let table = [
            ("INTERNAL_SERVER_ERROR", Retry::Backoff, true),
            ("IDEMPOTENCY_CONCURRENT_REQUEST", Retry::Backoff, false),
            ("ACCESS_DENIED", Retry::Never, false),
            ("SHOP_INACTIVE", Retry::Never, false),
            ("MAX_COST_EXCEEDED", Retry::Never, false),
            ("undefinedField", Retry::Never, false),
        ];
        for (code, retry, may) in table {
            let body = json!({"errors": [{"message": "No", "extensions": {"code": code}}]});
            let error = error(200, &body, false);
            assert_eq!((error.retry(), error.may_have_happened()), (retry, may), "{code}");
        }
    }

    #[test]
    fn a_throttled_query_waits_until_the_points_are_there() {
        let cost = json!({"requestedQueryCost": 752, "throttleStatus":
            {"maximumAvailable": 2000.0, "currentlyAvailable": 101.5, "restoreRate": 100.0}});
        let body = json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "extensions": {"cost": cost}});
        assert_eq!(error(200, &body, false).retry(), Retry::After(Span::from_secs(7)));
    }

    #[test]
    fn an_order_is_read_without_the_customer_where_the_app_is_not_approved_for_customers() {
        let denied =
            json!({"message": "no", "path": ["order", "customer"], "extensions": {"code": "ACCESS_DENIED"}});
        let body = json!({"data": {"order": {"id": "1", "customer": null}}, "errors": [denied]});
        assert_eq!(data(answer(200, &body.to_string()), false).unwrap(), body["data"]);
        let whole = json!({"message": "no", "path": ["customers"], "extensions": {"code": "ACCESS_DENIED"}});
        let body = json!({"data": {"customers": null}, "errors": [whole]});
        assert!(matches!(error(200, &body, false), Error::Connection { .. }));
    }

    #[test]
    fn a_page_instead_of_json_may_have_hidden_a_success() {
        let error: Error = data(answer(200, "<html>Password</html>"), false).unwrap_err().into();
        assert!(matches!(error, Error::Unreadable { .. }) && error.may_have_happened());
    }

    #[test]
    fn a_user_error_is_final_unless_somebody_was_faster() {
        let told = json!({"userErrors": [{"field": ["input", "quantities", "3"], "message": "Not stocked", "code": "X"}]});
        let errors = user_errors(&told);
        assert_eq!(errors[0].index_in("quantities"), Some(3));
        assert_eq!(refused("shop", &errors).retry(), Retry::Never);
        let stale = [UserError {
            field: Vec::new(),
            code: "CHANGE_FROM_QUANTITY_STALE".into(),
            message: String::new(),
        }];
        assert_eq!(refused("shop", &stale).retry(), Retry::Backoff);
    }
}
