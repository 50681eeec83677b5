//! Using a page without a mouse.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;

use crate::browser::Browser;

/// More tabs than any page has places to go to.
const MOST_TABS: usize = 80;

impl Browser {
    /// Presses a key.
    ///
    /// # Panics
    /// When the driver does not do it.
    pub async fn key(&self, key: Key) {
        let key = char::from(key);
        let actions = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client.perform_actions(actions).await.expect("a key is pressed");
    }

    /// Types where the focus is.
    ///
    /// # Panics
    /// When the driver does not do it.
    pub async fn type_text(&self, text: &str) {
        let field = self.client.active_element().await.expect("something has the focus");
        field.send_keys(text).await.expect("it takes text");
    }

    /// Goes on with Tab until what `selector` finds has the focus; each place on the way shows that it has it.
    ///
    /// # Panics
    /// When it is not reached, or the focus is nowhere to be seen.
    pub async fn tab_to(&self, selector: &str) {
        let script = "const here = document.activeElement; const look = getComputedStyle(here);\
            const seen = here === document.body || look.outlineStyle !== 'none' || look.boxShadow !== 'none';\
            return [here.matches(arguments[0]), seen, here.outerHTML.slice(0, 120)];";
        for _ in 0..MOST_TABS {
            self.key(Key::Tab).await;
            let here = self.run(script, vec![json!(selector)]).await;
            assert_eq!(here[1], json!(true), "the focus shows at {}", here[2]);
            if here[0] == json!(true) {
                return;
            }
        }
        panic!("Tab does not lead to {selector} on {}", self.path().await);
    }

    /// Presses Enter where the focus is and that leads to another page, which is there afterwards.
    ///
    /// # Panics
    /// When no other page comes within 10 s.
    pub async fn enter(&self) {
        self.leave("Enter", self.key(Key::Enter)).await;
    }
}
