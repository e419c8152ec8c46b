/**
 * Letters as dots, for pictures made of pixels. In: a character. Out: `TALL` rows of `WIDE` bits, the leftmost the highest. Letters are of five by seven dots; the signs
 * that faces draw with are made by rule, so that lines and blocks join without gaps. What has no dots here is a hollow box. Cost: each is made once.
 */
export const WIDE = 6;
export const TALL = 11;
/** Where the seven rows of a letter begin, and where lines run. */
const TOP = 2;
const ACROSS = 5;
const DOWN = 2;

/** From the space to the tilde: five columns a letter, the lowest bit on top. */
const letters = '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0000070000 001c224100 0041221c00 2a1c7f1c2a 08083e0808 0080603000 0808080808 0000606000 2010080402 3e5149453e 00427f4000 7249494946 2141494d33 1814127f10 2745454539 3c4a494931 4121110907 3649494936 464949291e 0000240000 0040340000 0008142241 1414141414 4122140800 0201590906 3e415d594e 7c1211127c 7f49494936 3e41414122 7f4141413e 7f49494941 7f09090901 3e41415173 7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f021c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e 7f09192946 2649494932 01017f0101 3f4040403f 1f2040201f 3f4038403f 6314081463 0304780403 6159494d43 007f414100 0204081020 004141417f 0402010204 8080808080 0001020400 2054547840 7f28444438 3844444428 384444287f 3854545418 00087e0902 18a4a49c78 7f08040478 00447d4000 2040403d00 7f10284400 00417f4000 7c04780478 7c08040478 3844444438 fc18242418 18242418fc 7c08040408 4854545424 04043f4424 3c4040207c 1c2040201c 3c4030403c 4428102844 4c9090907c 4464544c44 0008364100 0000770000 0041360800 0201020402'
  .split(' ')
  .map(columns => (columns.match(/../g) ?? []).map(pair => Number.parseInt(pair, 16)));

/** Signs in rows of dots, from the row where letters begin. */
const signs: Readonly<Record<string, string>> = {
  '→': '......|...#..|....#.|#####.|....#.|...#..', '←': '......|..#...|.#....|#####.|.#....|..#...', '↑': '..#...|.###..|#.#.#.|..#...|..#...|..#...', '↓': '..#...|..#...|..#...|#.#.#.|.###..|..#...',
  '▶': '#.....|###...|#####.|#####.|###...|#.....', '◀': '....#.|..###.|#####.|#####.|..###.|....#.', '▲': '..#...|..#...|.###..|.###..|#####.|#####.', '◆': '..#...|.###..|#####.|#####.|.###..|..#...', '●': '.###..|#####.|#####.|#####.|.###..', '▾': '......|#####.|.###..|..#...', '▹': '.#....|.###..|.####.|.###..|.#....',
  '✖': '#...#.|##.##.|.###..|.###..|##.##.|#...#.', '×': '......|#...#.|.#.#..|..#...|.#.#..|#...#.', '·': '......|......|......|..#...', '…': '......|......|......|......|......|#.#.#.', '›': '......|.#....|..#...|...#..|..#...|.#....', '≡': '......|#####.|......|#####.|......|#####.', '⇥': '#...#.|##..#.|#######|##..#.|#...#.',
  '■': '......|#####.|#####.|#####.|#####.|#####.', '▪': '......|......|.###..|.###..|.###..', '◼': '######|######|######|######|######|######|######', '✓': '......|....#.|...#..|#.#...|.#....', '│': '', '²': '##....|..#...|.#....|###...',
};

/** Arms of the lines: up, right, down, left; 2 is a double one. */
const lines: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '─': [0, 1, 0, 1], '│': [1, 0, 1, 0], '╭': [0, 1, 1, 0], '╮': [0, 0, 1, 1], '╯': [1, 0, 0, 1], '╰': [1, 1, 0, 0], '├': [1, 1, 1, 0], '┤': [1, 0, 1, 1], '┃': [2, 0, 2, 0], '┼': [1, 1, 1, 1], '┬': [0, 1, 1, 1], '┴': [1, 1, 0, 1], '┌': [0, 1, 1, 0], '┐': [0, 0, 1, 1], '└': [1, 1, 0, 0], '┘': [1, 0, 0, 1],
  '═': [0, 2, 0, 2], '║': [2, 0, 2, 0], '╔': [0, 2, 2, 0], '╗': [0, 0, 2, 2], '╚': [2, 2, 0, 0], '╝': [2, 0, 0, 2],
};

const made = new Map<string, readonly number[]>();

export function glyph(character: string): readonly number[] {
  let rows = made.get(character);
  if (rows === undefined) made.set(character, (rows = make(character)));
  return rows;
}

const drawn = (on: (x: number, y: number) => boolean): number[] => Array.from({ length: TALL }, (_, y) => Array.from({ length: WIDE }, (_, x) => (on(x, y) ? 1 << (WIDE - 1 - x) : 0)).reduce((sum, bit) => sum | bit, 0));

function make(character: string): number[] {
  const code = character.codePointAt(0) ?? 0;
  // An accent that is not known leaves its letter.
  const columns = letters[(character.normalize('NFD').codePointAt(0) ?? 0) - 0x20];
  if (columns !== undefined) return drawn((x, y) => (((columns[x] ?? 0) >> (y - TOP)) & 1) === 1 && y >= TOP && y < TOP + 8);
  const arms = lines[character];
  if (arms !== undefined) {
    const [up, right, down, left] = arms;
    const wide = Math.max(...arms) - 1;
    return drawn((x, y) => (y >= ACROSS - 0 && y <= ACROSS + wide && ((x >= DOWN && right > 0) || (x <= DOWN + wide && left > 0))) || (x >= DOWN && x <= DOWN + wide && ((y <= ACROSS + wide && up > 0) || (y >= ACROSS && down > 0))));
  }
  const sign = signs[character];
  if (sign !== undefined) {
    const rows = sign.split('|');
    return drawn((x, y) => rows[y - TOP]?.[x] === '#');
  }
  // Blocks: eighths from below, eighths from the left, shades.
  if (code >= 0x2581 && code <= 0x2588) return drawn((_, y) => y >= TALL - Math.round(((code - 0x2580) / 8) * TALL));
  if (code >= 0x2589 && code <= 0x258f) return drawn(x => x < Math.round(((0x2590 - code) / 8) * WIDE));
  if (code === 0x2591) return drawn((x, y) => (x + 2 * (y & 1)) % 4 === 0);
  if (code === 0x2592) return drawn((x, y) => (x + y) % 2 === 0);
  if (code === 0x2593) return drawn((x, y) => (x + 2 * (y & 1)) % 4 !== 0);
  return drawn((x, y) => x < WIDE - 1 && y >= TOP && y < TOP + 7 && (x === 0 || x === WIDE - 2 || y === TOP || y === TOP + 6));
}
