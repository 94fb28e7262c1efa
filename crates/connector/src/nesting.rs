//! How deep JSON from outside may be nested.

/// Scripts take values 64 levels deep; what is left is for what stands around a body, such as `trigger`. A body that is
/// refused here would be taken and then fail in its first script.
pub const JSON_LEVELS_MAX: usize = 60;

/// Whether JSON is nested deeper than that. Only its brackets are looked at, so it can be asked before anything is read,
/// and of any depth.
pub fn is_deeper(json: &[u8], levels_max: usize) -> bool {
    let (mut level, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => level += 1,
            b']' | b'}' => level = level.saturating_sub(1),
            _ => {}
        }
        if level > levels_max {
            return true;
        }
    }
    false
}

/// What to tell whoever sent it.
pub fn too_deep() -> String {
    format!("the body is nested more than {JSON_LEVELS_MAX} levels deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_and_brackets_in_texts_are_not() {
        for flat in [r#""[[[[""#, r#"{"a":"]\"[[[","b":[1]}"#, "[[],[],[]]", "", "]]]["] {
            assert!(!is_deeper(flat.as_bytes(), 2), "{flat}");
        }
        for deep in ["[[[]]]", r#"{"a":[{}]}"#, r#"["\\",[["#] {
            assert!(is_deeper(deep.as_bytes(), 2), "{deep}");
        }
    }
}
