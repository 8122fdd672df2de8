//! What the compiler refuses: forging, copying, reusing, swapping and skipping a permit.

#[test]
fn a_permit_cannot_be_forged_copied_reused_swapped_or_skipped() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
