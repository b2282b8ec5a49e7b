use aws_lc_rs::digest;

/// A subject without its name: for counting, and for rows that outlive the events.
pub(super) fn hash(iss: &str, sub: &str) -> u128 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&iss.len().to_be_bytes());
    context.update(iss.as_bytes());
    context.update(sub.as_bytes());
    let digest = context.finish();
    let half: [u8; 16] = *digest.as_ref().first_chunk().unwrap_or(&[0; 16]);
    u128::from_be_bytes(half)
}
