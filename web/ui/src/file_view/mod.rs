//! Bytes among data: a picture is shown, a text is read, and of anything else it is said what it is and how much.

mod kind;

pub use kind::{File, Kind, files, kind, size};
use leptos::prelude::*;

/// The largest picture that is drawn, in letters of base64.
const PICTURE_CHARS_MAX: usize = 2 << 20;

/// The words around it.
#[derive(Clone, Copy, Debug)]
pub struct FileWords {
    pub picture: &'static str,
    pub text: &'static str,
    pub other: &'static str,
}

#[component]
pub fn FileView(
    /// As people find it in the data.
    #[prop(into)]
    name: String,
    base64: String,
    words: FileWords,
) -> impl IntoView {
    let size = told_size(size(&base64));
    let label = name.clone();
    let (what, shown) = match kind(&base64) {
        Kind::Picture(media) if base64.len() <= PICTURE_CHARS_MAX => {
            let source = format!("data:{media};base64,{base64}");
            let picture = view! { <img class="kl-file-picture" src=source alt=name.clone()/> };
            (words.picture, picture.into_any())
        }
        Kind::Picture(_) => (words.picture, ().into_any()),
        Kind::Text(text) => {
            (words.text, view! { <pre class="kl-json-text" tabindex="0">{text}</pre> }.into_any())
        }
        Kind::Named(name) => (name, ().into_any()),
        Kind::Unknown => (words.other, ().into_any()),
    };
    view! {
        <figure class="kl-file" aria-label=label>
            <figcaption><code>{name}</code>" "<span>{what}", "{size}</span></figcaption>
            {shown}
        </figure>
    }
}

/// "12 KB", as file managers say it.
fn told_size(bytes: usize) -> String {
    const UNITS: [&str; 3] = ["KB", "MB", "GB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1_000.0;
    let mut unit = 0;
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1_000.0;
        unit += 1;
    }
    if size < 10.0 { format!("{size:.1} {}", UNITS[unit]) } else { format!("{size:.0} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::told_size;

    #[test]
    fn a_size_is_said_in_the_unit_that_fits() {
        let told = [0, 999, 1_000, 12_345, 999_499, 999_500, 2_500_000].map(told_size);
        assert_eq!(told, ["0 B", "999 B", "1.0 KB", "12 KB", "999 KB", "1.0 MB", "2.5 MB"]);
    }
}
