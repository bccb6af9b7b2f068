//! The functions that the tests of `warpgate` call, over its published PDK.

use extism_pdk::{FnResult, Json, host_fn, plugin_fn};
use warpgate_pdk::*;

#[host_fn]
extern "ExtismHost" {
    fn download_file(input: Json<DownloadFileInput>) -> Json<DownloadFileOutput>;
    fn exec_command(input: Json<ExecCommandInput>) -> Json<ExecCommandOutput>;
    fn get_env_var(name: String) -> String;
    fn host_log(input: Json<HostLogInput>);
    fn send_request(input: Json<SendRequestInput>) -> Json<SendRequestOutput>;
    fn set_env_var(name: String, value: String);
}

#[plugin_fn]
pub fn testing_echo(Json(input): Json<String>) -> FnResult<Json<String>> {
    Ok(Json(input))
}

#[plugin_fn]
pub fn testing_download_file(Json(input): Json<DownloadFileInput>) -> FnResult<Json<DownloadFileOutput>> {
    Ok(Json(download(input)?))
}

#[plugin_fn]
pub fn testing_send_request(Json(input): Json<SendRequestInput>) -> FnResult<Json<SendRequestOutput>> {
    Ok(Json(fetch(input)?))
}

#[plugin_fn]
pub fn testing_load_git_tags(Json(url): Json<String>) -> FnResult<Json<Vec<String>>> {
    Ok(Json(load_git_tags(url)?))
}
