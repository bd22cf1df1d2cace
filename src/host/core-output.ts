import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** The native core's lines under the plan's JSON flag, one object each. */
export function readCoreDiagnostics(output: string): Diagnostic[] {
  return Buffer.from(output, 'latin1')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Diagnostic)
    .map(({ origin, ...rest }) => (origin === undefined || origin === '' ? rest : { ...rest, origin }));
}
