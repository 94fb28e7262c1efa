//! Descriptions as they are shown beside a field: plain sentences without Markdown and HTML, and not too many.

use model::Words;

/// The text in both places: a document has one language, whichever it is.
pub(crate) fn both(text: String) -> Words {
    Words::new(text.clone(), text)
}

/// One line, with what marks it up removed, cut at the end of a sentence or a word.
pub(crate) fn plain(text: &str, most: usize) -> String {
    // Whatever is cut off at the end need not be looked at.
    let end = text.char_indices().nth(most * 8).map_or(text.len(), |(end, _)| end);
    let text = without_links(&without_tags(&text[..end]));
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches(['#', '>']));
    let words = lines.flat_map(str::split_whitespace).filter(|word| !is_rule(word));
    let line = words.collect::<Vec<_>>().join(" ").replace("**", "").replace("__", "").replace('`', "");
    cut(line.trim(), most)
}

/// The same, with a full stop where a sentence has none.
pub(crate) fn sentence(text: &str, most: usize) -> String {
    let mut text = plain(text, most);
    // Thai has no full stops, whatever word a sentence ends with.
    if !text.chars().any(|letter| ('ก'..='๛').contains(&letter))
        && text.ends_with(|last: char| last.is_ascii_alphanumeric() || matches!(last, '"' | ')' | ']' | '%'))
    {
        text.push('.');
    }
    text
}

/// What Markdown draws lines and lists with.
fn is_rule(word: &str) -> bool {
    matches!(word, "*" | "-" | "+" | "|")
        || (word.len() > 2 && word.chars().all(|c| matches!(c, '-' | '=' | '|' | '*' | ':')))
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| tag) {
            Some((_, after)) => {
                plain.push(' ');
                rest = after;
            }
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    const ENTITIES: [(&str, &str); 6] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    ENTITIES.iter().fold(plain, |text, (entity, letter)| text.replace(entity, letter))
}

/// `[words](address)` is its words.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let link = after.split_once("](").and_then(|(words, more)| Some((words, more.split_once(')')?.1)));
        match link.filter(|(words, _)| !words.contains(['[', '\n'])) {
            Some((words, after)) => {
                plain.push_str(words);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn cut(line: &str, most: usize) -> String {
    let Some((end, _)) = line.char_indices().nth(most) else { return line.to_owned() };
    let head = &line[..end];
    let sentence = head.rfind(". ").map(|at| at + 1).filter(|at| *at > end / 2);
    if let Some(at) = sentence {
        return head[..at].to_owned();
    }
    let word = head.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", &head[..word])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_the_words_stay() {
        let text = "## Orders\n\nReturns **all** [orders](https://x.example) with `status` <em>open</em> &amp; `x < 3`.\n---\n- one\n- two";
        assert_eq!(plain(text, 200), "Orders Returns all orders with status open & x < 3. one two");
        assert_eq!(plain("a [b] (c) <d", 99), "a [b] (c) <d");
    }

    #[test]
    fn long_ones_end_at_a_sentence_or_a_word() {
        assert_eq!(plain("First sentence. Second sentence.", 20), "First sentence.");
        assert_eq!(plain("one two three four five", 12), "one two…");
        assert_eq!(plain("กขคงจ", 3), "กขค…");
    }

    #[test]
    fn a_sentence_has_its_full_stop_and_thai_has_none() {
        assert_eq!(sentence("The id", 99), "The id.");
        assert_eq!(sentence("Is it?", 99), "Is it?");
        assert_eq!(sentence("รหัสใน ERP", 99), "รหัสใน ERP");
        assert_eq!(sentence("", 99), "");
    }
}
