//! A little Markdown as plain data: headings, paragraphs, lists, bold, italic, code and links. Anything else is shown as it
//! is written, so nothing of a text is ever lost.

/// Signs inside signs are read so deep; further in they are letters.
const DEPTH_MAX: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// From 1, the largest.
    Heading(u8, Vec<Span>),
    /// Its lines, as they are broken.
    Paragraph(Vec<Vec<Span>>),
    List {
        ordered: bool,
        items: Vec<Vec<Span>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    Text(String),
    Strong(Vec<Span>),
    Emphasis(Vec<Span>),
    Code(String),
    Link { to: String, text: Vec<Span> },
}

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    // A free line ends whatever is above it.
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            goes_on = false;
            continue;
        }
        match (read(line), blocks.last_mut().filter(|_| goes_on)) {
            (Line::Heading(level, rest), _) => blocks.push(Block::Heading(level, spans(rest, 0))),
            (Line::Item(ordered, rest), Some(Block::List { ordered: last, items })) if *last == ordered => {
                items.push(spans(rest, 0));
            }
            (Line::Item(ordered, rest), _) => {
                blocks.push(Block::List { ordered, items: vec![spans(rest, 0)] });
            }
            (Line::Words, Some(Block::Paragraph(lines))) => lines.push(spans(line, 0)),
            (Line::Words, _) => blocks.push(Block::Paragraph(vec![spans(line, 0)])),
        }
        goes_on = true;
    }
    blocks
}

enum Line<'a> {
    Heading(u8, &'a str),
    /// Whether it is numbered.
    Item(bool, &'a str),
    Words,
}

fn read(line: &str) -> Line<'_> {
    let signs = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=3).contains(&signs)
        && let Some(rest) = line[signs..].strip_prefix(' ')
    {
        return Line::Heading(signs as u8, rest);
    }
    if let Some(rest) = ["- ", "* ", "• "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return Line::Item(false, rest);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line[digits..].strip_prefix(". ").or_else(|| line[digits..].strip_prefix(") ")) {
        Some(rest) if digits > 0 => Line::Item(true, rest),
        _ => Line::Words,
    }
}

fn spans(text: &str, depth: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    // What stands before decides whether `_` begins anything: snake_case does not.
    let mut before: Option<char> = None;
    while let Some(first) = rest.chars().next() {
        let span = if depth < DEPTH_MAX { span(rest, before, depth) } else { None };
        let length = match span {
            Some((span, length)) => {
                if !plain.is_empty() {
                    found.push(Span::Text(std::mem::take(&mut plain)));
                }
                found.push(span);
                length
            }
            None => {
                plain.push(first);
                first.len_utf8()
            }
        };
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    if !plain.is_empty() {
        found.push(Span::Text(plain));
    }
    found
}

/// What begins here, and how many bytes it takes.
fn span(text: &str, before: Option<char>, depth: usize) -> Option<(Span, usize)> {
    let inner = |text: &str| spans(text, depth + 1);
    if let Some(code) = between(text, "`") {
        return Some((Span::Code(code.to_owned()), code.len() + 2));
    }
    let in_word = before.is_some_and(char::is_alphanumeric);
    for sign in ["**", "__"] {
        if let Some(strong) = between(text, sign).filter(|_| sign == "**" || !in_word) {
            return Some((Span::Strong(inner(strong)), strong.len() + 4));
        }
    }
    for sign in ["*", "_"] {
        if let Some(emphasis) = between(text, sign).filter(|_| sign == "*" || !in_word) {
            return Some((Span::Emphasis(inner(emphasis)), emphasis.len() + 2));
        }
    }
    link(text, depth).or_else(|| address(text, in_word))
}

/// The text between two signs; there is some, and it does not begin or end with space.
fn between<'a>(text: &'a str, sign: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(sign)?;
    let end = rest.find(sign)?;
    let inner = &rest[..end];
    (!inner.is_empty() && inner.trim() == inner).then_some(inner)
}

