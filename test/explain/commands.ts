/** A table of commands of every kind, on files that are made for it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { idleProgram } from '../why/kernel.ts';

/** One COMMAND. */
export interface CommandCase {
  readonly title: string;
  /** COMMAND and its arguments, `@` for the top directory. It ends with 0 where it starts. */
  readonly command: readonly string[];
  /** Not here unless this file is. */
  readonly needs?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It starts, and the shell that it starts makes nothing of it. */
  readonly garbage?: boolean;
}

const script = (first: string): { content: string; mode: number } => ({ content: `${first}\nexit 0\n`, mode: 0o755 });

/** The scripts and plain files, by path below the top directory; `@` in them is the top directory. */
const SCRIPTS: Readonly<Record<string, { content: string; mode: number }>> = {
  's/sh': script('#!/bin/sh'),
  's/sh-e': script('#!/bin/sh -e'),
  's/env': script('#!/usr/bin/env sh'),
  's/env-S': script('#!/usr/bin/env -S sh -e'),
  's/env-missing': script('#!/usr/bin/env no-such-program'),
  's/env-own': script('#!/usr/bin/env static'),
  's/nested': script('#!@/s/sh'),
  's/nested-twice': script('#!@/s/nested'),
  's/nested-5': script('#!@/s/nested-4'),
  's/nested-4': script('#!@/s/nested-3'),
  's/nested-3': script('#!@/s/nested-twice'),
  's/static': script('#!@/bin/static'),
  's/relative': script('#!bin/static'),
  's/missing': script('#!@/no/interpreter'),
  's/directory': script('#!@/s'),
  's/plain-interpreter': script('#!@/s/not-executable'),
  's/crlf': { content: '#!/bin/sh\r\nexit 0\r\n', mode: 0o755 },
  's/no-shebang': { content: 'exit 0\n', mode: 0o755 },
  's/empty': { content: '', mode: 0o755 },
  's/binary': { content: '\0\x01\x02\x03', mode: 0o755 },
  's/not-executable': { content: '#!/bin/sh\nexit 0\n', mode: 0o644 },
  's/space and\nnewline': script('#!/bin/sh'),
  'second/twice': script('#!/bin/sh'),
  'first/twice': { content: 'x', mode: 0o644 },
};

function writeScripts(top: string): void {
  for (const [path, { content, mode }] of Object.entries(SCRIPTS)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), content.replaceAll('@', top), 'latin1');
    chmodSync(join(top, path), mode);
  }
}

const MAIN = 'int answer(void); int main(void) { return answer(); }\n';
const LIBRARY = 'int answer(void) { return 0; }\n';

/** The loader and libc that this machine's own programs use, by the program `true`. */
function systemLoader(): { loader: string; libc: string } {
  const lines = execFileSync('ldd', ['/bin/true'], { encoding: 'utf8' });
  const libc = /=> (\/\S*libc\.so\.6)/.exec(lines)?.[1];
  const loader = /^\s*(\/\S*ld-linux\S*)/m.exec(lines)?.[1];
  if (libc === undefined || loader === undefined) throw new Error(`ldd: ${lines}`);
  return { loader: realpathSync(loader), libc: realpathSync(libc) };
}

