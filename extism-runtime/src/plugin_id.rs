use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// Identifies a plug-in in logs and host functions: unique in the process, and in practice everywhere.
///
/// A [`Plugin`](crate::Plugin) keeps its id when a new instance replaces a failed one. As text, and in serde's formats,
/// an id has the form of a UUID: `67e55044-10b1-426f-9247-bb680e5fe0c8`.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// # let compiled = extism_runtime::CompiledPlugin::new("(module)")?;
/// let (first, second) = (compiled.instantiate()?, compiled.instantiate()?);
/// assert_ne!(first.id(), second.id());
/// assert_eq!(first.id().to_string().len(), 36);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginId(Uuid);

impl PluginId {
    /// An id that belongs to no plug-in.
    pub(crate) const NONE: Self = Self(Uuid::nil());

    /// Returns the id as a number: that of the UUID.
    #[must_use]
    pub fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// Returns a new id: the first is random, the others follow pseudo-randomly. Asking the system for each
    /// one would take a few percent of the time to create an instance.
    pub(crate) fn next() -> Self {
        static FIRST: LazyLock<u128> = LazyLock::new(|| Uuid::new_v4().as_u128());
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // Odd, so that its multiples differ in their lower 62 bits, which are the id's own bits.
        const STEP: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let bytes = FIRST.wrapping_add(STEP.wrapping_mul(count.into())).to_be_bytes();
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PluginId({self})")
    }
}

impl Serialize for PluginId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PluginId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let id = Uuid::try_parse(&text);
        id.map(Self).map_err(|_| de::Error::custom(format_args!("not a plug-in id: {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_id_is_another_random_one() {
        let ids: HashSet<_> = (0..100_000).map(|_| PluginId::next()).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| id.0.get_version_num() == 4 && id.0.get_variant() == uuid::Variant::RFC4122));
        // Consecutive ids must look different in logs.
        let starts: HashSet<_> = ids.iter().map(|id| id.0.as_fields().0).collect();
        assert!(starts.len() > 90_000, "{}", starts.len());
    }

    #[test]
    fn an_id_is_its_text_in_serdes_formats() {
        let id = PluginId::next();
        let json = serde_json::to_string(&id).expect("an id");
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<PluginId>(&json).expect("an id"), id);
        let error = serde_json::from_str::<PluginId>("\"no\"").expect_err("no id");
        assert_eq!(error.to_string(), "not a plug-in id: \"no\"");
        assert_eq!(format!("{id:?}"), format!("PluginId({id})"));
    }
}
