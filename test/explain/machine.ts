/** A small machine for explanations: the files that the policies of test/explain/policies speak of, and reports without what differs between machines. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FakeKernel } from '../support/fake-abi.ts';
import { fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import type { RunResult } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { idleProgram } from '../why/kernel.ts';

export const POLICIES = [
  'project',
  'network',
  'bare',
  'best-effort',
  'links',
  'hardened',
  'sockets',
  'refused',
] as const;
export type PolicyName = (typeof POLICIES)[number];

/** What each policy is asked about, from the machine's top. */
const COMMANDS: Readonly<Record<PolicyName, string>> = {
  project: 'proj/tool',
  network: 'app/tool',
  bare: 'app/tool',
  'best-effort': 'app/tool',
  links: 'current/tool',
  hardened: '../app/tool',
  sockets: 'app/tool',
  refused: 'app/tool',
};

/** Makes the machine, with one policy in it. Out: its top directory. */
export async function makeMachine(t: TestContext, policy: PolicyName): Promise<string> {
  const root = fixture(t, {
    'policy.yaml': readFileSync(projectFile(`test/explain/policies/${policy}.yaml`)),
    'proj/kept': '',
    'data/log': '',
    'drop/kept': '',
    'releases/1/kept': '',
    'certs/cert-1.pem': '',
    current: { link: 'releases/1' },
    'cert.pem': { link: 'certs/cert-1.pem' },
    'app/kept': '',
  });
  for (const place of ['app', 'proj', 'releases/1']) copyFileSync(idleProgram(), join(root, place, 'tool'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'server.sock'), resolve));
  t.after(() => server.close());
  return root;
}

/** Runs a mode of landlock-run with the machine's policy, in its top directory and an environment that is the same everywhere. */
export function ask(
  root: string,
  policy: PolicyName,
  kernel: FakeKernel,
  words: readonly string[],
): Promise<RunResult> {
  return sandbox(['--policy', 'policy.yaml', ...words, '--', `./${COMMANDS[policy]}`], {
    cwd: root,
    emptyEnv: true,
    env: { PATH: '/usr/bin:/bin', HOME: root, XDG_RUNTIME_DIR: root, MY_TOKEN: 'x', GH_KEPT: 'x', PRIVATE_X: 'x' },
    under: fakeKernel(kernel),
  });
}

/** Sockets of the machine that runs the tests. */
const FOREIGN_SOCKET = /^ {2}"\/(?:run|tmp\/tmux-\d+|tmp\/\.X11-unix)\/[^"]*" can be connected to/;

/** A report in text without what differs between machines. */
export function normaliseText(text: string, root: string): string {
  const lines = text
    .replaceAll(root, '/TOP')
    .replace(/\(\d+ paths?\)/g, '(N paths)')
    .replace(/^ {2}\d+ paths? of profiles/gm, '  N paths of profiles')
    .split('\n')
    .filter((line) => !FOREIGN_SOCKET.test(line));
  return `${lines
    .join('\n')
    .replace(/\nnotes\n$/, '')
    .trimEnd()}\n`;
}

interface Report {
  files?: { profiles: { grants: unknown[] }[]; skipped: { origin: string }[] } | null;
  lint?: { code: string; message: string }[];
}

/** The same for a report in JSON: parsed, and each profile's paths left out. */
export function normaliseJson(text: string, root: string): Report {
  const report = JSON.parse(text.replaceAll(root, '/TOP')) as Report;
  const { files, lint } = report;
  if (files) {
    for (const profile of files.profiles) {
      assert.ok(profile.grants.length > 0);
      profile.grants = [];
    }
    files.skipped = files.skipped.filter((row) => !row.origin.startsWith('profile '));
  }
  if (lint)
    report.lint = lint.filter(({ code, message }) => code !== 'lint-socket-reachable' || message.includes('/TOP'));
  return report;
}
