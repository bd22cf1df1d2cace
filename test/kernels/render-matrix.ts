/** The matrix as text: a row for each claim and way, a column for each kernel, what is wrong below, and the counts last. */
import type { Verdict } from './compare.ts';
import type { Column } from './run.ts';

const rowName = (verdict: Verdict): string =>
  verdict.row === verdict.way ? verdict.row : `${verdict.row}, ${verdict.way}`;

function cell(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '-';
  return verdict.wrong === undefined ? verdict.word : `${verdict.word} WRONG`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** In: the columns, and how long all of it took. Out: text that ends with the counts as node:test prints them. */
export function renderMatrix(columns: readonly Column[], seconds: number): string {
  const tried = columns.filter(({ skipped }) => skipped === undefined);
  const all = tried.flatMap(({ target, verdicts }) => verdicts.map((verdict) => ({ target, verdict })));
  const names = [...new Set(all.map(({ verdict }) => rowName(verdict)))];
  const head = ['', ...tried.map(({ target }) => target.name)];
  const body = names.map((name) => [
    name,
    ...tried.map(({ verdicts }) => cell(verdicts.find((verdict) => rowName(verdict) === name))),
  ]);
  const times = ['seconds', ...tried.map(({ report }) => ((report?.milliseconds ?? 0) / 1000).toFixed(1))];
  const wrong = all.filter(({ verdict }) => verdict.wrong !== undefined);
  const complaints = wrong.map(
    ({ target, verdict }) => `FAILED: ${target.name}: ${rowName(verdict)}: ${verdict.wrong}`,
  );
  const skips = columns.flatMap(({ target, skipped }) =>
    skipped === undefined ? [] : [`not run: ${target.name}: ${skipped}`],
  );
  const counts = [
    `# tests ${all.length + skips.length}`,
    `# pass ${all.length - wrong.length}`,
    `# fail ${wrong.length}`,
    `# skipped ${skips.length}`,
    `test:kernels: ${all.length - wrong.length} passed, ${wrong.length} failed, ${skips.length} skipped, ${seconds.toFixed(0)} s`,
  ];
  return ['', table([head, ...body, times]), '', ...complaints, ...skips, ...counts].join('\n');
}
