//! Finding by a few letters: in the palette, in the command bar, among the keys.

/// Behind any place where all letters stand together.
const SCATTERED: usize = 1_000;

/// How well a text fits what is searched for, the less the better; nothing where it does not.
///
/// Together and early is best, then every word of it somewhere, then at least every letter in order.
pub fn fit(searched: &str, text: &str) -> Option<usize> {
    let scattered = || {
        let text = text.to_lowercase();
        let mut rest = text.chars();
        let wanted = searched.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace());
        wanted.into_iter().all(|wanted| rest.any(|c| c == wanted)).then(|| 2 * SCATTERED + text.len())
    };
    fit_words(searched, text).or_else(scattered)
}

/// The same, where letters must stand together.
fn fit_words(searched: &str, text: &str) -> Option<usize> {
    let (searched, text) = (searched.trim().to_lowercase(), text.to_lowercase());
    if let Some(at) = text.find(&searched) {
        // The beginning of a word before the middle of one.
        let begins = at == 0 || text[..at].ends_with(|c: char| !c.is_alphanumeric());
        return Some(at + if begins { 0 } else { SCATTERED / 2 });
    }
    let places = searched.split_whitespace().map(|word| text.find(word));
    places.sum::<Option<usize>>().map(|sum| SCATTERED + sum)
}

/// What fits, the best first; of equals, those that stood first. `text` is what is shown, and what else it is known by.
pub fn best<T>(
    searched: &str,
    all: impl IntoIterator<Item = T>,
    text: impl Fn(&T) -> (String, String),
) -> Vec<T> {
    best_of(searched, all, text, |_| 0)
}

/// The same, where some stand so many letters further back than they would.
pub fn best_of<T>(
    searched: &str,
    all: impl IntoIterator<Item = T>,
    text: impl Fn(&T) -> (String, String),
    back: impl Fn(&T) -> usize,
) -> Vec<T> {
    let all = all.into_iter();
    if searched.trim().is_empty() {
        return all.collect();
    }
    let place = |one: &T| {
        let (shown, known) = text(one);
        let further = |text: &str| fit_words(searched, text).map(|place| SCATTERED + place);
        let beside = || further(&known).or_else(|| further(&format!("{shown} {known}")));
        fit_words(searched, &shown).or_else(beside).or_else(|| fit(searched, &shown))
    };
    let mut fitting: Vec<(usize, T)> =
        all.filter_map(|one| place(&one).map(|place| (place + back(&one), one))).collect();
    fitting.sort_by_key(|(place, _)| *place);
    fitting.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(searched: &str) -> Vec<&'static str> {
        let all = ["Create sales order", "Order created", "Reorder", "Settings", "ออร์เดอร์ใหม่"];
        best(searched, all, |text| ((*text).to_owned(), "Page".to_owned()))
    }

    #[test]
    fn words_that_begin_so_come_first() {
        assert_eq!(found("order"), ["Order created", "Create sales order", "Reorder"]);
    }

    #[test]
    fn words_may_come_in_any_order_and_letters_may_be_left_out() {
        assert_eq!(found("order sales"), ["Create sales order"]);
        assert_eq!(found("stngs"), ["Settings"]);
        assert_eq!(found("ออร์"), ["ออร์เดอร์ใหม่"]);
        assert!(found("xyz").is_empty() && found(" ").len() == 5);
    }

    #[test]
    fn what_is_known_beside_the_name_is_found_by_its_words_alone() {
        assert_eq!(found("page settings"), ["Settings"]);
        assert!(found("pge").is_empty());
    }
}
