#![no_main]

use reissue_properties::config;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = config(input);
});
