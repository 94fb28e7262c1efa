//! From a file to an operation: a module with `spec`, `Input` and `run` is an action.

/// An action whose module has `spec()`, `Input` and `run(cx, input)`; and, where they are named behind it,
/// `probe(cx, input)` (was it done?), `effect(&input)` (what to do when nobody knows) and `settle(connection)` (how long
/// the target may still be at work).
#[macro_export]
macro_rules! action {
    ($module:ident $(, $extra:ident)*) => {{
        struct It;

        #[$crate::__async_trait]
        impl $crate::Action for It {
            fn spec(&self) -> $crate::__model::OperationSpec {
                $module::spec()
            }

            fn effect(&self, _input: &$crate::__serde_json::Value) -> $crate::__model::EffectRule {
                $($crate::action!(@effect $extra _input $module);)*
                static RULE: std::sync::OnceLock<$crate::__model::EffectRule> = std::sync::OnceLock::new();
                *RULE.get_or_init(|| self.spec().effect.unwrap_or($crate::__model::EffectRule::Ask))
            }

            fn settle(&self, _connection: Option<&$crate::Connection>) -> $crate::__model::Span {
                $($crate::action!(@settle $extra _connection $module);)*
                #[allow(unreachable_code, reason = "where the operation says nothing about it")]
                $crate::__model::Span::from_ms(0)
            }

            fn check(&self, input: $crate::__serde_json::Value) -> Result<(), $crate::Error> {
                $crate::decode::<$module::Input>(input).map(drop)
            }

            async fn run(
                &self,
                cx: &$crate::ActionCx<'_>,
                input: $crate::__serde_json::Value,
            ) -> Result<$crate::__serde_json::Value, $crate::Error> {
                $module::run(cx, $crate::decode(input)?).await
            }

            async fn probe(
                &self,
                _cx: &$crate::ActionCx<'_>,
                _input: $crate::__serde_json::Value,
            ) -> Result<Option<$crate::__serde_json::Value>, $crate::Error> {
                $($crate::action!(@probe $extra _cx _input $module);)*
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
        return $module::probe($cx, $crate::decode($input)?).await;
    };
    (@probe $other:ident $cx:ident $input:ident $module:ident) => {};
}
