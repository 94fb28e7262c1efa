//! Named fragments: `fragment money on MoneyBag { … }` behind the operation.

use std::collections::HashMap;

use super::query::Token;

/// What each name stands for: the tokens behind its opening brace, the closing one included.
pub(super) type Fragments = HashMap<String, Vec<Token>>;

/// The operation's own tokens, and the fragments that stand before or behind it.
pub(super) fn split(tokens: Vec<Token>) -> Result<(Vec<Token>, Fragments), String> {
    let (mut operation, mut fragments) = (Vec::new(), Fragments::new());
    let (mut depth, mut left) = (0_usize, tokens.into_iter());
    while let Some(token) = left.next() {
        match &token {
            Token::Name(word) if depth == 0 && word == "fragment" => {
                let (name, inside) = one(&mut left)?;
                fragments.insert(name, inside);
                continue;
            }
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        operation.push(token);
    }
    Ok((operation, fragments))
}

fn one(left: &mut impl Iterator<Item = Token>) -> Result<(String, Vec<Token>), String> {
    let wrong = || "syntax error in a fragment".to_owned();
    let head: [Option<Token>; 4] = std::array::from_fn(|_| left.next());
    let [Some(Token::Name(name)), Some(Token::Name(on)), Some(Token::Name(_)), Some(Token::Mark('{'))] = head
    else {
        return Err(wrong());
    };
    if on != "on" {
        return Err(wrong());
    }
    let (mut depth, mut inside) = (1_usize, Vec::new());
    while depth > 0 {
        let token = left.next().ok_or_else(wrong)?;
        match token {
            Token::Mark('{') => depth += 1,
            Token::Mark('}') => depth -= 1,
            _ => {}
        }
        inside.push(token);
    }
    Ok((name, inside))
}
