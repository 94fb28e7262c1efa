//! The servers that tests start: who installs them, and the data that some of them begin with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use testkit_servers::{Ftp, Mail, MariaDb, Mosquitto, Readers, Server, Sftp, Tryton, Vendure};

use crate::command::{Cmd, step};
use crate::debian::{self, Packaged};
use crate::npm::{self, Npm};
use crate::once::{Mark, copy, texts};
use crate::workspace::Workspace;
use crate::{python, tools};

const DEBIAN: [Packaged<'static>; 10] = [
    ("mariadb-server", Some("mariadb")),
    ("mosquitto", Some("mosquitto")),
    ("openssh-server", Some("ssh")),
    ("libnss-wrapper", None),
    ("proftpd-core", Some("proftpd")),
    ("proftpd-mod-crypto", None),
    ("exim4-daemon-light", Some("exim4")),
    ("dovecot-imapd", Some("dovecot")),
    ("openssl", None),
    ("poppler-utils", None),
];

const DATA_MARK: &str = ".data-from";
/// What a shop is made of, besides the program.
const SHOP: [&str; 2] = ["shop.mjs", "products.csv"];
const PROVIDER: [&str; 1] = ["provider.mjs"];
const SOAP: [&str; 2] = ["service.mjs", "stock.wsdl"];
const REQUIREMENTS: &str = "requirements.txt";
const COMPANY: [&str; 1] = ["company.py"];
/// Modules of Tryton; what these need comes along.
const MODULES: [&str; 6] = ["ir", "res", "sale", "stock", "account_invoice", "web_shop"];

/// These, the brokers and the programs of PostgreSQL.
pub fn install_all(workspace: &Workspace) -> Result<()> {
    tools::brokers(workspace)?;
    tools::postgres_programs(workspace)?;
    println!("{}", install(workspace)?.display());
    Ok(())
}

/// Gives the folder of those that Debian does not have.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    let is_complete = Ftp::is_installed()
        && MariaDb::is_installed()
        && Mosquitto::is_installed()
        && Sftp::is_installed()
        && Mail::is_installed()
        && Readers::has_poppler();
    if !is_complete {
        step(
            "installing MariaDB, mosquitto, OpenSSH, ProFTPD, a mail server and poppler",
            "a minute or two",
            || debian::install_without_services(&workspace.root, &DEBIAN),
        )?;
    }
    let folder = workspace.target.join("servers");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let node = npm::node(workspace)?;
    let apart = Apart { sources: workspace.path("crates/testkit-servers"), folder, node };
    apart.link_node()?;
    apart.provider()?;
    apart.soap()?;
    apart.shop()?;
    apart.company()?;
    apart.readers()?;
    Ok(apart.folder)
}

/// Those in folders of their own.
struct Apart {
    sources: PathBuf,
    folder: PathBuf,
    node: PathBuf,
}

impl Apart {
    /// Where tests look for it.
    fn link_node(&self) -> Result<()> {
        let link = self.folder.join("node");
        if std::fs::read_link(&link).is_ok_and(|known| known == self.node) {
            return Ok(());
        }
        std::fs::remove_file(&link).ok();
        std::os::unix::fs::symlink(&self.node, &link).context("linking Node.js")
    }

    fn provider(&self) -> Result<()> {
        let oidc = self.npm_project("an OpenID provider", "oidc")?;
        copy(&self.sources.join("oidc"), &oidc, &PROVIDER)
    }

    fn soap(&self) -> Result<()> {
        let soap = self.npm_project("a SOAP service", "soap")?;
        copy(&self.sources.join("soap"), &soap, &SOAP)
    }

    fn shop(&self) -> Result<()> {
        let (from, to) = (self.sources.join("vendure"), self.npm_project("Vendure", "vendure")?);
        let made_from = texts(&from, &SHOP)? + &texts(&from, &["package-lock.json"])? + Vendure::PASSWORD;
        Mark::new(to.join(DATA_MARK), made_from).once("a shop with ten products", "seconds", || {
            copy(&from, &to, &SHOP)?;
            let make = Cmd::new(self.node.join("bin/node"), &to).args(["shop.mjs", "make", "shop.sqlite"]);
            make.env("PASSWORD", Vendure::PASSWORD).run()
        })
    }

    fn npm_project(&self, what: &str, name: &str) -> Result<PathBuf> {
        let npm = Npm::with(self.node.clone(), self.folder.clone());
        npm.install(what, &self.sources.join(name), name, "up to a minute", |_| Ok(()))
    }

    fn readers(&self) -> Result<()> {
        let requirements = texts(&self.sources.join("readers"), &[REQUIREMENTS])?;
        let packages: Vec<&str> = requirements.lines().collect();
        python::environment(&self.folder.join("readers"), &packages, "openpyxl", "seconds")
    }

    fn company(&self) -> Result<()> {
        let (from, to) = (self.sources.join("tryton"), self.folder.join("tryton"));
        let requirements = texts(&from, &[REQUIREMENTS])?;
        let packages: Vec<&str> = requirements.lines().collect();
        python::environment(&to, &packages, "Tryton", "up to a minute")?;
        let made_from = texts(&from, &COMPANY)? + &requirements + Tryton::PASSWORD + Tryton::KEY;
        Mark::new(to.join(DATA_MARK), made_from).once("a company in Tryton", "about a minute", || {
            copy(&from, &to, &COMPANY)?;
            make_company(&to)
        })
    }
}

/// Under another name until it is complete.
fn make_company(folder: &Path) -> Result<()> {
    let (new, done) = (folder.join("new.sqlite"), folder.join("company.sqlite"));
    // What a try that was interrupted has left would count as a part of the new one.
    for rest in ["new.sqlite", "new.sqlite-wal", "new.sqlite-shm"] {
        std::fs::remove_file(folder.join(rest)).ok();
    }
    std::fs::write(&new, "").context("an empty database")?;
    let settings = folder.join("trytond.conf");
    std::fs::write(&settings, format!("[database]\nuri = sqlite://\npath = {}\n", folder.display()))?;
    let password = folder.join("password");
    std::fs::write(&password, Tryton::PASSWORD)?;
    let admin = Cmd::new(folder.join("bin/trytond-admin"), folder).env("TRYTONPASSFILE", &password);
    let admin = admin.args(["-c", "trytond.conf", "-d", "new", "--email", "admin@khlong.test"]);
    admin.args(["--activate-dependencies", "-u"]).args(MODULES).run()?;
    let company = Cmd::new(folder.join("bin/python"), folder).arg("company.py");
    company.args(["new", "trytond.conf", Tryton::KEY]).run()?;
    std::fs::rename(&new, &done).context("the company is made")
}
