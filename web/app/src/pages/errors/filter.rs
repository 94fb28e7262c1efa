//! What the list of groups is narrowed to: in the page's address, in the form, and as the server is asked.

use crate::client::{client, encode};
use crate::load::Load;
use crate::words::words;
use api::{FlowList, path};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use ui::{Choice, Select, Switch};

/// What the list of groups is narrowed to; the page's address says the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub flow: String,
    pub mine: bool,
    /// Nothing for those that wait, `aside` for those that are put aside, `all` for all there are.
    pub show: String,
}

impl Filter {
    pub fn address(&self, group: Option<&str>) -> String {
        let mine = if self.mine { "1" } else { "" };
        let parts = [
            ("flow", self.flow.as_str()),
            ("mine", mine),
            ("show", &self.show),
            ("group", group.unwrap_or_default()),
        ];
        let set = parts.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = set.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        format!("/errors?{}", query.join("&")).trim_end_matches('?').to_owned()
    }

    pub fn question(&self) -> String {
        let show = match self.show.as_str() {
            "all" => "",
            "aside" => "&open=true&snoozed=true",
            _ => "&open=true&snoozed=false",
        };
        format!("flow={}&mine={}{show}", encode(&self.flow), self.mine)
    }
}

#[component]
pub fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let w = words();
    let client = client();
    let flows = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    let start = filter.get_untracked();
    let (flow, mine, show) =
        (RwSignal::new(start.flow), RwSignal::new(start.mine), RwSignal::new(start.show));
    let navigate = use_navigate();
    Effect::new(move |last: Option<Filter>| {
        let wanted = Filter { flow: flow.get(), mine: mine.get(), show: show.get() };
        if last.is_some_and(|last| last != wanted) {
            navigate(&wanted.address(None), NavigateOptions { replace: true, ..Default::default() });
        }
        wanted
    });
    // A link to another filter, or "back", is taken over by the fields.
    Effect::new(move |_| {
        let now = filter.get();
        for (field, value) in [(flow, now.flow), (show, now.show)] {
            if field.get_untracked() != value {
                field.set(value);
            }
        }
        if mine.get_untracked() != now.mine {
            mine.set(now.mine);
        }
    });
    let flow_choices = Signal::derive(move || {
        let each = flows.get().map(|list| list.flows).unwrap_or_default();
        let each = each.into_iter().map(|flow| Choice::new(flow.id.to_string(), flow.name));
        [Choice::new("", w.all_flows)].into_iter().chain(each).collect::<Vec<_>>()
    });
    let shows = vec![
        Choice::new("", w.errors_show_open),
        Choice::new("aside", w.errors_show_aside),
        Choice::new("all", w.errors_show_all),
    ];
    view! {
        <form class="kl-filters kl-errors-filters" role="search" on:submit=|event| event.prevent_default()>
            <Select label=w.flow value=flow choices=flow_choices label_hidden=true/>
            <Select label=w.errors_show value=show choices=Signal::stored(shows) label_hidden=true/>
            <Switch label=w.errors_mine value=mine/>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_stands_in_the_address_and_is_asked_for() {
        let filter = Filter { flow: "a b".into(), mine: true, show: "aside".into() };
        assert_eq!(filter.address(Some("00ff")), "/errors?flow=a%20b&mine=1&show=aside&group=00ff");
        assert_eq!(filter.question(), "flow=a%20b&mine=true&open=true&snoozed=true");
        assert_eq!(Filter::default().address(None), "/errors");
        assert_eq!(Filter::default().question(), "flow=&mine=false&open=true&snoozed=false");
    }
}
