//! An action of every system that keeps files.

use super::{Files, Kind, System, opened};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, OperationSpec};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

/// What can be done with a system's files.
#[async_trait]
pub trait Operation: Send + Sync + 'static {
    type Input: DeserializeOwned + Send + Sync;

    fn spec(kind: Kind) -> OperationSpec;

    async fn run(files: &mut dyn Files, kind: Kind, key: &str, input: Self::Input) -> Result<Value, Error>;

    /// The output that `run` would have given, where it was done.
    async fn probe(_files: &mut dyn Files, _input: Self::Input) -> Result<Option<Value>, Error> {
        Ok(None)
    }
}

pub struct Doing<O> {
    system: Arc<dyn System>,
    rule: OnceLock<EffectRule>,
    operation: PhantomData<O>,
}

impl<O: Operation> Doing<O> {
    pub fn new(system: &Arc<dyn System>) -> Self {
        Self { system: system.clone(), rule: OnceLock::new(), operation: PhantomData }
    }
}

#[async_trait]
impl<O: Operation> Action for Doing<O> {
    fn spec(&self) -> OperationSpec {
        O::spec(self.system.kind())
    }

    fn effect(&self, _input: &Value) -> EffectRule {
        *self.rule.get_or_init(|| self.spec().effect.unwrap_or(EffectRule::Ask))
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<O::Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input = decode(input)?;
        let mut files = opened(&*self.system, cx.http, cx.connection()?, cx.timeout).await?;
        let done = O::run(&mut *files, self.system.kind(), cx.step_key, input).await;
        rest(files, done).await
    }

    async fn probe(&self, cx: &ActionCx<'_>, input: Value) -> Result<Option<Value>, Error> {
        let input = decode(input)?;
        let mut files = opened(&*self.system, cx.http, cx.connection()?, cx.timeout).await?;
        let found = O::probe(&mut *files, input).await;
        rest(files, found).await
    }
}

/// A session that was answered is kept for the next; any other is dropped, which ends it.
pub async fn rest<T>(files: Box<dyn Files>, done: Result<T, Error>) -> Result<T, Error> {
    if matches!(done, Ok(_) | Err(Error::Refused { .. } | Error::Input { .. })) {
        files.rest().await;
    }
    done
}