function compilePrograms(top: string): void {
  const cc = (...words: string[]): void => {
    execFileSync('cc', ['-O1', ...words], { cwd: top, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  for (const place of ['lib', 'elsewhere', 'store/lib', 'bin']) mkdirSync(join(top, place), { recursive: true });
  writeFileSync(join(top, 'main.c'), MAIN);
  writeFileSync(join(top, 'answer.c'), LIBRARY);
  cc('-shared', '-fPIC', '-o', 'lib/libanswer.so', 'answer.c');
  cc('-o', 'bin/origin', 'main.c', '-Llib', '-lanswer', '-Wl,-rpath,$ORIGIN/../lib');
  cc('-o', 'bin/by-path', 'main.c', '-Llib', '-lanswer');
  cc('-o', 'bin/lost', 'main.c', '-Llib', '-lanswer', `-Wl,-rpath,${top}/elsewhere`);
  // as on NixOS: loader and libraries of its own, in a store
  const { loader, libc } = systemLoader();
  copyFileSync(loader, join(top, 'store/lib/ld.so'));
  copyFileSync(libc, join(top, 'store/lib/libc.so.6'));
  cpSync(join(top, 'lib/libanswer.so'), join(top, 'store/lib/libanswer.so'));
  const own = [`-Wl,--dynamic-linker=${top}/store/lib/ld.so`, `-Wl,-rpath,${top}/store/lib`];
  cc('-o', 'bin/store', 'main.c', '-Llib', '-lanswer', ...own);
  cc('-o', 'bin/no-loader', 'main.c', '-Llib', '-lanswer', `-Wl,--dynamic-linker=${top}/none/ld.so`);
}

function plantPrograms(top: string): void {
  const at = (path: string): string => join(top, path);
  compilePrograms(top);
  for (const name of ['static', 'setuid']) copyFileSync(idleProgram(), at(`bin/${name}`));
  chmodSync(at('bin/setuid'), 0o4755);
  linkSync(at('bin/static'), at('bin/hard'));
  symlinkSync('static', at('bin/link'));
  symlinkSync('/bin/true', at('bin/link-out'));
  symlinkSync('nothing', at('bin/dangling'));
  symlinkSync('circle', at('bin/circle'));
  const foreign = readFileSync(at('bin/static'));
  foreign.writeUInt16LE(0xf7, 18); // EM_BPF: nobody executes that
  writeFileSync(at('bin/foreign'), foreign, { mode: 0o755 });
}

/** Makes all files of the table below a directory. */
export function plantCommands(top: string): void {
  writeScripts(top);
  plantPrograms(top);
  mkdirSync(join(top, 'nothing'));
}

/** Parts of a nested script. */
const PARTS = ['s/nested-3', 's/nested-4'];

const own = (path: string): CommandCase => ({
  title: path,
  command: [`@/${path}`],
  ...(path === 's/binary' ? { garbage: true } : {}),
});

export const COMMANDS: readonly CommandCase[] = [
  { title: 'a dynamic program by its path', command: ['/usr/bin/true'] },
  { title: 'a dynamic program by a linked directory', command: ['/bin/true'] },
  { title: 'a dynamic program in PATH', command: ['true'] },
  { title: 'a shell in PATH', command: ['bash', '-c', 'exit 0'] },
  { title: 'sh', command: ['sh', '-c', 'exit 0'] },
  { title: 'a program that a shell has built in', command: ['sleep', '0'] },
  {
    title: 'awk, a link by way of /etc/alternatives',
    command: ['awk', 'BEGIN { exit 0 }'],
    needs: '/etc/alternatives/awk',
  },
  { title: 'a busybox applet', command: ['busybox', 'true'], needs: '/bin/busybox' },
  { title: 'a static program in PATH', command: ['static'] },
  { title: 'a static program by a relative path', command: ['./bin/static'] },
  { title: 'a relative path by way of ..', command: ['./s/../bin/static'] },
  { title: 'the second of two in PATH, the first not executable', command: ['twice'] },
  { title: 'a name that PATH does not have', command: ['no-such-program'] },
  { title: 'a path that does not exist', command: ['@/no-such-program'] },
  { title: 'a path below a file', command: ['@/bin/static/x'] },
  { title: 'a directory', command: ['@/bin'] },
  { title: 'a library found by LD_LIBRARY_PATH', command: ['@/bin/by-path'], env: { LD_LIBRARY_PATH: '@/lib' } },
  ...[
    'by-path',
    'lost',
    'origin',
    'store',
    'no-loader',
    'static',
    'setuid',
    'hard',
    'link',
    'link-out',
    'dangling',
    'circle',
    'foreign',
  ].map((name) => own(`bin/${name}`)),
  ...Object.keys(SCRIPTS)
    .filter((path) => path.startsWith('s/') && !PARTS.includes(path))
    .map(own),
];
