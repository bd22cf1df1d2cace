/** The recipes of README and the examples of --help and the manual page work as written, in a project that fits them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { npmProject } from '../support/npm-project.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

/** What the recipes speak of; each program leaves a file behind where the policies that are for it let it. */
const FILES = {
  'proj/Makefile': 'test:\n\techo passed >result\n',
  'app.yaml': 'version: 1\nfs: {ro: [.], rw: [./state]}\n',
  'state/old': '',
  server: { content: '#!/bin/sh\necho served >state/result\n', mode: 0o755 },
  untrusted: { content: '#!/bin/sh\necho ran >state/result\n', mode: 0o755 },
  ...npmProject,
  'home/.profile': '',
};

/** What is there afterwards, by a part of the command. */
const LEFT: readonly (readonly [part: string, left: string | undefined])[] = [
  ['--check', undefined],
  ['--explain', undefined],
  ['make -C', 'proj/result'],
  ['$COMMAND', 'proj/made'],
  ['npm ci', 'node_modules/dep'],
  ['./server', 'state/result'],
  ['./untrusted', 'state/result'],
];

async function tryCommand(t: TestContext, command: string): Promise<void> {
  const directory = fixture(t, FILES);
  const result = await run('bash', ['-c', command], {
    cwd: directory,
    env: {
      PATH: [projectFile('bin'), process.env['PATH'] ?? ''].join(delimiter),
      HOME: join(directory, 'home'),
      COMMAND: 'cd proj && test -w "$(mktemp)" && echo made >made',
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  });
  assert.equal(result.code, 0, result.stderr);
  const found = LEFT.find(([part]) => command.includes(part));
  assert.ok(found, 'the test does not know what this command is for');
  if (found[1] !== undefined) assert.ok(existsSync(join(directory, found[1])), `${found[1]} was not made`);
}

function recipesOfReadme(): string[] {
  const section = /^## Five recipes\n([\s\S]*?)^## /m.exec(readFileSync(projectFile('README.md'), 'utf8'))?.[1] ?? '';
  return [...section.matchAll(/^ {4}(.*)$/gm)].map(([, command = '']) => command);
}

function examplesOfManual(): string[] {
  const section =
    /^\.SH EXAMPLES\n\.nf\n([\s\S]*?)^\.fi/m.exec(readFileSync(projectFile('man/landlock-run.1'), 'utf8'))?.[1] ?? '';
  return section.trimEnd().replaceAll('\\-', '-').split('\n');
}

async function examplesOfHelp(): Promise<string[]> {
  const { stdout } = await sandbox(['--help']);
  return [...stdout.matchAll(/^ {2}(landlock-run .*?) {2,}/gm)].map(([, command = '']) => command);
}

const SOURCES = { README: recipesOfReadme(), 'the manual page': examplesOfManual(), '--help': await examplesOfHelp() };

for (const [source, commands] of Object.entries(SOURCES)) {
  test(`${source} has commands to try`, () => {
    assert.equal(commands.length, source === 'README' ? 5 : 3);
  });
  for (const command of commands) {
    test(
      `${source}: ${command}`,
      {
        skip: command.includes('make ') && !existsSync('/usr/bin/make') && 'needs /usr/bin/make',
      },
      (t) => tryCommand(t, command),
    );
  }
}
