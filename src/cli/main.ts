import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';
import { type Embedded, setEmbedded } from '../host/embedded.ts';
import { loadNative, setFrontRecord } from '../host/native.ts';
import type { Flag } from '../policy/from-flags.ts';
import { EXIT_REFUSED, writeAll, writeDiagnostic, writeStatus } from './output.ts';
import { parseCommandLine, type Request } from './parse.ts';
import { readableFlags } from './readable-flags.ts';
import { run } from './run.ts';

/**
 * The whole command: argv → request → effect → exit code. Does not return where COMMAND takes over this process.
 *
 * @param record what the front wrote down about this process, where there is a front: it is then the first word behind the script.
 * @param embedded what a single binary has in itself.
 */
export async function main(record?: string, embedded?: Embedded): Promise<number> {
  let words: Bytes[] = [];
  let request: Request | undefined;
  try {
    if (embedded !== undefined) setEmbedded(embedded);
    if (record !== undefined) setFrontRecord(record);
    words = commandLine(record === undefined ? 2 : 3);
    request = parseCommandLine(words);
    return await perform(request);
  } catch (error) {
    const diagnostic = explain(error);
    writeDiagnostic(diagnostic, request?.json ?? readableFlags(words).some((flag) => flag.name === '--json'));
    writeStatus(statusDescriptor(request?.flags ?? readableFlags(words)), diagnostic.code);
    return EXIT_REFUSED;
  }
}

/** What went wrong: a refusal, an installation that is not whole (src/host/launcher/load-pack.ts, or Node's own loader), or a mistake of ours. */
function explain(error: unknown): Diagnostic {
  if (error instanceof Refusal) return error.diagnostic;
  if (!(error instanceof Error)) return diagnose('error', 'internal', undefined, String(error));
  const damaged = error.name === 'DamagedPack' || ('code' in error && error.code === 'MODULE_NOT_FOUND');
  return diagnose('error', damaged ? 'installation-damaged' : 'internal', undefined, error.message);
}

/** Each mode but the run is loaded when it is asked for: a run should not pay for a report. */
async function perform(request: Request): Promise<number> {
  switch (request.mode) {
    case 'run':
      return run(request);
    case 'check': {
      const { check } = await import('./check.ts');
      return check(request);
    }
    case 'explain': {
      const { explainRequest } = await import('./explain.ts');
      return explainRequest(request);
    }
    case 'why': {
      const { why } = await import('./why.ts');
      return why(request);
    }
    case 'compile': {
      const { compile } = await import('./compile.ts');
      return compile(request);
    }
    case 'learn': {
      const { learn } = await import('./learn.ts');
      return learn(request);
    }
    case 'trace': {
      const { trace } = await import('./trace.ts');
      return trace(request);
    }
    case 'import': {
      const { importPolicy } = await import('./import.ts');
      return importPolicy(request);
    }
    case 'print-policy': {
      const { printPolicy } = await import('./print-policy.ts');
      return printPolicy(request);
    }
    case 'completion': {
      const { printCompletion } = await import('./completion/print.ts');
      return printCompletion(request);
    }
    case 'help': {
      const { renderHelp } = await import('./help.ts');
      writeAll(1, renderHelp());
      return 0;
    }
    case 'version': {
      const { VERSION } = await import('./version.ts');
      writeAll(1, `landlock-run ${VERSION}\n`);
      return 0;
    }
  }
}

/** Our own words, byte for byte where the addon can be had; help and version work without it. */
function commandLine(first: number): Bytes[] {
  const plain = process.argv.slice(first).map(bytesOfText);
  const count = plain.length;
  if (process.platform !== 'linux' || count === 0) return plain;
  const helpful = plain.length === 1 && ['--help', '-h', '--version', '-V'].includes(plain[0] ?? '');
  return helpful ? plain : loadNative().rawArguments().slice(-count);
}

/** Where a refusal is reported to, if the command line said so in a form that can be read; never a standard descriptor. */
function statusDescriptor(flags: readonly Flag[]): number | undefined {
  const value = flags.findLast((flag) => flag.name === '--status-fd')?.value;
  return value !== undefined && /^[1-9][0-9]{0,6}$/.test(value) && Number(value) > 2 ? Number(value) : undefined;
}
