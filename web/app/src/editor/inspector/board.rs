//! The fields that are on show, so that a value can be put into one of them from elsewhere.

use leptos::prelude::*;

/// One for each form: a cheap handle.
#[derive(Clone, Copy)]
pub struct Board(RwSignal<Vec<Target>>);

/// A field that takes values.
#[derive(Clone)]
pub struct Target {
    /// JSON pointer in the node's fields.
    pub at: String,
    pub title: String,
    /// Takes the expression for a value.
    pub put: Callback<String>,
}

impl Board {
    pub fn provide() -> Self {
        let board = Self(RwSignal::default());
        provide_context(board);
        board
    }

    /// Names a field for as long as it is drawn.
    pub fn register(target: Target) {
        let Some(board) = use_context::<Self>() else { return };
        let at = target.at.clone();
        board.0.update(|all| all.push(target));
        on_cleanup(move || {
            board.0.try_update(|all| all.retain(|target| target.at != at));
        });
    }

    pub fn targets(self) -> Vec<Target> {
        self.0.get()
    }

    /// Puts an expression into a field; its title.
    pub fn put(self, at: &str, expression: String) -> Option<String> {
        let target = self.0.with_untracked(|all| all.iter().find(|target| target.at == at).cloned())?;
        target.put.run(expression);
        Some(target.title)
    }
}
