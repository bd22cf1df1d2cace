/** Runs plans through the built addon, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPlan } from './plan-builder.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '..', '..');
export const addonPath = join(root, 'native', 'build', 'Release', 'landlock_run.node');
export const addon = createRequire(import.meta.url)(addonPath);

/* The child finds what to run in the file on descriptor 9, so that its own argv and environment are free for the tests. */
const driver = `
const { readFileSync, closeSync } = require('node:fs');
const { plan, argv, record, touch } = JSON.parse(readFileSync(9, 'utf8'));
closeSync(9);
if (touch) process.stdin;
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
require(${JSON.stringify(addonPath)}).run(bytes(plan), argv, record === undefined ? undefined : bytes(record));
`;

/**
 * Applies the plan and executes argv, in a child of its own. Descriptor 3 is /dev/null; 4 is a pipe to the caller, meant for the status.
 *
 * @param plan a plan's description, or its bytes
 * @param options env, cwd, input (standard input), record, patch (see buildPlan), redirect (shell redirections for the process), before (a program
 *   that runs it), touch (Node sets O_NONBLOCK on standard input)
 * @returns status, signal, stdout, stderr, and what was written to descriptor 4 as `extra`
 */
export function runPlan(
  plan,
  argv,
  { env = {}, cwd, input = '', record, patch, redirect = '', before = [], touch = false } = {},
) {
  const bytes = plan instanceof Uint8Array ? plan : buildPlan(plan, patch);
  const request = openRequest({
    plan: Buffer.from(bytes).toString('base64'),
    argv,
    touch,
    ...(record === undefined ? {} : { record: Buffer.from(record).toString('base64') }),
  });
  try {
    const child = spawnSync(
      '/bin/sh',
      ['-c', `exec "$@" 9<&3 3</dev/null ${redirect}`, 'sh', ...before, process.execPath, '-e', driver],
      {
        cwd,
        env: { PATH: '/usr/bin:/bin', ...env },
        encoding: 'latin1',
        input,
        stdio: ['pipe', 'pipe', 'pipe', request, 'pipe'],
      },
    );
    if (child.error) throw child.error;
    return {
      status: child.status,
      signal: child.signal,
      stdout: child.stdout,
      stderr: child.stderr,
      extra: child.output[4],
    };
  } finally {
    closeSync(request);
  }
}

/** A descriptor of a file that has no name any more. */
function openRequest(request) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-'));
  try {
    writeFileSync(join(folder, 'request'), JSON.stringify(request));
    return openSync(join(folder, 'request'), 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the body with a new folder, and removes it. */
export function withFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'landlock-run-'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
