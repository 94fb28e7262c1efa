//! A label: one page of PDF with a parcel's number on it, small enough to write by hand.

use std::fmt::Write as _;

/// Millimetres are drawn in points of 1/72 inch.
const POINTS_PER_TEN_MILLIMETRES: u32 = 283;
const MARGIN: u32 = 20;

/// Width and height of a page, in millimetres.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub width: u32,
    pub height: u32,
}

/// A page that shows these lines in Helvetica. That font has no Thai, so other letters become `?`.
pub(crate) fn pdf(page: Page, lines: &[&str]) -> Vec<u8> {
    let (width, height) = (points(page.width), points(page.height));
    let mut drawn = format!("BT /F1 14 Tf 18 TL {MARGIN} {} Td\n", height.saturating_sub(2 * MARGIN));
    for line in lines {
        let _ = writeln!(drawn, "({}) Tj T*", escaped(line)); // writing into a String does not fail
    }
    drawn.push_str("ET");
    let media = format!("/MediaBox [0 0 {width} {height}]");
    document(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R {media} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ])
}

fn points(millimetres: u32) -> u32 {
    millimetres * POINTS_PER_TEN_MILLIMETRES / 100
}

/// Numbers the objects from 1 and says where each begins.
fn document(objects: &[String]) -> Vec<u8> {
    let mut text = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (place, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", place + 1);
    }
    let (start, size) = (text.len(), objects.len() + 1);
    let _ = write!(
        text,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    text.into_bytes()
}

fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        match letter {
            '(' | ')' | '\\' => text.extend(['\\', letter]),
            ' '..='~' => text.push(letter),
            _ => text.push('?'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_where_each_object_begins() {
        let pdf = String::from_utf8(pdf(Page { width: 100, height: 150 }, &["TH0101(1)", "สมชาย"])).unwrap();
        let (_, start) = pdf.rsplit_once("startxref\n").unwrap();
        let table = &pdf[start.split('\n').next().unwrap().parse::<usize>().unwrap()..];
        let offsets = table.lines().skip(3).take(5).map(|line| line[..10].parse::<usize>().unwrap());
        for (place, offset) in offsets.enumerate() {
            assert!(pdf[offset..].starts_with(&format!("{} 0 obj", place + 1)));
        }
        assert!(pdf.contains(r"(TH0101\(1\)) Tj") && pdf.contains("(?????) Tj"));
        assert!(pdf.contains("/MediaBox [0 0 283 424]"));
    }

    #[test]
    fn a_stream_is_as_long_as_it_says() {
        let pdf = String::from_utf8(pdf(Page { width: 76, height: 100 }, &["1"])).unwrap();
        let (_, rest) = pdf.split_once("/Length ").unwrap();
        let length: usize = rest.split(' ').next().unwrap().parse().unwrap();
        let (_, stream) = pdf.split_once("stream\n").unwrap();
        assert_eq!(stream.find("\nendstream"), Some(length));
    }
}
