/** The fake kernels of the test bed answer as the real ones of that ABI do. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FakeErrata, type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { liveAbi, proberPath, requireAbi } from '../support/kernel.ts';
import { type RunOptions, run } from '../support/run.ts';
import { requireCapability } from '../support/who.ts';

/** Asks a fake kernel, and gives its answers as one line. */
async function ask(kernel: FakeKernel, words: string, options: RunOptions = {}, errata?: FakeErrata): Promise<string> {
  const under = [...(options.under ?? []), ...fakeKernel(kernel, errata)];
  const { code, stdout, stderr } = await run(proberPath(), words.split(' '), { ...options, under });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return stdout.trim().split('\n').join(' ');
}

/** What each ABI takes, by the tables of the kernel's documentation: bits are the first that it does not know. */
const KERNELS = [
  { abi: 1, fs: 13, net: undefined, scope: undefined, size: 8, flags: 1 },
  { abi: 2, fs: 14, net: undefined, scope: undefined, size: 8, flags: 1 },
  { abi: 3, fs: 15, net: undefined, scope: undefined, size: 8, flags: 1 },
  { abi: 4, fs: 15, net: 2, scope: undefined, size: 16, flags: 1 },
  { abi: 5, fs: 16, net: 2, scope: undefined, size: 16, flags: 1 },
  { abi: 6, fs: 16, net: 2, scope: 2, size: 24, flags: 1 },
  { abi: 7, fs: 16, net: 2, scope: 2, size: 24, flags: 8 },
] as const;

/** The mask of all bits below one. */
function below(bit: number): string {
  return String(2 ** bit - 1);
}

describe('a fake kernel of an older ABI', () => {
  for (const { abi, fs, net, scope, size, flags } of KERNELS) {
    test(`ABI ${abi} announces itself`, async (t) => {
      if (!requireAbi(t, abi)) return;
      assert.equal(await ask(abi, 'version'), String(abi));
    });

    test(`ABI ${abi} takes every file right up to bit ${fs - 1} and rejects bit ${fs}`, async (t) => {
      if (!requireAbi(t, abi)) return;
      assert.equal(await ask(abi, `create 8 ${below(fs)} create 8 ${2 ** fs}`), 'ok EINVAL');
    });

    test(`ABI ${abi} takes a struct of ${size} bytes, a longer one with a zero tail, and no other`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const words = Array.from({ length: size / 8 + 1 }, () => 0);
      words[0] = 1;
      const zero = words.join(',');
      words[size / 8] = 1;
      const tail = words.join(',');
      const questions = `create ${size} ${zero} create ${size + 8} ${zero} create 4096 ${zero} create ${size + 8} ${tail}`;
      assert.equal(await ask(abi, questions), 'ok ok ok E2BIG');
      assert.equal(await ask(abi, 'create 7 1 create 4097 1 create 8 0'), 'EINVAL E2BIG ENOMSG');
    });

    test(`ABI ${abi} has ${net === undefined ? 'no network rights' : `network rights below bit ${net}`}`, async (t) => {
      if (!requireAbi(t, abi)) return;
      if (net === undefined) {
        assert.equal(await ask(abi, 'create 16 1,1 create 8 1 port 1 443 0'), 'E2BIG ok EINVAL');
        assert.equal(await ask(abi, 'type 2 9 type 2 0'), 'EBADF EBADFD');
      } else {
        const questions = `create 16 0,${2 ** net} create 16 0,${below(net)} port 1 443 0 port 1 70000 0 port 0 443 0`;
        assert.equal(await ask(abi, questions), 'EINVAL ok ok EINVAL ENOMSG');
      }
    });

    test(`ABI ${abi} has ${scope === undefined ? 'no scopes' : `scopes below bit ${scope}`}`, async (t) => {
      if (!requireAbi(t, abi)) return;
      if (scope === undefined) assert.equal(await ask(abi, 'create 24 1,0,1'), 'E2BIG');
      else assert.equal(await ask(abi, `create 24 0,0,${below(scope)} create 24 0,0,${2 ** scope}`), 'ok EINVAL');
    });

    test(`ABI ${abi} rejects unknown rule types and every flag of a rule`, async (t) => {
      if (!requireAbi(t, abi)) return;
      assert.equal(await ask(abi, 'create 8 8 type 3 ruleset type 0 ruleset path 8 / 1'), 'ok EINVAL EINVAL EINVAL');
      assert.equal(await ask(abi, 'type 3 9 type 3 0 create 8 8 path 8 / 0 path 16 / 0'), 'EBADF EBADFD ok ok EINVAL');
    });

    test(`ABI ${abi} rejects unknown flags of restrict_self and takes the known`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const ruleset = 'create 8 8 path 8 / 0';
      assert.equal(await ask(abi, `${ruleset} nnp restrict ${flags} restrict 0`), 'ok ok ok EINVAL ok');
      if (flags > 1) assert.equal(await ask(abi, `${ruleset} nnp restrict ${flags - 1}`), 'ok ok ok ok');
    });

    test(`ABI ${abi} tells a caller without no_new_privs that first`, async (t) => {
      // without the capability the filter itself needs no_new_privs
      if (!requireAbi(t, abi) || !requireCapability(t, 'CAP_SYS_ADMIN')) return;
      const words = `create 8 8 path 8 / 0 restrict ${flags} restrict 0`.split(' ');
      const under = [...fakeKernel(abi), 'setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'];
      const { stdout } = await run(proberPath(), words, { under });
      assert.equal(stdout, 'ok\nok\nEPERM\nEPERM\n');
    });

    test(`ABI ${abi} answers the errata query ${abi < 7 ? 'with EINVAL' : 'as the live kernel'}`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const live = await run(proberPath(), ['errata']);
      assert.equal(await ask(abi, 'errata'), abi < 7 ? 'EINVAL' : live.stdout.trim());
      assert.equal(await ask(abi, 'errata', {}, 5), '5');
      assert.equal(await ask(abi, 'errata', {}, 'einval'), 'EINVAL');
    });

    test(`ABI ${abi} enforces what it took`, async (t) => {
      if (!requireAbi(t, abi)) return;
      const root = fixture(t, { 'in/a': 'a', 'out/b': 'b' });
      const policy = `create 8 4 path 4 ${root}/in 0 nnp restrict 0`;
      assert.equal(await ask(abi, `${policy} read ${root}/in/a read ${root}/out/b`), 'ok ok ok ok ok EACCES');
      assert.equal(await ask(abi, `read ${root}/out/b`), 'ok');
    });
  }

  test('bad pointers and questions with arguments get the errno of a kernel', async (t) => {
    if (!requireAbi(t, 3)) return;
    const questions = 'ask null 8 0 ask null 0 0 ask null 0 4 ask some 8 1 ask null 8 1 ask null 0 3';
    const live = await run(proberPath(), questions.split(' '));
    assert.equal(await ask(3, questions), 'EFAULT EFAULT EINVAL EINVAL EINVAL EINVAL');
    assert.deepEqual(live.stdout.trim().split('\n'), ['EFAULT', 'EFAULT', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
  });
});

