//! From a file to an operation: a module with `spec`, `Input` and `run` is an action.

/// An action whose module has `spec()`, `Input` and `run(cx, input)`; and, where they are named behind it,
/// `probe(cx, input)` (was it done?), `effect(&input)` (what to do when nobody knows) and `settle(connection)` (how long
/// the target may still be at work).
macro_rules! action {
    ($module:ident $(, $extra:ident)*) => {{
        struct It;

        #[async_trait::async_trait]
        impl connector::Action for It {
            fn spec(&self) -> model::OperationSpec {
                $module::spec()
            }

            fn effect(&self, _input: &serde_json::Value) -> model::EffectRule {
                $(action!(@effect $extra _input $module);)*
                static RULE: std::sync::OnceLock<model::EffectRule> = std::sync::OnceLock::new();
                *RULE.get_or_init(|| self.spec().effect.unwrap_or(model::EffectRule::Ask))
            }

            fn settle(&self, _connection: Option<&connector::Connection>) -> model::Span {
                $(action!(@settle $extra _connection $module);)*
                #[allow(unreachable_code, reason = "where the operation says nothing about it")]
                model::Span::from_ms(0)
            }

            fn check(&self, input: serde_json::Value) -> Result<(), connector::Error> {
                connector::decode::<$module::Input>(input).map(drop)
            }

            async fn run(
                &self,
                cx: &connector::ActionCx<'_>,
                input: serde_json::Value,
            ) -> Result<serde_json::Value, connector::Error> {
                $module::run(cx, connector::decode(input)?).await
            }

            async fn probe(
                &self,
                _cx: &connector::ActionCx<'_>,
                _input: serde_json::Value,
            ) -> Result<Option<serde_json::Value>, connector::Error> {
                $(action!(@probe $extra _cx _input $module);)*
                #[allow(unreachable_code, reason = "where the operation has no probe of its own")]
                Ok(None)
            }
        }

        It
    }};
    (@effect effect $input:ident $module:ident) => {
        if true {
            return $module::effect($input);
        }
    };
    (@effect $other:ident $input:ident $module:ident) => {};
    (@settle settle $connection:ident $module:ident) => {
        return $module::settle($connection);
    };
    (@settle $other:ident $connection:ident $module:ident) => {};
    (@probe probe $cx:ident $input:ident $module:ident) => {
        return $module::probe($cx, connector::decode($input)?).await;
    };
    (@probe $other:ident $cx:ident $input:ident $module:ident) => {};
}

pub(crate) use action;
