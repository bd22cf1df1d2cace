/** scripts/setup.sh says what tests would be skipped for. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { SHELLS, type Shell } from './shells.ts';

/** In: all of PATH. Out: what is said. */
async function mention(shell: Shell, path: string): Promise<string> {
  const [program = '', ...words] = shell.words;
  const script = `set -eu; . ${projectFile('scripts/setup.sh')}; PATH=$1; mention_skipped`;
  const result = await run(program, [...words, '-c', script, projectFile('scripts/any.sh'), path]);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return result.stdout;
}

for (const shell of SHELLS) {
  test(`${shell.name}: the programs that are missing are named with their packages, and others are not`, {
    skip: existsSync('/usr/sbin/man') && 'every program is in /usr/sbin',
  }, async (t) => {
    const none = fixture(t);
    const some = fixture(t, { man: { content: '', mode: 0o755 }, zsh: { content: '', mode: 0o755 } });
    assert.match(await mention(shell, none), /need:.* man .*zsh; install with: sudo apt-get install.* man-db .*zsh\n$/);
    const said = await mention(shell, some);
    assert.doesNotMatch(said, / man| zsh/);
    assert.match(said, / psql.* postgresql/);
  });
}
