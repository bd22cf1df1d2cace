// The whole program as text, so that a change to it is seen in review. To accept one: UPDATE_GOLDEN=1 node --test FILE
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { disassemble } from './bpf.mjs';
import { calls, machines, number } from './numbers.mjs';
import { ALL, F, readPrograms, temporaryDirectory } from './programs.mjs';

const programs = readPrograms(temporaryDirectory());
const cases = {
  'x86-64-all': ['x86-64', ALL],
  'arm64-all': ['arm64', ALL],
  'x86-64-tcp': ['x86-64', F.TERMINAL | F.PRLIMIT | F.TCP],
};

for (const [name, [machine, features]] of Object.entries(cases))
  test(`the program ${name}`, () => {
    const nameCall = (section, nr) => calls.find((call) => number(machines[machine][section], call) === nr);
    const text = `${disassemble(programs[machine][features], nameCall).join('\n')}\n`;
    const file = join(import.meta.dirname, 'golden', `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'));
  });
