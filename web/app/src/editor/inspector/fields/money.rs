//! An amount of money: digits while they are typed, with commas between thousands otherwise, and its currency beside it.

use super::edit::{Edited, Notation};
use super::editing::{EditFrame, Editing};
use super::line::{Chipped, LineInput};
use super::text::{edited, placeholder};
use leptos::prelude::*;
use model::FieldKind;
use model::money::{Amount, grouped, plain};
use ui::FieldIds;

#[component]
pub fn MoneyEditor(editing: Editing) -> impl IntoView {
    let Edited { text, wrong } = edited(&editing, Notation::Money);
    let currency = currency(&editing);
    let placeholder = placeholder(&editing.field);
    let fixed = move |ids: FieldIds| {
        let placeholder = placeholder.clone();
        let unit = format!("{}-currency", ids.input);
        let notes = format!("{unit} {}", ids.note);
        view! {
            <div class="kl-money">
                <Chipped shown=move || text.with(|text| shown(text))>
                    <LineInput
                        text
                        typed=move |typed: String| text.set(typed)
                        placeholder
                        attr:id=ids.input
                        attr:inputmode="decimal"
                        attr:data-entry=""
                        attr:aria-describedby=notes
                    />
                </Chipped>
                <span class="kl-money-currency" id=unit>{move || currency.get()}</span>
            </div>
        }
        .into_any()
    };
    view! { <EditFrame editing wrong fixed/> }
}

/// What the amount is in, as far as that is fixed.
fn currency(editing: &Editing) -> Memo<Option<String>> {
    let (place, kind) = (editing.place.clone(), editing.field.kind.clone());
    editing.desk.of_document(move |doc| {
        let FieldKind::Money(Some(currency)) = &kind else { return None };
        let node = doc.node(place.node.as_str())?;
        currency.of(&node.with, &place.at).map(str::to_uppercase)
    })
}

/// With commas; what is no amount stands as it is typed.
fn shown(text: &str) -> Option<String> {
    let digits = plain(text).filter(|digits| Amount::read(digits).is_ok())?;
    Some(grouped(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_commas_and_anything_else_as_it_is() {
        assert_eq!(shown("1234567.50").as_deref(), Some("1,234,567.50"));
        assert_eq!(shown("1,234.5").as_deref(), Some("1,234.5"));
        assert_eq!((shown(""), shown("12,34"), shown("about 10")), (None, None, None));
    }
}
