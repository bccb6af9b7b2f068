//! Traits that are documented in every style. Their examples run, on the trait and on its client: they fail
//! if the attribute's additions to a text are in the middle of one.

use plug_ins::{Error, plugin_interface};

/// Comments, with a hidden line in an example that looks like a heading.
///
/// ```
/// # fn main() {
/// assert_eq!(extism_tests_renamed::documented::ONE, 1);
/// # }
/// ```
#[plugin_interface(crate = ::plug_ins)]
pub trait Comments {
    /// Has an example first.
    ///
    /// ```
    /// # fn main() {
    /// assert_eq!(extism_tests_renamed::documented::ONE, 1);
    /// # }
    /// ```
    fn example(&mut self) -> String;

    /// Has sections.
    ///
    /// # Examples
    ///
    /// ~~~rust
    /// # use extism_tests_renamed::documented::ONE;
    /// # // ```
    /// assert_eq!(ONE, 1);
    /// ~~~
    ///
    /// # Errors
    ///
    /// As the program itself says.
    fn sections(&mut self) -> Result<String, Error>;

    /// Has an example that is indented:
    ///
    ///     # fn main() {
    ///     assert_eq!(extism_tests_renamed::documented::ONE, 1);
    ///     # }
    fn indented(&mut self) -> String;

    /// Has a list:
    ///
    /// 1. first
    /// 2. with an example:
    ///    ```
    ///    # fn main() {
    ///    assert_eq!(extism_tests_renamed::documented::ONE, 1);
    ///    # }
    ///    ```
    ///
    /// - and another
    fn list(&mut self) -> String;

    /// Has a table.
    ///
    /// | a | b |
    /// |---|---|
    /// | 1 | 2 |
    fn table(&mut self) -> String;

    /// Has a heading that is underlined
    /// and text before it.
    ///
    /// Examples
    /// --------
    ///
    /// ```
    /// assert_eq!(extism_tests_renamed::documented::ONE, 1);
    /// ```
    fn underlined(&mut self) -> String;

    fn undocumented(&mut self) -> String;
}

/**
 * A block with a margin.
 *
 * ```
 * # fn main() {
 * assert_eq!(extism_tests_renamed::documented::ONE, 1);
 * # }
 * ```
 */
#[plugin_interface(crate = ::plug_ins)]
pub trait Blocks {
    /**
     * A margin of stars.
     *
     * # Examples
     *
     * ```
     * # fn main() {
     * assert_eq!(extism_tests_renamed::documented::ONE, 1);
     * # }
     * ```
     */
    fn margin(&mut self) -> String;

    /**
    No margin, but as far to the right as the method.

    ```
    # fn main() {
    assert_eq!(extism_tests_renamed::documented::ONE, 1);
    # }
    ```
    */
    fn indented(&mut self) -> String;

    /** One line. */
    fn line(&mut self) -> String;

    /** The first line beside the stars.
     *
     *  - a list
     *  - of two
     */
    fn beside(&mut self) -> String;
}

#[doc = "Attributes.\n\n```\n# fn main() {\nassert_eq!(extism_tests_renamed::documented::ONE, 1);\n# }\n```"]
#[plugin_interface(crate = ::plug_ins)]
pub trait Attributes {
    #![doc = "An inner one."]

    #[doc = include_str!("documented.md")]
    fn included(&mut self) -> String;

    #[doc = "A text."]
    #[doc = concat!("Two ", "texts.")]
    /// And a comment.
    #[doc(alias = "mixture")]
    fn mixed(&mut self) -> String;
}

/// A number for the examples.
pub const ONE: u8 = 1;
