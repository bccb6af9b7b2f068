use std::collections::HashSet;

use super::{
    algebra::shift,
    growth::Growth,
    path::{Access, Path, Place},
    values::{Binary, Expression, Value, Values},
};

/// The start of a copied range.
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) place: Place,
    pub(super) address: Value,
    /// Added to the address, without wrapping.
    pub(super) offset: u64,
}

/// The copy made by an iteration: one range to another.
pub(super) struct Copied {
    pub(super) from: Range,
    pub(super) to: Range,
    /// Bytes: a power of two, by which both addresses grow with each iteration.
    pub(super) bytes: u64,
}

/// A byte of an access: its number, and which of its bytes.
type Byte = (usize, u32);

impl Copied {
    /// Returns the copy that an iteration along a path makes, if it does nothing else to memory. Adds the
    /// conditions under which the addresses grow steadily.
    pub(super) fn of(path: &Path<'_>, growth: &mut Growth<'_>) -> Option<Self> {
        let accesses = &path.accesses;
        let bytes = bytes(growth.values, accesses)?;
        let to = place(accesses, true)?;
        let from = place(accesses, false)?;
        if to.is_guest() && from.is_guest() {
            return None;
        }
        let from_bytes = in_one_range(growth.values, accesses, bytes.iter().map(|(from, _)| *from))?;
        let to_bytes = in_one_range(growth.values, accesses, bytes.iter().map(|(_, to)| *to))?;
        let first = (*bytes.get(from_bytes.first)?, *bytes.get(to_bytes.first)?);
        // The ranges start with the same byte, and continue with the same ones.
        if from_bytes.positions != to_bytes.positions {
            return None;
        }
        let count = u64::try_from(bytes.len()).ok().filter(|count| count.is_power_of_two())?;
        let range = |growth: &mut Growth<'_>, place: Place, (access, byte): Byte| {
            let Access { address, offset, .. } = accesses[access];
            (byte == 0 && growth.of(address)? == i64::try_from(count).ok()?).then_some(Range { place, address, offset })
        };
        let (from, to) = (range(growth, from, first.0.0)?, range(growth, to, first.1.1)?);
        Some(Self { from, to, bytes: count })
    }
}

/// Returns the place of all stores (or loads), if they have the same one.
fn place(accesses: &[Access], stores: bool) -> Option<Place> {
    let mut places = accesses.iter().filter(|access| access.stores.is_some() == stores).map(|access| access.place);
    let first = places.next()?;
    places.all(|place| place == first).then_some(first)
}

/// Returns for each stored byte which loaded byte it is, if each loaded byte is stored once.
fn bytes(values: &Values, accesses: &[Access]) -> Option<Vec<(Byte, Byte)>> {
    let mut bytes = Vec::new();
    for (number, access) in accesses.iter().enumerate() {
        let Some(value) = access.stores else { continue };
        for byte in 0..access.width {
            let from = values.source(value, byte)?;
            let loaded = accesses.get(from.0)?;
            if loaded.stores.is_some() || from.1 >= loaded.width {
                return None;
            }
            bytes.push((from, (number, byte)));
        }
    }
    let loaded: HashSet<_> = bytes.iter().map(|(from, _)| *from).collect();
    let loads = accesses.iter().filter(|access| access.stores.is_none()).map(|access| access.width as usize);
    (loaded.len() == bytes.len() && loads.sum::<usize>() == bytes.len()).then_some(bytes)
}

/// Bytes that lie one after the other.
struct Bytes {
    /// Which of them comes first.
    first: usize,
    /// The distance of each from that one.
    positions: Vec<i128>,
}

/// Returns the arrangement of accesses' bytes, if they fill a range, and the access with the first of them
/// has the lowest address before offsets are added: if that address does not wrap around, none does.
fn in_one_range(values: &mut Values, accesses: &[Access], bytes: impl Iterator<Item = Byte> + Clone) -> Option<Bytes> {
    let base = &accesses[bytes.clone().next()?.0];
    let mut addresses = Vec::new();
    let mut positions = Vec::new();
    for (access, byte) in bytes {
        let Access { place, address, offset, .. } = accesses[access];
        let distance = i128::from(values.difference(place.address(), address, base.address)?);
        addresses.push(distance);
        positions.push(distance + i128::from(offset) + i128::from(byte));
    }
    let (first, lowest) = positions.iter().copied().enumerate().min_by_key(|(_, position)| *position)?;
    let mut sorted = positions.clone();
    sorted.sort_unstable();
    let fill = sorted.iter().zip(lowest..).all(|(position, expected)| *position == expected);
    let ascend = addresses.iter().all(|address| *address >= addresses[first]);
    let positions = positions.into_iter().map(|position| position - lowest).collect();
    (fill && ascend).then_some(Bytes { first, positions })
}

impl Values {
    /// Returns the load, and the byte in it, that a byte of a value comes from.
    pub(super) fn source(&self, value: Value, byte: u32) -> Option<Byte> {
        match *self.get(value) {
            Expression::Loaded(access) => Some((access, byte)),
            Expression::ExtendU(narrow) | Expression::ExtendS(narrow) if byte < 4 => self.source(narrow, byte),
            Expression::Wrap(wide) if byte < 4 => self.source(wide, byte),
            Expression::Binary(_, Binary::And, value, mask) => {
                let mask = self.as_constant(mask)? >> (8 * byte);
                if mask & 0xff == 0xff { self.source(value, byte) } else { None }
            }
            Expression::Binary(ty, Binary::ShrU | Binary::ShrS, value, by) => {
                let bits = shift(ty, self.as_constant(by)?);
                let moved = byte + bits / 8;
                if bits.is_multiple_of(8) && moved < ty.bits() / 8 { self.source(value, moved) } else { None }
            }
            _ => None,
        }
    }
}
