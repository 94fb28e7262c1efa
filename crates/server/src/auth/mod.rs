//! Who asks, and whether they may.

mod account;
mod address;
mod origin;
mod password;
mod principal;
mod random;
mod session;
mod set_up_code;
mod throttle;
mod token;

pub use account::{check_account, normal_email};
pub use address::Address;
pub use origin::{SameSite, changes};
pub use password::{Error as PasswordError, Passwords, check_password};
pub use principal::{Access, Editor, Operator, Owner, Principal, Require, Viewer, current};
pub use random::{Random, url_text};
pub use session::{SessionRows, SignedIn, layer as session_layer, sign_in, sign_out};
pub use set_up_code::SetUpCode;
pub use throttle::{Throttle, Wait, network};
pub use token::{TOKEN_PREFIX, hash_token, new_token};
