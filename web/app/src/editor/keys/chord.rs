//! Keys as text, such as `Ctrl+Shift+Z`: one writing for what is pressed, for the table, and for what a browser keeps.

use web_sys::KeyboardEvent;

/// What a keyboard tells of one press.
#[derive(Clone, Copy, Debug, Default)]
struct Pressed<'a> {
    key: &'a str,
    /// The place on the keyboard, named by what a US keyboard has there.
    code: &'a str,
    /// Or Command.
    control: bool,
    alt: bool,
    shift: bool,
}

/// What is pressed, or nothing while it is only Shift and the like.
pub fn pressed(event: &KeyboardEvent) -> Option<String> {
    let (key, code) = (event.key(), event.code());
    let control = event.ctrl_key() || event.meta_key();
    let pressed = Pressed { key: &key, code: &code, control, alt: event.alt_key(), shift: event.shift_key() };
    write(pressed)
}

fn write(pressed: Pressed<'_>) -> Option<String> {
    let (name, shift) = name(pressed)?;
    let mut text = String::new();
    for (down, word) in [(pressed.control, "Ctrl+"), (pressed.alt, "Alt+"), (shift, "Shift+")] {
        if down {
            text += word;
        }
    }
    Some(text + name.as_str())
}

/// The key's name, and whether Shift counts: a sign such as `?` has its Shift in itself.
fn name(pressed: Pressed<'_>) -> Option<(String, bool)> {
    let mut letters = pressed.key.chars();
    match (letters.next(), letters.next()) {
        (Some(' '), None) => Some(("Space".to_owned(), pressed.shift)),
        // With Alt a Mac writes another letter, and a Thai keyboard has none of these: the place counts.
        (Some(letter), None) if !letter.is_ascii() || pressed.alt => {
            Some(by_place(pressed.code, pressed.shift).unwrap_or_else(|| sign(letter, pressed.shift)))
        }
        (Some(letter), None) => Some(sign(letter, pressed.shift)),
        _ => match pressed.key {
            "Shift" | "Control" | "Alt" | "AltGraph" | "Meta" | "CapsLock" | "Dead" | "Process"
            | "Unidentified" | "" => None,
            key => Some((key.to_owned(), pressed.shift)),
        },
    }
}

fn sign(letter: char, shift: bool) -> (String, bool) {
    (letter.to_uppercase().to_string(), shift && letter.is_alphabetic())
}

fn by_place(code: &str, shift: bool) -> Option<(String, bool)> {
    if let Some(letter) = code.strip_prefix("Key") {
        return Some((letter.to_owned(), shift));
    }
    let sign = match (code, shift) {
        ("Slash", false) => "/",
        ("Slash", true) => "?",
        ("Equal", false) => "=",
        ("Equal", true) => "+",
        ("Minus", false) => "-",
        ("Minus", true) => "_",
        ("BracketLeft", false) => "[",
        ("BracketRight", false) => "]",
        (code, false) => code.strip_prefix("Digit")?,
        _ => return None,
    };
    Some((sign.to_owned(), false))
}

/// The caps to draw for a key, in a row: `Ctrl`, `Shift`, `←`. Two keys that are pressed one after the other have a gap.
pub fn caps(key: &str) -> Vec<String> {
    let mut caps = Vec::new();
    for (n, one) in key.split(' ').enumerate() {
        if n > 0 {
            caps.push(String::new());
        }
        let mut rest = one;
        for (word, cap) in [("Ctrl+", control_cap()), ("Alt+", "Alt"), ("Shift+", "Shift")] {
            if let Some(after) = rest.strip_prefix(word) {
                caps.push(cap.to_owned());
                rest = after;
            }
        }
        caps.push(cap(rest).to_owned());
    }
    caps
}

fn cap(name: &str) -> &str {
    match name {
        "ArrowLeft" => "←",
        "ArrowRight" => "→",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "Escape" => "Esc",
        "Delete" => "Del",
        name => name,
    }
}

/// What stands on the key of somebody's computer.
fn control_cap() -> &'static str {
    #[cfg(target_family = "wasm")]
    if leptos::prelude::window().navigator().platform().is_ok_and(|name| name.starts_with("Mac")) {
        return "⌘";
    }
    "Ctrl"
}

/// The key in one piece, to be read out or put behind a name.
pub fn spoken(key: &str) -> String {
    let caps = caps(key);
    let words: Vec<String> = caps.split(String::is_empty).map(|one| one.join("+")).collect();
    words.join(" ")
}

/// The key as `aria-keyshortcuts` writes it: nothing for two keys one after the other, which it has no writing for.
pub fn announced(key: &str) -> Option<String> {
    if key.contains(' ') {
        return None;
    }
    let control = if control_cap() == "⌘" { "Meta+" } else { "Control+" };
    // Its own writing of the key that joins the others.
    let key = key.strip_suffix('+').map_or_else(|| key.to_owned(), |rest| format!("{rest}Plus"));
    Some(key.replace("Ctrl+", control))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str, code: &str, with: &str) -> String {
        let has = |word: &str| with.contains(word);
        let (control, alt, shift) = (has("ctrl"), has("alt"), has("shift"));
        write(Pressed { key, code, control, alt, shift }).unwrap_or_default()
    }

    #[test]
    fn a_letter_is_the_same_key_with_and_without_capitals_lock() {
        assert_eq!([key("z", "KeyZ", "ctrl"), key("Z", "KeyZ", "ctrl")], ["Ctrl+Z", "Ctrl+Z"]);
        assert_eq!(key("Z", "KeyZ", "ctrl shift"), "Ctrl+Shift+Z");
    }

    #[test]
    fn a_sign_has_its_shift_in_itself() {
        assert_eq!([key("?", "Slash", "shift"), key("+", "Equal", "shift")], ["?", "+"]);
        assert_eq!(key("ArrowLeft", "ArrowLeft", "shift"), "Shift+ArrowLeft");
    }

    #[test]
    fn a_thai_keyboard_has_the_same_keys() {
        assert_eq!(
            [key("ย", "KeyP", ""), key("ฝ", "Slash", ""), key("ฦ", "Slash", "shift")],
            ["P", "/", "?"]
        );
        assert_eq!(key("ผ", "KeyZ", "ctrl"), "Ctrl+Z");
    }

    #[test]
    fn with_alt_the_place_of_a_key_counts() {
        assert_eq!([key("¨", "KeyU", "alt"), key("†", "KeyT", "alt shift")], ["Alt+U", "Alt+Shift+T"]);
    }

    #[test]
    fn a_key_that_only_holds_others_is_none() {
        assert_eq!([key("Shift", "ShiftLeft", "shift"), key("Dead", "Quote", "")], ["", ""]);
    }

    #[test]
    fn a_key_is_drawn_as_its_caps() {
        assert_eq!(caps("Ctrl+Shift+ArrowLeft"), ["Ctrl", "Shift", "←"]);
        assert_eq!(caps("Ctrl++"), ["Ctrl", "+"]);
        assert_eq!(spoken("Alt+A L"), "Alt+A L");
    }

    #[test]
    fn a_key_is_told_to_readers_by_its_full_name() {
        assert_eq!(announced("Ctrl+Shift+G").as_deref(), Some("Control+Shift+G"));
        assert_eq!(announced("Ctrl++").as_deref(), Some("Control+Plus"));
        assert_eq!((announced("Delete").as_deref(), announced("Alt+A L")), (Some("Delete"), None));
    }
}
