//! An operation of a description, as the engine performs it.

use super::pages;
use super::send::{self, Call};
use super::{bad_connection, bad_input};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error};
use model::{EffectRule, OperationSpec};
use openapi::Operation;
use openapi::access::Access;
use serde_json::Value;
use std::sync::Arc;

pub struct ImportedAction {
    pub access: Arc<Access>,
    pub operation: Operation,
}

#[async_trait]
impl Action for ImportedAction {
    fn spec(&self) -> OperationSpec {
        self.operation.spec.clone()
    }

    /// By what HTTP promises about the method, and by the header in which the system takes a key.
    fn effect(&self, _input: &Value) -> EffectRule {
        self.operation.spec.effect.unwrap_or(EffectRule::Ask)
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        openapi::request(&self.operation, &input).map(drop).map_err(bad_input)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let connection = cx.connection()?;
        let address = self.access.address(&self.operation, &connection.fields).map_err(bad_connection)?;
        let call = Call {
            http: cx.http,
            connection,
            access: &self.access,
            operation: &self.operation,
            address,
            step_key: Some(cx.step_key),
            timeout: cx.timeout,
        };
        if self.operation.call.pages.is_some() {
            return pages::read_all(&call, input).await;
        }
        let prepared = openapi::request(&self.operation, &input).map_err(bad_input)?;
        let answer = call.send(&prepared, &call.target(&prepared)?).await?;
        send::output(&self.operation, &answer)
    }
}
