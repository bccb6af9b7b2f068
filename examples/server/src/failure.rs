use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use extism_runtime::Error;
use serde_json::json;

/// A request that failed.
pub(crate) enum Failure {
    NoSuchPlugin(String),
    Call(Error),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPlugin(_) => StatusCode::NOT_FOUND,
            Self::Call(Error::Guest { .. }) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Call(Error::Busy { .. }) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Call(Error::Timeout { .. }) => StatusCode::GATEWAY_TIMEOUT,
            // The plug-in is at fault.
            Self::Call(
                Error::Trap { .. }
                | Error::Decode { .. }
                | Error::Exit { .. }
                | Error::OutOfMemory { .. }
                | Error::OutOfFuel { .. }
                | Error::OutputTooLarge { .. }
                | Error::LogTooLong { .. },
            ) => StatusCode::BAD_GATEWAY,
            Self::Call(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoSuchPlugin(name) => format!("there is no plug-in `{name}`"),
            // The plug-in's own message is for the client; everything else is for the server's operator.
            Self::Call(Error::Guest { message, .. }) => message.clone(),
            Self::Call(error) => error.to_string(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "error": self.message() }))).into_response()
    }
}
