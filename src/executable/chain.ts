import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { matchesFormat, parseBinaryFormat } from './binfmt.ts';
import type { ElfImage } from './elf-image.ts';
import { parseEnvArgument } from './env-arguments.ts';
import type { HostContext, Seen } from './host-context.ts';
import { isFileError } from './host-files.ts';
import type { Chain, CommandQuestion, ExecErrno, Inspection } from './inspection.ts';
import { followLibraries } from './library-closure.ts';
import { machineOf, runsHere } from './machine.ts';
import { absolute, baseOf, directoryOf, join } from './search-path.ts';
import { MAX_SCRIPTS, parseShebang, type Shebang } from './shebang.ts';
import { createTrail, type Trail } from './trail.ts';

const SHELL = bytesOfText('/bin/sh');
const FORMATS = bytesOfText('/proc/sys/fs/binfmt_misc');

/** Inspects what a started program looks up in turn; inspect.ts ties the knot. */
export type InspectProgram = (question: CommandQuestion) => Inspection;

interface Walk {
  readonly context: HostContext;
  readonly question: CommandQuestion;
  readonly inspectProgram: InspectProgram;
  readonly trail: Trail;
}

/** Follows execve(2) of one file, then its loader, then env, to the program's own code. `start` may be executed as far as stat tells. */
export function followChain(
  context: HostContext,
  question: CommandQuestion,
  start: Seen,
  inspectProgram: InspectProgram,
): Chain {
  const walk: Walk = { context, question, inspectProgram, trail: createTrail(context) };
  if ((start.mode & 0o6000) !== 0) {
    const text = `the set-user-ID or set-group-ID bit of ${quote(start.path)} has no effect under no_new_privs`;
    walk.trail.note('set-user-id', start.path, text);
  }
  const end = followFile(walk, start);
  if (end !== 'ENOEXEC') return end;
  // execvp(3): a file without a format that the kernel knows is given to the shell as a script.
  walk.trail.note('runs-by-shell', start.path, `the kernel knows no format of ${quote(start.path)}: ${SHELL} runs it`);
  const shell = executable(walk, SHELL, `shell of ${quote(start.path)}`);
  if (typeof shell === 'string') return walk.trail.chain(shell);
  const inShell = followFile(walk, shell);
  return inShell === 'ENOEXEC' ? walk.trail.chain('ENOEXEC') : inShell;
}

function followFile(walk: Walk, start: Seen): Chain | 'ENOEXEC' {
  const { context, trail, question } = walk;
  let file = start;
  let last: Shebang | undefined;
  trail.need(start, 'execute', 'command', true, start.path === SHELL ? 'the shell' : 'the command itself');
  for (let scripts = 0; ; scripts++) {
    if (file.head === undefined) {
      trail.unknown(file.path, `${quote(file.path)} cannot be read`);
      return trail.chain();
    }
    const shebang = parseShebang(file.head);
    if (shebang === 'ENOEXEC') return unknownFormat(walk, file);
    if (shebang === undefined) break;
    if (scripts === MAX_SCRIPTS) {
      const text = `${quote(start.path)} is a script of more than ${MAX_SCRIPTS} interpreters, each a script`;
      trail.problem('interpreters-nested-too-deep', start.path, text);
      return trail.chain('ELOOP');
    }
    const path = absolute(shebang.interpreter, question.cwd);
    const next = executable(walk, path, `interpreter of ${quote(file.path)}`);
    if (typeof next === 'string') return trail.chain(next);
    trail.need(next, 'execute', 'interpreter', true, `interpreter of ${quote(file.path)}`);
    file = next;
    last = shebang;
  }
  const { image } = file;
  if (image === undefined) return unknownFormat(walk, file);
  if (image === 'damaged') {
    trail.unknown(file.path, `${quote(file.path)} is an ELF file that cannot be made out`);
    return trail.chain();
  }
  const machine = machineOf(image.machine, image.bits);
  if (machine === undefined) {
    // x32 for one: the kernel may have been built with it or without.
    trail.unknown(file.path, `${quote(file.path)} is made for a machine that is not known here`);
    return trail.chain();
  }
  if (!runsHere(machine, context.arch)) {
    trail.note('foreign-machine', file.path, `${quote(file.path)} is made for another machine`);
    return unknownFormat(walk, file, true);
  }
  const errno = followLoader(walk, file, image);
  if (errno !== undefined) return trail.chain(errno);
  return trail.chain(undefined, last === undefined ? undefined : programOfEnv(walk, file, last));
}

