//! Who may do what: sessions, tokens, and what was done.

use run::doc::Ms;

wire! {
    /// Who is signed in, and what a browser needs to go on.
    pub struct SessionInfo {
        /// False on a fresh installation: somebody has to create the owner.
        pub set_up: bool,
        /// True where creating the owner takes the set-up code from the server's log.
        #[serde(default)]
        pub set_up_code: bool,
        pub user: Option<UserInfo>,
        pub csrf: String,
        pub version: String,
        /// The address under which webhooks reach this server, such as `http://127.0.0.1:8686`.
        pub base_url: String,
    }

    pub struct UserInfo {
        pub id: String,
        pub email: String,
        pub name: String,
        pub role: Role,
    }

    pub struct SetUp {
        pub name: String,
        pub email: String,
        pub password: String,
        /// From the server's log, where `SessionInfo::set_up_code` says that it is wanted.
        #[serde(default)]
        pub code: String,
    }

    pub struct SignIn {
        pub email: String,
        pub password: String,
    }

    pub struct TokenList {
        pub tokens: Vec<TokenInfo>,
    }

    pub struct TokenInfo {
        pub id: String,
        pub name: String,
        pub role: Role,
        pub created_at: Ms,
        pub last_used_at: Option<Ms>,
    }

    pub struct CreateToken {
        pub name: String,
        pub role: Role,
    }

    /// The only time the token itself is shown.
    pub struct CreatedToken {
        pub token: String,
        pub info: TokenInfo,
    }

    pub struct AuditList {
        pub entries: Vec<AuditInfo>,
    }

    pub struct AuditInfo {
        pub at: Ms,
        pub who: String,
        pub what: String,
        pub on: String,
    }
}

word! {
    /// What somebody may do: watch, also repair, also change flows, everything.
    Role { Viewer = "viewer", Operator = "operator", Editor = "editor", Owner = "owner" }
}
