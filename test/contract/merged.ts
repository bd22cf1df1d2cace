/** The merged policy of options and files. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import type { RunOptions } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** The merged policy as --print-policy gives it. */
export async function merged(words: readonly string[], options: RunOptions = {}): Promise<Record<string, unknown>> {
  const result = await sandbox(['--print-policy', ...words], options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return parse(result.stdout) as Record<string, unknown>;
}
