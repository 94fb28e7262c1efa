//! One thing that is set in a conversion.

use super::conversions::Place;
use super::names::{setting_words, usual};
use crate::editor::inspector::fields::ListedLine;
use crate::words::words;
use canvas::mapper::Setting;
use leptos::prelude::*;
use ui::FieldFrame;

#[component]
pub fn SettingInput(place: Place, setting: Setting) -> impl IntoView {
    let w = words();
    let held = Memo::new(move |_| place.all.with(|all| all.get(place.index).cloned()));
    let shown = move || held.with_untracked(|held| held.as_ref().map(|held| setting.shown(held)));
    let text = RwSignal::new(shown().unwrap_or_default());
    let wrong = RwSignal::new(None::<String>);
    // Undo, or another hand, may have set something else; what is typed otherwise stays as it is typed.
    Effect::new(move |_| {
        let Some(held) = held.get() else { return };
        let said = text.with_untracked(|text| setting.set(&held, text, place.wants));
        if said.as_ref() != Some(&held) {
            text.set(setting.shown(&held));
            wrong.set(None);
        }
    });
    let typed = move |typed: String| {
        let set = held.get_untracked().and_then(|held| setting.set(&held, &typed, place.wants));
        wrong.set(set.is_none().then(|| w.set_not_so.to_owned()));
        text.set(typed);
        if let Some(conversion) = set {
            place.set(Some(&format!("{setting:?}")), conversion);
        }
    };
    let options: Vec<(String, String)> =
        usual(setting).iter().map(|value| ((*value).to_owned(), String::new())).collect();
    let options = Signal::stored(options);
    let is_wrong = Signal::derive(move || wrong.with(Option::is_some));
    let input =
        move |ids: ui::FieldIds| view! { <ListedLine ids text typed options wrong=is_wrong/> }.into_any();
    let hint = match setting {
        Setting::Read => w.set_read_hint,
        Setting::Write => w.set_write_hint,
        Setting::Yes | Setting::No => w.set_words_hint,
        _ => "",
    };
    view! { <FieldFrame label=setting_words(setting, w) hint error=wrong input/> }
}