/// `[words](address)`.
fn link(text: &str, depth: usize) -> Option<(Span, usize)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (to, _) = rest.split_once(')')?;
    let sound = !words.is_empty() && !words.contains(['[', ']']) && is_safe(to);
    let length = words.len() + to.len() + 4;
    sound.then(|| (Span::Link { to: to.to_owned(), text: spans(words, depth + 1) }, length))
}

/// An address that simply stands there.
fn address(text: &str, in_word: bool) -> Option<(Span, usize)> {
    if in_word || !(text.starts_with("https://") || text.starts_with("http://")) {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(text.len());
    // The sentence's own signs are not part of it.
    let to = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*', '_']);
    is_safe(to).then(|| (Span::Link { to: to.to_owned(), text: vec![Span::Text(to.to_owned())] }, to.len()))
}

/// Whether somebody may be led there by a click: to pages and letters, and never to a script.
fn is_safe(to: &str) -> bool {
    let lower = to.to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:"].iter().find(|start| lower.starts_with(**start));
    known.is_some_and(|start| to.len() > start.len())
        && !to.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.to_owned())
    }

    /// The spans of a single line.
    fn line(words: &str) -> Vec<Span> {
        match blocks(words).as_slice() {
            [Block::Paragraph(lines)] => lines.concat(),
            other => panic!("not one paragraph: {other:?}"),
        }
    }

    #[test]
    fn bold_italic_code_and_links_stand_in_a_line() {
        assert_eq!(
            line("**Pilot.** Ask *Nok* for `key`, see [the shop](https://shop.example/a_b)"),
            vec![
                Span::Strong(vec![text("Pilot.")]),
                text(" Ask "),
                Span::Emphasis(vec![text("Nok")]),
                text(" for "),
                Span::Code("key".into()),
                text(", see "),
                Span::Link { to: "https://shop.example/a_b".into(), text: vec![text("the shop")] },
            ]
        );
    }

    #[test]
    fn lines_are_broken_where_they_were_and_a_free_line_parts_paragraphs() {
        let lines = |all: &[&str]| Block::Paragraph(all.iter().map(|one| vec![text(one)]).collect());
        assert_eq!(blocks("สวัสดี\nครับ\n\nNext"), vec![lines(&["สวัสดี", "ครับ"]), lines(&["Next"])]);
    }

    #[test]
    fn lists_and_headings_begin_with_their_sign() {
        let item = |words: &str| vec![text(words)];
        assert_eq!(
            blocks("# Title\n- one\n- two\n1. first\n2) second"),
            vec![
                Block::Heading(1, vec![text("Title")]),
                Block::List { ordered: false, items: vec![item("one"), item("two")] },
                Block::List { ordered: true, items: vec![item("first"), item("second")] },
            ]
        );
    }

    #[test]
    fn what_is_no_sign_stays_as_it_is_written() {
        for words in ["2 * 3 * 4", "snake_case_name", "**open", "[a](b", "#1042", "-5", "<b>x</b>", "``"] {
            assert_eq!(line(words), vec![text(words)], "{words}");
        }
    }

    #[test]
    fn a_link_leads_to_pages_and_never_to_a_script() {
        for words in ["[x](javascript:alert(1))", "[x](data:text/html,y)", "[x](//host)", "[x](https://)"] {
            assert!(!line(words).iter().any(|span| matches!(span, Span::Link { .. })), "{words}");
        }
        let found = line("see https://khlong.example/a?b=1.");
        assert!(
            matches!(&found[1], Span::Link { to, .. } if to == "https://khlong.example/a?b=1"),
            "{found:?}"
        );
    }

    #[test]
    fn signs_inside_signs_end_somewhere() {
        let deep = "*a _b ".repeat(200) + &"_ *".repeat(200);
        assert!(!blocks(&deep).is_empty());
        assert_eq!(
            line("**all *of* it**"),
            vec![Span::Strong(vec![text("all "), Span::Emphasis(vec![text("of")]), text(" it")])]
        );
    }
}
