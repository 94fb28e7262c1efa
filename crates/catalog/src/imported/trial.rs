//! How a connection is tried: by a question that changes nothing and needs no answer first.

use super::send::Call;
use super::{bad_connection, bad_input, has};
use connector::http::{TIMEOUT, host_of, read_url};
use connector::{Connection, Error, Http};
use openapi::Operation;
use openapi::access::Access;
use openapi::call::Method;
use serde_json::{Map, Value};

/// Words in the path of a GET that changes something all the same.
const NOT_HARMLESS: [&str; 8] =
    ["logout", "signout", "logoff", "revoke", "delete", "remove", "cancel", "reset"];

pub struct Trial {
    /// The question, where the description has one.
    question: Option<Operation>,
    /// Stands for the others where nothing can be asked.
    any: Option<Operation>,
}

impl Trial {
    /// One that is signed in to says more than one that anybody may ask, and one without fields is the surest.
    pub fn among(operations: &[Operation]) -> Self {
        let harmless = operations.iter().filter(|operation| is_harmless(operation));
        let question = harmless.min_by_key(|operation| {
            let open = operation.call.sign_in.is_empty() || operation.call.sign_in.iter().any(Vec::is_empty);
            (open, operation.spec.fields.len())
        });
        let signed_in = operations.iter().find(|operation| !operation.call.sign_in.is_empty());
        Self { question: question.cloned(), any: signed_in.or(operations.first()).cloned() }
    }

    /// Whether the system is asked at all.
    pub fn asks(&self) -> bool {
        self.question.is_some()
    }

    pub async fn run(&self, http: &Http, access: &Access, connection: &Connection) -> Result<String, Error> {
        let Some(operation) = &self.question else {
            return self.look(access, connection);
        };
        let address = access.address(operation, &connection.fields).map_err(bad_connection)?;
        let call = Call { http, connection, access, operation, address, step_key: None, timeout: TIMEOUT };
        let prepared = openapi::request(operation, &Value::Object(Map::new())).map_err(bad_input)?;
        let answer = call.send(&prepared, &call.target(&prepared)?).await?;
        Ok(format!("{} answered {}", answer.host(), answer.status.as_u16()))
    }

    /// Without calling anything, this finds what is missing.
    fn look(&self, access: &Access, connection: &Connection) -> Result<String, Error> {
        let Some(operation) = &self.any else { return Ok(String::new()) };
        let address = access.address(operation, &connection.fields).map_err(bad_connection)?;
        access.credentials(operation, |field| has(connection, field)).map_err(bad_connection)?;
        let host = host_of(&read_url(&address)?);
        Ok(format!("Complete, for {host}. It has no question that could be asked without a record's id."))
    }
}

fn is_harmless(operation: &Operation) -> bool {
    let call = &operation.call;
    let words = call.path.to_ascii_lowercase().replace(['-', '_'], "");
    call.method == Method::Get
        && !call.path.contains('{')
        && call.body.is_none()
        && operation.spec.fields.iter().all(|field| !field.required)
        && !NOT_HARMLESS.iter().any(|word| words.contains(word))
}
