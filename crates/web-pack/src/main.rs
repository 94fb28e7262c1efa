#![doc = include_str!("../README.md")]

mod bind;
mod css;
mod dist;
mod page;
mod split;
mod stamp;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use dist::Dist;
use stamp::Stamp;

/// Writes the finished files of the web UI.
#[derive(Parser)]
struct Options {
    /// The compiled module.
    #[arg(long)]
    wasm: PathBuf,
    /// The folder `web` of the repository.
    #[arg(long)]
    web: PathBuf,
    /// Where the finished files go; replaced as a whole.
    #[arg(long)]
    out: PathBuf,
    /// Compresses as far as it goes, which takes longer: for what people get
    #[arg(long)]
    small: bool,
    /// Remembers what was packed last, so that packing the same again costs nothing.
    #[arg(long)]
    stamp: PathBuf,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let inputs = Inputs::read(&options)?;
    let stamp = Stamp::of(&inputs, options.small);
    if stamp.is_current(&options.stamp, &options.out) {
        println!("web: nothing changed");
        return Ok(());
    }
    let dist = pack(&inputs)?;
    dist.replace(&options.out, options.small)?;
    stamp.save(&options.stamp, &options.out)?;
    println!("web: {dist}");
    Ok(())
}

/// Everything the finished files are made from.
struct Inputs {
    wasm: Vec<u8>,
    page: String,
    css: String,
    /// The editor for scripts, loaded when one is shown.
    code: Vec<u8>,
    /// Path below the root of the site, and content; sorted by path.
    files: Vec<(String, Vec<u8>)>,
}

impl Inputs {
    fn read(options: &Options) -> Result<Self> {
        let page = options.web.join("app/index.html");
        let code = options.web.join("code/dist/code.js");
        Ok(Self {
            wasm: std::fs::read(&options.wasm)
                .with_context(|| format!("reading {}", options.wasm.display()))?,
            page: std::fs::read_to_string(&page).with_context(|| format!("reading {}", page.display()))?,
            css: css::collect(&options.web)?,
            code: std::fs::read(&code).with_context(|| format!("reading {}", code.display()))?,
            files: dist::read_tree(&options.web.join("app/static"))?,
        })
    }
}

fn pack(inputs: &Inputs) -> Result<Dist> {
    let pieces = split::split(&inputs.wasm, "./app.js")?;
    let bound = bind::bind(&pieces.main)?;
    let mut dist = Dist::default();
    // They name each other, so the hash of what they come from stands for all of them.
    let folder = dist::hashed("app", &inputs.wasm);
    let mut add = |name: &str, content: Vec<u8>| {
        let path = format!("assets/{folder}/{name}");
        dist.add(path.clone(), content);
        path
    };
    let wasm = add("app.wasm", bound.wasm);
    let js = add("app.js", bound.js.into_bytes());
    add(split::LINK.trim_start_matches("./"), pieces.link);
    for (name, content) in pieces.later.into_iter().chain(bound.snippets) {
        add(&name, content);
    }
    let boot = dist.add_hashed("boot", "js", page::boot(&js, &wasm).into_bytes());
    let css = dist.add_hashed("app", "css", inputs.css.clone().into_bytes());
    let code = dist.add_hashed("code", "js", inputs.code.clone());
    for (path, content) in &inputs.files {
        dist.add(path.clone(), content.clone());
    }
    let names = page::Names { css: &css, boot: &boot, js: &js, wasm: &wasm, code: &code };
    dist.add("index.html".into(), page::fill(&inputs.page, &names)?.into_bytes());
    Ok(dist)
}
