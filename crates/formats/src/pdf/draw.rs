//! From pages to the bytes of a PDF.

use super::letters::Letters;
use super::sheet::{Color, HEIGHT, Item, Page, WIDTH};
use chrono::{Datelike, NaiveDate};
use krilla::color::rgb;
use krilla::configure::ConfigurationBuilder;
use krilla::configure::validate::Archival;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

const RULE: f32 = 0.6;
const BANGKOK_HOURS: i8 = 7;

/// What the file says of itself.
pub struct About {
    pub title: String,
    pub author: String,
    pub language: &'static str,
    pub day: NaiveDate,
}

/// An archive's PDF (PDF/A-2b); the same pages are the same bytes, whenever they are drawn.
pub fn pdf(pages: &[Page], letters: &Letters, about: &About) -> Result<Vec<u8>, String> {
    let archive = ConfigurationBuilder::new().with_archival_validator(Archival::A2_B).finish();
    let configuration = archive.map_err(|error| format!("{error:?}"))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    for page in pages {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or("a page has no size")?;
        let mut drawn = document.start_page_with(size);
        let mut surface = drawn.surface();
        for item in &page.items {
            draw(&mut surface, item, letters);
        }
        surface.finish();
        drawn.finish();
    }
    document.set_metadata(metadata(about));
    document.finish().map_err(|error| format!("{error:?}"))
}

fn metadata(about: &About) -> Metadata {
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(about.day.year()).unwrap_or_default();
    let date = DateTime::new(year).month(part(about.day.month())).day(part(about.day.day()));
    let date = date.hour(0).minute(0).second(0).utc_offset_hour(BANGKOK_HOURS).utc_offset_minute(0);
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.author.clone()])
        .creator("Khlong".into())
        .language(about.language.into())
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, item: &Item, letters: &Letters) {
    match item {
        Item::Text { line, x, base, size, color } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*color)));
            let font = letters.font(line.weight);
            surface.draw_glyphs(Point::from_xy(*x, *base), &line.glyphs, font, &line.text, *size, false);
        }
        Item::Rule { from, to, color } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            outline(surface, path, *color);
        }
        Item::Box { x, y, width, height, color } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            outline(surface, path, *color);
        }
        Item::Fill { x, y, width, height, color } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*color)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn outline(surface: &mut Surface<'_>, path: PathBuilder, color: Color) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: shade(color).into(), width: RULE, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn fill(color: Color) -> Fill {
    Fill { paint: shade(color).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

fn shade(color: Color) -> rgb::Color {
    match color {
        Color::Ink => rgb::Color::new(0x1a, 0x1f, 0x24),
        Color::Grey => rgb::Color::new(0x5b, 0x66, 0x70),
        Color::Line => rgb::Color::new(0xb8, 0xc2, 0xcc),
        Color::Shade => rgb::Color::new(0xee, 0xf2, 0xf6),
    }
}
