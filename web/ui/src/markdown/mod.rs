//! A little Markdown, drawn as elements: whatever somebody writes, it is text and never markup of the page.

mod parse;

use leptos::prelude::*;
use parse::{Block, Span, blocks};

#[component]
pub fn Markdown(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <div class="kl-markdown">{move || text.with(|text| blocks(text)).into_iter().map(block).collect_view()}</div> }
}

fn block(block: Block) -> AnyView {
    match block {
        // Below the page's own headings.
        Block::Heading(1, text) => view! { <h3>{all(text)}</h3> }.into_any(),
        Block::Heading(_, text) => view! { <h4>{all(text)}</h4> }.into_any(),
        Block::Paragraph(lines) => {
            let line =
                |(at, line): (usize, Vec<Span>)| view! { {(at > 0).then(|| view! { <br/> })} {all(line)} };
            view! { <p>{lines.into_iter().enumerate().map(line).collect_view()}</p> }.into_any()
        }
        Block::List { ordered, items } => {
            let items = items.into_iter().map(|item| view! { <li>{all(item)}</li> }).collect_view();
            match ordered {
                true => view! { <ol>{items}</ol> }.into_any(),
                false => view! { <ul>{items}</ul> }.into_any(),
            }
        }
    }
}

fn all(spans: Vec<Span>) -> AnyView {
    spans.into_iter().map(span).collect_view().into_any()
}

fn span(span: Span) -> AnyView {
    match span {
        Span::Text(text) => text.into_any(),
        Span::Strong(inner) => view! { <strong>{all(inner)}</strong> }.into_any(),
        Span::Emphasis(inner) => view! { <em>{all(inner)}</em> }.into_any(),
        Span::Code(code) => view! { <code>{code}</code> }.into_any(),
        // A page of somebody else: it learns nothing of this one.
        Span::Link { to, text } => {
            view! { <a href=to target="_blank" rel="noopener noreferrer">{all(text)}</a> }.into_any()
        }
    }
}
