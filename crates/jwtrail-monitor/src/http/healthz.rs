/// Whether the monitor answers at all, for load balancers.
pub(super) async fn handle() -> &'static str {
    "ok"
}
