/** What the live kernel can do, asked without any code of landlock-run: a broken probe must not skip its own tests. */
import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { compileC } from './compile-c.ts';

let live: number | undefined;

/** The program that makes Landlock calls as told: see test/support/prober.c. */
export function proberPath(): string {
  return compileC('prober', ['test/support/prober.c']);
}

/** The Landlock ABI of the live kernel; 0 when it has none. */
export function liveAbi(): number {
  live ??= Number.parseInt(execFileSync(proberPath(), ['version'], { encoding: 'utf8' }), 10) || 0;
  return live;
}

/**
 * Skips a test that needs a newer kernel, saying so.
 *
 * In: the test, and the smallest ABI that it can run on. Out: true if it can:
 * `if (!requireAbi(t, 4)) return;`
 */
export function requireAbi(t: TestContext, least: number): boolean {
  const abi = liveAbi();
  if (abi >= least) return true;
  t.skip(abi === 0 ? `this kernel has no Landlock; needs ABI ${least}` : `this kernel has ABI ${abi}; needs ${least}`);
  return false;
}
