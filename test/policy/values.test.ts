/** Laws of the values that policies are made of. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, bufferOfBytes, bytesOfText, textOfBytes } from '../../src/base/bytes.ts';
import { escapeBytes } from '../../src/base/escape.ts';
import { nearest } from '../../src/base/nearest.ts';
import { Refusal } from '../../src/diagnostics/diagnostic.ts';
import { DEFAULT_ORIGIN } from '../../src/diagnostics/origin.ts';
import { RESOURCE_LIMITS } from '../../src/kernel/resource-limits.ts';
import { expandPath, refuseWideExpansion } from '../../src/policy/expand.ts';
import { describeLimit, parseLimit } from '../../src/policy/limit.ts';
import { absolutePath, ancestorsOf, directoryOf, isBelow, withoutDotDot } from '../../src/policy/path.ts';
import {
  countPorts,
  describePortRange,
  type PortRange,
  parsePortRange,
  unitePortRanges,
} from '../../src/policy/port.ts';
import { maskOfRightWords, RIGHT_WORDS, rightWordsOf } from '../../src/policy/rights-list.ts';

const anyBytes: fc.Arbitrary<Bytes> = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('latin1') as Bytes);
const path: fc.Arbitrary<Bytes> = fc
  .array(fc.constantFrom('a', 'b', '..', '.', '', 'c d', '\xff'), { maxLength: 6 })
  .map((parts) => parts.join('/') as Bytes);
const base = bytesOfText('/base/dir');

describe('ports', () => {
  const range = fc
    .tuple(fc.nat({ max: 300 }), fc.nat({ max: 30 }))
    .map(([low, more]) => ({ low, high: low + more }) as PortRange);
  const contains = (ranges: readonly PortRange[], port: number): boolean =>
    ranges.some(({ low, high }) => port >= low && port <= high);

  test('united ranges are the same ports, in order, apart, and the fewest', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
        const united = unitePortRanges(ranges);
        for (let port = 0; port <= 340; port++)
          assert.equal(contains(united, port), contains(ranges, port), String(port));
        for (const [i, one] of united.entries()) if (i > 0) assert.ok(one.low > (united[i - 1]?.high ?? 0) + 1);
        assert.deepEqual(unitePortRanges(united), united);
        assert.equal(
          countPorts(united),
          Array.from({ length: 341 }, (_, port) => port).filter((port) => contains(ranges, port)).length,
        );
      }),
    );
  });

  test('what is described reads back', () => {
    fc.assert(
      fc.property(range, (one) => {
        assert.deepEqual(parsePortRange(bytesOfText(describePortRange(one)), DEFAULT_ORIGIN), one);
      }),
    );
  });
});

describe('paths', () => {
  test('an absolute path is clean and stays what it is', () => {
    fc.assert(
      fc.property(path, (one) => {
        const absolute = absolutePath(one, base);
        assert.match(absolute, /^\/(?!.*\/\/)(?!.*\/\.(\/|$))(.*[^/])?$/s);
        assert.equal(absolutePath(absolute, bytesOfText('/other')), absolute);
        if (!one.startsWith('/')) assert.equal(absolute, absolutePath(`/base/dir/${one}` as Bytes, base));
      }),
    );
  });

  test('without .. is by the letter, and never above /', () => {
    fc.assert(
      fc.property(path, (one) => {
        const plain = withoutDotDot(absolutePath(one, base));
        assert.doesNotMatch(plain, /(^|\/)\.\.(\/|$)/);
        assert.equal(withoutDotDot(plain), plain);
      }),
    );
    assert.equal(withoutDotDot(bytesOfText('/a/../../b/..')), '/');
  });

  test('a path is below exactly the directories above it', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [a, b] = [withoutDotDot(absolutePath(one, base)), withoutDotDot(absolutePath(other, base))];
        assert.equal(isBelow(a, b), [...ancestorsOf(a)].includes(b));
        assert.equal(isBelow(a, a), false);
        if (a !== '/') assert.ok(isBelow(a, directoryOf(a)));
      }),
    );
    assert.equal(isBelow(bytesOfText('/ab'), bytesOfText('/a')), false);
  });
});

describe('expansion', () => {
  const caller = (value: string | undefined, home = '/home/me') => ({
    variable: (name: string) => (name === 'A' && value !== undefined ? bytesOfText(value) : undefined),
    home: () => bytesOfText(home),
  });

  test('a path with each $ doubled is the path itself', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const one = `/${bytes}` as Bytes;
        assert.equal(expandPath(one.replaceAll('$', '$$$$') as Bytes, caller('x'), DEFAULT_ORIGIN), one);
      }),
    );
  });

  test('what a variable or the home directory holds is never expanded again', () => {
    fc.assert(
      fc.property(fc.constantFrom('$B', '${A}', '~', '$$', '/x$', '${', 'plain'), (value) => {
        assert.equal(expandPath(bytesOfText('/p/${A}/q'), caller(value), DEFAULT_ORIGIN), `/p/${value}/q`);
        assert.equal(expandPath(bytesOfText('~/q'), caller(undefined, `/h/${value}`), DEFAULT_ORIGIN), `/h/${value}/q`);
      }),
    );
  });

  test('any $ that is not one of the forms is refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('$', '$A', '${', '${}', '${A', '${1}', '${A:=x}', '${A-x}', '${A:+x}', '$(id)', '${A b}'),
        (text) => {
          assert.throws(() => expandPath(bytesOfText(`/x/${text}`), caller('v'), DEFAULT_ORIGIN), Refusal);
        },
      ),
    );
  });

  test('only an expanded path is too wide', () => {
    const wide = (text: string, to: string): void =>
      refuseWideExpansion(bytesOfText(text), bytesOfText(to), caller('v'), DEFAULT_ORIGIN);
    for (const [text, to] of [
      ['${A}', '/'],
      ['~', '/home/me'],
      ['${A}', '/home/me'],
      ['${A}', '/home/./me'],
      ['${A}', '/x/..'],
    ] as const) {
      assert.throws(() => wide(text, absolutePath(bytesOfText(to), base)), Refusal);
    }
    for (const [text, to] of [
      ['/', '/'],
      ['/home/me', '/home/me'],
      ['~/x', '/home/me/x'],
      ['${A}', '/home'],
    ] as const)
      wide(text, to);
  });
});

describe('limits', () => {
  const size = fc.nat({ max: 1_000_000 }).map(String);
  const value = fc.oneof(size, fc.constant('unlimited'));
  const form = fc.oneof(
    value,
    value.map((one) => `${one}:`),
    value.map((one) => `:${one}`),
    fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 })).map(([soft, more]) => `${soft}:${soft + more}`),
    size.map((one) => `${one}:unlimited`),
  );

  test('what is described reads back', () => {
    fc.assert(
      fc.property(form, (text) => {
        const limit = parseLimit(bytesOfText('data'), bytesOfText(text), DEFAULT_ORIGIN);
        assert.deepEqual(parseLimit(bytesOfText('data'), describeLimit(limit), DEFAULT_ORIGIN), limit);
      }),
    );
  });

  test('any text is a limit or refused, for any name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(RESOURCE_LIMITS), 'x', 'constructor'), anyBytes, (name, text) => {
        try {
          const { soft, hard } = parseLimit(bytesOfText(name), text, DEFAULT_ORIGIN);
          assert.ok(soft !== undefined || hard !== undefined);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      }),
    );
  });
});

describe('words', () => {
  test('a set of rights reads back from its words', () => {
    fc.assert(
      fc.property(fc.subarray([...RIGHT_WORDS], { minLength: 1 }), (words) => {
        const mask = maskOfRightWords(words.map(bytesOfText), DEFAULT_ORIGIN);
        assert.equal(maskOfRightWords(rightWordsOf(mask).map(bytesOfText), DEFAULT_ORIGIN), mask);
      }),
    );
  });

  test('the nearest word of a known one is itself, and of nothing like it none', () => {
    for (const word of RIGHT_WORDS) assert.equal(nearest(word, RIGHT_WORDS), word);
    assert.equal(nearest('zzzzzzzz', RIGHT_WORDS), undefined);
  });
});

describe('bytes', () => {
  test('become a buffer and text without loss', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        assert.equal(bufferOfBytes(bytes).toString('latin1'), bytes);
        const text = textOfBytes(bytes);
        if (text !== undefined) assert.equal(bytesOfText(text), bytes);
      }),
    );
  });

  test('are shown escaped: one line, nothing that a terminal obeys, nothing hidden, and back again', () => {
    const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
    const text = fc.string({ unit: 'binary', maxLength: 6 }).map(bytesOfText);
    fc.assert(
      fc.property(fc.oneof(anyBytes, text), (bytes) => {
        const shown = escapeBytes(bytes);
        assert.doesNotMatch(shown, hidden);
        assert.equal(readEscaped(shown), bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Reads escapeBytes back; so two names never look the same. */
function readEscaped(shown: string): string {
  const forms: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
  const parts = shown.matchAll(/\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}|\\(["\\ntr])|([^\\"])/gu);
  return [...parts]
    .map(([, byte, point, form, plain]) => {
      if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
      if (point !== undefined) return bytesOfText(String.fromCodePoint(Number.parseInt(point, 16)));
      return form !== undefined ? (forms[form] ?? '') : bytesOfText(plain ?? '');
    })
    .join('');
}
