#![no_main]

use reissue_properties::basic;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = basic(input);
});
