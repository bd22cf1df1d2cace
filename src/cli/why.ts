import { makeProfilesCovering } from '../advice/profiles-covering.ts';
import { answerWhy, type WhyAnswer, type WhyQuery } from '../advice/why.ts';
import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { loadNative } from '../host/native.ts';
import { stateOf } from '../host/observe.ts';
import { survey } from '../host/survey.ts';
import { fsMask, type Mask } from '../kernel/rights.ts';
import { absolutePath } from '../policy/path.ts';
import { parsePortRange } from '../policy/port.ts';
import type { Direction, Transport } from '../policy/statement.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';

/**
 * Is it allowed, by which grant, and what would allow it? Nothing is run.
 *
 * @returns 0 where all queries are allowed, 1 where one is denied.
 * @throws Refusal `why-form`, and where the policy itself is refused.
 */
export async function why(request: Request): Promise<number> {
  const native = loadNative();
  const caller = makeCaller(native);
  const prepared = await preparePolicy(request.flags, caller, undefined);
  const around = { terminal: false, uid: process.getuid?.() ?? 0 };
  const seen = survey(prepared, probeKernel(native), caller, undefined, around);
  const facts = {
    policy: prepared.policy,
    enforcement: seen.enforcement,
    reach: seen.reach,
    resolve: seen.view.resolve,
    isDirectory: (path: Bytes) => stateOf(path) === 'directory',
    profilesCovering: makeProfilesCovering(caller, seen.view),
  };
  const answers = request.modeValues.map((value) => {
    const query = parseQuery(value, caller.workingDirectory);
    return { query: escapeBytes(value), ...answerWhy(query, facts) };
  });
  const lines = answers.map((answer) => (request.json ? JSON.stringify({ v: 1, ...answer }) : renderAnswer(answer)));
  writeAll(1, `${lines.join('\n')}\n`);
  return answers.every((answer) => answer.allowed) ? 0 : 1;
}

function renderAnswer({ query, allowed, reason, remedy }: WhyAnswer & { query: string }): string {
  return `${allowed ? 'allowed' : 'denied'}: ${query}: ${reason}${remedy === '' ? '' : `; ${remedy} would allow it`}`;
}

const PORT_QUERIES: Readonly<Record<string, readonly [Transport, Direction]>> = {
  connect: ['tcp', 'connect'],
  bind: ['tcp', 'bind'],
  'udp-connect': ['udp', 'connect'],
  'udp-bind': ['udp', 'bind'],
};

const LETTERS: Readonly<Record<string, Mask>> = {
  r: fsMask('read_file'),
  w: fsMask('write_file'),
  x: fsMask('execute', 'read_file'),
};

/** `connect:443`, or `PATH[:rwx]`; without letters a path is asked for reading. */
function parseQuery(value: Bytes, workingDirectory: () => Bytes): WhyQuery {
  const origin = flagOrigin('--why');
  const port = /^(connect|bind|udp-connect|udp-bind):(.*)$/s.exec(value);
  const kind = port === null ? undefined : PORT_QUERIES[port[1] ?? ''];
  if (port !== null && kind !== undefined) {
    const range = parsePortRange((port[2] ?? '') as Bytes, origin);
    if (range.low !== range.high) refuse('why-form', origin, value);
    return { kind: 'port', transport: kind[0], direction: kind[1], port: range.low };
  }
  const letters = /^(.*):([rwx]{1,3})$/s.exec(value);
  const path = (letters?.[1] ?? value) as Bytes;
  if (path === '') return refuse('why-form', origin, value);
  const working = path.startsWith('/') ? bytesOfText('/') : workingDirectory();
  const absolute = absolutePath(path, working);
  const directory = stateOf(absolute) === 'directory';
  const access = [...(letters?.[2] ?? 'r')].reduce((mask, letter) => mask | accessOf(letter, directory), 0);
  return { kind: 'path', path: absolute, access };
}

/** What a letter means on a directory: reading is listing, writing is making files in it, executing is running what is beneath. */
function accessOf(letter: string, directory: boolean): Mask {
  if (!directory) return LETTERS[letter] ?? 0;
  if (letter === 'r') return fsMask('read_dir');
  return letter === 'w' ? fsMask('make_reg') : fsMask('execute');
}
