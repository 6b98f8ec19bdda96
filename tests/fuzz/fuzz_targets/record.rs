#![no_main]

use reissue_properties::record;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = record(input);
});
