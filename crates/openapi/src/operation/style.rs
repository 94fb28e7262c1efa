//! How a parameter is written, from the words of all versions.

use crate::call::{Place, Style};
use crate::document::Document;
use crate::node::Node;
use crate::note;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub style: Style,
    pub explode: bool,
}

/// OpenAPI 3: `style` and `explode`, each with a default that depends on the other and on the place.
pub(super) fn of_openapi(document: &Document<'_>, node: &Node<'_>, place: Place) -> Written {
    let usual = usual(place);
    let style = match node.text("style") {
        None => usual,
        Some(word) => named(word).filter(|style| allowed(place, *style)).unwrap_or_else(|| {
            document.note(&note::STYLE, &node.at, &[word, word_of(usual)]);
            usual
        }),
    };
    let explode = node.flag("explode").unwrap_or(matches!(style, Style::Form | Style::DeepObject));
    Written { style, explode }
}

/// Swagger 2: `collectionFormat`.
pub(super) fn of_swagger(document: &Document<'_>, node: &Node<'_>, place: Place) -> Written {
    let usual = usual(place);
    let (style, explode) = match node.text("collectionFormat") {
        None | Some("csv") => (usual, false),
        Some("multi") if place == Place::Query => (Style::Form, true),
        Some("ssv") if place == Place::Query => (Style::SpaceDelimited, false),
        Some("tsv") if place == Place::Query => (Style::TabDelimited, false),
        Some("pipes") if place == Place::Query => (Style::PipeDelimited, false),
        Some(word) => {
            document.note(&note::STYLE, &node.at, &[word, "csv"]);
            (usual, false)
        }
    };
    Written { style, explode }
}

pub(super) fn usual(place: Place) -> Style {
    match place {
        Place::Path | Place::Header => Style::Simple,
        Place::Query | Place::Cookie => Style::Form,
    }
}

pub(super) fn named(word: &str) -> Option<Style> {
    Some(match word {
        "simple" => Style::Simple,
        "label" => Style::Label,
        "matrix" => Style::Matrix,
        "form" => Style::Form,
        "spaceDelimited" => Style::SpaceDelimited,
        "pipeDelimited" => Style::PipeDelimited,
        "deepObject" => Style::DeepObject,
        _ => return None,
    })
}

fn word_of(style: Style) -> &'static str {
    if style == Style::Simple { "simple" } else { "form" }
}

fn allowed(place: Place, style: Style) -> bool {
    use Style::*;
    match place {
        Place::Path => matches!(style, Simple | Label | Matrix),
        Place::Header => style == Simple,
        Place::Cookie => style == Form,
        Place::Query => matches!(style, Form | SpaceDelimited | PipeDelimited | DeepObject),
    }
}
