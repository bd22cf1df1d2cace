/** Compiles the small C programs that tests run. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFile } from './paths.ts';

const STRICT = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-O1'];
const compiled = new Map<string, string>();

function headersOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.h'))
    .sort()
    .map((name) => join(directory, name));
}

/** One name for one content: another test process that compiles the same makes the same file. */
function digest(sources: readonly string[], flags: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(flags)).update(process.arch);
  const directories = new Set(sources.map((source) => dirname(source)));
  for (const file of [...sources, ...[...directories].flatMap(headersOf)]) hash.update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Compiles C sources to one program, unless that has been done with the same content.
 *
 * In: the program's name; its sources, from the top of the project (headers are looked for beside them); further
 * compiler flags (`-static`, `-lpthread`). The compiler is `cc`, or what the environment variable CC names.
 * Out: the program's absolute path in build/test-bin.
 * Errors: the compiler is missing (says how to get it), or does not accept the source (its own words).
 */
export function compileC(name: string, sources: readonly string[], flags: readonly string[] = []): string {
  const files = sources.map(projectFile);
  const key = JSON.stringify([name, files, flags]);
  const known = compiled.get(key);
  if (known !== undefined) return known;

  const directory = projectFile('build/test-bin');
  const output = join(directory, `${name}-${digest(files, flags)}`);
  if (!existsSync(output)) {
    mkdirSync(directory, { recursive: true });
    const unfinished = `${output}.${process.pid}`;
    runCompiler([...STRICT, '-o', unfinished, ...files, ...flags]);
    renameSync(unfinished, output);
  }
  compiled.set(key, output);
  return output;
}

function runCompiler(args: readonly string[]): void {
  const compiler = process.env['CC'] || 'cc';
  try {
    execFileSync(compiler, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const failure = error as NodeJS.ErrnoException & { stderr?: Buffer };
    if (failure.code === 'ENOENT') {
      throw new Error(`the C compiler ${compiler} is missing: apt-get install gcc libc6-dev, or set CC`);
    }
    throw new Error(`${compiler} ${args.join(' ')}: ${failure.stderr?.toString() || failure.message}`);
  }
}
