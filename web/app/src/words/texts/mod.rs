//! The table: name, English, Thai. Each page has its own file, which puts its lines behind those of the one before.

mod connectors;
mod doors;
mod editor;
mod errors;
mod flow;
mod flows;
mod import;
mod inspector;
mod keys;
mod lists;
mod mapper;
mod runs;
mod settings;
mod shell;
mod testing;
mod today;
mod versions;

use connectors::connectors_texts;
use doors::doors_texts;
use editor::editor_texts;
use errors::errors_texts;
use flow::flow_texts;
use flows::flows_texts;
use import::import_texts;
use inspector::inspector_texts;
use keys::keys_texts;
use lists::lists_texts;
use mapper::mapper_texts;
use runs::runs_texts;
use settings::settings_texts;
use shell::shell_texts;
use testing::testing_texts;
use today::today_texts;
use versions::versions_texts;

macro_rules! table {
    ({ $($name:ident $english:literal $thai:literal)* }) => {
        pub struct Words {
            $(pub $name: &'static str,)*
        }

        pub static ENGLISH: Words = Words { $($name: $english,)* };
        pub static THAI: Words = Words { $($name: $thai,)* };

        #[cfg(test)]
        pub fn pairs() -> Vec<(&'static str, &'static str)> {
            vec![$(($english, $thai)),*]
        }
    };
}

shell_texts! { {}
    doors_texts
    flows_texts
    import_texts
    flow_texts
    editor_texts
    keys_texts
    inspector_texts
    mapper_texts
    testing_texts
    versions_texts
    runs_texts
    lists_texts
    errors_texts
    today_texts
    settings_texts
    connectors_texts
    table
}
