//! The codec of the records of `reissue-redis`, which is private there: its files are compiled here
//! once more.

#[path = "../../../crates/reissue-redis/src/record/decode.rs"]
mod decode;
#[path = "../../../crates/reissue-redis/src/record/encode.rs"]
mod encode;
#[path = "../../../crates/reissue-redis/src/record/fields.rs"]
mod fields;
#[path = "../../../crates/reissue-redis/src/record/packed_record.rs"]
mod packed_record;

pub(crate) use self::decode::DecodeError;
pub(crate) use self::encode::encode;
pub(crate) use self::packed_record::PackedRecord;
