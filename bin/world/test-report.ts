/**
 * Results of tests as text for people, as TAP 14, or as JUnit's XML. In: results in order. Out: text.
 */
import type { Paint } from '../../lib/index.ts';
import type { Captured } from './captured.ts';

export interface TestResult extends Captured {
  readonly file: string;
  readonly name: string;
}

export function renderResults(results: readonly TestResult[], format: 'pretty' | 'tap' | 'junit', paint: Paint): string {
  return { pretty, tap, junit }[format](results, paint);
}

const indent = (text: string): string => text.trimEnd().split('\n').map(line => `    ${line}`).join('\n');

function pretty(results: readonly TestResult[], paint: Paint): string {
  const lines = results.map(result => `${result.failure === null ? paint('good', 'ok  ') : paint('error', 'FAIL')} ${result.name}`);
  for (const result of results) {
    if (result.failure === null) continue;
    lines.push('', `${paint('error', 'FAIL')} ${paint('bold', result.name)} (${result.file})`, indent(result.failure));
    if (result.output !== '') lines.push('  output:', indent(result.output));
  }
  const failed = results.filter(result => result.failure !== null).length;
  return `${lines.join('\n')}\n\n${results.length - failed} passed, ${failed} failed\n`;
}

function tap(results: readonly TestResult[]): string {
  const lines = ['TAP version 14', `1..${results.length}`];
  results.forEach((result, i) => {
    lines.push(`${result.failure === null ? 'ok' : 'not ok'} ${i + 1} - ${result.name}`);
    if (result.failure !== null) lines.push('  ---', '  message: |', indent(result.failure), '  ...');
  });
  return `${lines.join('\n')}\n`;
}

function junit(results: readonly TestResult[]): string {
  const escape = (text: string): string => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);
  const failed = results.filter(result => result.failure !== null).length;
  const cases = results.map(result => {
    const body = `${result.failure === null ? '' : `<failure>${escape(result.failure)}</failure>`}${result.output === '' ? '' : `<system-out>${escape(result.output)}</system-out>`}`;
    return `  <testcase classname="${escape(result.file)}" name="${escape(result.name)}" time="${(result.milliseconds / 1000).toFixed(3)}">${body}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="altru" tests="${results.length}" failures="${failed}">\n${cases.join('\n')}\n</testsuite>\n`;
}