describe('a fake kernel that is like no other', () => {
  for (const kernel of ['ENOSYS', 'EOPNOTSUPP', 'EPERM'] as const) {
    test(`${kernel} is the answer to all three calls`, async () => {
      assert.equal(
        await ask(kernel, 'version create 8 1 type 1 0 nnp restrict 0'),
        `${kernel} ${kernel} ${kernel} ok ${kernel}`,
      );
    });
  }

  test('lying-6 announces 6, takes the abstract scope and rejects the signal scope', async (t) => {
    if (!requireAbi(t, 6)) return;
    assert.equal(await ask('lying-6', 'version create 24 0,0,1 create 24 0,0,2 create 24 1,1,3'), '6 ok EINVAL EINVAL');
  });

  test('ABI 10 takes the bits that only it has, with their rules', async (t) => {
    if (!requireAbi(t, 4)) return;
    const questions = 'version create 48 0x1ffff,15,3,8,1,1 path 0x10008 / 0 path 8 / 1 port 12 53 0 port 1 443 1';
    assert.equal(await ask(10, questions), '10 ok ok ok ok ok');
    assert.equal(await ask(10, 'create 48 8,0,0,4 create 48 0x20008 create 48 0,16'), 'EINVAL EINVAL EINVAL');
  });

  test('ABI 99 enforces the bits that the live kernel has', async (t) => {
    if (!requireAbi(t, 1)) return;
    const root = fixture(t, { 'in/a': 'a', 'out/b': 'b' });
    const policy = `create 48 0x10004,12 path 0x10004 ${root}/in 0 port 4 53 0 nnp restrict 0`;
    assert.equal(await ask(99, `${policy} read ${root}/in/a read ${root}/out/b`), 'ok ok ok ok ok ok EACCES');
  });

  test('ABI 99 enforces nothing for bits that the live kernel lacks', async (t) => {
    if (liveAbi() >= 10 || !requireAbi(t, 6)) return t.skip('the live kernel has the bits, or too few');
    const root = fixture(t, { 'in/a': 'a' });
    assert.equal(await ask(99, `create 48 0,12 port 4 53 0 nnp restrict 0 read ${root}/in/a`), 'ok ok ok ok ok');
  });
});
