/** scripts/diagnose.sh tells the truth about kernels of every kind, in any shell, with whatever tools there are. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { findProgram, makePrograms, SHELLS, type Shell, SYSTEM_PATH } from './shells.ts';

/** Programs that play a machine, as scripts for /bin/sh. */
const BUILT = { zcat: 'echo CONFIG_A=y; echo CONFIG_SECURITY_LANDLOCK=y; echo CONFIG_Z=y' };
const NOT_BUILT = { zcat: "echo CONFIG_A=y; echo '# CONFIG_SECURITY_LANDLOCK is not set'" };
const CUT_OFF = { zcat: 'echo CONFIG_A=y; exit 1' };
const OLD = { uname: 'if [ "$1" = -r ]; then echo 5.10.0-28-amd64; else echo x86_64; fi' };
const answers = (answer: string) => ({ perl: `echo '${answer}'` });

interface Case {
  readonly claim: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly kernel?: FakeKernel;
  readonly code: 0 | 1 | 2;
  readonly verdict: RegExp;
}

const CASES: readonly Case[] = [
  {
    claim: 'a configuration that was cut off says nothing',
    scripts: { ...CUT_OFF, ...answers('unknown') },
    code: 2,
    verdict: /^unknown: /,
  },
  {
    claim: 'a configuration without Landlock is told, where nobody asks the kernel',
    scripts: { ...NOT_BUILT, ...answers('unknown') },
    code: 1,
    verdict: /without CONFIG_SECURITY_LANDLOCK\.$/,
  },
  {
    claim: 'ENOSYS of a kernel with Landlock is a filter, not a kernel built without it',
    scripts: BUILT,
    kernel: 'ENOSYS',
    code: 1,
    verdict: /^NOT usable: the kernel has Landlock, but something hides it/,
  },
  {
    claim: 'ENOSYS of a kernel without Landlock is its configuration',
    scripts: NOT_BUILT,
    kernel: 'ENOSYS',
    code: 1,
    verdict: /without CONFIG_SECURITY_LANDLOCK\.$/,
  },
  {
    claim: 'a kernel that is too old is told',
    scripts: { ...CUT_OFF, ...OLD, ...answers('errno 38') },
    code: 1,
    verdict: /older than 5\.13/,
  },
  {
    claim: 'an older kernel to which Landlock was brought is not called too old',
    scripts: { ...BUILT, ...OLD, ...answers('unknown') },
    code: 2,
    verdict: /^unknown: /,
  },
  {
    claim: 'an error that is none of Landlock is a filter',
    scripts: { ...BUILT, ...answers('errno 13') },
    code: 1,
    verdict: /^NOT usable: the system call fails with error 13/,
  },
  {
    claim: 'EOPNOTSUPP is a matter of the boot',
    scripts: BUILT,
    kernel: 'EOPNOTSUPP',
    code: 1,
    verdict: /not started at boot/,
  },
  { claim: 'EPERM is a filter', scripts: BUILT, kernel: 'EPERM', code: 1, verdict: /the system call is forbidden/ },
];

/** What this machine says of itself in a way that no program in PATH can play. */
function obstacle(): string | false {
  if (!existsSync('/proc/config.gz')) return '/proc/config.gz is missing';
  if (existsSync('/sys/kernel/security/lsm')) return '/sys/kernel/security/lsm says what was started';
  return findProgram('perl') === undefined && 'perl is missing';
}

function diagnose(shell: Shell, path: string, kernel?: FakeKernel): Promise<RunResult> {
  const [program = '', ...words] = shell.words;
  return run(program, [...words, projectFile('scripts/diagnose.sh')], {
    emptyEnv: true,
    env: { PATH: path },
    under: kernel === undefined ? [] : fakeKernel(kernel),
  });
}

/** The last line is the verdict. */
function assertVerdict(result: RunResult, code: number, verdict: RegExp): void {
  assert.equal(result.stderr, '');
  assert.match(result.stdout.trimEnd().split('\n').at(-1) ?? '', verdict);
  assert.equal(result.code, code);
}

for (const shell of SHELLS) {
  for (const tools of [[], ['cat', 'grep', 'uname']]) {
    test(`${shell.name}: nothing is claimed of a kernel with Landlock by a shell and ${tools.join(', ') || 'nothing else'}`, async (t) => {
      if (!requireAbi(t, 1)) return;
      const result = await diagnose(shell, makePrograms(t, tools));
      assertVerdict(result, 2, /^unknown: /);
      assert.match(result.stdout, /^kernel {8}[0-9]/);
      assert.doesNotMatch(result.stdout, /^built in {6}no$/m);
    });
  }

  for (const asker of ['perl', 'python3']) {
    test(`${shell.name}: ${asker} asks the kernel itself`, {
      skip: findProgram(asker) === undefined && `${asker} is missing`,
    }, async (t) => {
      if (!requireAbi(t, 1)) return;
      assertVerdict(await diagnose(shell, makePrograms(t, [asker])), 0, /^usable: /);
    });
  }

  for (const { claim, scripts, kernel, code, verdict } of CASES) {
    test(`${shell.name}: ${claim}`, { skip: obstacle() }, async (t) => {
      const path = `${makePrograms(t, [], scripts)}:${SYSTEM_PATH}`;
      assertVerdict(await diagnose(shell, path, kernel), code, verdict);
    });
  }
}
