use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};

use crate::{Cart, Figures, Plugins, Quote, failure::Failure};

#[derive(Clone)]
struct App {
    plugins: Plugins,
    figures: Figures,
}

/// Returns the server's routes.
pub fn router(plugins: Plugins, figures: Figures) -> Router {
    Router::new()
        .route("/plugins", get(list))
        .route("/quote/{plugin}", post(quote))
        .route("/metrics", get(render))
        .with_state(App { plugins, figures })
}

async fn list(State(app): State<App>) -> Json<Vec<String>> {
    Json(app.plugins.names().map(str::to_owned).collect())
}

/// If the client goes away, axum drops this future, which ends the plug-in's call.
async fn quote(
    State(app): State<App>,
    Path(plugin): Path<String>,
    Json(cart): Json<Cart>,
) -> Result<Json<Quote>, Failure> {
    let Some(pricing) = app.plugins.get(&plugin) else { return Err(Failure::NoSuchPlugin(plugin)) };
    let quote = pricing.quote(&extism_runtime::Json(cart)).await?;
    Ok(Json(quote.0))
}

async fn render(State(app): State<App>) -> String {
    app.figures.render()
}
