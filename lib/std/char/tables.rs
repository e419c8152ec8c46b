//! Prints `lib/std/char/tables.altru` from what this Rust's standard library knows of Unicode:
//! rustc -O tables.rs && ./tables > ../../lib/std/char/tables.altru
use std::fmt::Write;
fn bytes(v: &[u8]) -> String { let mut s = String::new(); for b in v { write!(s, "\\x{:02x}", b).unwrap(); } s }
fn set(name: &str, doc: &str, f: impl Fn(char) -> bool) {
    let mut edges = vec![]; let mut on = false;
    for c in (128..0x110000u32).filter_map(char::from_u32) { let now = f(c); if now != on { edges.push(c as u32); on = now; } }
    let mut v = vec![]; for e in edges { v.extend_from_slice(&e.to_le_bytes()[..3]); }
    println!("## {doc}\npub(crate) const {name}: &[u8] = b\"{}\"\n", bytes(&v));
}
fn map(name: &str, f: impl Fn(char) -> Vec<char>) {
    let mut one: Vec<(u32, i32)> = vec![]; let mut many = vec![];
    for c in (128..0x110000u32).filter_map(char::from_u32) { let to = f(c); if to == [c] { continue; } if to.len() == 1 { one.push((c as u32, to[0] as i32 - c as i32)); } else { many.push((c, to)); } }
    // runs with the same distance, one or two apart
    let mut v = vec![]; let mut i = 0;
    while i < one.len() {
        let (start, d) = one[i]; let mut j = i; let mut step = 1;
        while j + 1 < one.len() && one[j + 1].1 == d { let gap = one[j + 1].0 - one[j].0; if gap > 2 { break; } if j == i { step = gap } else if gap != step { break; } j += 1; }
        v.extend_from_slice(&start.to_le_bytes()[..3]); v.extend_from_slice(&one[j].0.to_le_bytes()[..3]); v.push(step as u8); v.extend_from_slice(&d.to_le_bytes()[..3]);
        i = j + 1;
    }
    println!("## Runs of ten bytes: first, last (three bytes each), step, distance (three bytes, signed).\npub(crate) const {name}: &[u8] = b\"{}\"\n", bytes(&v));
    let mut v = vec![];
    for (c, to) in many { v.extend_from_slice(&(c as u32).to_le_bytes()[..3]); for k in 0..3 { v.extend_from_slice(&to.get(k).map_or(0, |c| *c as u32).to_le_bytes()[..3]); } }
    println!("## Characters that become several, twelve bytes each: from, then three (0: none).\npub(crate) const {name}_MANY: &[u8] = b\"{}\"\n", bytes(&v));
}
fn main() {
    println!("## What characters are, beyond ASCII. Sets are the places where membership changes, three bytes each. Written by `tables.rs`.\n");
    set("ALPHABETIC", "`is_alphabetic`", char::is_alphabetic);
    set("NUMERIC", "`is_numeric`", char::is_numeric);
    set("LOWERCASE", "`is_lowercase`", char::is_lowercase);
    set("UPPERCASE", "`is_uppercase`", char::is_uppercase);
    let escaped = |c: char| c.escape_debug().count() > 1;
    // in a `Debug` string, a character is escaped when it cannot be shown or attaches to the one before it
    set("ESCAPED", "shown as `\\u{…}` by `{:?}`", |c| escaped(c));
    set("GRAPHEME_EXTEND", "attaches to the character before it", |c| escaped(c) && { let s: String = ['a', c].iter().collect(); s.escape_debug().count() == 2 });
    let fin = |c: char| { let s: String = ['A', 'Σ', c, 'A'].iter().collect(); s.to_lowercase().contains('ς') };
    // a cased letter after Σ keeps σ; an ignorable one is skipped and the A behind it keeps σ; anything else ends the word
    set("CASE_STOP", "ends a word where a final sigma is looked for", fin);
    map("UPPER", |c| c.to_uppercase().collect());
    map("LOWER", |c| c.to_lowercase().collect());
}