/** What the kernel opens as an interpreter of either kind: it has to exist, be a regular file, and be executable. */
function executable(walk: Walk, path: Bytes, what: string): Seen | ExecErrno {
  const { context, trail } = walk;
  const status = context.files.status(path);
  if (isFileError(status) && status.error !== 'EACCES') {
    const hint = path.endsWith('\r') ? '; the line ends in a carriage return, which is taken for part of the name' : '';
    trail.problem('interpreter-missing', path, `${quote(path)}, ${what}, does not exist${hint}`);
    return status.error === 'ELOOP' ? 'ELOOP' : 'ENOENT';
  }
  const seen = isFileError(status) ? undefined : context.see(path);
  if (seen !== undefined && context.files.mayExecute(path)) return seen;
  trail.problem('interpreter-not-executable', path, `${quote(path)}, ${what}, may not be executed`);
  return 'EACCES';
}

function followLoader(walk: Walk, file: Seen, image: ElfImage): ExecErrno | undefined {
  const { context, trail, question } = walk;
  if (image.interpreter === undefined) return undefined;
  const path = absolute(image.interpreter, question.cwd);
  const loader = executable(walk, path, `ELF interpreter of ${quote(file.path)}`);
  if (typeof loader === 'string') return loader;
  trail.need(loader, 'execute', 'loader', true, `ELF interpreter of ${quote(file.path)}`);
  if (loader.head === undefined) {
    trail.unknown(path, `${quote(path)} cannot be read`);
    return undefined;
  }
  const isLoader = loader.image !== undefined && loader.image !== 'damaged' && loader.image.machine === image.machine;
  if (!isLoader) {
    trail.problem('interpreter-invalid', path, `${quote(path)}, ELF interpreter of ${quote(file.path)}, is none`);
    return 'ELIBBAD';
  }
  const variables = question.loaderVariables ?? [];
  if (variables.length > 0) trail.unknown(file.path, `${variables.join(', ')} may change which libraries are loaded`);
  const program = { seen: file, image, origin: directoryOf(file.resolved) };
  const libraryPath = question.LD_LIBRARY_PATH;
  const search = {
    context,
    cwd: question.cwd,
    interpreter: loader,
    interpreterName: image.interpreter,
    program,
    libraryPath,
  };
  followLibraries(search, trail);
  return undefined;
}

/** Not a script, not ELF of ours: ENOEXEC, unless somebody registered the format. */
function unknownFormat(walk: Walk, file: Seen, foreign = false): Chain | 'ENOEXEC' {
  const { context, trail } = walk;
  const head = file.head ?? Buffer.alloc(0);
  const names = context.files.names(FORMATS);
  const registered = names.some((name) => {
    const text = context.files.contents(join(FORMATS, name), 8192);
    const format = isFileError(text) ? undefined : parseBinaryFormat(text.toString('latin1'));
    return format !== undefined && matchesFormat(format, file.path, head);
  });
  // Formats of other machines are usually registered by a host whose list a container doesn't see.
  if (registered || (foreign && !names.some((name) => name === 'status'))) {
    trail.unknown(file.path, `${quote(file.path)} may have a handler in binfmt_misc`);
    return trail.chain();
  }
  return 'ENOEXEC';
}

function programOfEnv(walk: Walk, file: Seen, shebang: Shebang): Inspection | undefined {
  const { question, trail, inspectProgram } = walk;
  if (baseOf(shebang.interpreter) !== 'env') return undefined;
  const wanted = shebang.argument === undefined ? undefined : parseEnvArgument(shebang.argument);
  if (wanted === undefined) {
    trail.unknown(file.path, `what ${quote(file.path)} starts cannot be told from the script's first line`);
    return undefined;
  }
  const inspection = inspectProgram({
    ...question,
    name: wanted.program,
    PATH: wanted.path === undefined ? question.PATH : wanted.path.value,
  });
  if (inspection.chosen === undefined && inspection.certain) {
    trail.problem(
      'program-not-found',
      wanted.program,
      `${quote(wanted.program)}, which ${quote(file.path)} looks up, cannot be run`,
    );
  }
  return inspection;
}
