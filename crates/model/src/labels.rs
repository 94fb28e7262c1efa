//! What people find a flow by: the folder that it is in, and its tags.

/// Folders inside folders; a deeper one is found by nobody.
pub const FOLDER_DEPTH_MAX: usize = 6;
pub const FOLDER_NAME_CHARS_MAX: usize = 60;
pub const TAGS_MAX: usize = 20;
pub const TAG_CHARS_MAX: usize = 40;

/// Why a folder cannot be called so; nothing where it can. The empty text is the top, where no folder is.
pub fn folder_trouble(folder: &str) -> Option<String> {
    if folder.is_empty() {
        return None;
    }
    let names: Vec<_> = folder.split('/').collect();
    if names.len() > FOLDER_DEPTH_MAX {
        return Some(format!(
            "the folder \"{folder}\" is {} deep; {FOLDER_DEPTH_MAX} are allowed",
            names.len()
        ));
    }
    let wrong = names.iter().find(|name| !is_word(name, FOLDER_NAME_CHARS_MAX))?;
    Some(format!("\"{wrong}\" in the folder \"{folder}\" cannot be a folder's name"))
}

/// Why these cannot be a flow's tags; nothing where they can.
pub fn tags_trouble(tags: &[String]) -> Option<(usize, String)> {
    if tags.len() > TAGS_MAX {
        return Some((TAGS_MAX, format!("there are {} tags; {TAGS_MAX} are allowed", tags.len())));
    }
    tags.iter().enumerate().find_map(|(at, tag)| {
        if !is_word(tag, TAG_CHARS_MAX) || tag.contains(',') {
            return Some((at, format!("\"{tag}\" cannot be a tag")));
        }
        let twice = tags[..at].iter().any(|other| other.to_lowercase() == tag.to_lowercase());
        twice.then(|| (at, format!("the tag \"{tag}\" is there twice")))
    })
}

/// A folder as somebody typed it, in its one form: ` Shop / Orders/` is `Shop/Orders`.
pub fn tidy_folder(typed: &str) -> String {
    let names = typed.split('/').map(tidy_word).filter(|name| !name.is_empty());
    names.collect::<Vec<_>>().join("/")
}

/// Tags as somebody typed them, with commas between; what is there twice is taken once.
pub fn tidy_tags(typed: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in typed.split(',').map(tidy_word).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|other| other.to_lowercase() == tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    tags
}

fn tidy_word(word: &str) -> String {
    word.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text that can be seen and found again: nothing around it, nothing in it that is not shown.
fn is_word(word: &str, most: usize) -> bool {
    let shown = word.chars().all(|c| !c.is_control());
    shown && !word.is_empty() && word.trim() == word && word.chars().count() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_gets_one_form() {
        assert_eq!(tidy_folder(" Shop //  New   orders/"), "Shop/New orders");
        assert_eq!(tidy_folder(" / "), "");
        assert_eq!(tidy_tags("เร่งด่วน, Shop ,, shop,ERP"), ["เร่งด่วน", "Shop", "ERP"]);
    }

    #[test]
    fn a_folder_has_names_all_the_way_and_an_end() {
        let trouble = |folder: &str| folder_trouble(folder).unwrap_or_default();
        for fine in ["", "ร้านค้า", "Shop/Orders", "a/b/c/d/e/f"] {
            assert_eq!(trouble(fine), "");
        }
        assert!(trouble("Shop//Orders").contains("cannot be a folder's name"));
        assert!(trouble("/Shop").contains("cannot be a folder's name"));
        assert!(trouble("Shop / Orders").contains("\"Shop \""));
        assert!(trouble("a/b/c/d/e/f/g").contains("7 deep"));
        assert!(trouble(&"x".repeat(61)).contains("cannot be a folder's name"));
    }

    #[test]
    fn tags_are_few_short_and_different() {
        let trouble =
            |tags: &[&str]| tags_trouble(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        assert_eq!(trouble(&["shop", "ภาษี"]), None);
        assert_eq!(trouble(&["shop", "Shop"]).map(|(at, _)| at), Some(1));
        assert_eq!(trouble(&["shop", "a,b"]).map(|(at, _)| at), Some(1));
        assert_eq!(trouble(&["shop", ""]).map(|(at, _)| at), Some(1));
        assert_eq!(trouble(&["x"; 21]).map(|(at, _)| at), Some(20));
    }
}
