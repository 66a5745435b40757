use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

#[inline(never)]
pub fn text(n: u32) {
    let string = format!("ferris {}", n);
    let empty = String::with_capacity(n as usize - 1);
    let escaped = format!("tab\t\"quote\" line\n{} \u{7f} é→🦀", '\\');
    let long = "0123456789".repeat(100 * n as usize);
    let str_ref: &str = &string[..6];
    let ref_string: &String = &string;
    let boxed: Box<str> = str_ref.into();
    let rc: Rc<str> = str_ref.into();
    let arc: Arc<str> = str_ref.into();
    let borrowed: Cow<str> = Cow::Borrowed(str_ref);
    let owned: Cow<str> = Cow::Owned(string.clone());
    let cow_slice: Cow<[u8]> = Cow::Borrowed(&string.as_bytes()[..2]);
    let os_string = OsString::from(str_ref);
    let os_str: &OsStr = OsStr::new(str_ref);
    let path_buf = PathBuf::from("/tmp").join(str_ref);
    let path: &Path = &path_buf;
    let boxed_path: Box<Path> = path.into();
    let c_string = CString::new(str_ref).unwrap();
    let c_str: &CStr = &c_string;
    let letter = char::from_u32('a' as u32 + n).unwrap();
    let crab = char::from_u32(0x1f97f + n).unwrap();
    let quote = char::from_u32('&' as u32 + n).unwrap();
    let bytes: &[u8] = &string.as_bytes()[..6];
    let words: Vec<String> = string.split(' ').map(String::from).collect();
    let maybe: Option<&str> = string.get(7..);
    let invalid = unsafe { std::str::from_utf8_unchecked(&[0x66, 0xff, 0x67][n as usize - 1..]) };
    stop!(
        string, empty, escaped, long, str_ref, ref_string, boxed, rc, arc, borrowed, owned, cow_slice, os_string, os_str, path_buf,
        path, boxed_path, c_string, c_str, letter, crab, quote, bytes, words, maybe, invalid
    );
}
