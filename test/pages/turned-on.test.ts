/** The lines of docs/packages.md turn completions on for the user who types them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProgram } from '../scripts/shells.ts';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';

const section =
  /^## Completions\n([\s\S]*?)^## /m.exec(readFileSync(projectFile('docs/packages.md'), 'utf8'))?.[1] ?? '';
const lines = [...section.matchAll(/^ {4}(.*)$/gm)].map(([, line = '']) => line);

/** How each shell, started anew, shows that it knows our options. */
const SHOWN: Readonly<Record<string, string>> = {
  bash: 'source ~/.local/share/bash-completion/completions/landlock-run && complete -p landlock-run',
  zsh: 'fpath+=~/.zfunc; autoload -U compinit; compinit -u -D; print complete $_comps[landlock-run]',
  fish: 'complete -C "landlock-run --no-n"',
};

function shown(shell: string, home: string, script: string): Promise<RunResult> {
  const path = [projectFile('bin'), process.env['PATH'] ?? ''].join(delimiter);
  return run(shell, shell === 'zsh' ? ['-f', '-c', script] : ['-c', script], { env: { HOME: home, PATH: path } });
}

for (const [shell, script] of Object.entries(SHOWN)) {
  test(`${shell} completes after its line of docs/packages.md, and not before`, {
    skip: findProgram(shell) === undefined && `${shell} is missing: apt-get install ${shell}`,
  }, async (t: TestContext) => {
    const home = fixture(t);
    const expected = shell === 'fish' ? /--no-net/ : /^complete .*landlock-run$/m;
    assert.doesNotMatch((await shown(shell, home, script)).stdout, expected);
    const line = lines.find((one) => one.includes(`--completion ${shell} `));
    assert.ok(line);
    const turned = await shown('bash', home, line);
    assert.equal(turned.code, 0, turned.stderr);
    assert.match((await shown(shell, home, script)).stdout, expected);
  });
}
