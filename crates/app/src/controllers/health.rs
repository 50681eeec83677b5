//! Whether the process lives and can serve.

use actix_web::{HttpResponse, web};
use bonin_persistence::Database;
use std::sync::Arc;

use crate::problem::Problem;

/// `GET /health/live`: the process runs.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"status": "ok"}))
}

/// `GET /health/ready`: the database answers, so requests can be served.
pub async fn ready(database: web::Data<Arc<dyn Database>>) -> Result<HttpResponse, Problem> {
    database.ping().await.map_err(|error| Problem::from(&error))?;
    Ok(HttpResponse::Ok().json(serde_json::json!({"status": "ok"})))
}
