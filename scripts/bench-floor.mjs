/** The least that any program can do in the place of the launcher: what the benchmarks measure beside it (scripts/bench-floor.c). */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const OPTIONS = [
  ...['-std=c11', '-Wall', '-Wextra', '-Werror', '-Os', '-ffreestanding', '-fno-pie', '-fno-stack-protector'],
  ...['-fno-asynchronous-unwind-tables', '-ffunction-sections', '-fdata-sections', '-static', '-nostdlib', '-no-pie'],
  '-Wl,--gc-sections,--build-id=none,-z,norelro,-z,max-page-size=65536,--no-warn-rwx-segments',
  '-Wl,-T,native/launcher/layout.ld',
];

/** Features of the filter (native/core/filter.h) that a policy with TCP rules and the usual hardening asks for: terminal, prlimit, tcp, io_uring. */
export const FILTER_OF_TCP = '263';

/** In: the top of the project; a folder to make it in. Out: the program's path. Needs a C compiler. */
export function buildFloor(root, folder) {
  const program = join(folder, 'bench-floor');
  const core = readdirSync(join(root, 'native', 'core')).filter((name) => name.endsWith('.c'));
  const sources = [
    'scripts/bench-floor.c',
    ...['start.c', 'process.c'].map((name) => `native/launcher/${name}`),
    ...core.map((name) => `native/core/${name}`),
  ];
  execFileSync(process.env.CC ?? 'cc', [...OPTIONS, ...sources, '-o', program], { cwd: root, stdio: 'inherit' });
  return program;
}
