//! What is checked before a stream is decoded, so that its metadata cannot claim more than there is.
//!
//! The decoder itself checks that offsets and texts are right. But it allocates what a compressed batch claims to have, copies
//! a misaligned buffer for each column that names it, joins dictionaries at each of their parts, and copies names that a
//! schema has once and refers to a thousand times.

use datafusion::arrow::{
    error::ArrowError,
    ipc::{Message, RecordBatch, root_as_message_with_opts},
};
use flatbuffers::VerifierOptions;

/// The most bytes of the metadata of one message: about 20,000 columns.
const MAX_METADATA: usize = 1 << 20;

/// The most columns, and lists and structs within them, of all batches together.
const MAX_NODES: usize = 1 << 18;

/// How many rows there may be of what takes no bytes.
const FREE_ROWS: u64 = 1 << 16;

/// What may come before a message's length.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Checks all messages of a stream. Finds the same ones as the decoder.
pub(super) fn check(stream: &[u8]) -> Result<(), ArrowError> {
    let (mut rest, mut nodes) = (stream, 0);
    while let Some((length, after)) = length(rest) {
        let Some((metadata, after)) = after.split_at_checked(length) else { break };
        let message = message(metadata)?;
        let body = u64::try_from(message.bodyLength()).map_err(|_| wrong("a body has a negative length"))?;
        if message.header_as_dictionary_batch().is_some() {
            return Err(wrong("it has a dictionary"));
        }
        if let Some(batch) = message.header_as_record_batch() {
            nodes += self::batch(batch, body, stream.len() as u64)?;
        }
        if nodes > MAX_NODES {
            return Err(wrong("it has too many batches or columns"));
        }
        let Some((_, after)) = usize::try_from(body).ok().and_then(|body| after.split_at_checked(body)) else { break };
        rest = after;
    }
    Ok(())
}

/// Reads a message's metadata, in which a part counts as often as others refer to it.
fn message(metadata: &[u8]) -> Result<Message<'_>, ArrowError> {
    if metadata.len() > MAX_METADATA {
        return Err(wrong("a message has more than 1 MiB of metadata"));
    }
    let options = VerifierOptions {
        max_tables: 1 << 16,
        // Tables of the same kind share the list of their fields.
        max_apparent_size: 8 * metadata.len() + (64 << 10),
        ..VerifierOptions::default()
    };
    root_as_message_with_opts(&options, metadata).map_err(|error| ArrowError::ParseError(error.to_string()))
}

/// Checks a batch, and returns how many columns it has, with those that are within others.
fn batch(batch: RecordBatch<'_>, body: u64, stream: u64) -> Result<usize, ArrowError> {
    if batch.compression().is_some() {
        return Err(wrong("a batch is compressed"));
    }
    let most_rows = 8 * stream + FREE_ROWS;
    let fits = |rows: i64| u64::try_from(rows).is_ok_and(|rows| rows <= most_rows);
    let nodes = batch.nodes();
    let lengths = nodes.iter().flatten().flat_map(|node| [node.length(), node.null_count()]);
    if !fits(batch.length()) || !lengths.into_iter().all(fits) {
        return Err(wrong("a column claims more rows than there are bytes for"));
    }
    // Buffers do not overlap, so that all of them together are no more than the body.
    let mut left = body;
    for buffer in batch.buffers().iter().flatten() {
        let (offset, length) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length()));
        let (Ok(offset), Ok(length)) = (offset, length) else { return Err(wrong("a buffer has a negative length")) };
        let is_within = offset.checked_add(length).is_some_and(|end| end <= body);
        left = left.checked_sub(length).filter(|_| is_within).ok_or_else(|| wrong("its buffers overlap"))?;
    }
    Ok(nodes.map_or(0, |nodes| nodes.len()) + 1)
}

fn wrong(what: &str) -> ArrowError {
    ArrowError::IpcError(what.to_owned())
}

/// Returns the length of the next message's metadata, and what comes after it; `None` at the end of the stream.
fn length(stream: &[u8]) -> Option<(usize, &[u8])> {
    let (first, after) = stream.split_first_chunk::<4>()?;
    let (length, after) = if *first == CONTINUATION { after.split_first_chunk()? } else { (first, after) };
    let length = u32::from_le_bytes(*length) as usize;
    (length > 0).then_some((length, after))
}
