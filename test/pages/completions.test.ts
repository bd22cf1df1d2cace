import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { OPTIONS } from '../../src/cli/options.ts';
import { IMPORTERS } from '../../src/import/index.ts';
import { fixture } from '../support/fixture.ts';
import { cliPath, projectFile, projectRoot } from '../support/paths.ts';
import { run } from '../support/run.ts';

function missing(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is missing: apt-get install ${shell}`;
}

/**
 * Types each line into an interactive bash, presses Tab, and asks bash for the line that it then has.
 *
 * In: `source`, what the shell reads first; `lines`. Out: the lines as completed.
 */
function bash(source: string, lines: readonly string[], directory?: string): string[] {
  const { stdout, stderr, status } = spawnSync('python3', ['-I', '-c', TYPIST, source, ...lines], {
    cwd: directory ?? projectRoot,
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.deepEqual([status, stderr], [0, '']);
  return JSON.parse(stdout) as string[];
}

/** What has been read when a line is asked for stands between two marks that no other output has. */
const TYPIST = String.raw`
import json, os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM='dumb', INPUTRC='/dev/null', LC_ALL='C')
    os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])
seen = b''
def until(mark):
    global seen
    while mark not in seen:
        seen += os.read(terminal, 65536)
    before, _, seen = seen.partition(mark)
    return before
def type(text):
    os.write(terminal, text.encode())
type("""PS1=; bind 'set enable-bracketed-paste off'; bind 'set completion-query-items 0'; bind 'set page-completions off'
bind -x '"\\x14": printf "\\n<%s>\\n" "$READLINE_LINE"'; """ + sys.argv[1] + """; printf '%s%s' REA DY
""")
until(b'READY')
found = []
for line in sys.argv[2:]:
    type(line + '\t\x14')
    until(b'\n<')
    found.append(until(b'>').decode())
    type('\x15')
os.close(terminal)
os.waitpid(pid, 0)
print(json.dumps(found))
`;

const COMPLETION = `source ${projectFile('completions/landlock-run.bash')}`;
const PACKAGE = '/usr/share/bash-completion/bash_completion';

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

const skip = missing('bash') || missing('python3');

/** Lines as typed, and as they are after Tab. A colon or = in front of the cursor or anywhere before it is where readline splits words. */
const COMPLETED: Readonly<Record<string, string>> = {
  'landlock-run --no-n': 'landlock-run --no-net ',
  'landlock-run --color al': 'landlock-run --color always ',
  'landlock-run --color=al': 'landlock-run --color=always ',
  'landlock-run --profile wor': 'landlock-run --profile worker ',
  'landlock-run --limit nof': 'landlock-run --limit nofile=',
  'landlock-run --limit=nof': 'landlock-run --limit=nofile=',
  'landlock-run --limit cpu=60 --no-n': 'landlock-run --limit cpu=60 --no-net ',
  'landlock-run --grant read:/etc --no-n': 'landlock-run --grant read:/etc --no-net ',
  'landlock-run --env=A=b:c --no-n': 'landlock-run --env=A=b:c --no-net ',
  'landlock-run --env A= --no-n': 'landlock-run --env A= --no-net ',
  'landlock-run --env "A=b c" --no-n': 'landlock-run --env "A=b c" --no-net ',
  'landlock-run --limit cpu=60 -- basena': 'landlock-run --limit cpu=60 -- basename ',
  'landlock-run --rw /tmp basena': 'landlock-run --rw /tmp basename ',
  'landlock-run --rw pro': 'landlock-run --rw proj/',
  'landlock-run --rw=pro': 'landlock-run --rw=proj/',
  'landlock-run --rw=proj/': 'landlock-run --rw=proj/file ',
  'landlock-run --rw "my': 'landlock-run --rw "my dir"/',
  'landlock-run --rw=my': 'landlock-run --rw=my\\ dir/',
  'landlock-run --ro a:': 'landlock-run --ro a:b ',
  'landlock-run --chdir pro': 'landlock-run --chdir proj/',
  'landlock-run --chdir=pro': 'landlock-run --chdir=proj/',
  'landlock-run --grant rea': 'landlock-run --grant read:',
  'landlock-run --grant read:pro': 'landlock-run --grant read:proj/',
  'landlock-run --import landr': 'landlock-run --import landrun:',
  'landlock-run --import=landrun:pro': 'landlock-run --import=landrun:proj/',
};

/** Nothing is offered. */
const LEFT = ['landlock-run ls --no-n', 'landlock-run --no-net=al', 'landlock-run --env A=--no-n'];

function assertCompleted(t: TestContext, source: string): void {
  const root = fixture(t);
  mkdirSync(join(root, 'proj'));
  mkdirSync(join(root, 'my dir'));
  for (const name of ['proj/file', 'a:b']) writeFileSync(join(root, name), '');
  const typed = [...Object.keys(COMPLETED), ...LEFT];
  const found = bash(source, typed, root);
  assert.deepEqual(Object.fromEntries(typed.map((line, index) => [line, found[index]])), {
    ...COMPLETED,
    ...Object.fromEntries(LEFT.map((line) => [line, line])),
  });
}

test('bash completes what is typed in a terminal, also behind = and :', { skip }, (t) => {
  assertCompleted(t, COMPLETION);
});

test('bash completes the same where = and : are no breaks', { skip }, (t) => {
  assertCompleted(t, `COMP_WORDBREAKS=\${COMP_WORDBREAKS//[=:]/}; ${COMPLETION}`);
});

