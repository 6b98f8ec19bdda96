#![no_main]

use reissue_properties::jws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = jws(input);
});
