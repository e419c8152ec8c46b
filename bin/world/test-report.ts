/**
 * Results of tests as text for people, as TAP 14, or as JUnit's XML. In: results in order. Out: text. Text for people and TAP come line
 * by line while tests run; what failed is told at the end, with the test's output.
 */
import type { Paint } from '../../lib/index.ts';
import type { Captured } from './captured.ts';

export interface TestResult extends Captured {
  readonly file: string;
  readonly name: string;
  /** `@ignore`: it did not run. */
  readonly ignored: boolean;
}

export type Format = 'pretty' | 'tap' | 'junit';

export interface Reporter {
  /** Before the first result: how many there will be. */
  begin(count: number): string;
  result(result: TestResult, index: number): string;
  end(results: readonly TestResult[], milliseconds: number): string;
}

export function reporterFor(format: Format, paint: Paint, withStats: boolean): Reporter {
  return format === 'pretty' ? pretty(paint, withStats) : format === 'tap' ? tap : junit;
}

const indent = (text: string, by = '    '): string => text.trimEnd().split('\n').map(line => (by + line).trimEnd()).join('\n');
const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
const statsText = ({ stats, milliseconds }: Captured): string => `${count(stats['allocationCount'] ?? 0, 'allocation')}, at most ${count(stats['peakUsage'] ?? 0, 'byte')}, ${milliseconds.toFixed(1)} ms`;
const failedIn = (results: readonly TestResult[]): TestResult[] => results.filter(result => result.failure !== null);

function pretty(paint: Paint, withStats: boolean): Reporter {
  return {
    begin: () => '',
    result(result) {
      if (result.ignored) return `${paint('dim', 'skip')} ${result.name}\n`;
      const stats = withStats ? paint('dim', `  (${statsText(result)})`) : '';
      return `${result.failure === null ? paint('good', 'ok  ') : paint('error', 'FAIL')} ${result.name}${stats}\n`;
    },
    end(results, milliseconds) {
      const lines: string[] = [];
      for (const result of results) {
        if (result.failure === null) continue;
        lines.push('', `${paint('error', 'FAIL')} ${paint('bold', result.name)} (${result.file})`, indent(result.failure));
        if (result.output !== '') lines.push('  output:', indent(result.output));
      }
      const failed = failedIn(results).length;
      const ignored = results.filter(result => result.ignored).length;
      const time = withStats ? ` in ${(milliseconds / 1000).toFixed(2)} s` : '';
      return `${lines.map(line => `${line}\n`).join('')}\n${results.length - failed - ignored} passed, ${failed} failed${ignored > 0 ? `, ${ignored} skipped` : ''}${time}\n`;
    },
  };
}

const tap: Reporter = {
  begin: total => `TAP version 14\n1..${total}\n`,
  result(result, index) {
    const name = result.name.replace(/[\\#]/g, c => `\\${c}`);
    if (result.ignored) return `ok ${index + 1} - ${name} # SKIP ignored\n`;
    const lines = [`${result.failure === null ? 'ok' : 'not ok'} ${index + 1} - ${name}`, '  ---', `  duration_ms: ${result.milliseconds.toFixed(3)}`];
    for (const [key, value] of Object.entries(result.stats)) lines.push(`  ${key}: ${value}`);
    if (result.failure !== null) {
      lines.push(`  file: ${JSON.stringify(result.file)}`, '  message: |', indent(result.failure));
      if (result.output !== '') lines.push('  output: |', indent(result.output));
    }
    return `${[...lines, '  ...'].join('\n')}\n`;
  },
  end: () => '',
};

/** Text for XML: its own signs escaped, and what XML cannot hold as pictures. */
const escape = (text: string): string => text
  .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, c => String.fromCodePoint(0x2400 + c.charCodeAt(0)))
  .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
  .replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

const junit: Reporter = {
  begin: () => '',
  result: () => '',
  end(results, milliseconds) {
    const seconds = (ms: number): string => (ms / 1000).toFixed(3);
    const counts = (some: readonly TestResult[]): string => `tests="${some.length}" failures="${failedIn(some).length}" skipped="${some.filter(result => result.ignored).length}"`;
    const files = [...new Set(results.map(result => result.file))];
    const suites = files.map(file => {
      const own = results.filter(result => result.file === file);
      const cases = own.map(result => {
        const properties = Object.entries(result.stats).map(([name, value]) => `<property name="${name}" value="${value}"/>`).join('');
        const parts = [
          properties === '' ? '' : `<properties>${properties}</properties>`,
          result.ignored ? '<skipped/>' : '',
          result.failure === null ? '' : `<failure message="${escape(result.failure.split('\n')[0] ?? '')}">${escape(result.failure)}</failure>`,
          result.output === '' ? '' : `<system-out>${escape(result.output)}</system-out>`,
        ];
        return `    <testcase classname="${escape(file)}" name="${escape(result.name)}" time="${seconds(result.milliseconds)}">${parts.join('')}</testcase>\n`;
      });
      return `  <testsuite name="${escape(file)}" ${counts(own)} time="${seconds(own.reduce((sum, result) => sum + result.milliseconds, 0))}">\n${cases.join('')}  </testsuite>\n`;
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="altru" ${counts(results)} time="${seconds(milliseconds)}">\n${suites.join('')}</testsuites>\n`;
  },
};
