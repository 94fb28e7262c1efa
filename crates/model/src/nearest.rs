//! The name that was probably meant.

/// Longer names than this are compared by their beginning; the comparison costs length × length.
const COMPARED_CHARS_MAX: usize = 64;

/// The candidate that differs in the fewest letters, if it is near enough to be meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = (name.chars().count().min(COMPARED_CHARS_MAX) / 3).max(1);
    let measured = candidates.into_iter().map(|other| (distance(name, other), other));
    measured
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= near)
        .map(|(_, other)| other)
}

/// `Did you mean …?`, or else all there is to choose from.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> String {
    match nearest(name, candidates.clone()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("{otherwise} {}", list(candidates)),
    }
}

/// How many names an advice lists.
const LISTED_MAX: usize = 12;

pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut text = names.by_ref().take(LISTED_MAX).collect::<Vec<_>>().join(", ");
    match names.count() {
        0 if text.is_empty() => text.push_str("none."),
        0 => text.push('.'),
        more => text.push_str(&format!(" and {more} more.")),
    }
    text
}

/// How many letters have to be put in, taken out, exchanged, or swapped with their neighbour. Small and capital
/// letters are the same.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (letters(one), letters(other));
    let mut last = vec![0; other.len() + 1];
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let swapped = i > 0 && j > 0 && *a == other[j - 1] && *b == one[i - 1];
            let swap = if swapped { last[j - 1] + 1 } else { usize::MAX };
            let exchange = row[j] + usize::from(a != b);
            next.push(exchange.min(row[j + 1] + 1).min(next[j] + 1).min(swap));
        }
        last = std::mem::replace(&mut row, next);
    }
    row[other.len()]
}

fn letters(text: &str) -> Vec<char> {
    let small = text.chars().flat_map(char::to_lowercase);
    small.take(COMPARED_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_near_and_another_word_is_not() {
        let fields = ["method", "url", "headers", "body"];
        assert_eq!(nearest("metod", fields), Some("method"));
        assert_eq!(nearest("URL", fields), Some("url"));
        assert_eq!(nearest("heders", fields), Some("headers"));
        assert_eq!(nearest("bdoy", fields), Some("body"));
        assert_eq!(nearest("timeout", fields), None);
        assert_eq!(nearest("", []), None);
    }
}
