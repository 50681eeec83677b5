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
        let height = self.run("return document.scrollingElement.scrollHeight;", vec![]).await;
        let height = height.as_u64().unwrap_or_default().clamp(u64::from(self.view.height), LONGEST);
        let clip = json!({ "x": 0, "y": 0, "width": self.view.width, "height": height, "scale": 1 });
        let taken = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let answer = self.devtools("Page.captureScreenshot", &taken).await;
        let png = STANDARD.decode(answer["data"].as_str().expect("a picture")).expect("base64");
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("the picture can be written");
    }
}

fn folder() -> Option<std::path::PathBuf> {
    std::env::var_os("BONIN_SCREENSHOTS").map(Into::into)
}
