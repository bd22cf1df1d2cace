/** Contract, section 5: the published JSON Schema says what the parser says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { Refusal } from '../../src/diagnostics/diagnostic.ts';
import { validateDocument } from '../../src/policy/validate.ts';
import { projectFile } from '../support/paths.ts';
import { BAD_FILES } from './bad-files.ts';

const text = readFileSync(projectFile('schema/policy.schema.json'), 'utf8');
const schema = JSON.parse(text) as Record<string, unknown>;
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

/** Does the parser take the document? */
function parses(document: unknown): boolean {
  try {
    validateDocument(document, () => ({ kind: 'default' }));
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function assertBoth(document: unknown, expected: boolean): void {
  const shown = JSON.stringify(document);
  assert.equal(validate(document), expected, `the schema: ${shown} ${JSON.stringify(validate.errors)}`);
  assert.equal(parses(document), expected, `the parser: ${shown}`);
}

/** YAML blocks of a Markdown file that are whole policies: marked `yaml`, with their first line's number. */
function blocksOf(file: string): [line: number, content: string][] {
  const content = readFileSync(file, 'utf8');
  return [...content.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map((match) => [
    content.slice(0, match.index).split('\n').length,
    match[1] ?? '',
  ]);
}

const markdown = ['README.md', ...readdirSync(projectFile('docs')).map((name) => join('docs', name))].filter((name) =>
  name.endsWith('.md'),
);

describe('the schema is valid for', () => {
  for (const name of readdirSync(projectFile('examples')).filter((one) => /\.ya?ml$/.test(one))) {
    test(`examples/${name}`, () => {
      assertBoth(parse(readFileSync(projectFile(join('examples', name)), 'utf8')), true);
    });
  }

  for (const file of markdown) {
    for (const [line, content] of blocksOf(projectFile(file))) {
      test(`the policy at ${file}:${line}`, () => {
        assertBoth(parse(content), true);
      });
    }
  }

  test('$schema and x-* at the top', () => {
    assertBoth({ $schema: './policy.schema.json', 'x-mine': [1, null], fs: {} }, true);
    assertBoth({ fs: { 'x-mine': 1 } }, false);
  });
});

describe('the schema is invalid for what the parser refuses by its shape:', () => {
  for (const [title, content, code] of BAD_FILES) {
    const shape = ['policy-value', 'policy-key-unknown', 'policy-empty'].includes(code);
    // a merge key is a key like any other here, and JSON Schema has no way to forbid NUL
    if (!shape || /NUL|UTF/.test(title)) continue;
    test(title, () => {
      assertBoth(parse(String(content), { merge: false }), false);
    });
  }
});

/** A policy with every key, to be changed in one place. */
const WHOLE = {
  version: 1,
  extends: ['./base.yaml'],
  profiles: ['git'],
  bare: false,
  fs: {
    ro: ['/opt/app', { path: '/etc/app', required: true }],
    rw: ['./proj', { path: './build', optional: true }],
    rwfile: ['/dev/ttyUSB0'],
    grant: [{ path: '/data', access: ['read_file', 'read'], required: false }],
    unix: ['/run/socket'],
    deny: ['/x'],
  },
  tmp: './tmp',
  net: { connect: [443, '8000-8100'], bind: [] },
  udp: 'none',
  other_net: 'none',
  no_unix: true,
  scope: { signal: 'on', terminal: false },
  audit: 'off',
  compatibility: 'strict',
  min_abi: 4,
  require_paths: false,
  env: { mode: 'scrub', keep: ['PATH'], unset: ['A'], pass: ['B'], set: { CI: '1' } },
  limits: { data: '2G', nofile: 256 },
  chdir: './proj',
  keep_fd: [3, 'args'],
  keep_caps: false,
  keep_path: false,
  discover: [{ config: '/etc/x.yaml', keys: { ro: ['a.b'], rw: [] } }],
};

/** Every place in a value, as the steps to it. */
function places(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))];
}

/** A copy in which one place holds something else, or has one more key. */
function changed(at: readonly string[], value: unknown): unknown {
  const [last, ...above] = [...at].reverse();
  if (last === undefined) return value;
  const copy = structuredClone(WHOLE) as unknown;
  const parent = above.reverse().reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], copy);
  (parent as Record<string, unknown>)[last] = value;
  return copy;
}

describe('schema and parser', () => {
  test('take the whole policy', () => {
    assertBoth(WHOLE, true);
  });

  test('agree about it with any value in any place', () => {
    const odd = fc.constantFrom<unknown>(
      null,
      true,
      0,
      1,
      -1,
      3,
      2.5,
      70_000,
      1e9,
      '',
      'x',
      'any',
      'none',
      'on',
      '80-90',
      '443',
      [],
      [[]],
      [1],
      ['any'],
      {},
      { path: '/x' },
      { x: 1 },
      { connect: 'any' },
    );
    const value = fc.oneof(odd, fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.constantFrom(...places(WHOLE)), value, (at, other) => {
        const document = changed(at, other);
        if (JSON.stringify(document).includes('\\u0000')) return;
        assert.equal(parses(document), validate(document), JSON.stringify(document));
      }),
      { numRuns: 3000 },
    );
  });

  test('agree about it with any further key in any mapping', () => {
    const mappings = places(WHOLE).filter((at) => {
      const value = at.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], WHOLE);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    });
    const key = fc.oneof(
      fc.constantFrom('ro', 'x-a', 'signal', 'path', 'cpu', 'constructor', 'toString', 'A'),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...mappings), key, fc.constantFrom<unknown>('x', 1, true, []), (at, name, value) => {
        if (name === '__proto__' || name.includes('\0')) return;
        const document = changed([...at, name], value);
        assert.equal(parses(document), validate(document), JSON.stringify(document));
      }),
      { numRuns: 1000 },
    );
  });
});

test('every property of the schema is described', () => {
  const bare: string[] = [];
  const walk = (node: unknown, at: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, ...rest } = node as { properties?: Record<string, { description?: string }> };
    for (const [name, property] of Object.entries(properties ?? {})) {
      if ((property.description ?? '') === '') bare.push(`${at}.${name}`);
      walk(property, `${at}.${name}`);
    }
    for (const [key, inner] of Object.entries(rest)) walk(inner, key === 'items' ? `${at}[]` : at);
  };
  walk(schema, 'policy');
  assert.deepEqual(bare, []);
});

test('the schema is draft-07 with a title, and closed', () => {
  assert.match(String(schema['$schema']), /draft-07/);
  assert.deepEqual([schema['type'], schema['additionalProperties']], ['object', false]);
  assert.notEqual(schema['title'] ?? '', '');
});

test('files that are made from the sources are current', () => {
  assert.equal(
    execFileSync(process.execPath, [projectFile('scripts/generate.mjs'), '--check'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }),
    '',
  );
});
