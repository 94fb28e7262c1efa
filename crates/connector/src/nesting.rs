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

/// Whether JSON that passes in parts has the shape of a list or an object: what is quoted ends, brackets match and are not
/// too deep, and nothing stands behind the last. Each value in it is looked at when it is used.
#[derive(Debug, Default)]
pub struct Shape {
    open: Vec<u8>,
    begun: bool,
    in_text: bool,
    escaped: bool,
    /// The beginning of a character whose rest has not come.
    torn: Vec<u8>,
}

impl Shape {
    pub fn pass(&mut self, part: &[u8]) -> Result<(), String> {
        self.check_text(part)?;
        part.iter().try_for_each(|byte| self.step(*byte))
    }

    pub fn end(&self) -> Result<(), String> {
        match self.begun && self.open.is_empty() && self.torn.is_empty() {
            true => Ok(()),
            false => Err("the body is not JSON: it ends too early".into()),
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), String> {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return Ok(());
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'[' | b'{' if self.open.len() >= JSON_LEVELS_MAX => return Err(too_deep()),
            b'[' | b'{' if !self.begun || !self.open.is_empty() => {
                self.begun = true;
                self.open.push(byte + 2);
            }
            b']' | b'}' if self.open.last() == Some(&byte) => drop(self.open.pop()),
            _ if self.open.is_empty() => return Err("the body is not a JSON list or object".into()),
            b'"' => self.in_text = true,
            b',' | b':' | b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E' => {}
            _ => return Err(format!("the body is not JSON: {:?} stands between values", char::from(byte))),
        }
        Ok(())
    }

    /// A part may end within a character.
    fn check_text(&mut self, part: &[u8]) -> Result<(), String> {
        let joined;
        let mut text = part;
        if !self.torn.is_empty() {
            self.torn.extend_from_slice(part);
            joined = std::mem::take(&mut self.torn);
            text = &joined;
        }
        match std::str::from_utf8(text) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                self.torn = text[error.valid_up_to()..].to_vec();
                Ok(())
            }
            Err(_) => Err("the body is not JSON: it is no UTF-8 text".into()),
        }
    }
}

/// What to tell whoever sent it.
pub fn too_deep() -> String {
    format!("the body is nested more than {JSON_LEVELS_MAX} levels deep")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(json: &[u8], part: usize) -> Result<(), String> {
        let mut shape = Shape::default();
        json.chunks(part).try_for_each(|part| shape.pass(part))?;
        shape.end()
    }

    #[test]
    fn a_shape_is_known_however_it_is_cut() {
        for part in 1..9 {
            for good in [r#" [1, {"a\"]": "ก็"}, [true, -1.5e3]] "#, "{}", "[]\n"] {
                assert_eq!(shape(good.as_bytes(), part), Ok(()), "{good}");
            }
            let deep = "[".repeat(JSON_LEVELS_MAX + 1);
            for bad in ["[1, 2", "[}", "[] []", "<html>", "1", "[\"a]", "[<]", "", "{]}", &deep] {
                shape(bad.as_bytes(), part).expect_err(bad);
            }
            shape(b"[\"\xe0\xb8\"]", part).expect_err("half a letter");
        }
    }

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
