/**
 * A random program that allocates and frees in many ways, for `statistics.ts`: raw blocks, vectors, texts, boxes, maps, an arena. In: a seed. Out: a program
 * that is accepted, ends well and leaks nothing. The same seed gives the same program.
 */
export function randomProgram(seed: number): string {
  let state = (seed * 2654435761) >>> 0 || 1;
  const below = (n: number): number => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state % n;
  };
  const lines = ['use std::collections::HashMap', 'fn main():', '    let mut slot: [*mut u8; 6] = [null; 6]', '    let mut numbers: Vec[i64] = Vec::new()', '    let mut texts: Vec[String] = Vec::new()', '    let mut map: HashMap[i32, String] = HashMap::new()', '    let mut boxed: Option[Box[[u8; 40]]] = None', '    let mut arena = Arena::new(256)', '    slot[0] = alloc(1)'];
  for (let i = 0, n = 10 + below(60); i < n; i++) {
    const k = below(6);
    switch (below(12)) {
      case 0: case 1: lines.push(`    free(slot[${k}])`, `    slot[${k}] = ${below(4) === 0 ? 'alloc_zeroed' : 'alloc'}(${below(3) === 0 ? below(9000) : below(200)})`); break;
      case 2: lines.push(`    free(slot[${k}])`, `    slot[${k}] = null`); break;
      case 3: lines.push(`    slot[${k}] = realloc(slot[${k}], ${1 + below(700)})`); break;
      case 4: lines.push(`    for i in 0..${below(40)}: numbers.push(i)`); break;
      case 5: lines.push(below(2) === 0 ? '    numbers.clear()' : '    numbers.shrink_to_fit()'); break;
      case 6: lines.push(`    texts.push(format("{}-{}", ${below(1000)}, "x".repeat(${below(50)})))`); break;
      case 7: lines.push('    texts.pop()'); break;
      case 8: lines.push(`    map.insert(${below(20)}, String::from("value"))`); break;
      case 9: lines.push(`    map.remove(&${below(20)})`); break;
      case 10: lines.push(below(2) === 0 ? '    boxed = Some(Box::new([1; 40]))' : '    boxed = None'); break;
      default: lines.push(below(4) === 0 ? '    arena_reset(&mut arena)' : `    arena_alloc(&mut arena, ${below(300)})`);
    }
  }
  lines.push('    for p in slot: free(p)', '    println("{} {} {} {}", numbers.len(), texts.len(), map.len(), boxed.is_some())');
  return `${lines.join('\n')}\n`;
}
