/** The option table: parser, help and policy know the same options, and no value can swallow a restriction. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, bytesOfText } from '../../src/base/bytes.ts';
import { foreignOptions } from '../../src/cli/foreign-options.ts';
import { renderHelp } from '../../src/cli/help.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { parseCommandLine, type Request } from '../../src/cli/parse.ts';
import { type Diagnostic, Refusal } from '../../src/diagnostics/diagnostic.ts';
import { POLICY_FLAGS } from '../../src/policy/from-flags.ts';

/** What a command line comes to: a request, or the refusal. */
function parse(...words: string[]): Request | Diagnostic {
  try {
    return parseCommandLine(words.map(bytesOfText));
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostic;
    throw error;
  }
}

function codeOf(result: Request | Diagnostic): string {
  return 'code' in result ? result.code : `accepted: ${result.mode}`;
}

/** The options of the contract, by group, but for those of modes. */
const CONTRACT =
  `--ro --rw --rwfile --grant --unix --tmp --net-connect --net-bind --udp-connect --udp-bind --other-net --no-net --no-unix
  --scope --no-scope --audit --keep-caps --policy --profile --bare --discover --best-effort --min-abi --require-paths --allow-overlap
  --allow-unsandboxed --env --env-scrub --env-clear --env-keep --env-unset --keep-fd --keep-path --chdir --limit --status-fd
  --check --probe --print-policy --help --version --json --verbose --color`.split(/\s+/);

describe('the option table', () => {
  const names = OPTIONS.map((row) => row.name as string);

  test('has every option of the contract, each once', () => {
    for (const name of CONTRACT) assert.ok(names.includes(name), name);
    assert.equal(new Set(names).size, names.length);
  });

  test('has every option that the policy understands', () => {
    for (const name of POLICY_FLAGS) assert.ok(names.includes(name), name);
  });

  test('is what --help shows, but for hidden ones', () => {
    const help = renderHelp();
    for (const row of OPTIONS) {
      assert.equal(new RegExp(`^ .*${row.name}( |$)`, 'm').test(help), row.hidden !== true, row.name);
    }
  });

  test('and the options of other tools have nothing in common, and each answer names options that we have', () => {
    for (const [name, { answer, tool }] of Object.entries(foreignOptions())) {
      assert.ok(!names.includes(name), name);
      assert.ok(['landrun', 'bwrap', 'firejail', 'setpriv'].includes(tool));
      for (const [ours] of answer.matchAll(/--[a-z][a-z-]*/g)) assert.ok(names.includes(ours), `${name}: ${ours}`);
      assert.equal(codeOf(parse(name, '--', 'x')), 'option-foreign');
      assert.equal(codeOf(parse(`${name}=x`, '--', 'x')), 'option-foreign');
    }
  });
});

describe('every option with a value', () => {
  for (const row of OPTIONS.filter((one) => one.value !== undefined)) {
    test(`${row.name} takes no empty value, none that begins with -, and no option for one`, () => {
      assert.equal(codeOf(parse(row.name, '', '--', 'x')), 'option-value-empty');
      assert.equal(codeOf(parse(`${row.name}=`, '--', 'x')), 'option-value-empty');
      assert.equal(codeOf(parse(row.name, '--no-net', 'x')), 'option-value-dash');
      assert.equal(codeOf(parse(row.name, '-x', 'x')), 'option-value-dash');
      assert.equal(codeOf(parse(`${row.name}=-x`, 'x')), 'option-value-dash');
      assert.equal(codeOf(parse(row.name)), 'option-value-missing');
      const dash = codeOf(parse(row.name, '-', '--', 'x'));
      assert.equal(dash, row.name === '--policy' ? 'accepted: run' : 'option-value-dash');
    });
  }
});

describe('every switch', () => {
  for (const row of OPTIONS.filter((one) => one.value === undefined)) {
    test(`${row.name} takes no value`, () => {
      assert.equal(codeOf(parse(`${row.name}=x`, '--', 'x')), 'option-value-unexpected');
    });
  }
});

describe('any words', () => {
  const word = fc.oneof(
    fc.constantFrom('--', '-', '-5', '--no-net', '--ro', '/x', '--ro=/y', '--rw', 'cmd', '--json', '--nope', '', '-h'),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\0', '')),
  );

  test('are a request or a refusal, never another error', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          parseCommandLine(words as Bytes[]);
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
          assert.notEqual(error.diagnostic.code, 'internal');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('after -- are COMMAND, word by word', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const result = parseCommandLine(['--no-net', '--', ...words] as Bytes[]);
        assert.deepEqual(result.command, words);
        assert.deepEqual(result.flags, [{ name: '--no-net', value: undefined }]);
        assert.equal(result.json, false);
      }),
      { numRuns: 500 },
    );
  });

  test('after the first that is not an option are COMMAND’s', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const result = parseCommandLine(['--no-net', 'cmd', ...words] as Bytes[]);
        assert.deepEqual(result.command, ['cmd', ...words]);
      }),
      { numRuns: 500 },
    );
  });
});
