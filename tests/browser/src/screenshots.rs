//! Pictures of pages: `BONIN_SCREENSHOTS` names the folder they go to; without it none are taken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::browser::Browser;

/// No page is shown longer than this.
const LONGEST: u64 = 2_400;

impl Browser {
    /// Takes a picture of the whole page, `NAME.png`.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = folder() else { return };
        let png = self.png().await;
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("the picture can be written");
    }

    /// A picture of the whole page, as wide as the page is shown now.
    ///
    /// # Panics
    /// When it cannot be taken.
    pub async fn png(&self) -> Vec<u8> {
        let script =
            "return [window.innerWidth, window.innerHeight, document.scrollingElement.scrollHeight];";
        let sizes = self.run(script, vec![]).await;
        let size = |place: usize| sizes[place].as_u64().expect("a size");
        let clip = json!({
            "x": 0,
            "y": 0,
            "width": size(0),
            "height": size(2).max(size(1)).min(LONGEST),
            "scale": 1,
        });
        let taken = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.devtools("Page.captureScreenshot", &taken).await;
        STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64")
    }
}

fn folder() -> Option<std::path::PathBuf> {
    std::env::var_os("BONIN_SCREENSHOTS").map(Into::into)
}
