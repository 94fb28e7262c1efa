//! Thai text, of which there are several spellings that look the same.

const SARA_AA: char = 'า';
const SARA_AM: char = 'ำ';
const NIKHAHIT: char = '\u{e4d}';

/// Without spaces at the ends, invisible characters and doubled spaces.
pub fn clean(text: &str) -> String {
    let invisible =
        |letter: char| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    let visible: String = text.chars().filter(|letter| !invisible(*letter)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One spelling for what looks the same: vowels and tone marks in their order, เเ as แ, ํา as ำ, and cleaned.
pub fn normalise(text: &str) -> String {
    let mut out: Vec<char> = Vec::with_capacity(text.len() / 3);
    for letter in clean(text).chars() {
        match (letter, out.last().copied()) {
            ('เ', Some('เ')) => {
                out.pop();
                out.push('แ');
            }
            (mark, Some(last)) if mark == last && (is_tone(mark) || is_upper_or_lower_vowel(mark)) => {}
            (vowel, Some(tone)) if is_upper_or_lower_vowel(vowel) && is_tone(tone) => {
                out.pop();
                out.extend([vowel, tone]);
            }
            (SARA_AA, Some(_)) => push_sara_aa(&mut out),
            _ => out.push(letter),
        }
    }
    out.into_iter().collect()
}

pub fn is_tone(letter: char) -> bool {
    ('\u{e48}'..='\u{e4b}').contains(&letter)
}

/// Vowels above and below the line, which come before the tone mark.
fn is_upper_or_lower_vowel(letter: char) -> bool {
    letter == '\u{e31}' || ('\u{e34}'..='\u{e39}').contains(&letter) || letter == NIKHAHIT
}

/// ํ and า are ำ, with a tone mark between them or not; the mark comes first.
fn push_sara_aa(out: &mut Vec<char>) {
    let tone = out.last().copied().filter(|last| is_tone(*last));
    let before = out.len() - usize::from(tone.is_some());
    if before > 0 && out[before - 1] == NIKHAHIT {
        out.truncate(before - 1);
        out.extend(tone);
        out.push(SARA_AM);
    } else {
        out.push(SARA_AA);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_has_one_spelling() {
        // The tone before the vowel, เ twice for แ, ํ and า for ำ, a mark typed twice, an invisible letter.
        for (typed, wanted) in [
            ("ที\u{e48}", "ที่"),
            ("ท\u{e48}ี", "ที่"),
            ("เเม่นํ้า  ", "แม่น้ำ"),
            ("น\u{e49}\u{e4d}า", "น้ำ"),
            ("ชาา\u{200b} อู่\u{e48}หลง", "ชาา อู่หลง"),
        ] {
            assert_eq!(normalise(typed), wanted, "{typed:?}");
        }
    }
}