test("without our script bash completes none of it: the terminal's own completion is not what is seen", {
  skip,
}, () => {
  assert.deepEqual(bash(':', ['landlock-run --no-n', 'landlock-run --color=al']), [
    'landlock-run --no-n',
    'landlock-run --color=al',
  ]);
});

test('bash with the bash-completion package completes the same, and COMMAND by its own completion', {
  skip: skip || (existsSync(PACKAGE) ? false : 'bash-completion is missing: apt-get install bash-completion'),
}, (t) => {
  const source = `source ${PACKAGE}; complete -W 'only-this' basename; ${COMPLETION}`;
  assertCompleted(t, source);
  assert.deepEqual(bash(source, ['landlock-run --limit cpu=60 --rw=/tmp -- basename on']), [
    'landlock-run --limit cpu=60 --rw=/tmp -- basename only-this ',
  ]);
});

test("COMMAND's own completion is asked for where COMMAND stands among bash's words", { skip }, () => {
  const stub = '_command_offset() { COMPREPLY=("${COMP_WORDS[$1]}-$1"); }';
  assert.deepEqual(
    bash(`${stub}; ${COMPLETION}`, ['landlock-run --limit cpu=60 -- basename on', 'landlock-run ls x']),
    ['landlock-run --limit cpu=60 -- basename basename-6 ', 'landlock-run ls ls-1 '],
  );
});

test('bash knows every option, and none that is hidden', { skip }, () => {
  const rows = OPTIONS.filter((row) => row.name !== '--help');
  const found = bash(
    COMPLETION,
    rows.map((row) => `landlock-run ${row.name}`),
  );
  const offered = readFileSync(projectFile('completions/landlock-run.bash'), 'utf8').split(/[\s']/);
  rows.forEach((row, index) => {
    assert.equal(offered.includes(row.name), row.hidden !== true, row.name);
    // What is the beginning of another one gets no blank.
    const whole = OPTIONS.some((one) => one.name !== row.name && one.name.startsWith(row.name));
    const completed = `landlock-run ${row.name}${row.hidden === true || whole ? '' : ' '}`;
    assert.equal(found[index], completed);
  });
});

test('--import is completed by the tools that there are importers for', () => {
  assert.deepEqual(OPTIONS.find((row) => row.name === '--import')?.words, Object.keys(IMPORTERS));
});

test('a shell without completions is refused with those that have them', async () => {
  const { code, stderr } = await run(cliPath, ['--completion', 'tcsh']);
  assert.equal(code, 125);
  assert.match(stderr, /^landlock-run: --completion: "tcsh" is no shell [^\n]*; one of: bash, zsh, fish\n$/);
});

test('fish completes options, words, and the command with its own completion', { skip: missing('fish') }, () => {
  assert.ok(fish('landlock-run --no-n').includes('--no-net'));
  assert.ok(fish('landlock-run --profile wor').includes('worker'));
  assert.ok(fish('landlock-run --rw /tmp basena').includes('basename'));
  assert.ok(fish('landlock-run --rw /tmp -- ls --recursi').includes('--recursive'));
  assert.ok(fish('landlock-run --import landr').includes('landrun:'));
  assert.ok(fish('landlock-run --import landrun:/etc/host.con').includes('landrun:/etc/host.conf'));
  assert.ok(
    fish('landlock-run --import=landrun:/etc/host.con').some((word) => word.endsWith('landrun:/etc/host.conf')),
  );
  assert.ok(!fish('landlock-run ls --no-n').includes('--no-net'));
});

test('zsh completes options and words', { skip: missing('zsh') }, () => {
  assert.match(zsh('landlock-run --no-n', '--no-net'), /--no-net/);
  assert.match(zsh('landlock-run --profile wor', 'worker'), /worker/);
  assert.match(zsh('landlock-run --import landr', 'landrun:'), /landrun:/);
  assert.match(zsh('landlock-run --import landrun:/etc/host.con', 'host.conf'), /host\.conf/);
});
