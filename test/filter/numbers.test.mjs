// The numbers that the tests use are those of the kernel's headers, wherever these are installed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { calls, number } from './numbers.mjs';

const headers = {
  'x86-64': { file: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h' },
  i386: { file: '/usr/include/x86_64-linux-gnu/asm/unistd_32.h' },
  arm64: { file: '/usr/aarch64-linux-gnu/include/asm/unistd.h', include: '/usr/aarch64-linux-gnu/include' },
  arm: { file: '/usr/arm-linux-gnueabihf/include/asm/unistd.h', include: '/usr/arm-linux-gnueabihf/include' },
};

for (const [architecture, { file, include }] of Object.entries(headers)) {
  const skip = existsSync(file) ? false : `${file} is not installed`;
  test(`numbers of ${architecture}`, { skip }, () => {
    const source = [
      `#include <${include ? 'asm/unistd.h' : file}>`,
      ...calls.flatMap((name) => [`#ifdef __NR_${name}`, `${name}: __NR_${name} ;`, '#endif']),
    ]
      .join('\n')
      .replace(/^(\w+):/gm, '"$1":');
    const search = include
      ? ['-nostdinc', '-isystem', include, '-D__ARM_EABI__', '-D__BITS_PER_LONG=64', '-D__ARCH_WANT_SYNC_FILE_RANGE2']
      : [];
    const text = execFileSync('cc', ['-E', '-P', ...search, '-'], { input: source, encoding: 'utf8' });
    const found = Object.fromEntries(
      [...text.matchAll(/"(\w+)":\s*([^;]+);/g)].map(([, name, value]) => [
        name,
        value
          .replace(/[()\s]/g, '')
          .split('+')
          .reduce((sum, part) => sum + Number(part), 0),
      ]),
    );
    for (const name of calls) assert.equal(found[name], number(architecture, name), name);
  });
}
