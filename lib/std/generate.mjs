// Writes the parts of the library that are the same for many types: `num/int_*.altru`, `num/ops_*.altru`, `num/float_*.altru`,
// `num/convert.altru`, `<type>.altru` (constants under their old paths), `tuple.altru`. Its output is committed; run it again after
// changing a template: `node lib/std/generate.mjs`.
import { mkdirSync, writeFileSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const INTS = ['i8', 'i16', 'i32', 'i64', 'isize', 'u8', 'u16', 'u32', 'u64', 'usize'];
const bits = t => t.endsWith('size') ? 32 : Number(t.slice(1));
const signed = t => t[0] === 'i';
const other = t => (signed(t) ? 'u' : 'i') + t.slice(1);
const head = what => `## ${what} Written by \`generate.mjs\`: change it there.\n\n`;
const put = (name, text) => { mkdirSync(new URL('num', here), { recursive: true }); writeFileSync(new URL(name, here), text.replace(/\n{3,}/g, '\n\n').trimEnd() + '\n'); };

/** Keeps lines without a mark, and those marked for this type: `S|` signed, `U|` unsigned, `8|` u8 only. */
const pick = (t, text) => text.split('\n').flatMap(l => {
  const m = /^([SU8N])\|(.*)$/.exec(l);
  if (!m) return [l];
  const keep = m[1] === 'S' ? signed(t) : m[1] === 'U' ? !signed(t) : m[1] === '8' ? t === 'u8' : t !== 'u8';
  return keep ? [m[2]] : [];
}).join('\n').replaceAll('$T', t).replaceAll('$B', bits(t)).replaceAll('$NEG', signed(t) ? String(1n << BigInt(bits(t) - 1)) : '0').replaceAll('$N', bits(t) / 8)
  .replaceAll('$U', signed(t) ? other(t) : t).replaceAll('$S', signed(t) ? t : other(t))
  .replaceAll('$MAX', String(signed(t) ? (1n << BigInt(bits(t) - 1)) - 1n : (1n << BigInt(bits(t))) - 1n))
  .replaceAll('$MIN', signed(t) ? `-${1n << BigInt(bits(t) - 1)}` : '0')
  .replaceAll('$W', bits(t) > 32 ? '64' : '32');

const INHERENT = `use std::intrinsics
use std::num::ParseIntError
use std::str::FromStr

impl $T:
    ## The smallest value.
    pub const MIN: $T = $MIN
    ## The largest value.
    pub const MAX: $T = $MAX
    ## Number of bits.
    pub const BITS: u32 = $B

    pub const fn min_value() -> $T: $MIN
    pub const fn max_value() -> $T: $MAX

    # bits

    @inline
    pub const fn count_ones(self) -> u32: intrinsics::ctpop(self)
    @inline
    pub const fn count_zeros(self) -> u32: intrinsics::ctpop(~self)
    @inline
    pub const fn leading_zeros(self) -> u32: intrinsics::ctlz(self)
    @inline
    pub const fn trailing_zeros(self) -> u32: intrinsics::cttz(self)
    @inline
    pub const fn leading_ones(self) -> u32: intrinsics::ctlz(~self)
    @inline
    pub const fn trailing_ones(self) -> u32: intrinsics::cttz(~self)
    @inline
    pub const fn rotate_left(self, n: u32) -> $T: intrinsics::rotate_left(self, n)
    @inline
    pub const fn rotate_right(self, n: u32) -> $T: intrinsics::rotate_right(self, n)
    @inline
    pub const fn swap_bytes(self) -> $T: intrinsics::bswap(self)
    @inline
    pub const fn reverse_bits(self) -> $T: intrinsics::bitreverse(self)
    @inline
    pub const fn to_be(self) -> $T: intrinsics::bswap(self)
    @inline
    pub const fn to_le(self) -> $T: self
    @inline
    pub const fn from_be(x: $T) -> $T: intrinsics::bswap(x)
    @inline
    pub const fn from_le(x: $T) -> $T: x

    pub const fn to_ne_bytes(self) -> [u8; $N]: intrinsics::transmute(self)
    pub const fn to_le_bytes(self) -> [u8; $N]: intrinsics::transmute(self)
    pub const fn to_be_bytes(self) -> [u8; $N]: intrinsics::transmute(intrinsics::bswap(self))
    pub const fn from_ne_bytes(bytes: [u8; $N]) -> $T: intrinsics::transmute(bytes)
    pub const fn from_le_bytes(bytes: [u8; $N]) -> $T: intrinsics::transmute(bytes)
    pub const fn from_be_bytes(bytes: [u8; $N]) -> $T:
        let x: $T = intrinsics::transmute(bytes)
        intrinsics::bswap(x)

    # wrapping: overflow is cut off

    @inline
    pub const fn wrapping_add(self, rhs: $T) -> $T: intrinsics::wrapping_add(self, rhs)
    @inline
    pub const fn wrapping_sub(self, rhs: $T) -> $T: intrinsics::wrapping_sub(self, rhs)
    @inline
    pub const fn wrapping_mul(self, rhs: $T) -> $T: intrinsics::wrapping_mul(self, rhs)
    @inline
    pub const fn wrapping_neg(self) -> $T: intrinsics::wrapping_sub(0, self)
    @inline
    pub const fn wrapping_shl(self, n: u32) -> $T: intrinsics::unchecked_shl(self, n & ($B - 1))
    @inline
    pub const fn wrapping_shr(self, n: u32) -> $T: intrinsics::unchecked_shr(self, n & ($B - 1))
    @inline
    pub const fn wrapping_div(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: return $T::MIN
        self / rhs
    @inline
    pub const fn wrapping_rem(self, rhs: $T) -> $T:
S|        if rhs == -1: return 0
        self % rhs
    pub const fn wrapping_div_euclid(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: return $T::MIN
        self.div_euclid(rhs)
    pub const fn wrapping_rem_euclid(self, rhs: $T) -> $T:
S|        if rhs == -1: return 0
        self.rem_euclid(rhs)
    pub const fn wrapping_pow(self, exp: u32) -> $T:
        let mut base = self
        let mut n = exp
        let mut acc: $T = 1
        while n > 0:
            if n & 1 == 1: acc = intrinsics::wrapping_mul(acc, base)
            base = intrinsics::wrapping_mul(base, base)
            n = n >> 1
        acc
S|    pub const fn wrapping_abs(self) -> $T:
S|        if self < 0: self.wrapping_neg() else: self
S|    pub const fn wrapping_add_unsigned(self, rhs: $U) -> $T: self.wrapping_add(rhs as $T)
S|    pub const fn wrapping_sub_unsigned(self, rhs: $U) -> $T: self.wrapping_sub(rhs as $T)
U|    pub const fn wrapping_add_signed(self, rhs: $S) -> $T: self.wrapping_add(rhs as $T)
U|    pub const fn wrapping_next_power_of_two(self) -> $T: self.checked_next_power_of_two().unwrap_or(0)

    # overflowing: the wrapped result, and whether it overflowed

    @inline
    pub const fn overflowing_add(self, rhs: $T) -> ($T, bool): intrinsics::add_overflow(self, rhs)
    @inline
    pub const fn overflowing_sub(self, rhs: $T) -> ($T, bool): intrinsics::sub_overflow(self, rhs)
    @inline
    pub const fn overflowing_mul(self, rhs: $T) -> ($T, bool): intrinsics::mul_overflow(self, rhs)
    pub const fn overflowing_neg(self) -> ($T, bool):
S|        (self.wrapping_neg(), self == $T::MIN)
U|        (self.wrapping_neg(), self != 0)
    pub const fn overflowing_shl(self, n: u32) -> ($T, bool): (self.wrapping_shl(n), n >= $B)
    pub const fn overflowing_shr(self, n: u32) -> ($T, bool): (self.wrapping_shr(n), n >= $B)
    pub const fn overflowing_div(self, rhs: $T) -> ($T, bool):
S|        if self == $T::MIN and rhs == -1: return (self, true)
        (self / rhs, false)
    pub const fn overflowing_rem(self, rhs: $T) -> ($T, bool):
S|        if rhs == -1: return (0, self == $T::MIN)
        (self % rhs, false)
    pub const fn overflowing_pow(self, exp: u32) -> ($T, bool):
        match self.checked_pow(exp):
            Some(x): (x, false)
            None: (self.wrapping_pow(exp), true)
S|    pub const fn overflowing_abs(self) -> ($T, bool): (self.wrapping_abs(), self == $T::MIN)
U|    pub const fn overflowing_add_signed(self, rhs: $S) -> ($T, bool):
U|        let (x, o) = self.overflowing_add(rhs as $T)
U|        (x, o != (rhs < 0))
S|    pub const fn overflowing_add_unsigned(self, rhs: $U) -> ($T, bool):
S|        let x = self.wrapping_add(rhs as $T)
S|        (x, x < self)

    # checked: None on overflow

    @inline
    pub const fn checked_add(self, rhs: $T) -> Option[$T]:
        let (x, o) = intrinsics::add_overflow(self, rhs)
        if o: None else: Some(x)
    @inline
    pub const fn checked_sub(self, rhs: $T) -> Option[$T]:
        let (x, o) = intrinsics::sub_overflow(self, rhs)
        if o: None else: Some(x)
    @inline
    pub const fn checked_mul(self, rhs: $T) -> Option[$T]:
        let (x, o) = intrinsics::mul_overflow(self, rhs)
        if o: None else: Some(x)
    pub const fn checked_div(self, rhs: $T) -> Option[$T]:
S|        if rhs == 0 or self == $T::MIN and rhs == -1: return None
U|        if rhs == 0: return None
        Some(self / rhs)
    pub const fn checked_rem(self, rhs: $T) -> Option[$T]:
S|        if rhs == 0 or self == $T::MIN and rhs == -1: return None
U|        if rhs == 0: return None
        Some(self % rhs)
    pub const fn checked_div_euclid(self, rhs: $T) -> Option[$T]:
S|        if rhs == 0 or self == $T::MIN and rhs == -1: return None
U|        if rhs == 0: return None
        Some(self.div_euclid(rhs))
    pub const fn checked_rem_euclid(self, rhs: $T) -> Option[$T]:
S|        if rhs == 0 or self == $T::MIN and rhs == -1: return None
U|        if rhs == 0: return None
        Some(self.rem_euclid(rhs))
    pub const fn checked_neg(self) -> Option[$T]:
S|        if self == $T::MIN: None else: Some(-self)
U|        if self == 0: Some(0) else: None
    pub const fn checked_shl(self, n: u32) -> Option[$T]:
        if n < $B: Some(intrinsics::unchecked_shl(self, n)) else: None
    pub const fn checked_shr(self, n: u32) -> Option[$T]:
        if n < $B: Some(intrinsics::unchecked_shr(self, n)) else: None
    pub const fn checked_pow(self, exp: u32) -> Option[$T]:
        if exp == 0: return Some(1)
        let mut base = self
        let mut n = exp
        let mut acc: $T = 1
        loop:
            if n & 1 == 1:
                let (x, o) = intrinsics::mul_overflow(acc, base)
                if o: return None
                acc = x
                if n == 1: return Some(acc)
            n = n >> 1
            let (b, o) = intrinsics::mul_overflow(base, base)
            if o: return None
            base = b
S|    pub const fn checked_abs(self) -> Option[$T]:
S|        if self < 0: self.checked_neg() else: Some(self)
S|    pub const fn checked_isqrt(self) -> Option[$T]:
S|        if self < 0: None else: Some((self as $U).isqrt() as $T)
S|    pub const fn checked_add_unsigned(self, rhs: $U) -> Option[$T]:
S|        let x = self.wrapping_add(rhs as $T)
S|        if x < self: None else: Some(x)
S|    pub const fn checked_sub_unsigned(self, rhs: $U) -> Option[$T]:
S|        let x = self.wrapping_sub(rhs as $T)
S|        if x > self: None else: Some(x)
U|    pub const fn checked_add_signed(self, rhs: $S) -> Option[$T]:
U|        let (x, o) = self.overflowing_add_signed(rhs)
U|        if o: None else: Some(x)
U|    pub const fn checked_signed_diff(self, rhs: $T) -> Option[$S]:
U|        let x = self.wrapping_sub(rhs) as $S
U|        if (self >= rhs) == (x >= 0): Some(x) else: None
U|    pub const fn checked_next_power_of_two(self) -> Option[$T]:
U|        if self <= 1: return Some(1)
U|        let n = $B - intrinsics::ctlz(self - 1)
U|        if n == $B: None else: Some(intrinsics::unchecked_shl(1 as $T, n))
U|    pub const fn checked_next_multiple_of(self, rhs: $T) -> Option[$T]:
U|        if rhs == 0: return None
U|        let r = self % rhs
U|        if r == 0: Some(self) else: self.checked_add(rhs - r)

    # saturating: overflow stops at the ends

    pub const fn saturating_add(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::add_overflow(self, rhs)
        if not o: return x
S|        if rhs < 0: $T::MIN else: $T::MAX
U|        $T::MAX
    pub const fn saturating_sub(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::sub_overflow(self, rhs)
        if not o: return x
S|        if rhs < 0: $T::MAX else: $T::MIN
U|        0
    pub const fn saturating_mul(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::mul_overflow(self, rhs)
        if not o: return x
S|        if (self < 0) == (rhs < 0): $T::MAX else: $T::MIN
U|        $T::MAX
    pub const fn saturating_div(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: return $T::MAX
        self / rhs
    pub const fn saturating_pow(self, exp: u32) -> $T:
        match self.checked_pow(exp):
            Some(x): x
S|            None: if self < 0 and exp % 2 == 1: $T::MIN else: $T::MAX
U|            None: $T::MAX
S|    pub const fn saturating_neg(self) -> $T:
S|        if self == $T::MIN: $T::MAX else: -self
S|    pub const fn saturating_abs(self) -> $T:
S|        if self == $T::MIN: $T::MAX else: self.abs()
S|    pub const fn saturating_add_unsigned(self, rhs: $U) -> $T:
S|        match self.checked_add_unsigned(rhs):
S|            Some(x): x
S|            None: $T::MAX
S|    pub const fn saturating_sub_unsigned(self, rhs: $U) -> $T:
S|        match self.checked_sub_unsigned(rhs):
S|            Some(x): x
S|            None: $T::MIN
U|    pub const fn saturating_add_signed(self, rhs: $S) -> $T:
U|        let (x, o) = self.overflowing_add_signed(rhs)
U|        if not o: return x
U|        if rhs < 0: 0 else: $T::MAX

    # unchecked: the caller knows that nothing overflows

    @inline
    pub const unsafe fn unchecked_add(self, rhs: $T) -> $T: intrinsics::wrapping_add(self, rhs)
    @inline
    pub const unsafe fn unchecked_sub(self, rhs: $T) -> $T: intrinsics::wrapping_sub(self, rhs)
    @inline
    pub const unsafe fn unchecked_mul(self, rhs: $T) -> $T: intrinsics::wrapping_mul(self, rhs)

    # arithmetic

    pub const fn pow(self, exp: u32) -> $T:
        if exp == 0: return 1
        let mut base = self
        let mut n = exp
        let mut acc: $T = 1
        loop:
            if n & 1 == 1:
                acc = acc * base
                if n == 1: return acc
            n = n >> 1
            base = base * base

    ## The square root, rounded down.
    pub const fn isqrt(self) -> $T:
S|        if self < 0: panic("argument of integer square root cannot be negative")
S|        (self as $U).isqrt() as $T
U|        let mut rest = self
U|        let mut root: $T = 0
U|        let mut bit: $T = 1 << ($B - 2)
U|        while bit > self: bit = bit >> 2
U|        while bit != 0:
U|            if rest >= root + bit:
U|                rest -= root + bit
U|                root = (root >> 1) + bit
U|            else:
U|                root = root >> 1
U|            bit = bit >> 2
U|        root

    pub const fn div_euclid(self, rhs: $T) -> $T:
S|        let q = self / rhs
S|        if self % rhs < 0:
S|            return if rhs > 0: q - 1 else: q + 1
S|        q
U|        self / rhs
    pub const fn rem_euclid(self, rhs: $T) -> $T:
S|        let r = self % rhs
S|        if r < 0: r.wrapping_add(rhs.wrapping_abs()) else: r
U|        self % rhs
U|    pub const fn div_ceil(self, rhs: $T) -> $T:
U|        let q = self / rhs
U|        if self % rhs > 0: q + 1 else: q
U|    pub const fn next_multiple_of(self, rhs: $T) -> $T:
U|        let r = self % rhs
U|        if r == 0: self else: self + (rhs - r)
U|    pub const fn is_multiple_of(self, rhs: $T) -> bool:
U|        if rhs == 0: self == 0 else: self % rhs == 0
U|    @inline
U|    pub const fn is_power_of_two(self) -> bool: intrinsics::ctpop(self) == 1
U|    pub const fn next_power_of_two(self) -> $T:
U|        if self <= 1: return 1
U|        let n = $B - intrinsics::ctlz(self - 1)
U|        (1 as $T) << n

    pub const fn ilog2(self) -> u32:
        if self <= 0: panic("argument of integer logarithm must be positive")
        $B - 1 - intrinsics::ctlz(self)
    pub const fn ilog10(self) -> u32:
        if self <= 0: panic("argument of integer logarithm must be positive")
        self.ilog(10)
    pub const fn ilog(self, base: $T) -> u32:
        if base < 2: panic("base of integer logarithm must be at least 2")
        if self <= 0: panic("argument of integer logarithm must be positive")
        let mut n = 0
        let mut rest = self
        while rest >= base:
            rest /= base
            n += 1
        n
    pub const fn checked_ilog2(self) -> Option[u32]:
        if self <= 0: None else: Some(self.ilog2())
    pub const fn checked_ilog10(self) -> Option[u32]:
        if self <= 0: None else: Some(self.ilog(10))
    pub const fn checked_ilog(self, base: $T) -> Option[u32]:
        if self <= 0 or base <= 1: None else: Some(self.ilog(base))

S|    @inline
S|    pub const fn abs(self) -> $T:
S|        if self < 0: -self else: self
S|    pub const fn unsigned_abs(self) -> $U: self.wrapping_abs() as $U
S|    pub const fn signum(self) -> $T:
S|        if self > 0:
S|            1
S|        elif self == 0:
S|            0
S|        else:
S|            -1
S|    @inline
S|    pub const fn is_positive(self) -> bool: self > 0
S|    @inline
S|    pub const fn is_negative(self) -> bool: self < 0
S|    pub const fn abs_diff(self, rhs: $T) -> $U:
S|        if self < rhs: (rhs as $U).wrapping_sub(self as $U) else: (self as $U).wrapping_sub(rhs as $U)
S|    pub const fn cast_unsigned(self) -> $U: self as $U
S|    pub const fn midpoint(self, rhs: $T) -> $T:
S|        let t = ((self ^ rhs) >> 1) + (self & rhs)
S|        if t < 0 and (self ^ rhs) & 1 != 0: t + 1 else: t
U|    pub const fn abs_diff(self, rhs: $T) -> $T:
U|        if self < rhs: rhs - self else: self - rhs
U|    pub const fn cast_signed(self) -> $S: self as $S
U|    pub const fn midpoint(self, rhs: $T) -> $T: ((self ^ rhs) >> 1) + (self & rhs)

    # text

    ## Reads a number in base \`radix\`, 2 to 36.
    pub fn from_str_radix(src: &str, radix: u32) -> Result[$T, ParseIntError]:
        let (value, negative) = std::num::parse_integer(src, radix, $MAX, $NEG)?
        Ok(if negative: (value as $T).wrapping_neg() else: value as $T)
8|
8|    # as an ASCII character
8|
8|    @inline
8|    pub const fn is_ascii(&self) -> bool: *self < 128
8|    pub const fn to_ascii_uppercase(&self) -> u8:
8|        if self.is_ascii_lowercase(): *self - 32 else: *self
8|    pub const fn to_ascii_lowercase(&self) -> u8:
8|        if self.is_ascii_uppercase(): *self + 32 else: *self
8|    pub const fn eq_ignore_ascii_case(&self, other: &u8) -> bool: self.to_ascii_lowercase() == other.to_ascii_lowercase()
8|    pub fn make_ascii_uppercase(&mut self): *self = self.to_ascii_uppercase()
8|    pub fn make_ascii_lowercase(&mut self): *self = self.to_ascii_lowercase()
8|    @inline
8|    pub const fn is_ascii_alphabetic(&self) -> bool: *self is 65..=90 | 97..=122
8|    @inline
8|    pub const fn is_ascii_uppercase(&self) -> bool: *self is 65..=90
8|    @inline
8|    pub const fn is_ascii_lowercase(&self) -> bool: *self is 97..=122
8|    @inline
8|    pub const fn is_ascii_alphanumeric(&self) -> bool: *self is 48..=57 | 65..=90 | 97..=122
8|    @inline
8|    pub const fn is_ascii_digit(&self) -> bool: *self is 48..=57
8|    @inline
8|    pub const fn is_ascii_hexdigit(&self) -> bool: *self is 48..=57 | 65..=70 | 97..=102
8|    @inline
8|    pub const fn is_ascii_punctuation(&self) -> bool: *self is 33..=47 | 58..=64 | 91..=96 | 123..=126
8|    @inline
8|    pub const fn is_ascii_graphic(&self) -> bool: *self is 33..=126
8|    @inline
8|    pub const fn is_ascii_whitespace(&self) -> bool: *self is 9 | 10 | 12 | 13 | 32
8|    @inline
8|    pub const fn is_ascii_control(&self) -> bool: *self is 0..=31 | 127
8|    ## Whether a character starts here, in UTF-8.
8|    @inline
8|    pub const fn is_utf8_char_boundary(self) -> bool: (self as i8) >= -64
8|    pub fn escape_ascii(self) -> std::ascii::EscapeDefault: std::ascii::escape_default(self)

impl FromStr for $T:
    type Err = ParseIntError
    fn from_str(src: &str) -> Result[$T, ParseIntError]: $T::from_str_radix(src, 10)
`;

const four = (T, trait, m, op) => [[T, T], [T, '&' + T], ['&' + T, T], ['&' + T, '&' + T]].map(([a, b]) => `
impl ${trait}${a === b ? '' : `[${b}]`} for ${a}:
    type Output = ${T}
    @inline
    fn ${m}(self, rhs: ${b}) -> ${T}: ${a[0] === '&' ? '*' : ''}self ${op} ${b[0] === '&' ? '*' : ''}rhs
`).join('') + `
impl ${trait}Assign for ${T}:
    @inline
    fn ${m}_assign(&mut self, rhs: ${T}): *self = *self ${op} rhs

impl ${trait}Assign[&${T}] for ${T}:
    @inline
    fn ${m}_assign(&mut self, rhs: &${T}): *self = *self ${op} *rhs
`;
const one = (T, trait, m, op) => ['', '&'].map(r => `
impl ${trait} for ${r}${T}:
    type Output = ${T}
    @inline
    fn ${m}(self) -> ${T}: ${op}${r ? '*' : ''}self
`).join('');

const COMPARE = `
impl PartialEq for $T:
    @inline
    fn eq(&self, other: &$T) -> bool: *self == *other
    @inline
    fn ne(&self, other: &$T) -> bool: *self != *other

impl PartialOrd for $T:
    @inline
    fn partial_cmp(&self, other: &$T) -> Option[Ordering]: $PC
    @inline
    fn lt(&self, other: &$T) -> bool: *self < *other
    @inline
    fn le(&self, other: &$T) -> bool: *self <= *other
    @inline
    fn gt(&self, other: &$T) -> bool: *self > *other
    @inline
    fn ge(&self, other: &$T) -> bool: *self >= *other
`;
const BASICS = `
impl Clone for $T:
    @inline
    fn clone(&self) -> $T: *self

impl Default for $T:
    @inline
    fn default() -> $T: $ZERO
`;
const SUMS = ['Sum', 'Product'].map(tr => ['$T', "&'a $T"].map(a => `
impl${a === '$T' ? '' : "['a]"} ${tr}${a === '$T' ? '' : `[${a}]`} for $T:
    @inline
    fn ${tr.toLowerCase()}[I: Iterator[Item = ${a}]](iter: I) -> $T:
        let start: $T = $${tr === 'Sum' ? 'SUM0' : 'ONE'}
        iter.fold(start, ${tr === 'Sum' ? 'Add::add' : 'Mul::mul'})
`).join('')).join('');

const INT_OPS = `
impl Eq for $T:

impl Ord for $T:
    @inline
    fn cmp(&self, other: &$T) -> Ordering:
        if *self < *other:
            Ordering::Less
        elif *self == *other:
            Ordering::Equal
        else:
            Ordering::Greater
    @inline
    fn max(self, other: $T) -> $T:
        if other < self: self else: other
    @inline
    fn min(self, other: $T) -> $T:
        if other < self: other else: self
    fn clamp(self, min: $T, max: $T) -> $T:
        if min > max: panic("min > max. min = {min:?}, max = {max:?}")
        if self < min: return min
        if self > max: max else: self

impl Hash for $T:
    @inline
    fn hash[H: Hasher](&self, state: &mut H): state.write_$T(*self)

impl Step for $T:
    @inline
    fn successor(self) -> $T: intrinsics::wrapping_add(self, 1)
    @inline
    fn predecessor(self) -> $T: intrinsics::wrapping_sub(self, 1)
    @inline
    fn is_before(self, other: $T) -> bool: self < other
    fn steps_to(self, end: $T) -> Option[usize]:
        if self >= end: return Some(0)
        $STEPS
    fn forward(self, n: usize) -> Option[$T]:
        $FORWARD
    fn backward(self, n: usize) -> Option[$T]:
        $BACKWARD

impl fmt::Display for $T:
    @inline
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result:
S|        let n = *self
S|        if n < 0: return num::decimal$W((n as u$W).wrapping_neg(), false, f)
S|        num::decimal$W(n as u$W, true, f)
U|        num::decimal$W(*self as u$W, true, f)

impl fmt::Debug for $T:
    @inline
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result:
        let flags = f.options.flags
        if flags & fmt::DEBUG_LOWER_HEX != 0: return fmt::LowerHex::fmt(self, f)
        if flags & fmt::DEBUG_UPPER_HEX != 0: return fmt::UpperHex::fmt(self, f)
        fmt::Display::fmt(self, f)

impl fmt::LowerHex for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::radix(*self as $U as u64, 4, false, "0x", f)

impl fmt::UpperHex for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::radix(*self as $U as u64, 4, true, "0x", f)

impl fmt::Octal for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::radix(*self as $U as u64, 3, false, "0o", f)

impl fmt::Binary for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::radix(*self as $U as u64, 1, false, "0b", f)

impl fmt::LowerExp for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result:
S|        num::exponent(self.unsigned_abs() as u64, *self >= 0, false, f)
U|        num::exponent(*self as u64, true, false, f)

impl fmt::UpperExp for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result:
S|        num::exponent(self.unsigned_abs() as u64, *self >= 0, true, f)
U|        num::exponent(*self as u64, true, true, f)

impl std::num::wrapping::WrappingInt for $T:
    fn wrap_add(self, rhs: $T) -> $T: intrinsics::wrapping_add(self, rhs)
    fn wrap_sub(self, rhs: $T) -> $T: intrinsics::wrapping_sub(self, rhs)
    fn wrap_mul(self, rhs: $T) -> $T: intrinsics::wrapping_mul(self, rhs)
    fn wrap_shl(self, n: usize) -> $T: self.wrapping_shl(n as u32)
    fn wrap_shr(self, n: usize) -> $T: self.wrapping_shr(n as u32)
    fn wrap_div(self, rhs: $T) -> $T: self.wrapping_div(rhs)
    fn wrap_rem(self, rhs: $T) -> $T: self.wrapping_rem(rhs)
    fn sat_add(self, rhs: $T) -> $T: self.saturating_add(rhs)
    fn sat_sub(self, rhs: $T) -> $T: self.saturating_sub(rhs)
    fn sat_mul(self, rhs: $T) -> $T: self.saturating_mul(rhs)

impl std::num::nonzero::ZeroablePrimitive for $T:
    fn is_zero(self) -> bool: self == 0
`;
const shifts = T => [['Shl', 'shl', '<<'], ['Shr', 'shr', '>>']].map(([tr, m, op]) => INTS.map(R => `
impl ${tr}${R === T ? '' : `[${R}]`} for ${T}:
    type Output = ${T}
    @inline
    fn ${m}(self, rhs: ${R}) -> ${T}: self ${op} rhs

impl ${tr}Assign${R === T ? '' : `[${R}]`} for ${T}:
    @inline
    fn ${m}_assign(&mut self, rhs: ${R}): *self = *self ${op} rhs
`).join('') + `
impl ${tr}[&u32] for ${T}:
    type Output = ${T}
    @inline
    fn ${m}(self, rhs: &u32) -> ${T}: self ${op} *rhs

impl ${tr}[u32] for &${T}:
    type Output = ${T}
    @inline
    fn ${m}(self, rhs: u32) -> ${T}: *self ${op} rhs
`).join('');

for (const T of INTS) {
  put(`num/int_${T}.altru`, head(`Methods of \`${T}\`.`) + pick(T, INHERENT));
  const wide = bits(T) > 32;
  const steps = wide ? `let n = end.wrapping_sub(self) as u64\n        if n > 0xFFFF_FFFF: None else: Some(n as usize)` : `Some(end.wrapping_sub(self) as ${signed(T) ? other(T) : T} as usize)`;
  const U = signed(T) ? other(T) : T;
  const fits = bits(T) < 32 ? `if n > ${U}::MAX as usize: return None\n        ` : '';
  const forward = signed(T) ? `${fits}self.checked_add_unsigned(n as ${U})` : `${fits}self.checked_add(n as ${T})`;
  const backward = signed(T) ? `${fits}self.checked_sub_unsigned(n as ${U})` : `${fits}self.checked_sub(n as ${T})`;
  const t = 'use std::cmp::Ordering\nuse std::fmt\nuse std::fmt::num\nuse std::hash::{Hash, Hasher}\nuse std::intrinsics\nuse std::iter::{Product, Sum}\nuse std::iter::range::Step\n'
    + 'use std::ops::{Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul, MulAssign, Neg, Not, Rem, RemAssign, Sub, SubAssign}\n'
    + BASICS.replaceAll('$ZERO', '0') + COMPARE.replaceAll('$PC', 'Some(self.cmp(other))') + INT_OPS.replaceAll('$STEPS', steps).replaceAll('$FORWARD', forward).replaceAll('$BACKWARD', backward) + SUMS.replaceAll('$SUM0', '0').replaceAll('$ONE', '1')
    + [['Add', 'add', '+'], ['Sub', 'sub', '-'], ['Mul', 'mul', '*'], ['Div', 'div', '/'], ['Rem', 'rem', '%'], ['BitAnd', 'bitand', '&'], ['BitOr', 'bitor', '|'], ['BitXor', 'bitxor', '^']].map(x => four(T, ...x)).join('')
    + (signed(T) ? one(T, 'Neg', 'neg', '-') : '') + one(T, 'Not', 'not', '~');
  put(`num/ops_${T}.altru`, head(`Traits of \`${T}\`.`) + pick(T, t));
  put(`num/shift_${T}.altru`, head(`\`<<\` and \`>>\` of \`${T}\`.`) + 'use std::ops::{Shl, ShlAssign, Shr, ShrAssign}\n' + shifts(T));
  put(`${T}.altru`, head(`Constants of \`${T}\` under their old paths.`) + pick(T, `pub const MIN: $T = $MIN\npub const MAX: $T = $MAX\n`));
}

// --- integers: what panics in every profile, what takes any shift, what carries on ---
const STRICT = `use std::intrinsics

@cold
fn overflow(what: &'static str) -> !: panic("attempt to {what} with overflow")

impl $T:
    # strict: overflow panics in every profile

    @track_caller
    pub const fn strict_add(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::add_overflow(self, rhs)
        if o: overflow("add")
        x
    @track_caller
    pub const fn strict_sub(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::sub_overflow(self, rhs)
        if o: overflow("subtract")
        x
    @track_caller
    pub const fn strict_mul(self, rhs: $T) -> $T:
        let (x, o) = intrinsics::mul_overflow(self, rhs)
        if o: overflow("multiply")
        x
    @track_caller
    pub const fn strict_div(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: overflow("divide")
        self / rhs
    @track_caller
    pub const fn strict_div_euclid(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: overflow("divide")
        self.div_euclid(rhs)
    @track_caller
    pub const fn strict_rem(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: overflow("calculate the remainder")
        self % rhs
    @track_caller
    pub const fn strict_rem_euclid(self, rhs: $T) -> $T:
S|        if self == $T::MIN and rhs == -1: overflow("calculate the remainder")
        self.rem_euclid(rhs)
    @track_caller
    pub const fn strict_neg(self) -> $T:
S|        if self == $T::MIN: overflow("negate")
U|        if self != 0: overflow("negate")
        self.wrapping_neg()
    @track_caller
    pub const fn strict_shl(self, rhs: u32) -> $T:
        if rhs >= $B: overflow("shift left")
        intrinsics::unchecked_shl(self, rhs)
    @track_caller
    pub const fn strict_shr(self, rhs: u32) -> $T:
        if rhs >= $B: overflow("shift right")
        intrinsics::unchecked_shr(self, rhs)
    @track_caller
    pub const fn strict_pow(self, exp: u32) -> $T:
        match self.checked_pow(exp):
            Some(x): x
            None: overflow("multiply")
S|    @track_caller
S|    pub const fn strict_abs(self) -> $T:
S|        if self < 0: self.strict_neg() else: self
S|    @track_caller
S|    pub const fn strict_add_unsigned(self, rhs: $U) -> $T:
S|        let (x, o) = self.overflowing_add_unsigned(rhs)
S|        if o: overflow("add")
S|        x
S|    @track_caller
S|    pub const fn strict_sub_unsigned(self, rhs: $U) -> $T:
S|        let (x, o) = self.overflowing_sub_unsigned(rhs)
S|        if o: overflow("subtract")
S|        x
U|    @track_caller
U|    pub const fn strict_add_signed(self, rhs: $S) -> $T:
U|        let (x, o) = self.overflowing_add_signed(rhs)
U|        if o: overflow("add")
U|        x
U|    @track_caller
U|    pub const fn strict_sub_signed(self, rhs: $S) -> $T:
U|        let (x, o) = self.overflowing_sub_signed(rhs)
U|        if o: overflow("subtract")
U|        x

    # unbounded: every bit is shifted out

    pub const fn unbounded_shl(self, rhs: u32) -> $T:
        if rhs < $B: intrinsics::unchecked_shl(self, rhs) else: 0
    pub const fn unbounded_shr(self, rhs: u32) -> $T:
S|        intrinsics::unchecked_shr(self, if rhs < $B: rhs else: $B - 1)
U|        if rhs < $B: intrinsics::unchecked_shr(self, rhs) else: 0

    # between signed and unsigned

    pub const fn overflowing_div_euclid(self, rhs: $T) -> ($T, bool):
S|        if self == $T::MIN and rhs == -1: return (self, true)
        (self.div_euclid(rhs), false)
    pub const fn overflowing_rem_euclid(self, rhs: $T) -> ($T, bool):
S|        if rhs == -1: return (0, self == $T::MIN)
        (self.rem_euclid(rhs), false)
S|    pub const fn overflowing_sub_unsigned(self, rhs: $U) -> ($T, bool):
S|        let x = self.wrapping_sub(rhs as $T)
S|        (x, x > self)
U|    pub const fn overflowing_sub_signed(self, rhs: $S) -> ($T, bool):
U|        let (x, o) = self.overflowing_sub(rhs as $T)
U|        (x, o != (rhs < 0))
U|    pub const fn checked_sub_signed(self, rhs: $S) -> Option[$T]:
U|        let (x, o) = self.overflowing_sub_signed(rhs)
U|        if o: None else: Some(x)
U|    pub const fn wrapping_sub_signed(self, rhs: $S) -> $T: self.wrapping_sub(rhs as $T)
U|    pub const fn saturating_sub_signed(self, rhs: $S) -> $T:
U|        let (x, o) = self.overflowing_sub_signed(rhs)
U|        if not o: return x
U|        if rhs < 0: $T::MAX else: 0
U|
U|    # digits of larger numbers: what does not fit is carried to the next
U|
U|    pub const fn carrying_add(self, rhs: $T, carry: bool) -> ($T, bool):
U|        let (a, b) = intrinsics::add_overflow(self, rhs)
U|        let (c, d) = intrinsics::add_overflow(a, carry as $T)
U|        (c, b or d)
U|    pub const fn borrowing_sub(self, rhs: $T, borrow: bool) -> ($T, bool):
U|        let (a, b) = intrinsics::sub_overflow(self, rhs)
U|        let (c, d) = intrinsics::sub_overflow(a, borrow as $T)
U|        (c, b or d)
U|    pub const fn carrying_mul(self, rhs: $T, carry: $T) -> ($T, $T): self.carrying_mul_add(rhs, carry, 0)
U|    pub const fn carrying_mul_add(self, rhs: $T, carry: $T, add: $T) -> ($T, $T):
U|$CARRY
`;
const CARRY = t => bits(t) === 64 ? `        let (a, b) = (self & 0xFFFF_FFFF, self >> 32)
        let (c, d) = (rhs & 0xFFFF_FFFF, rhs >> 32)
        # three sums of halves, none of which can overflow
        let low = a * c
        let middle = a * d + (low >> 32)
        let cross = b * c + (middle & 0xFFFF_FFFF)
        let high = b * d + (middle >> 32) + (cross >> 32)
        let (x, o) = intrinsics::add_overflow(cross << 32 | (low & 0xFFFF_FFFF), carry)
        let (y, p) = intrinsics::add_overflow(x, add)
        (y, high + o as u64 + p as u64)` : `        let x = self as u64 * rhs as u64 + carry as u64 + add as u64
        (x as ${t}, (x >> ${bits(t)}) as ${t})`;

// --- integers that are never 0 ---
const NONZERO = `use std::num::{IntErrorKind, NonZero, ParseIntError, TryFromIntError}
use std::ops::{BitOr, BitOrAssign, Div, DivAssign, Neg, Rem, RemAssign}
use std::str::FromStr

impl NonZero[$T]:
    pub const BITS: u32 = $B
S|    pub const MIN: NonZero[$T] = NonZero($T::MIN)
U|    pub const MIN: NonZero[$T] = NonZero(1)
    pub const MAX: NonZero[$T] = NonZero($T::MAX)

    pub const fn leading_zeros(self) -> u32: self.0.leading_zeros()
    pub const fn trailing_zeros(self) -> u32: self.0.trailing_zeros()
    pub const fn count_ones(self) -> NonZero[u32]: NonZero(self.0.count_ones())
    pub const fn checked_mul(self, other: NonZero[$T]) -> Option[NonZero[$T]]:
        match self.0.checked_mul(other.0):
            Some(x): Some(NonZero(x))
            None: None
    pub const fn saturating_mul(self, other: NonZero[$T]) -> NonZero[$T]: NonZero(self.0.saturating_mul(other.0))
    pub const fn checked_pow(self, other: u32) -> Option[NonZero[$T]]:
        match self.0.checked_pow(other):
            Some(x): Some(NonZero(x))
            None: None
    pub const fn saturating_pow(self, other: u32) -> NonZero[$T]: NonZero(self.0.saturating_pow(other))
U|    pub const fn checked_add(self, other: $T) -> Option[NonZero[$T]]:
U|        match self.0.checked_add(other):
U|            Some(x): Some(NonZero(x))
U|            None: None
U|    pub const fn saturating_add(self, other: $T) -> NonZero[$T]: NonZero(self.0.saturating_add(other))
U|    pub const fn checked_next_power_of_two(self) -> Option[NonZero[$T]]:
U|        match self.0.checked_next_power_of_two():
U|            Some(x): Some(NonZero(x))
U|            None: None
U|    pub const fn ilog2(self) -> u32: self.0.ilog2()
U|    pub const fn ilog10(self) -> u32: self.0.ilog10()
U|    pub const fn midpoint(self, rhs: NonZero[$T]) -> NonZero[$T]: NonZero(self.0.midpoint(rhs.0))
U|    pub const fn is_power_of_two(self) -> bool: self.0.is_power_of_two()
U|    pub const fn isqrt(self) -> NonZero[$T]: NonZero(self.0.isqrt())
U|    pub const fn cast_signed(self) -> NonZero[$S]: NonZero(self.0 as $S)
U|    pub const fn div_ceil(self, rhs: NonZero[$T]) -> NonZero[$T]: NonZero(self.0.div_ceil(rhs.0))
S|    pub const fn abs(self) -> NonZero[$T]: NonZero(self.0.abs())
S|    pub const fn checked_abs(self) -> Option[NonZero[$T]]:
S|        match self.0.checked_abs():
S|            Some(x): Some(NonZero(x))
S|            None: None
S|    pub const fn overflowing_abs(self) -> (NonZero[$T], bool):
S|        let (x, o) = self.0.overflowing_abs()
S|        (NonZero(x), o)
S|    pub const fn saturating_abs(self) -> NonZero[$T]: NonZero(self.0.saturating_abs())
S|    pub const fn wrapping_abs(self) -> NonZero[$T]: NonZero(self.0.wrapping_abs())
S|    pub const fn unsigned_abs(self) -> NonZero[$U]: NonZero(self.0.unsigned_abs())
S|    pub const fn is_positive(self) -> bool: self.0 > 0
S|    pub const fn is_negative(self) -> bool: self.0 < 0
S|    pub const fn checked_neg(self) -> Option[NonZero[$T]]:
S|        match self.0.checked_neg():
S|            Some(x): Some(NonZero(x))
S|            None: None
S|    pub const fn overflowing_neg(self) -> (NonZero[$T], bool):
S|        let (x, o) = self.0.overflowing_neg()
S|        (NonZero(x), o)
S|    pub const fn saturating_neg(self) -> NonZero[$T]: NonZero(self.0.saturating_neg())
S|    pub const fn wrapping_neg(self) -> NonZero[$T]: NonZero(self.0.wrapping_neg())
S|    pub const fn cast_unsigned(self) -> NonZero[$U]: NonZero(self.0 as $U)

impl From[NonZero[$T]] for $T:
    fn from(n: NonZero[$T]) -> $T: n.0

impl TryFrom[$T] for NonZero[$T]:
    type Error = TryFromIntError
    fn try_from(n: $T) -> Result[NonZero[$T], TryFromIntError]: NonZero::new(n).ok_or(TryFromIntError(()))

impl FromStr for NonZero[$T]:
    type Err = ParseIntError
    fn from_str(src: &str) -> Result[NonZero[$T], ParseIntError]:
        NonZero::new($T::from_str_radix(src, 10)?).ok_or_else(fn(): std::num::error::parse_int(IntErrorKind::Zero))

impl BitOr for NonZero[$T]:
    type Output = NonZero[$T]
    fn bitor(self, rhs: NonZero[$T]) -> NonZero[$T]: NonZero(self.0 | rhs.0)

impl BitOr[$T] for NonZero[$T]:
    type Output = NonZero[$T]
    fn bitor(self, rhs: $T) -> NonZero[$T]: NonZero(self.0 | rhs)

impl BitOr[NonZero[$T]] for $T:
    type Output = NonZero[$T]
    fn bitor(self, rhs: NonZero[$T]) -> NonZero[$T]: NonZero(self | rhs.0)

impl BitOrAssign for NonZero[$T]:
    fn bitor_assign(&mut self, rhs: NonZero[$T]): self.0 |= rhs.0

impl BitOrAssign[$T] for NonZero[$T]:
    fn bitor_assign(&mut self, rhs: $T): self.0 |= rhs
S|
S|impl Neg for NonZero[$T]:
S|    type Output = NonZero[$T]
S|    fn neg(self) -> NonZero[$T]: NonZero(-self.0)
U|
U|impl Div[NonZero[$T]] for $T:
U|    type Output = $T
U|    fn div(self, rhs: NonZero[$T]) -> $T: self / rhs.0
U|
U|impl DivAssign[NonZero[$T]] for $T:
U|    fn div_assign(&mut self, rhs: NonZero[$T]): *self = *self / rhs.0
U|
U|impl Rem[NonZero[$T]] for $T:
U|    type Output = $T
U|    fn rem(self, rhs: NonZero[$T]) -> $T: self % rhs.0
U|
U|impl RemAssign[NonZero[$T]] for $T:
U|    fn rem_assign(&mut self, rhs: NonZero[$T]): *self = *self % rhs.0
`;

// --- integers that wrap or saturate by themselves ---
const WRAPPED = W => `impl ${W}[$T]:
    pub const MIN: ${W}[$T] = ${W}($T::MIN)
    pub const MAX: ${W}[$T] = ${W}($T::MAX)
    pub const BITS: u32 = $B

    pub const fn count_ones(self) -> u32: self.0.count_ones()
    pub const fn count_zeros(self) -> u32: self.0.count_zeros()
    pub const fn leading_zeros(self) -> u32: self.0.leading_zeros()
    pub const fn trailing_zeros(self) -> u32: self.0.trailing_zeros()
    pub const fn rotate_left(self, n: u32) -> Self: ${W}(self.0.rotate_left(n))
    pub const fn rotate_right(self, n: u32) -> Self: ${W}(self.0.rotate_right(n))
    pub const fn swap_bytes(self) -> Self: ${W}(self.0.swap_bytes())
    pub const fn reverse_bits(self) -> Self: ${W}(self.0.reverse_bits())
    pub const fn to_be(self) -> Self: ${W}(self.0.to_be())
    pub const fn to_le(self) -> Self: self
    pub const fn from_be(x: Self) -> Self: ${W}($T::from_be(x.0))
    pub const fn from_le(x: Self) -> Self: x
    pub const fn pow(self, exp: u32) -> Self: ${W}(self.0.${W.toLowerCase()}_pow(exp))
U|    pub const fn is_power_of_two(self) -> bool: self.0.is_power_of_two()
S|    pub const fn abs(self) -> Self: ${W}(self.0.${W.toLowerCase()}_abs())
S|    pub const fn signum(self) -> Self: ${W}(self.0.signum())
S|    pub const fn is_positive(self) -> bool: self.0 > 0
S|    pub const fn is_negative(self) -> bool: self.0 < 0
`;
/** The other operands of their operators, once for all integers. */
const WRAPPED_OPS = W => {
  const bits = { BitAnd: 'bitand', BitOr: 'bitor', BitXor: 'bitxor' };
  const bound = tr => (tr in bits ? `${tr}[Output = T] + Copy` : 'WrappingInt');
  const all = ['Add', 'Sub', 'Mul', 'Div', 'Rem', 'BitAnd', 'BitOr', 'BitXor'];
  return all.map(tr => {
    const m = tr.toLowerCase();
    const ref = (self, rhs, a, b) => `impl[T: ${bound(tr)}] ${tr}[${rhs}] for ${self}:\n    type Output = ${W}[T]\n    fn ${m}(self, rhs: ${rhs}) -> ${W}[T]: ${tr}::${m}(${a}self, ${b}rhs)\n\n`;
    return ref(`${W}[T]`, `&${W}[T]`, '', '*') + ref(`&${W}[T]`, `${W}[T]`, '*', '') + ref(`&${W}[T]`, `&${W}[T]`, '*', '*')
      + (['Add', 'Sub', 'Mul'].includes(tr) ? '' : `impl[T: ${bound(tr)}] ${tr}Assign for ${W}[T]:\n    fn ${m}_assign(&mut self, rhs: ${W}[T]): *self = ${tr}::${m}(*self, rhs)\n\nimpl[T: ${bound(tr)}] ${tr}Assign[T] for ${W}[T]:\n    fn ${m}_assign(&mut self, rhs: T): *self = ${tr}::${m}(*self, ${W}(rhs))\n\n`);
  }).join('');
};
const WRAPPING_MORE = `impl[T: WrappingInt + Default] Sum for Wrapping[T]:
    fn sum[I: Iterator[Item = Wrapping[T]]](iter: I) -> Wrapping[T]: iter.fold(Wrapping(T::default()), fn(a, b): a + b)

impl['a, T: WrappingInt + Default] Sum[&'a Wrapping[T]] for Wrapping[T]:
    fn sum[I: Iterator[Item = &'a Wrapping[T]]](iter: I) -> Wrapping[T]: iter.fold(Wrapping(T::default()), fn(a, b): a + *b)

impl[T: WrappingInt + From[bool]] Product for Wrapping[T]:
    fn product[I: Iterator[Item = Wrapping[T]]](iter: I) -> Wrapping[T]: iter.fold(Wrapping(T::from(true)), fn(a, b): a * b)

impl['a, T: WrappingInt + From[bool]] Product[&'a Wrapping[T]] for Wrapping[T]:
    fn product[I: Iterator[Item = &'a Wrapping[T]]](iter: I) -> Wrapping[T]: iter.fold(Wrapping(T::from(true)), fn(a, b): a * *b)

impl[T: WrappingInt] ShlAssign[usize] for Wrapping[T]:
    fn shl_assign(&mut self, n: usize): *self = *self << n

impl[T: WrappingInt] ShrAssign[usize] for Wrapping[T]:
    fn shr_assign(&mut self, n: usize): *self = *self >> n

`;
put('num/wrapped_ops.altru', head('Operators of `Wrapping` and `Saturating` on references, and in place.')
  + 'use std::iter::{Product, Sum}\nuse std::num::{Saturating, Wrapping}\nuse std::num::wrapping::WrappingInt\nuse std::ops::{Add, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul, Rem, RemAssign, ShlAssign, ShrAssign, Sub}\n\n'
  + WRAPPED_OPS('Wrapping') + WRAPPED_OPS('Saturating') + WRAPPING_MORE);

for (const T of INTS) {
  put(`num/strict_${T}.altru`, head(`More arithmetic of \`${T}\`: strict, unbounded, between signed and unsigned, carrying.`) + pick(T, STRICT.replace('U|$CARRY', CARRY(T).split('\n').map(l => `U|${l}`).join('\n'))));
  put(`num/truth_${T}.altru`, head(`\`${T}\` as a truth value, and out of floats.`) + `use std::num::TryFromIntError

impl TryFrom[${T}] for bool:
    type Error = TryFromIntError
    fn try_from(i: ${T}) -> Result[bool, TryFromIntError]:
        match i:
            0: Ok(false)
            1: Ok(true)
            _: Err(TryFromIntError(()))

impl std::convert::FloatToInt[${T}] for f32:
    fn to_int(self) -> ${T}: self as ${T}

impl std::convert::FloatToInt[${T}] for f64:
    fn to_int(self) -> ${T}: self as ${T}
`);
  put(`num/nonzero_${T}.altru`, head(`\`NonZero[${T}]\`.`) + pick(T, NONZERO));
  put(`num/wrapped_${T}.altru`, head(`\`Wrapping[${T}]\` and \`Saturating[${T}]\`.`)
    + pick(T, `use std::num::{Saturating, Wrapping}\nS|use std::ops::Neg\n\n${WRAPPED('Wrapping')}\n${WRAPPED('Saturating')}\nS|\nS|impl Neg for Saturating[$T]:\nS|    type Output = Saturating[$T]\nS|    fn neg(self) -> Saturating[$T]: Saturating(self.0.saturating_neg())\n`));
}

// --- floats ---
const FLOAT = `use std::intrinsics
use std::num::{FpCategory, ParseFloatError}
use std::str::FromStr

impl $T:
    ## Cut off towards zero; the caller knows that it fits.
    pub unsafe fn to_int_unchecked[Int](self) -> Int where Self: std::convert::FloatToInt[Int]: <Self as std::convert::FloatToInt[Int]>::to_int(self)

    pub const RADIX: u32 = 2
    pub const MANTISSA_DIGITS: u32 = $MANT
    pub const DIGITS: u32 = $DIG
    ## Difference between 1 and the next larger value.
    pub const EPSILON: $T = $EPS
    pub const MIN: $T = -$FMAX
    ## The smallest positive value with full precision.
    pub const MIN_POSITIVE: $T = $MINP
    pub const MAX: $T = $FMAX
    pub const MIN_EXP: i32 = $MINEXP
    pub const MAX_EXP: i32 = $MAXEXP
    pub const MIN_10_EXP: i32 = $MIN10
    pub const MAX_10_EXP: i32 = $MAX10
    pub const NAN: $T = intrinsics::transmute($QNAN)
    pub const INFINITY: $T = 1.0 / 0.0
    pub const NEG_INFINITY: $T = -1.0 / 0.0

    @inline
    pub const fn is_nan(self) -> bool: self != self
    @inline
    pub const fn is_infinite(self) -> bool: self == $T::INFINITY or self == $T::NEG_INFINITY
    @inline
    pub const fn is_finite(self) -> bool: self - self == 0.0
    pub const fn is_normal(self) -> bool: self.is_finite() and intrinsics::abs(self) >= $T::MIN_POSITIVE
    pub const fn is_subnormal(self) -> bool: self != 0.0 and intrinsics::abs(self) < $T::MIN_POSITIVE
    pub const fn classify(self) -> FpCategory:
        if self != self:
            FpCategory::Nan
        elif self.is_infinite():
            FpCategory::Infinite
        elif self == 0.0:
            FpCategory::Zero
        elif self.is_subnormal():
            FpCategory::Subnormal
        else:
            FpCategory::Normal
    pub const fn is_sign_positive(self) -> bool: self.to_bits() >> ($B - 1) == 0
    pub const fn is_sign_negative(self) -> bool: self.to_bits() >> ($B - 1) != 0
    @inline
    pub const fn to_bits(self) -> u$B: intrinsics::transmute(self)
    @inline
    pub const fn from_bits(bits: u$B) -> $T: intrinsics::transmute(bits)
    pub const fn to_be_bytes(self) -> [u8; $N]: self.to_bits().to_be_bytes()
    pub const fn to_le_bytes(self) -> [u8; $N]: self.to_bits().to_le_bytes()
    pub const fn to_ne_bytes(self) -> [u8; $N]: self.to_bits().to_ne_bytes()
    pub const fn from_be_bytes(bytes: [u8; $N]) -> $T: $T::from_bits(u$B::from_be_bytes(bytes))
    pub const fn from_le_bytes(bytes: [u8; $N]) -> $T: $T::from_bits(u$B::from_le_bytes(bytes))
    pub const fn from_ne_bytes(bytes: [u8; $N]) -> $T: $T::from_bits(u$B::from_ne_bytes(bytes))

$ONE_ARG
    @inline
    pub const fn mul_add(self, a: $T, b: $T) -> $T: intrinsics::fma(self, a, b)
    @inline
    pub fn powf(self, n: $T) -> $T: intrinsics::pow(self, n)
    ## A whole power, by repeated squaring.
    pub fn powi(self, n: i32) -> $T:
        let mut base = self
        let mut rest = n.unsigned_abs()
        let mut acc: $T = 1.0
        while rest > 0:
            if rest & 1 == 1: acc *= base
            rest = rest >> 1
            if rest > 0: base *= base
        if n < 0: 1.0 / acc else: acc
    @inline
    pub fn atan2(self, other: $T) -> $T: intrinsics::atan2(self, other)
    @inline
    pub fn hypot(self, other: $T) -> $T: intrinsics::hypot(self, other)
    pub fn sin_cos(self) -> ($T, $T): (intrinsics::sin(self), intrinsics::cos(self))
    pub fn log(self, base: $T) -> $T: intrinsics::ln(self) / intrinsics::ln(base)
    ## To the nearest whole number, halves away from zero.
    pub const fn round(self) -> $T:
        let whole = intrinsics::trunc(self)
        let part = intrinsics::abs(self - whole)
        if part >= 0.5: whole + intrinsics::copysign(1.0 as $T, self) else: intrinsics::copysign(whole, self)
    pub const fn round_ties_even(self) -> $T: intrinsics::nearest(self)
    pub const fn fract(self) -> $T: self - intrinsics::trunc(self)
    @inline
    pub const fn copysign(self, sign: $T) -> $T: intrinsics::copysign(self, sign)
    pub const fn signum(self) -> $T:
        if self != self: self else: intrinsics::copysign(1.0 as $T, self)
    pub const fn recip(self) -> $T: 1.0 / self
    pub const fn to_degrees(self) -> $T: self * $DEG
    pub const fn to_radians(self) -> $T: self * $RAD
    pub fn div_euclid(self, rhs: $T) -> $T:
        let q = intrinsics::trunc(self / rhs)
        if self % rhs < 0.0:
            return if rhs > 0.0: q - 1.0 else: q + 1.0
        q
    pub fn rem_euclid(self, rhs: $T) -> $T:
        let r = self % rhs
        if r < 0.0: r + intrinsics::abs(rhs) else: r
    pub fn abs_sub(self, other: $T) -> $T:
        if self <= other: 0.0 else: self - other
    ## The larger one; a NaN loses.
    @inline
    pub const fn max(self, other: $T) -> $T:
        if self != self or self < other: other else: self
    @inline
    pub const fn min(self, other: $T) -> $T:
        if self != self or other < self: other else: self
    pub const fn midpoint(self, other: $T) -> $T: $MID
    pub const fn clamp(self, min: $T, max: $T) -> $T:
        if not (min <= max): panic("min > max, or either was NaN. min = {min:?}, max = {max:?}")
        let mut x = self
        if x < min: x = min
        if x > max: x = max
        x
    pub const fn next_up(self) -> $T:
        let bits = self.to_bits()
        if self != self or bits == $T::INFINITY.to_bits(): return self
        let magnitude = bits & (u$B::MAX >> 1)
        if magnitude == 0: return $T::from_bits(1)
        $T::from_bits(if bits == magnitude: bits + 1 else: bits - 1)
    pub const fn next_down(self) -> $T: -((-self).next_up())
    ## The order of IEEE 754: negative NaN, -∞, … -0, 0, … ∞, NaN.
    pub fn total_cmp(&self, other: &$T) -> std::cmp::Ordering:
        let a = self.to_bits() as i$B
        let b = other.to_bits() as i$B
        (a ^ ((a >> ($B - 1)) as u$B >> 1) as i$B).cmp(&(b ^ ((b >> ($B - 1)) as u$B >> 1) as i$B))

impl FromStr for $T:
    type Err = ParseFloatError
    fn from_str(src: &str) -> Result[$T, ParseFloatError]: Ok(std::num::error::parse_float(src, $IS32)? as $T)
`;
const FLOAT_OPS = `
impl fmt::Display for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::float_display(*self as f64, $IS32, f)

impl fmt::Debug for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::float_debug(*self as f64, $IS32, f)

impl fmt::LowerExp for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::float_exponent(*self as f64, $IS32, false, f)

impl fmt::UpperExp for $T:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: num::float_exponent(*self as f64, $IS32, true, f)
`;
const oneArg = [['floor', 'floor'], ['ceil', 'ceil'], ['trunc', 'trunc'], ['abs', 'abs'], ['sqrt', 'sqrt'], ['cbrt', 'cbrt'], ['sin', 'sin'], ['cos', 'cos'], ['tan', 'tan'], ['asin', 'asin'], ['acos', 'acos'], ['atan', 'atan'],
  ['sinh', 'sinh'], ['cosh', 'cosh'], ['tanh', 'tanh'], ['asinh', 'asinh'], ['acosh', 'acosh'], ['atanh', 'atanh'], ['exp', 'exp'], ['exp2', 'exp2'], ['exp_m1', 'exp_m1'], ['ln', 'ln'], ['ln_1p', 'ln_1p'], ['log2', 'log2'], ['log10', 'log10']];
const CONSTS = { E: '2.71828182845904523536028747135266250', PI: '3.14159265358979323846264338327950288', TAU: '6.28318530717958647692528676655900577', SQRT_2: '1.41421356237309504880168872420969808', FRAC_1_SQRT_2: '0.707106781186547524400844362104849039',
  LN_2: '0.693147180559945309417232121458176568', LN_10: '2.30258509299404568401799145468436421', LOG2_E: '1.44269504088896340735992468100189214', LOG10_E: '0.434294481903251827651128918916605082', LOG2_10: '3.32192809488736234787031942948939018', LOG10_2: '0.301029995663981195213738894724493027',
  FRAC_PI_2: '1.57079632679489661923132169163975144', FRAC_PI_3: '1.04719755119659774615421446109316763', FRAC_PI_4: '0.785398163397448309615660845819875721', FRAC_PI_6: '0.52359877559829887307710723054658381', FRAC_PI_8: '0.39269908169872415480783042290993786', FRAC_1_PI: '0.318309886183790671537767526745028724', FRAC_2_PI: '0.636619772367581343075535053490057448', FRAC_2_SQRT_PI: '1.12837916709551257389615890312154517' };
for (const T of ['f32', 'f64']) {
  const is32 = T === 'f32';
  const v = is32 ? { $MANT: '24', $DIG: '6', $EPS: '1.19209290e-07', $FMAX: '3.40282347e+38', $MINP: '1.17549435e-38', $MINEXP: '-125', $MAXEXP: '128', $MIN10: '-37', $MAX10: '38', $QNAN: '0x7FC00000u32' }
    : { $MANT: '53', $DIG: '15', $EPS: '2.2204460492503131e-16', $FMAX: '1.7976931348623157e+308', $MINP: '2.2250738585072014e-308', $MINEXP: '-1021', $MAXEXP: '1024', $MIN10: '-307', $MAX10: '308', $QNAN: '0x7FF8000000000000u64' };
  let s = FLOAT.replaceAll('$ONE_ARG', oneArg.map(([m, i]) => `    @inline\n    pub ${['floor', 'ceil', 'trunc', 'abs'].includes(m) ? 'const ' : ''}fn ${m}(self) -> $T: intrinsics::${i}(self)`).join('\n'));
  for (const [k, x] of Object.entries(v)) s = s.replaceAll(k, x);
  s = s.replaceAll('$DEG', is32 ? '57.2957795130823208767981548141051703' : '57.29577951308232').replaceAll('$RAD', '0.017453292519943295769236907684886')
    .replaceAll('$MID', is32 ? '((self as f64 + other as f64) / 2.0) as f32' : `if intrinsics::abs(self) <= f64::MAX / 2.0 and intrinsics::abs(other) <= f64::MAX / 2.0: (self + other) / 2.0 else: self / 2.0 + other / 2.0`);
  const fill = x => x.replaceAll('$T', T).replaceAll('$B', is32 ? '32' : '64').replaceAll('$N', is32 ? '4' : '8').replaceAll('$IS32', String(is32));
  put(`num/float_${T}.altru`, head(`Methods of \`${T}\`.`) + fill(s));
  const PC = `if *self < *other:
            Some(Ordering::Less)
        elif *self > *other:
            Some(Ordering::Greater)
        elif *self == *other:
            Some(Ordering::Equal)
        else:
            None`;
  put(`num/ops_${T}.altru`, head(`Traits of \`${T}\`.`) + fill('use std::cmp::Ordering\nuse std::fmt\nuse std::fmt::num\nuse std::iter::{Product, Sum}\nuse std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign}\n'
    + BASICS.replaceAll('$ZERO', '0.0') + COMPARE.replaceAll(' $PC', '\n        $PC').replaceAll('$PC', PC) + FLOAT_OPS + SUMS.replaceAll('$SUM0', '-0.0').replaceAll('$ONE', '1.0')
    + [['Add', 'add', '+'], ['Sub', 'sub', '-'], ['Mul', 'mul', '*'], ['Div', 'div', '/'], ['Rem', 'rem', '%']].map(x => four(T, ...x)).join('') + one(T, 'Neg', 'neg', '-')));
  const names = ['RADIX', 'MANTISSA_DIGITS', 'DIGITS', 'EPSILON', 'MIN', 'MIN_POSITIVE', 'MAX', 'MIN_EXP', 'MAX_EXP', 'MIN_10_EXP', 'MAX_10_EXP', 'NAN', 'INFINITY', 'NEG_INFINITY'];
  put(`${T}.altru`, head(`Constants of \`${T}\`.`) + `## Numbers of mathematics.\npub mod consts:\n` + Object.entries(CONSTS).map(([k, x]) => `    pub const ${k}: ${T} = ${x}`).join('\n') + '\n\n'
    + names.map(n => `pub const ${n}: ${/RADIX|DIGITS/.test(n) ? 'u32' : /_EXP$/.test(n) ? 'i32' : T} = <${T}>::${n}`).join('\n'));
}

// --- conversions between numbers ---
{
  let s = head('Conversions between numbers: `From` where nothing is lost, else `TryFrom`.') + 'use std::num::TryFromIntError\n';
  const lossless = (a, b) => {
    if (a === b) return false;
    if (b === 'usize') return ['u8', 'u16'].includes(a);
    if (b === 'isize') return ['u8', 'i8', 'i16'].includes(a);
    if (a.endsWith('size')) return false;
    return signed(a) === signed(b) ? bits(a) < bits(b) : !signed(a) && bits(a) < bits(b);
  };
  const from = (a, b) => { s += `\nimpl From[${a}] for ${b}:\n    @inline\n    fn from(value: ${a}) -> ${b}: value as ${b}\n`; };
  for (const a of INTS) for (const b of INTS) if (a !== b) {
    if (lossless(a, b)) from(a, b);
    else {
      const sign = signed(a) && !signed(b) ? ' and value >= 0' : !signed(a) && signed(b) ? ' and made >= 0' : '';
      s += `\nimpl TryFrom[${a}] for ${b}:\n    type Error = TryFromIntError\n    fn try_from(value: ${a}) -> Result[${b}, TryFromIntError]:\n        let made = value as ${b}\n        if made as ${a} == value${sign}: Ok(made) else: Err(TryFromIntError(()))\n`;
    }
  }
  for (const b of INTS) from('bool', b);
  let f = head('Conversions to floats.');
  const keep = s; s = f;
  for (const a of ['i8', 'i16', 'u8', 'u16']) from(a, 'f32');
  for (const a of ['i8', 'i16', 'i32', 'u8', 'u16', 'u32', 'f32']) from(a, 'f64');
  for (const b of ['f32', 'f64']) s += `\nimpl From[bool] for ${b}:\n    fn from(value: bool) -> ${b}: value as u8 as ${b}\n`;
  put('num/convert_float.altru', s);
  put('num/convert.altru', keep);
}

// --- tuples ---
{
  const L = 'ABCDEFGHIJKL'.split('');
  let s = head('Traits of tuples with up to twelve elements.') + 'use std::cmp::Ordering\nuse std::fmt\nuse std::hash::{Hash, Hasher}\n';
  for (let n = 1; n <= 12; n++) {
    const v = L.slice(0, n), ty = `(${v.join(', ')}${n === 1 ? ',' : ''})`, g = b => v.map(x => `${x}: ${b}`).join(', ');
    s += `
impl[${g('PartialEq')}] PartialEq for ${ty}:
    @inline
    fn eq(&self, other: &Self) -> bool: ${v.map((_, i) => `self.${i} == other.${i}`).join(' and ')}

impl[${g('Eq')}] Eq for ${ty}:

impl[${g('PartialOrd')}] PartialOrd for ${ty}:
    fn partial_cmp(&self, other: &Self) -> Option[Ordering]:
${v.slice(0, -1).map((_, i) => `        let c = self.${i}.partial_cmp(&other.${i})\n        if not (c is Some(Ordering::Equal)): return c\n`).join('')}        self.${n - 1}.partial_cmp(&other.${n - 1})

impl[${g('Ord')}] Ord for ${ty}:
    fn cmp(&self, other: &Self) -> Ordering:
${v.slice(0, -1).map((_, i) => `        let c = self.${i}.cmp(&other.${i})\n        if c.is_ne(): return c\n`).join('')}        self.${n - 1}.cmp(&other.${n - 1})

impl[${g('Hash')}] Hash for ${ty}:
    fn hash[S: Hasher](&self, state: &mut S):
${v.map((_, i) => `        self.${i}.hash(state)`).join('\n')}

impl[${g('fmt::Debug')}] fmt::Debug for ${ty}:
    fn fmt(&self, f: &mut fmt::Formatter['_]) -> fmt::Result: f.debug_tuple("")${v.map((_, i) => `.field(&self.${i})`).join('')}.finish()
`.replaceAll('hash[S: Hasher](&self, state: &mut S)', n > 11 ? 'hash[S: Hasher](&self, state: &mut S)' : 'hash[S: Hasher](&self, state: &mut S)');
  }
  for (let n = 1; n <= 12; n++) {
    const ty = `(${Array(n).fill('T').join(', ')}${n === 1 ? ',' : ''})`;
    s += `\nimpl[T] From[[T; ${n}]] for ${ty}:\n    fn from(array: [T; ${n}]) -> Self:\n        let [${L.slice(0, n).map(x => x.toLowerCase()).join(', ')}] = array\n        (${L.slice(0, n).map(x => x.toLowerCase()).join(', ')}${n === 1 ? ',' : ''})\n`;
    s += `\nimpl[T] From[${ty}] for [T; ${n}]:\n    fn from(t: ${ty}) -> Self: [${L.slice(0, n).map((_, i) => `t.${i}`).join(', ')}]\n`;
  }
  put('tuple.altru', s);
}
