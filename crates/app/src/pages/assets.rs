//! Style sheets and scripts. They are part of the binary; their addresses change with what is in them, so that browsers
//! keep them for good.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use super::frame;
use crate::problem::{Problem, ProblemCode};

struct Asset {
    name: &'static str,
    content_type: &'static str,
    body: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 8] = [
    Asset { name: "design.css", content_type: CSS, body: bonin_design::STYLE },
    Asset { name: "app.css", content_type: CSS, body: include_str!("../../assets/app.css") },
    Asset { name: "app.js", content_type: JS, body: include_str!("../../assets/app.js") },
    Asset { name: "console.css", content_type: CSS, body: include_str!("../../assets/console.css") },
    Asset { name: "console.js", content_type: JS, body: include_str!("../../assets/console.js") },
    Asset { name: "forms.js", content_type: JS, body: include_str!("../../assets/forms.js") },
    Asset { name: "docs.css", content_type: CSS, body: include_str!("../../assets/docs.css") },
    Asset { name: "chart.js", content_type: JS, body: include_str!("../../assets/vendor/chart.umd.min.js") },
];

/// The addresses, in the order of [`ASSETS`]: `/assets/design.css?v=Zm9v…`.
static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| ASSETS.iter().map(address).collect());

fn address(asset: &Asset) -> String {
    let digest = digest(&SHA256, asset.body.as_bytes());
    let version: String = URL_SAFE_NO_PAD.encode(digest).chars().take(12).collect();
    format!("/assets/{}?v={version}", asset.name)
}

/// The address of a file. An unknown name is a mistake in a template: its address leads nowhere, and a test finds it.
pub fn asset_url(name: &str) -> &'static str {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    place.map_or("/assets/missing", |place| &ADDRESSES[place])
}

/// `GET /assets/{name}`
pub async fn asset(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let place = ASSETS.iter().position(|asset| asset.name == name.as_str());
    let place = place.ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
    let asked = format!("{}?{}", request.path(), request.query_string());
    // Under another version the address is that of another build.
    let kept = if asked == ADDRESSES[place] { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = HttpResponse::Ok();
    frame::guard(&mut response)
        .content_type(ASSETS[place].content_type)
        .insert_header(("content-security-policy", "default-src 'none'; frame-ancestors 'none'"))
        .insert_header(("cache-control", kept));
    Ok(response.body(ASSETS[place].body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charts_library_is_the_published_one() {
        let published = "c17f2ce49fb9c71ef7fb39c03f868804ac5ab34730149976eebe6b7f807bef0c";
        let chart = ASSETS.iter().find(|asset| asset.name == "chart.js").unwrap();
        let digest = digest(&SHA256, chart.body.as_bytes());
        let hex = digest.as_ref().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(hex, published, "see assets/vendor/README.md");
    }

    #[test]
    fn addresses_tell_versions_apart() {
        assert!(asset_url("design.css").starts_with("/assets/design.css?v="));
        assert_ne!(
            asset_url("app.js").split('=').next_back(),
            asset_url("console.js").split('=').next_back()
        );
    }
}
