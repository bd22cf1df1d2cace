import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { OPTIONS } from '../../src/cli/options.ts';
import { projectFile } from '../support/paths.ts';

function missing(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is missing: apt-get install ${shell}`;
}

/** What bash offers for the last of some words. */
function bash(...words: string[]): string[] {
  const script = `compopt() { :; }; source ${projectFile('completions/landlock-run.bash')}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _landlock_run; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

function fish(line: string): string[] {
  const script = `source ${projectFile('completions/landlock-run.fish')}; complete -c ls -l recursive; complete -C ${JSON.stringify(line)}`;
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').map((row) => row.split('\t')[0] ?? '');
}

/** What zsh makes of a line when Tab is pressed at its end, in a terminal of its own. */
function zsh(line: string, until: string): string {
  const script = `zmodload zsh/zpty
    zpty -b z zsh -f -i
    zpty -w z 'PS1=; fpath=(${projectFile('completions')} $fpath); autoload -U compinit; compinit -u -D; echo REA""DY'
    zpty -r -m z out '*READY*'
    zpty -w -n z $'${line}\\t'
    for i in {1..200}; do
      zpty -r -t z more && seen+=$more || sleep 0.05
      [[ $seen == *${JSON.stringify(until)}* ]] && break
    done
    print -r -- "$seen"
    zpty -d z`;
  return spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8', timeout: 60_000 }).stdout;
}

test('bash completes an option', { skip: missing('bash') }, () => {
  assert.deepEqual(bash('landlock-run', '--no-n'), ['--no-net']);
});

test('bash knows every option, and none that is hidden', { skip: missing('bash') }, () => {
  const offered = bash('landlock-run', '--');
  for (const row of OPTIONS) assert.equal(offered.includes(row.name), row.hidden !== true, row.name);
});

test('bash completes the words of an option, profiles and limits', { skip: missing('bash') }, () => {
  assert.deepEqual(bash('landlock-run', '--color', 'al'), ['always']);
  assert.deepEqual(bash('landlock-run', '--profile', 'wor'), ['worker']);
  assert.deepEqual(bash('landlock-run', '--limit', 'nof'), ['nofile=']);
});

test('bash completes paths behind --rw and --ro', { skip: missing('bash') }, () => {
  assert.deepEqual(bash('landlock-run', '--rw', '/etc/host.con'), ['/etc/host.conf']);
  assert.deepEqual(bash('landlock-run', '--chdir', '/et'), ['/etc']);
});

test('bash completes COMMAND where the options end, and does not complete our options behind it', {
  skip: missing('bash'),
}, () => {
  assert.ok(bash('landlock-run', '--rw', '/tmp', 'basena').includes('basename'));
  assert.ok(bash('landlock-run', '--rw', '/tmp', '--', 'basena').includes('basename'));
  assert.deepEqual(bash('landlock-run', 'ls', '--no-n'), []);
});

test('fish completes options, words, and the command with its own completion', { skip: missing('fish') }, () => {
  assert.ok(fish('landlock-run --no-n').includes('--no-net'));
  assert.ok(fish('landlock-run --profile wor').includes('worker'));
  assert.ok(fish('landlock-run --rw /tmp basena').includes('basename'));
  assert.ok(fish('landlock-run --rw /tmp -- ls --recursi').includes('--recursive'));
  assert.ok(!fish('landlock-run ls --no-n').includes('--no-net'));
});

test('zsh completes options and words', { skip: missing('zsh') }, () => {
  assert.match(zsh('landlock-run --no-n', '--no-net'), /--no-net/);
  assert.match(zsh('landlock-run --profile wor', 'worker'), /worker/);
});
